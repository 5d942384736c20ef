"""Telling the phones of one MSID apart by what they say of themselves: ESN and TerminalType.

One phone's ESN and TerminalType stay as they are. A change that stays is an exchange of phones; a
change to and fro is two phones in use, and whatever was said first is the subscriber's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.registrations import Batch, Registration

    from .network import Network

# TIA-41.5, TerminalType: 1 is not distinguished.
TELLS_MIN: Final = 2
ABOUT_MS: Final = 24 * 3_600_000  # who registered next to there within so long may be the same


def second_phone(registrations: Batch) -> int | None:
    """The row in which a second phone was first heard of; None if one is all that shows.

    *registrations*: of one MSID, in order of time.
    """
    tells = np.flatnonzero(registrations.terminal_type >= TELLS_MIN)
    by_esn = _second_at(registrations.esn)
    by_type = _second_at(registrations.terminal_type[tells])
    found = [by_esn, None if by_type is None else int(tells[by_type])]
    return min((at for at in found if at is not None), default=None)


def rows_of(registration: Registration, registrations: Batch) -> NDArray[np.bool_]:
    """In which rows a registration stands."""
    rows: NDArray[np.bool_] = registrations.time == registration.time
    rows &= registrations.mscid == registration.mscid
    rows &= registrations.esn == registration.esn
    return rows


def own_type(registration: Registration, registrations: Batch) -> int:
    """The TerminalType that came with a registration; 0 where none did."""
    return _the_one(registrations.terminal_type[rows_of(registration, registrations)])


def type_about(registration: Registration, registrations: Batch, network: Network) -> int:
    """What the phone that registered probably is, where it did not tell; 0 if that is not clear.

    Many switches tell no TerminalType. Those tell that heard the MSID next to there, within
    `ABOUT_MS`, if they all say one thing.
    """
    about = np.abs(registrations.time - registration.time) <= ABOUT_MS
    about &= (registrations.esn == registration.esn) & (registrations.terminal_type >= TELLS_MIN)
    rows = np.flatnonzero(about)
    near = [network.is_near(msc, registration.msc) for msc in registrations.msc[rows].tolist()]
    return _the_one(registrations.terminal_type[rows[near]])


def types_of(registrations: Batch) -> set[int]:
    """Every TerminalType that was told."""
    told = registrations.terminal_type
    return set(told[told >= TELLS_MIN].tolist())


def _the_one(told: NDArray[np.uint8]) -> int:
    """What is told, if it is one thing; else 0."""
    values = np.unique(told[told >= TELLS_MIN])
    return int(values[0]) if len(values) == 1 else 0


def _second_at(said: NDArray[np.generic]) -> int | None:
    """Where something else is said for the first time, after which the first is said again."""
    changes = np.flatnonzero(said[1:] != said[:-1]) + 1
    for at in changes.tolist():
        if (said[at:] == said[at - 1]).any():
            return int(at)
    return None
