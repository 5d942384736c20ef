"""Trials and their truth."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.evaluate.trial import DAY_MS, KINDS, Settings, Trial, simulated
from trials import CLONE, EXACT, OWNER, WINDOW_MS, trial


def test_what_is_there_to_see_is_of_two_phones_and_sooner_than_possible() -> None:
    made = trial()
    first, second = made.visible(WINDOW_MS, EXACT.ms)
    pairs = [
        (made.phone[a], made.phone[b]) for a, b in zip(first.tolist(), second.tolist(), strict=True)
    ]
    assert pairs == [(OWNER, CLONE), (CLONE, OWNER)]
    narrow, _ = made.visible(20 * 60_000, EXACT.ms)
    assert len(narrow) == 1


def test_truth_goes_by_true_time_whatever_the_clocks_say() -> None:
    wrong = trial(ahead_min=600)
    assert all(
        map(np.array_equal, *(each.visible(WINDOW_MS, EXACT.ms) for each in (wrong, trial())))
    )


@pytest.fixture(scope="module")
def country() -> Trial:
    return simulated(Settings(subscribers=800, days=3, cloned=40, mscs=80))


def test_a_simulated_trial_is_whole(country: Trial) -> None:
    batch = country.batch
    assert len(batch) == len(country.true_ms) == len(country.phone) == len(country.is_copy) > 5000
    assert country.is_cloned.sum() == 40
    assert len(country.kind) == len(country.activity) == len(country.subscriber) - 800 >= 40
    own = batch.msid[country.phone == 5]
    assert len(np.unique(own)) == 1
    assert len(np.unique(country.kind)) == len(KINDS)


def test_clones_begin_after_their_subscribers_had_time_to_show_habits(country: Trial) -> None:
    clones = country.phone >= country.subscribers
    assert country.true_ms[clones].min() >= country.true_ms.min() + DAY_MS * 0.9
    assert country.visible(WINDOW_MS, country.exact.ms)[0].size > 10


def test_homes_lead_to_mscs(country: Trial) -> None:
    homes = [country.homes.of(msid) for msid in np.unique(country.batch.msid).tolist()]
    assert all(len(home) == 1 and home[0] < len(country.mscs) for home in homes)
