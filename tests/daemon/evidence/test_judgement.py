"""Which of the two is the clone's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clonewatch.detector import Conflict
from clonewatch.evidence.findings import Evidence, Found, Side
from clonewatch.evidence.history import History
from clonewatch.evidence.homes import Homes
from clonewatch.evidence.judgement import judged
from clonewatch.evidence.marks import TABLE, Mark
from clonewatch.evidence.network import Network
from clonewatch.evidence.weigh import weigh
from clonewatch.registrations import Batch, Registration
from fig4 import HOUR, MINUTE, MSC_A, MSC_B, MSC_C, MSC_E, TRAVEL_MS, registration

FIRST = registration(100 * HOUR, MSC_A)
SECOND = registration(100 * HOUR + 30 * MINUTE, MSC_C)
CONFLICT = Conflict(
    msid=FIRST.msid,
    first=FIRST,
    second=SECOND,
    elapsed_ms=30 * MINUTE,
    travel_time_ms=80 * MINUTE,
    found_at=0,
)
OWNER_MARKS = [mark for mark, row in TABLE.items() if row.is_owner]


def told(evidence: Evidence) -> list[tuple[Mark, Side]]:
    return [(each.mark, each.side) for each in evidence.found if each.is_owner]


def before(*mscs: int, esn: int = FIRST.esn) -> list[Registration]:
    return [registration(at * HOUR, msc, esn=esn) for at, msc in enumerate(mscs)]


def known(*earlier: Registration, conflict: Conflict = CONFLICT) -> History:
    return History(registrations=Batch.of([*earlier, conflict.first, conflict.second]))


def test_who_is_at_home_is_the_owner() -> None:
    homes = Homes({"614": (MSC_C,), "212": (MSC_A,)})
    evidence = weigh(CONFLICT, network=Network(homes=homes))
    assert told(evidence) == [(Mark.AT_HOME, Side.SECOND)]
    assert evidence.clone is Side.FIRST
    assert evidence.reasons == ("second: at or next to its home MSC",)


def test_next_to_home_is_as_good_as_home() -> None:
    beside = Network(homes=Homes({"614": (MSC_B,)}), travel_ms=TRAVEL_MS)
    assert told(weigh(CONFLICT, network=beside)) == []  # A and C both touch B
    far = Network(homes=Homes({"614": (MSC_E,)}), travel_ms=TRAVEL_MS)
    assert told(weigh(CONFLICT, network=far)) == []


def test_who_is_at_the_usual_place_is_the_owner() -> None:
    evidence = weigh(CONFLICT, known(*before(MSC_C, MSC_C, MSC_C, MSC_C, MSC_E)))
    assert told(evidence) == [(Mark.AT_USUAL_MSC, Side.SECOND), (Mark.NEVER_THERE, Side.FIRST)]
    assert evidence.clone is Side.FIRST
    assert len(evidence.reasons) == 2


@pytest.mark.parametrize("earlier", [(MSC_C,) * 4, (MSC_A, MSC_C) * 3, (MSC_E,) * 9])
def test_too_little_both_or_neither_say_nothing(earlier: tuple[int, ...]) -> None:
    evidence = weigh(CONFLICT, known(*before(*earlier)))
    assert told(evidence) == []
    assert evidence.clone is Side.UNKNOWN
    assert evidence.reasons == ()


def test_the_usual_esn_is_the_owners() -> None:
    two = replace(CONFLICT, first=replace(FIRST, esn=7))
    evidence = weigh(two, known(*before(*(MSC_B,) * 6), conflict=two))
    assert told(evidence) == [(Mark.USUAL_ESN, Side.SECOND)]
    assert evidence.clone is Side.FIRST


def test_the_terminal_type_that_was_seen_is_the_owners() -> None:
    history = known(*before(*(MSC_B,) * 6))
    assert history.registrations is not None
    history.registrations.terminal_type[:] = [33] * 7 + [2]
    evidence = weigh(CONFLICT, history)
    assert told(evidence) == [(Mark.USUAL_TERMINAL_TYPE, Side.FIRST)]
    assert evidence.clone is Side.SECOND


def types(*said: int) -> list[tuple[Mark, Side]]:
    """Marks by TerminalType, after six registrations at A; the last two are the conflict's."""
    history = known(*before(*(MSC_A,) * (len(said) - 2)))
    assert history.registrations is not None
    history.registrations.terminal_type[:] = said
    marked = told(weigh(CONFLICT, history))
    return [each for each in marked if each[0].name.endswith("TERMINAL_TYPE")]


def test_a_type_of_one_side_only_says_something_too() -> None:
    assert types(33, 33, 33, 33, 33, 33, 33, 0) == [(Mark.KNOWN_TERMINAL_TYPE, Side.FIRST)]
    assert types(33, 33, 33, 33, 33, 33, 0, 2) == [(Mark.STRANGE_TERMINAL_TYPE, Side.SECOND)]


def test_types_of_which_none_is_the_usual_say_nothing() -> None:
    assert types(33, 33, 33, 33, 2, 2, 36, 2) == []  # exchanged, and then a second phone
    assert types(33, 33, 33, 33, 33, 33, 2, 36) == []
    assert types(0, 0, 1, 1, 1, 0, 33, 2) == []
    assert types(33, 33, 33, 33, 33, 33, 33, 33) == []


def test_away_from_the_usual_places_a_phone_is_known_by_what_it_told_next_to_there() -> None:
    away = registration(99 * HOUR, MSC_C)
    history = known(*before(*(MSC_A,) * 6), away)
    assert history.registrations is not None
    history.registrations.terminal_type[:] = [33] * 6 + [33, 0, 0]
    assert (Mark.KNOWN_TERMINAL_TYPE, Side.SECOND) in told(weigh(CONFLICT, history))


@pytest.mark.parametrize("column", ["system_capabilities", "transaction_capability"])
def test_capabilities_unlike_those_at_the_same_msc_are_the_clones(column: str) -> None:
    history = known(*before(MSC_A, MSC_C, MSC_A, MSC_C, MSC_A, MSC_C))
    getattr(history.registrations, column)[:] = [1, 2, 1, 2, 1, 2, 1, 3]
    evidence = weigh(CONFLICT, history)
    assert told(evidence) == [(Mark.UNLIKE_EARLIER_THERE, Side.SECOND)]
    assert evidence.clone is Side.SECOND
    assert evidence.reasons[0].startswith("second: its capabilities")


@pytest.mark.parametrize("mark", OWNER_MARKS)
def test_judging_is_even_handed(mark: Mark) -> None:
    sides = [
        judged([Found(mark=mark, side=side, words="")])[0] for side in (Side.FIRST, Side.SECOND)
    ]
    assert set(sides) == {Side.FIRST, Side.SECOND}
    both = [Found(mark=mark, side=side, words="") for side in (Side.FIRST, Side.SECOND)]
    assert judged(both) == (Side.UNKNOWN, ())


def test_what_contradicts_itself_is_unknown_and_reasons_are_those_that_agree() -> None:
    usual = Found(mark=Mark.AT_USUAL_MSC, side=Side.FIRST, words="usual")
    home = Found(mark=Mark.AT_HOME, side=Side.SECOND, words="home")
    esn = Found(mark=Mark.USUAL_ESN, side=Side.SECOND, words="esn")
    assert judged([usual, home]) == (Side.UNKNOWN, ())
    assert judged([usual, home, esn]) == (Side.FIRST, ("second: esn", "second: home"))
