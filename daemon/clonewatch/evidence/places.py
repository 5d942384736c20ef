"""Which of two registrations is where the subscriber is: at home, as usual, and lately."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .findings import Found, Side
from .history import USUAL_REGISTRATIONS_MIN, usual
from .marks import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from clonewatch.detector import Conflict
    from clonewatch.registrations import Batch

    from .history import History
    from .network import Network

# Registrations in a row that show where the only phone had gone, over more than a night.
LATELY: Final = 4
LATELY_MS: Final = 14 * 3_600_000


def place_marks(conflict: Conflict, history: History, network: Network) -> Iterator[Found]:
    """What the two places say. Where both phones were about before, home says nothing."""
    before = history.before(conflict)
    if before is None or len(before) < USUAL_REGISTRATIONS_MIN:
        yield from _home(conflict, network)
        return
    if not _is_home_to_both(conflict, history, before, network):
        yield from _home(conflict, network)
        yield from _habits(conflict, before, network)
        yield from _lately(conflict, before, network)


def near_any(msc: int, places: Iterable[int], network: Network) -> bool:
    """Whether an MSC is one of *places*, or next to one."""
    return any(network.is_near(place, msc) for place in places)


def one_of(mark: Mark, first: bool, second: bool, words: str) -> Iterator[Found]:  # noqa: FBT001
    """Give the mark where just one of the two bears it."""
    if first != second:
        yield Found(mark=mark, side=Side.FIRST if first else Side.SECOND, words=words)


def _is_home_to_both(conflict: Conflict, history: History, before: Batch, network: Network) -> bool:
    """Whether a second phone showed at the subscriber's own places, before the first conflict."""
    second = history.second_phone
    if second is None or second.time >= history.first_conflict_at(conflict):
        return False
    own = usual(before.msc) | set(network.homes.of(conflict.msid))
    return near_any(second.msc, own, network)


def _home(conflict: Conflict, network: Network) -> Iterator[Found]:
    home = network.homes.of(conflict.msid)
    first, second = (
        near_any(registration.msc, home, network)
        for registration in (conflict.first, conflict.second)
    )
    yield from one_of(Mark.AT_HOME, first, second, "at or next to its home MSC")


def _habits(conflict: Conflict, before: Batch, network: Network) -> Iterator[Found]:
    """Where the subscriber used to be, and where never."""
    places = set(before.msc.tolist())
    habits = usual(before.msc)
    first, second = (
        near_any(registration.msc, habits, network)
        for registration in (conflict.first, conflict.second)
    )
    yield from one_of(Mark.AT_USUAL_MSC, first, second, "where the MSID usually registers")
    first, second = (
        near_any(registration.msc, places, network)
        for registration in (conflict.first, conflict.second)
    )
    yield from one_of(
        Mark.NEVER_THERE, not first, not second, "where the MSID never registered before"
    )


def _lately(conflict: Conflict, before: Batch, network: Network) -> Iterator[Found]:
    """Where the subscriber had gone by the time that a second phone showed."""
    first, second = (
        _went_to(registration.msc, before, network)
        for registration in (conflict.first, conflict.second)
    )
    yield from one_of(
        Mark.LATELY_THERE, first, second, "where all of the MSID's last registrations were"
    )


def _went_to(msc: int, before: Batch, network: Network) -> bool:
    """Whether all of the last registrations were at an MSC or next to it."""
    times = before.time
    begin = min(
        len(times) - LATELY, int(np.searchsorted(times, times[-1] - LATELY_MS, "right")) - 1
    )
    return begin >= 0 and all(network.is_near(at, msc) for at in before.msc[begin:].tolist())
