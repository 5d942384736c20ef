"""Suspension on a trial: the daemon's own cases and guard rails, an HLR that obeys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from clonewatch.evaluate.suspending import RULES, STEP_MS, Rails, suspended
from clonewatch.evidence.network import NOTHING_OF_IT
from clonewatch.registrations import Batch, Flags
from stores import DAY, HOUR, MIN, MINUTE, MSCS, TEN, conflict

if TYPE_CHECKING:
    from clonewatch.detector import Conflict


def out(*found: Conflict, rails: Rails = Rails.DEFAULT) -> dict[int, int]:
    return suspended(found, Batch.empty(0), MSCS, NOTHING_OF_IT, rails)


def to_and_fro(msid: int = MIN, at: int = TEN, times: int = 4) -> list[Conflict]:
    """Conflicts A C, C A, A C, 40 minutes apart."""
    return [
        conflict(msid, *("AC" if turn % 2 else "CA"), at=at + turn * 40 * MINUTE, took=MINUTE)
        for turn in range(times)
    ]


def test_the_rails_are_the_configurations_defaults() -> None:
    rules = RULES[Rails.DEFAULT]
    assert (rules.conflicts_min, rules.confidence_min, rules.settle_ms) == (2, 0.95, 45 * MINUTE)
    assert (rules.per_hour_max, rules.per_day_max, rules.breaker_subscribers) == (10, 50, 20)


def test_a_clone_is_suspended_when_it_is_settled_and_sure() -> None:
    when = out(*to_and_fro())
    # The third conflict makes it sure: A C A C. Time goes in steps.
    assert when == {MIN: TEN + 90 * MINUTE + 45 * MINUTE}
    assert 90 * MINUTE % STEP_MS == 0


def test_what_registrations_told_of_their_phones_makes_surer() -> None:
    found = to_and_fro(times=2)
    assert out(*found) == {}
    batch = Batch.of([each for one in found for each in (one.first, one.second)])
    batch.terminal_type[:] = [2, 33, 2, 33]
    assert suspended(found, batch, MSCS, NOTHING_OF_IT, Rails.DEFAULT) == {
        MIN: TEN + 45 * MINUTE + 45 * MINUTE
    }


def test_one_conflict_suspends_nobody() -> None:
    assert out(conflict()) == {}


def test_what_is_superseded_before_it_settles_suspends_nobody() -> None:
    found = to_and_fro()
    late = [replace(each, superseded=True, found_at=found[-1].found_at) for each in found]
    assert out(*found, *late) == {}
    too_late = [replace(each, found_at=each.found_at + STEP_MS) for each in late]
    assert out(*found, *too_late) != {}


def test_doubts_hold() -> None:
    flags = Flags.TIME_UNCERTAIN
    found = [replace(each, second=replace(each.second, flags=flags)) for each in to_and_fro()]
    assert out(*found) == {}


def test_the_breaker_trips_where_many_conflict_at_once_and_boundless_does_not() -> None:
    # One after the other's MSCs: no pair becomes suspect.
    ways = ["AC", "AD", "AE", "BC", "BD", "BE", "CE"]
    found = [
        conflict(MIN + number, *ways[number % 7], at=TEN + turn * HOUR + number, took=MINUTE)
        for turn in range(6)
        for number in range(28)
    ]
    assert out(*found) == {}
    assert len(out(*found, rails=Rails.BOUNDLESS)) == 28


def test_a_pair_that_many_beat_is_suspect_and_suspends_nobody() -> None:
    found = [
        conflict(MIN + number, at=TEN + turn * HOUR + number, took=MINUTE)
        for turn in range(6)
        for number in range(20)
    ]
    assert out(*found, rails=Rails.BOUNDLESS) == {}
    assert len(out(*found[:-1:2], rails=Rails.BOUNDLESS)) == 10


def test_ceilings_hold_and_who_was_kept_back_comes_later() -> None:
    numbers = [MIN + number for number in range(12)]
    ways = ["AC", "AD", "AE", "BC", "BD", "BE"]

    def day(at: int) -> list[Conflict]:
        return [
            conflict(msid, *ways[number % 6], at=at + turn * HOUR + number, took=MINUTE)
            for turn in range(6)
            for number, msid in enumerate(numbers)
        ]

    times = sorted(out(*day(TEN), *day(TEN + 2 * DAY)).values())
    assert len(times) == 12
    assert times[10] - times[0] >= HOUR
