"""Tables of every quality."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.evaluate.tables import WRONG_SHARE, built, celled, learned, scaled, wrong
from clonewatch.evaluate.trial import Settings, Trial, simulated
from clonewatch.lab.country import Country


@pytest.fixture(scope="module")
def trial() -> Trial:
    return simulated(Settings(subscribers=3000, days=4, cloned=20, mscs=60))


def test_built_is_never_stricter_than_exact_by_more_than_rounding(trial: Trial) -> None:
    exact, made = trial.exact.by_msc(), built(trial.mscs).by_msc()
    # Circles hold their areas; a cell of the raster is 2 km, 50 s on the road.
    assert (made <= exact + 60_000).all()
    assert np.median(made[made > 0] / exact[made > 0]) > 0.9


def test_cells_are_nearer_to_exact_than_circles() -> None:
    country = Country.build(200)  # so many that areas lie between others
    exact, circles = country.travel.by_msc(), built(country.mscs).by_msc()
    cells = celled(country.mscs, country.cells()).by_msc()
    assert (cells <= exact + 120_000).all()
    assert (cells[exact == 0] == 0).all()
    near = (exact > 0) & (exact < 40 * 60_000)
    assert (exact - cells)[near].mean() < (exact - circles)[near].mean() / 2


def test_a_tenth_of_a_wrong_table_is_wrong_both_ways(trial: Trial) -> None:
    made = built(trial.mscs)
    spoilt = wrong(made, np.random.default_rng(1))
    before, behind = made.by_msc(), spoilt.by_msc()
    assert (before != behind).mean() == pytest.approx(WRONG_SHARE, abs=0.02)
    assert (behind > before).any()
    assert (behind < before).any()
    assert (behind[before == 0] >= 0).all()
    assert (np.diag(behind) == 0).all()


def test_learning_takes_back_what_traffic_contradicts(trial: Trial) -> None:
    made = built(trial.mscs)
    spoilt = wrong(made, np.random.default_rng(1), share=0.5)
    mended = learned(spoilt, trial)
    lower = mended.by_msc() < spoilt.by_msc()
    assert lower.sum() > 3
    assert (mended.by_msc() <= spoilt.by_msc()).all()
    assert np.array_equal(mended.by_msc()[~lower], spoilt.by_msc()[~lower])


def test_slack_leaves_adjacent_and_unknown_as_they_are() -> None:
    table = np.array([[0, 1000, -1]])
    assert scaled(table, 0.75).tolist() == [[0, 750, -1]]
    assert scaled(table, 1.0).tolist() == table.tolist()
