"""Sources that are connected and silent beyond their habit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clonewatch.live.silence import HALF_LIFE_S, LEARNING_S, LEAST_S, TIMES, Silence


def heard(silence: Silence, at: float) -> bool | None:
    return silence.look(at, is_connected=True, messages=silence.messages + 1)


def quiet(silence: Silence, at: float) -> bool | None:
    return silence.look(at, is_connected=True, messages=silence.messages)


def test_it_is_silent_after_as_long_as_the_operator_says() -> None:
    silence = Silence.begin(60.0, 0.0)
    assert quiet(silence, 60.0) is None
    assert quiet(silence, 60.5) is True
    assert quiet(silence, 100.0) is None  # told once
    assert heard(silence, 101.0) is False
    assert heard(silence, 102.0) is None
    assert quiet(silence, 162.5) is True


def test_a_new_source_has_no_habit() -> None:
    silence = Silence.begin(None, 0.0)
    assert quiet(silence, LEARNING_S - 1) is None
    assert quiet(silence, LEARNING_S) is True


def test_three_times_its_longest_silence_is_beyond_its_habit() -> None:
    silence = Silence.begin(None, 0.0)
    heard(silence, 3000.0)
    heard(silence, 4000.0)
    allowed = TIMES * silence.longest_s
    assert 2900.0 < silence.longest_s <= 3000.0
    assert quiet(silence, 4000.0 + allowed - 1) is None
    assert quiet(silence, 4000.0 + allowed + 1) is True


def test_a_source_that_is_away_is_not_silent() -> None:
    silence = Silence.begin(60.0, 0.0)
    assert silence.look(1000.0, is_connected=False, messages=silence.messages) is None
    assert quiet(silence, 1060.0) is None
    assert quiet(silence, 1061.0) is True
    assert silence.look(1062.0, is_connected=False, messages=silence.messages) is False
    assert silence.longest_s == 0.0


@given(gaps=st.lists(st.integers(1, int(HALF_LIFE_S)), min_size=1, max_size=50))
def test_nobody_is_silent_within_the_habit(gaps: list[int]) -> None:
    silence = Silence.begin(None, 0.0)
    now = 0.0
    for gap in gaps:
        patience_s = silence.patience_s(now + gap - 0.5)
        told = quiet(silence, now + gap - 0.5)
        assert (told is True) == (patience_s is not None and gap - 0.5 > patience_s)
        assert not told or gap > LEAST_S
        now += gap
        heard(silence, now)
    assert silence.longest_s <= max(gaps)
