"""Which of two registrations is the clone's: by which of them is more like the subscriber."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .findings import Found, Side
from .history import USUAL_REGISTRATIONS_MIN, usual
from .marks import Mark
from .phones import own_type, type_about, types_of
from .places import near_any, one_of, place_marks

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
    yield from place_marks(conflict, history, network)
    before = history.before(conflict)
    if before is None or len(before) < USUAL_REGISTRATIONS_MIN:
        return
    first, second = conflict.first, conflict.second
    if first.esn != second.esn:
        esns = usual(before.esn)
        yield from one_of(
            Mark.USUAL_ESN, first.esn in esns, second.esn in esns, "its ESN is the usual one"
        )
    assert history.registrations is not None
    yield from _terminal_types(conflict, history.registrations, before, network)
    one, other = history.look(first), history.look(second)
    if one is None or other is None:
        return
    for side, registration, look in ((Side.FIRST, first, one), (Side.SECOND, second, other)):
        if _is_unlike(registration, look, before):
            yield Found(
                mark=Mark.UNLIKE_EARLIER_THERE,
                side=side,
                words="its capabilities are not those of earlier registrations at this MSC",
            )


def _terminal_types(
    conflict: Conflict, registrations: Batch, before: Batch, network: Network
) -> Iterator[Found]:
    """Which of the two says of itself what the subscriber's phone said."""
    habits = usual(before.msc)
    near = [msc for msc in np.unique(before.msc).tolist() if near_any(msc, habits, network)]
    owners = types_of(before[np.isin(before.msc, near)])
    if len(owners) != 1:
        return
    told = []
    for side, registration in ((Side.FIRST, conflict.first), (Side.SECOND, conflict.second)):
        said = own_type(registration, registrations)
        # At the usual places both may have been.
        if not said and not near_any(registration.msc, habits, network):
            said = type_about(registration, registrations, network)
        if said:
            told.append((side, said in owners, f"its TerminalType {said}"))
    usual_ones = [each for each in told if each[1]]
    if len(told) == 2 and len(usual_ones) == 1:
        ((side, _, words),) = usual_ones
        yield Found(mark=Mark.USUAL_TERMINAL_TYPE, side=side, words=f"{words} is the usual one")
    elif len(told) == 1:
        ((side, is_usual, words),) = told
        mark = Mark.KNOWN_TERMINAL_TYPE if is_usual else Mark.STRANGE_TERMINAL_TYPE
        yield Found(
            mark=mark, side=side, words=f"{words} is {'a usual' if is_usual else 'a new'} one"
        )


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
