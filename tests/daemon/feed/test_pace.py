"""When a captured message is due."""

from hypothesis import given
from hypothesis import strategies as st

from clonewatch.feed.pace import Pace


def test_real_time_is_the_captures_time() -> None:
    it = Pace(1)
    assert it.wait_s(5_000, 100.0) == 0
    assert it.wait_s(7_500, 100.0) == 2.5
    assert it.wait_s(7_500, 102.0) == 0.5
    assert it.wait_s(7_500, 110.0) == 0


def test_faster_is_as_many_times_faster() -> None:
    it = Pace(10)
    it.wait_s(0, 0.0)
    assert it.wait_s(60_000, 0.0) == 6.0


def test_speed_0_waits_for_nothing() -> None:
    it = Pace(0)
    assert [it.wait_s(time, 0.0) for time in (0, 10_000, 1 << 40)] == [0, 0, 0]


@given(st.lists(st.integers(0, 1 << 41), min_size=1), st.floats(0.01, 1000))
def test_no_wait_is_negative_and_whoever_waits_is_in_time(times: list[int], speed: float) -> None:
    it, now = Pace(speed), 50.0
    for time in times:
        wait_s = it.wait_s(time, now)
        assert wait_s >= 0
        now += wait_s
        assert now - 50.0 >= (time - times[0]) / 1000 / speed - 1e-3
