"""Phones of a country's people."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.lab.country import Country
from clonewatch.lab.journeys import HOUR_MS
from clonewatch.lab.people import DAY_MS
from clonewatch.lab.phones import EVENT, POWER_DOWN, Habits
from clonewatch.lab.populace import Populace
from is41.msid import msid_digits

START = 20_000 * DAY_MS
SUBSCRIBERS = 3000


@pytest.fixture(scope="module")
def country() -> Country:
    return Country.build(400)


def populace(
    country: Country, *, tick_ms: int = 1, imsi: float = 0.0, clones: int = 60
) -> Populace:
    habits = Habits(start_ms=START, per_hour=0.25, tick_ms=tick_ms, imsi=imsi)
    span = (START + DAY_MS, START + 2 * DAY_MS)
    rng = np.random.default_rng(1)
    return Populace(country, SUBSCRIBERS, clones, habits, rng, clones_begin_ms=span)


def test_registrations_come_in_order_and_none_twice(country: Country) -> None:
    whole, sliced = populace(country), populace(country)
    at_once = whole.until(START + 2 * DAY_MS)
    assert (np.diff(at_once["time"]) >= 0).all()
    assert at_once["time"].min() >= START
    assert at_once["time"].max() < START + 2 * DAY_MS
    parts = [sliced.until(START + hours * HOUR_MS) for hours in range(1, 49)]
    assert np.array_equal(np.concatenate(parts), at_once)
    assert 4 < len(at_once) / SUBSCRIBERS / 2 < 12
    assert at_once.dtype == EVENT


def test_nobody_outruns_the_fastest_journey(country: Country) -> None:
    """Though nobody looked at the table; seen by area, as a detector would."""
    events = populace(country).until(START + 4 * DAY_MS)
    events = events[events["phone"] < SUBSCRIBERS]
    events = events[np.lexsort((events["time"], events["phone"]))]
    before, behind = events[:-1], events[1:]
    needed = country.travel.by_msc()[before["msc"], behind["msc"]]
    same = before["phone"] == behind["phone"]
    moved = same & (needed > 0)
    too_soon = moved & (behind["time"] - before["time"] < needed)
    assert moved.sum() > 300
    assert too_soon.sum() <= 2  # a border cell may hear from afar


def test_nights_are_quieter_than_days(country: Country) -> None:
    events = populace(country).until(START + 3 * DAY_MS)
    hour = (events["time"] - START) // HOUR_MS % 24
    each = np.bincount(hour, minlength=24)
    assert each[9] < each[20] / 3  # 9 h UTC is before dawn from coast to coast


def test_clones_begin_when_they_should_and_have_their_subscribers_numbers(country: Country) -> None:
    some = populace(country)
    events = some.until(START + 3 * DAY_MS)
    clones = events[events["phone"] >= SUBSCRIBERS]
    assert len(clones) > 100
    assert (clones["time"] >= START + DAY_MS).all()
    for number, subscriber in enumerate(some.clones.subscriber.tolist(), SUBSCRIBERS):
        assert some.msid[number] == some.msid[subscriber]
        differs = some.esn[number] != some.esn[subscriber]
        assert differs == some.clones.has_other_esn[number - SUBSCRIBERS]
    nightly = np.flatnonzero(some.clones.is_nightly) + SUBSCRIBERS
    local = clones["time"] + some._people.zone_ms[clones["phone"]]  # noqa: SLF001
    hour = (local[np.isin(clones["phone"], nightly)] - START) // HOUR_MS % 24
    assert set(hour.tolist()) <= {21, 22, 23, 0, 1, 2, 3}


def test_clones_are_told_by_kind(country: Country) -> None:
    some = populace(country)
    kinds = some.clone_kinds()
    assert len(kinds) == 60
    assert sum(len(each.split()) for each in kinds.values()) == len(some.clones)


def test_numbers_belong_to_homes_mostly(country: Country) -> None:
    some = populace(country, imsi=0.2)
    homes = dict(some.homes)
    area = country.areas.at(*some._people.home)[:SUBSCRIBERS]  # noqa: SLF001
    digits = [msid_digits(msid)[-10:] for msid in some.msid[:SUBSCRIBERS].tolist()]
    at_home = [homes[number[:7]] == msc for number, msc in zip(digits, area.tolist(), strict=True)]
    assert 0.85 < np.mean(at_home) < 0.97
    assert 400 < sum(len(msid_digits(msid)) == 15 for msid in some.msid.tolist()) < 800


def test_some_switch_off_flap_at_borders_and_times_are_on_the_tick(country: Country) -> None:
    events = populace(country, tick_ms=50).until(START + DAY_MS)
    assert (events["time"] % 50 == 0).all()
    assert (events["access_type"] == POWER_DOWN).any()
    assert 0.001 < events["is_border"].mean() < 0.2


def test_more_clones_than_subscribers_are_refused(country: Country) -> None:
    with pytest.raises(ValueError, match="0 to 3000 subscribers can be cloned, not 3001"):
        populace(country, clones=3001)
