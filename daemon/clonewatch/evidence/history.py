"""What is known of one MSID: its earlier conflicts and, where they were looked up, registrations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.detector import Conflict
    from clonewatch.registrations import Batch, Registration

USUAL_REGISTRATIONS_MIN: Final = 5  # fewer do not make a habit
USUAL_SHARE: Final = 0.2  # of the registrations: enough for home, work and a weekend's place


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a registration tells of the phone; 0 where the parameter was absent."""

    terminal_type: int
    system_capabilities: int
    transaction_capability: int


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One MSID's past.

    *conflicts*: those before the one at hand, the oldest first, superseded ones left out.
    *registrations*: all of the MSID that the record file still has, in any order, those of the
    conflict included; None where nobody looked.
    """

    conflicts: tuple[Conflict, ...] = ()
    registrations: Batch | None = None

    def before(self, conflict: Conflict) -> Batch | None:
        """Registrations before the MSID's first conflict: as far as is known, its owner's alone."""
        if self.registrations is None:
            return None
        first = min(each.first.time for each in (*self.conflicts, conflict))
        return self.registrations[self.registrations.time < first]

    def look(self, registration: Registration) -> Look | None:
        """What one of the registrations told of its phone; None where that is not known."""
        batch = self.registrations
        if batch is None:
            return None
        rows = np.flatnonzero(
            (batch.time == registration.time)
            & (batch.mscid == registration.mscid)
            & (batch.esn == registration.esn)
        )
        if not len(rows):
            return None
        at = int(rows[0])
        return Look(
            terminal_type=int(batch.terminal_type[at]),
            system_capabilities=int(batch.system_capabilities[at]),
            transaction_capability=int(batch.transaction_capability[at]),
        )


def usual(column: NDArray[np.generic]) -> set[int]:
    """Values that make up a good share of a column; none of a short one."""
    if len(column) < USUAL_REGISTRATIONS_MIN:
        return set()
    values, counts = np.unique(column, return_counts=True)
    return set(values[counts >= USUAL_SHARE * len(column)].tolist())


NOTHING_KNOWN: Final = History()
