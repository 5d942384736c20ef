"""Which of two registrations is where the subscriber is."""

from __future__ import annotations

from clonewatch.detector import Conflict
from clonewatch.evidence.findings import Side
from clonewatch.evidence.history import History
from clonewatch.evidence.homes import Homes
from clonewatch.evidence.marks import Mark
from clonewatch.evidence.network import Network
from clonewatch.evidence.places import LATELY_MS, near_any, one_of, place_marks
from clonewatch.registrations import Batch, Registration
from fig4 import HOUR, MINUTE, MSC_A, MSC_B, MSC_C, MSC_E, TRAVEL_MS, registration

# The subscriber is at home at A; the conflict is between C and E.
FIRST = registration(100 * HOUR, MSC_C)
SECOND = registration(100 * HOUR + MINUTE // 2, MSC_E)
CONFLICT = Conflict(
    msid=FIRST.msid,
    first=FIRST,
    second=SECOND,
    elapsed_ms=MINUTE // 2,
    travel_time_ms=MINUTE,
    found_at=0,
)
NETWORK = Network(homes=Homes({"614": (MSC_E,)}), travel_ms=TRAVEL_MS)


def marks(*before: Registration, types: tuple[int, ...] = ()) -> set[tuple[Mark, Side]]:
    batch = Batch.of([*before, FIRST, SECOND])
    batch.terminal_type[: len(types)] = types
    found = place_marks(CONFLICT, History(registrations=batch), NETWORK)
    return {(each.mark, each.side) for each in found}


def stay(msc: int, begin_h: float, end_h: float, count: int = 6) -> list[Registration]:
    step = (end_h - begin_h) / (count - 1)
    return [registration(int((begin_h + at * step) * HOUR), msc) for at in range(count)]


def test_the_one_phone_that_went_there_is_the_subscribers() -> None:
    """Whose home is E went to C, and stayed; then something registers at E."""
    found = marks(*stay(MSC_E, 0, 40), *stay(MSC_C, 60, 99))
    assert found == {(Mark.AT_HOME, Side.SECOND), (Mark.LATELY_THERE, Side.FIRST)}


def test_a_few_hours_there_are_no_stay() -> None:
    lately = (Mark.LATELY_THERE, Side.FIRST)
    hours = LATELY_MS / HOUR
    home = stay(MSC_E, 0, 40)
    assert lately not in marks(*home, *stay(MSC_C, 99 - hours + 0.1, 99))
    assert lately in marks(*home, *stay(MSC_C, 99 - hours, 99))
    assert lately not in marks(*home, *stay(MSC_C, 60, 99, count=3))
    # One registration elsewhere, and it is not known where the phone was.
    assert lately not in marks(*home, *stay(MSC_C, 60, 97), registration(98 * HOUR, MSC_E))


def test_next_to_there_is_as_good() -> None:
    assert (Mark.LATELY_THERE, Side.FIRST) in marks(*stay(MSC_E, 0, 40), *stay(MSC_B, 60, 99))


def test_where_two_phones_were_in_use_before_home_says_nothing() -> None:
    home = stay(MSC_E, 0, 90)
    assert (Mark.AT_HOME, Side.SECOND) in marks(*home, types=(2, 2, 2, 2, 2, 2))
    assert marks(*home, *stay(MSC_E, 91, 99), types=(2, 2, 2, 2, 2, 2, 33, 2)) == set()
    elsewhere = [*home, *stay(MSC_A, 91, 94, count=2)]
    assert (Mark.AT_HOME, Side.SECOND) in marks(*elsewhere, types=(2, 2, 2, 2, 2, 2, 33, 2))


def test_a_mark_is_given_where_just_one_has_it() -> None:
    for first, second in ((True, True), (False, False)):
        assert list(one_of(Mark.AT_HOME, first, second, "")) == []
    (found,) = one_of(Mark.AT_HOME, first=False, second=True, words="at home")
    assert (found.side, found.words) == (Side.SECOND, "at home")


def test_near_is_one_of_them_or_next_to_one() -> None:
    assert near_any(MSC_A, {MSC_B}, NETWORK)
    assert not near_any(MSC_A, {MSC_C, MSC_E}, NETWORK)
    assert not near_any(MSC_A, (), NETWORK)
