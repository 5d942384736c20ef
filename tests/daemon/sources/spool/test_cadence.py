"""Groups that should have come and did not."""

from hypothesis import given
from hypothesis import strategies as st

from clonewatch.sources.spool.cadence import MINUTE_MS, Cadence

HALF_HOUR = 30 * MINUTE_MS
GRACE = 10 * MINUTE_MS
AT_10 = 1_795_341_600_000


def at(groups: float) -> int:
    """So many half hours after ten."""
    return AT_10 + round(groups * HALF_HOUR)


def test_nothing_is_missing_before_the_first_group() -> None:
    assert Cadence(HALF_HOUR, GRACE).missing(at(100)) == []


def test_a_group_is_missing_once_when_its_end_and_the_grace_are_over() -> None:
    it = Cadence(HALF_HOUR, GRACE)
    assert not it.came(at(0))
    assert it.missing(at(2) + GRACE - 1) == []
    assert it.missing(at(2) + GRACE) == [(at(1), 1)]
    assert it.missing(at(2) + GRACE) == []
    assert it.missing(at(5) + GRACE) == [(at(2), 3)]


def test_a_hole_is_told_when_it_is_due_though_later_groups_are_here() -> None:
    it = Cadence(HALF_HOUR, GRACE)
    for group in (0, 3, 1, 6):
        assert not it.came(at(group))
    assert it.missing(at(3)) == []
    assert it.missing(at(6) + GRACE) == [(at(2), 1), (at(4), 2)]
    assert it.missing(at(7) + GRACE) == []
    assert it.missing(at(8) + GRACE) == [(at(7), 1)]


def test_a_missing_group_that_comes_after_all_is_known_as_such_once() -> None:
    it = Cadence(HALF_HOUR, GRACE, newest_ms=at(0))
    assert it.missing(at(3) + GRACE) == [(at(1), 2)]
    assert it.came(at(2))
    assert not it.came(at(2))
    assert not it.came(at(-7))
    assert it.came(at(1) + 5)


def test_times_may_waver_and_one_group_may_be_several_files() -> None:
    it = Cadence(HALF_HOUR, GRACE)
    for group in (0, 1.2, 1.2, 1.9, 3.1):
        assert not it.came(at(group))
    assert it.missing(at(4) + GRACE) == []


def test_a_group_of_the_far_future_changes_nothing() -> None:
    it = Cadence(HALF_HOUR, GRACE, newest_ms=at(0))
    assert not it.came(at(1_000_000))
    assert it.missing(at(2) + GRACE) == [(at(1), 1)]


@given(st.lists(st.integers(1, 40), max_size=60), st.lists(st.integers(0, 50), max_size=20))
def test_every_group_up_to_now_came_or_is_told_missing_once(
    came: list[int], looks: list[int]
) -> None:
    it = Cadence(HALF_HOUR, 0, newest_ms=at(0))
    told: list[int] = []
    arrived: set[int] = set()
    for number, group in enumerate(came):
        arrived |= {group} - set(told)
        assert it.came(at(group)) == (group in told)
        told = [each for each in told if each != group]
        if number < len(looks):
            for start, groups in it.missing(at(looks[number])):
                first = (start - AT_10) // HALF_HOUR
                told += range(first, first + groups)
    for start, groups in it.missing(at(51)):
        first = (start - AT_10) // HALF_HOUR
        told += range(first, first + groups)
    assert len(told) == len(set(told))
    assert set(told) >= set(range(1, 51)) - set(came)
    assert set(told) <= set(range(1, 51)) - arrived
