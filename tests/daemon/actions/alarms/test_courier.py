"""How a courier waits after failures; test_delivery sees it at work."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clonewatch.actions.alarms.courier import Backoff


def test_each_failure_in_turn_waits_twice_as_long_up_to_a_bound() -> None:
    waits = [Backoff(first_s=1, most_s=60).wait_s(failures, 1.0) for failures in range(1, 9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_chance_keeps_outputs_from_trying_together_and_never_makes_them_rush(
    failures: int, chance: float
) -> None:
    it = Backoff()
    assert it.wait_s(failures, 1.0) / 2 <= it.wait_s(failures, chance) <= it.wait_s(failures, 1.0)
