"""What is known of one MSID: earlier conflicts and, where somebody looked, registrations."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from .phones import rows_of, second_phone

if TYPE_CHECKING:
    from collections.abc import Mapping

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


@dataclass(frozen=True, kw_only=True)  # no slots: what is asked again and again is kept
class History:
    """One MSID's past.

    *conflicts*: those before the one at hand, the oldest first, superseded ones left out.
    *registrations*: all of the MSID that the record file still has, in any order, those of the
    conflict included; None where nobody looked. *looks*: of the conflict's own, where these alone
    were looked up.
    """

    conflicts: tuple[Conflict, ...] = ()
    registrations: Batch | None = None
    looks: Mapping[Registration, Look] = field(default_factory=dict)

    def first_conflict_at(self, conflict: Conflict) -> int:
        """When the first registration was that any conflict up to *conflict* knows of."""
        return min(each.first.time for each in (*self.conflicts, conflict))

    @cached_property
    def second_phone(self) -> Registration | None:
        """The registration that told of a second phone, if any did: ESN or TerminalType."""
        ordered = self._ordered
        at = None if ordered is None else second_phone(ordered)
        return None if ordered is None or at is None else next(ordered[at : at + 1].registrations())

    def before(self, conflict: Conflict) -> Batch | None:
        """Registrations before a second phone showed, in order: as far as is known, its owner's.

        It shows by the MSID's first conflict or, where no way is too long, by what it tells.
        """
        ordered = self._ordered
        if ordered is None:
            return None
        until = self.first_conflict_at(conflict)
        if (second := self.second_phone) is not None:
            until = min(until, second.time)
        return ordered[: int(np.searchsorted(ordered.time, until))]

    @cached_property
    def _ordered(self) -> Batch | None:
        """The registrations, in order of time."""
        if self.registrations is None:
            return None
        if (np.diff(self.registrations.time) >= 0).all():
            return self.registrations
        return self.registrations[np.argsort(self.registrations.time, kind="stable")]

    def look(self, registration: Registration) -> Look | None:
        """What one of the registrations told of its phone; None where that is not known."""
        batch = self.registrations
        if batch is None:
            return self.looks.get(registration)
        rows = np.flatnonzero(rows_of(registration, batch))
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
