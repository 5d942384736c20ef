"""Findings become conflicts, with the travel time that forbids them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from clonewatch.detector import Conflict, Detector
from clonewatch.messages import Message
from clonewatch.registrations import Batch, Flags, Registration
from fig4 import HOUR, MINUTE, MSC_A, MSC_B, MSC_C, MSC_E, MSCID_OF, TRAVEL_MS, registration
from is41.layers import Layer
from recordfiles import messages_of

if TYPE_CHECKING:
    import numpy as np

TEN = 1_700_000_000_000


def detector(travel_ms: np.ndarray[tuple[int, int], np.dtype[np.int64]] = TRAVEL_MS) -> Detector:
    return Detector(travel_ms, MSCID_OF, subscribers_max=100, overflow_octets_max=0)


def take(of: Detector, *registrations: Registration) -> list[Conflict]:
    return of.take(Batch.of(registrations))


def test_a_conflict_says_who_where_when_and_how_long_it_takes() -> None:
    a = registration(TEN, transaction_id=7, flags=Flags.BORDER_CELL_ACCESS, source=3)
    c = registration(TEN + 45 * MINUTE, MSC_C, esn=0xFFFFFFFF)
    (found,) = take(detector(), a, c)
    assert found == Conflict(
        msid=6145551234,
        first=a,
        second=c,
        elapsed_ms=45 * MINUTE,
        travel_time_ms=80 * MINUTE,
        found_at=TEN + 45 * MINUTE,
        superseded=False,
    )
    assert isinstance(found.first.flags, Flags)


def test_a_later_arrival_between_the_two_supersedes_it() -> None:
    of = detector()
    (found,) = take(of, registration(TEN), registration(TEN + 45 * MINUTE, MSC_C))
    (again,) = take(of, registration(TEN + 20 * MINUTE, MSC_B))
    assert again.superseded
    assert (again.first, again.second) == (found.first, found.second)
    assert found.found_at == again.found_at == TEN + 45 * MINUTE
    assert of.counts["conflicts"] == of.counts["superseded"] == 1


def test_what_is_found_late_bears_the_newest_time_that_is_believed() -> None:
    of = detector()
    found = take(
        of,
        registration(TEN + HOUR, msid=1),
        registration(TEN + 100 * HOUR, msid=2, flags=Flags.CLOCK_SUSPECT),
        registration(TEN + 30 * MINUTE),
        registration(TEN + 40 * MINUTE, MSC_C),
    )
    assert [conflict.found_at for conflict in found] == [TEN + HOUR]


def test_it_counts_what_was_not_stored_and_why() -> None:
    of = detector()
    assert of.newest == 0
    take(of, registration(TEN), registration(TEN), registration(TEN - HOUR, msid=1))
    assert of.newest == TEN
    assert of.counts == {
        "conflicts": 0,
        "superseded": 0,
        "duplicates": 1,
        "late": 1,
        "unknown_msc": 0,
        "pairs_unknown": 0,
        "window_overflowed": 0,
        "clock_suspect": 0,
    }


def test_a_travel_time_beyond_32_bits_is_told_as_it_is() -> None:
    travel_ms = TRAVEL_MS.copy()
    travel_ms[MSC_A, MSC_C] = 10_000_000 * MINUTE
    travel_ms[MSC_C, MSC_A] = -5
    of = detector(travel_ms)
    (found,) = take(
        of, registration(TEN), registration(TEN + 1, MSC_C), registration(TEN + 2, esn=1)
    )
    assert found.travel_time_ms == 10_000_000 * MINUTE
    assert of.counts["pairs_unknown"] == 1


def test_new_travel_times_judge_and_are_told_from_now_on() -> None:
    of = detector()
    travel_ms = TRAVEL_MS.copy()
    travel_ms[MSC_A, MSC_B] = 5 * MINUTE
    take(of, registration(TEN))
    of.set_travel(travel_ms, MSCID_OF)
    (found,) = take(of, registration(TEN + MINUTE, MSC_B))
    assert found.travel_time_ms == 5 * MINUTE


def test_sources_are_told_to_the_window() -> None:
    of = detector()
    of.set_lateness(1, 2 * HOUR)
    take(of, registration(TEN))
    assert not take(of, registration(TEN - 2 * HOUR, source=1, msid=1))
    assert of.counts["late"] == 0
    of.source_ended(1)
    take(of, registration(TEN + 1))
    take(of, registration(TEN - 2 * HOUR, source=2, msid=2))
    assert of.counts["late"] == 1


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_found_is_an_empty_list(count: int) -> None:
    assert detector().take(Batch.of([registration(TEN, MSC_E)])[:count]) == []


def told(*registrations: Registration) -> Batch:
    """Registrations, each with a message of its own."""
    batch = Batch.of(registrations)
    octets = [str(each.time).encode() for each in registrations]
    return replace(batch, messages=messages_of(octets, Layer.SCCP))


def message(of: Registration) -> Message:
    return Message(Layer.SCCP, str(of.time).encode())


def test_a_conflict_brings_the_message_that_caused_it() -> None:
    of = detector()
    a, c = registration(TEN), registration(TEN + 45 * MINUTE, MSC_C)
    assert of.take(told(a)) == []
    (found,) = of.take(told(c))
    assert (found.first_message, found.second_message) == (None, message(c))


def test_one_that_comes_late_may_be_the_first_or_stand_between() -> None:
    of = detector()
    a, b, c = (
        registration(TEN),
        registration(TEN + 20 * MINUTE, MSC_B),
        registration(TEN + 45 * MINUTE, MSC_C),
    )
    assert of.take(told(c)) == []
    (found,) = of.take(told(a))
    assert (found.first_message, found.second_message) == (message(a), None)
    (again,) = of.take(told(b))
    assert again.superseded
    assert again.first_message is again.second_message is None
