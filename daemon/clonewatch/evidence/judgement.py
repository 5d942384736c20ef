"""Which of two registrations is the clone's: by which of them is more like the subscriber."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .findings import Found, Side
from .history import USUAL_REGISTRATIONS_MIN, usual
from .marks import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from clonewatch.detector import Conflict
    from clonewatch.registrations import Batch, Registration

    from .history import History, Look
    from .network import Network

JUDGED_POINTS_MIN: Final = 5  # one side must be so much more like the owner: three to one
OTHER: Final = {Side.FIRST: Side.SECOND, Side.SECOND: Side.FIRST}


def judged(found: Iterable[Found]) -> tuple[Side, tuple[str, ...]]:
    """Give the registration that is the clone's, and the reasons, the heaviest first."""
    told = sorted((each for each in found if each.is_owner), key=lambda each: -abs(each.is_owner))
    points = sum(each.is_owner if each.side is Side.FIRST else -each.is_owner for each in told)
    if abs(points) < JUDGED_POINTS_MIN:
        return Side.UNKNOWN, ()
    owner = Side.FIRST if points > 0 else Side.SECOND
    reasons = tuple(
        f"{each.side}: {each.words}" for each in told if (each.is_owner > 0) == (each.side is owner)
    )
    return OTHER[owner], reasons


def owner_marks(conflict: Conflict, history: History, network: Network) -> Iterator[Found]:
    """What makes either registration more like the subscriber's own, or less."""
    yield from _home(conflict, network)
    before = history.before(conflict)
    if before is None or len(before) < USUAL_REGISTRATIONS_MIN:
        return
    yield from _places(conflict, before, network)
    first, second = conflict.first, conflict.second
    if first.esn != second.esn:
        esns = usual(before.esn)
        yield from _one_of(
            Mark.USUAL_ESN, first.esn in esns, second.esn in esns, "its ESN is the usual one"
        )
    one, other = history.look(first), history.look(second)
    if one is None or other is None:
        return
    if one.terminal_type and other.terminal_type and one.terminal_type != other.terminal_type:
        types = set(before.terminal_type.tolist())
        yield from _one_of(
            Mark.USUAL_TERMINAL_TYPE,
            one.terminal_type in types,
            other.terminal_type in types,
            "its TerminalType was seen before",
        )
    for side, registration, look in ((Side.FIRST, first, one), (Side.SECOND, second, other)):
        if _is_unlike(registration, look, before):
            yield Found(
                mark=Mark.UNLIKE_EARLIER_THERE,
                side=side,
                words="its capabilities are not those of earlier registrations at this MSC",
            )


def _home(conflict: Conflict, network: Network) -> Iterator[Found]:
    home = network.homes.of(conflict.msid)
    first, second = (
        any(network.is_near(msc, registration.msc) for msc in home)
        for registration in (conflict.first, conflict.second)
    )
    yield from _one_of(Mark.AT_HOME, first, second, "at or next to its home MSC")


def _places(conflict: Conflict, before: Batch, network: Network) -> Iterator[Found]:
    """Where the subscriber used to be."""
    places = set(before.msc.tolist())
    habits = usual(before.msc)
    first, second = (
        _near_any(registration.msc, habits, network)
        for registration in (conflict.first, conflict.second)
    )
    yield from _one_of(Mark.AT_USUAL_MSC, first, second, "where the MSID usually registers")
    first, second = (
        _near_any(registration.msc, places, network)
        for registration in (conflict.first, conflict.second)
    )
    yield from _one_of(
        Mark.NEVER_THERE, not first, not second, "where the MSID never registered before"
    )


def _near_any(msc: int, places: Iterable[int], network: Network) -> bool:
    return any(network.is_near(place, msc) for place in places)


def _one_of(mark: Mark, first: bool, second: bool, words: str) -> Iterator[Found]:  # noqa: FBT001
    """Give the mark where just one of the two bears it."""
    if first != second:
        yield Found(mark=mark, side=Side.FIRST if first else Side.SECOND, words=words)


def _is_unlike(registration: Registration, look: Look, before: Batch) -> bool:
    """Whether its capabilities differ from all that were told of the MSID at that MSC before."""
    there = before[before.msc == registration.msc]
    for told, earlier in (
        (look.system_capabilities, there.system_capabilities),
        (look.transaction_capability, there.transaction_capability),
    ):
        known = set(earlier.tolist()) - {0}
        if told and known and told not in known:
            return True
    return False
