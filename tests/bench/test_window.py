"""What is told of the window adds up."""

from __future__ import annotations

import numpy as np
import pytest

from bench import window
from bench.window import Taken
from bench.window_traffic import Traffic

SUBSCRIBERS = 2000


def test_a_rate_is_of_the_time_that_blocks_took() -> None:
    taken = Taken(6000, np.array([1.0, 2.0, 3.0]))
    assert taken.per_s == pytest.approx(1e6)
    assert taken.pauses()["growth_worst_ms"] == 3.0
    assert 2.9 < taken.pauses()["growth_p999_ms"] <= 3.0


def test_all_that_is_given_is_taken() -> None:
    held = window.new_window()
    taken = window.take(held, Traffic(SUBSCRIBERS).everybody())
    assert taken.registrations == held.counts.taken == held.subscribers == SUBSCRIBERS


def test_a_day_keeps_about_as_many_as_were_asked_for() -> None:
    told = window.day(SUBSCRIBERS)
    assert len(told["ns_by_hour"]) == len(told["octets_by_hour"]) == window.DAY_HOURS
    assert told["subscribers"] == pytest.approx(SUBSCRIBERS, rel=0.1)
    assert told["overflowed"] == 0
