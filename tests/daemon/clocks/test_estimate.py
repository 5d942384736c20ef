"""All clocks of a simulated country."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.clocks.estimate import estimate
from clonewatch.lab.country import Country
from clonewatch.lab.phones import Habits
from clonewatch.lab.populace import Populace
from clonewatch.lab.traffic import Mishaps, Traffic
from clonewatch.registrations import MSC_UNKNOWN, Batch

START = 1_795_305_600_000


@pytest.fixture(scope="module")
def made() -> tuple[Country, Traffic, Batch]:
    rng = np.random.default_rng(4)
    country = Country.build(60)
    habits = Habits(start_ms=START, per_hour=0.5, tick_ms=1, imsi=0)
    phones = Populace(country, 6000, 20, habits, rng)
    mishaps = Mishaps(relayed=0.02, late=0.02, lost=0.01, skewed=0.07)
    traffic = Traffic(country, phones, mishaps, 4, rng)
    blocks = [block.invokes.registrations for block in traffic.blocks(24)]
    return country, traffic, Batch.joined(blocks)


def test_runaways_are_found_and_nobody_else(made: tuple[Country, Traffic, Batch]) -> None:
    country, traffic, batch = made
    clocks = estimate(batch, country.mscs, country.travel.ms)
    assert len(clocks.mscs) == len(country.mscs)  # MSCs of two markets have two indices
    for msc, (one, other) in enumerate(country.indices.tolist()):
        offset = clocks.mscs[one]
        assert offset == clocks.mscs[other]
        assert abs(offset.ahead_ms - traffic.skew_ms[msc]) < 20_000
        assert clocks.runs_away(offset) == (abs(traffic.skew_ms[msc]) > 130_000)
    assert (np.abs(traffic.skew_ms) > 130_000).sum() >= 2


def test_a_second_source_is_levelled_first(made: tuple[Country, Traffic, Batch]) -> None:
    country, _, batch = made
    other = batch[:]
    other = Batch.joined([other])
    other.source[:] = 1
    other.time[:] += 400_000
    clocks = estimate(Batch.joined([batch, other]), country.mscs, country.travel.ms)
    assert [clocks.sources[source].ahead_ms for source in (0, 1)] == [-200_000, 200_000]
    assert abs(clocks.mscs[0].ahead_ms) < 20_000


def test_unknown_mscs_and_nothing_at_all_are_no_fault(made: tuple[Country, Traffic, Batch]) -> None:
    country, _, batch = made
    nowhere = Batch.joined([batch[:100]])
    nowhere.msc[:] = MSC_UNKNOWN
    for nothing in (nowhere, Batch.empty()):
        clocks = estimate(nothing, country.mscs, country.travel.ms)
        assert clocks.mscs == clocks.sources == {}
