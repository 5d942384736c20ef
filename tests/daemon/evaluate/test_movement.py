"""Real movement from a CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from clonewatch.errors import InputError
from clonewatch.evaluate.movement import PERIOD_MS, grid_over, load_points, trial_of
from clonewatch.evaluate.reported import report
from clonewatch.mscs import Msc, Mscs

if TYPE_CHECKING:
    from pathlib import Path

HOUR = 3600
DAY_MS = 86_400_000


def written(folder: Path, text: str) -> Path:
    path = folder / "points.csv"
    path.write_text(text)
    return path


def journeys(folder: Path, users: int = 8) -> Path:
    """Users in four towns 300 km apart, who drive 20 km to and fro each hour for two days."""
    lines = ["user,time,lat,lon"]
    for user in range(users):
        north = 40 + user % 4 * 2.7
        lines += [
            f"u{user},{1_600_000_000 + user * 3 * DAY_MS // 1000 + minute * 60},"
            f"{north + 0.18 * (minute // 60 % 2)},-100"
            for minute in range(0, 48 * 60, 10)
        ]
    return written(folder, "\n".join(lines) + "\n")


def test_points_are_read_by_user_and_time(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "user,time,lat,lon\nb,1970-01-01T00:00:02Z,1,2\n\nb,1,3,4\na,1970-01-01T02:00:00.5+02:00,5,6\n",
    )
    points = load_points(path)
    assert points.user.tolist() == [0, 0, 1]
    assert points.time.tolist() == [1000, 2000, 500]
    assert points.latitude.tolist() == [3, 1, 5]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "csv:1: the headings must be user,time,lat,lon"),
        ("user,time,lon,lat\n", "csv:1: the headings must be user,time,lat,lon"),
        ("user,time,lat,lon\n", "0 users: at least two"),
        ("user,time,lat,lon\na,1,2,3\n", "1 users: at least two"),
        ("user,time,lat,lon\na,1,2\n", "csv:2: 3 cells under 4 headings"),
        ("user,time,lat,lon\n,1,2,3\n", "csv:2: column 'user': it is empty"),
        ("user,time,lat,lon\na,soon,2,3\n", "csv:2: column 'time': neither RFC 3339"),
        ("user,time,lat,lon\na,1e300,2,3\n", "csv:2: column 'time': '1e300' seconds"),
        ("user,time,lat,lon\na,nan,2,3\n", "csv:2: column 'time': 'nan' seconds"),
        ("user,time,lat,lon\na,1,91,3\n", "csv:2: column 'lat': degrees must be from -90 to 90"),
        ("user,time,lat,lon\na,1,9,x\n", "csv:2: column 'lon': degrees must be from -180 to 180"),
        ("user,time,lat,lon\na,1,nan,3\n", "csv:2: column 'lat'"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as told:
        load_points(written(tmp_path, text))
    assert words in str(told.value)


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes(b"user,time,lat,lon\n\xff\xfe")
    with pytest.raises(InputError, match="UTF-8"):
        load_points(path)


def test_a_grid_covers_the_movement(tmp_path: Path) -> None:
    points = load_points(journeys(tmp_path))
    mscs = grid_over(points, tmp_path)
    assert 4 <= len(mscs) <= 12
    assert len(set(mscs.mscid_of.tolist())) == len(mscs)


def test_too_wide_a_grid_is_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [f"u{at % 2},{at},{rng.uniform(-60, 60)},{rng.uniform(-180, 180)}" for at in range(9000)]
    points = load_points(written(tmp_path, "user,time,lat,lon\n" + "\n".join(rows)))
    with pytest.raises(InputError, match="squares of 40 km: give"):
        grid_over(points, tmp_path / "points.csv")


def test_clones_have_another_users_journey_once_habits_show(tmp_path: Path) -> None:
    points = load_points(journeys(tmp_path))
    made = trial_of(points, grid_over(points, tmp_path), 3, np.random.default_rng(1))
    assert (made.subscribers, len(made.kind)) == (5, 3)
    assert (np.diff(made.true_ms) >= 0).all()
    for clone in range(5, 8):
        times = [made.true_ms[made.phone == phone] for phone in (clone, made.subscriber[clone])]
        alone_ms = times[0].min() - times[1].min()
        assert 2 / 3 * DAY_MS - HOUR * 1000 < alone_ms < 2 / 3 * DAY_MS + HOUR * 1000
    honest = made.batch.msid[made.phone == 4]
    assert len(np.unique(honest)) == 1
    # Registrations are as the phone moves, and hourly.
    gaps = np.diff(made.true_ms[made.phone == 0])
    assert gaps.max() <= PERIOD_MS + 600_000


def test_clones_300_km_away_are_seen_and_honest_users_are_not(tmp_path: Path) -> None:
    points = load_points(journeys(tmp_path))
    made = trial_of(points, grid_over(points, tmp_path), 4, np.random.default_rng(2))
    found = report(made, made.exact.ms, 6 * HOUR * 1000)
    phones = {
        (int(made.phone[a]), int(made.phone[b]))
        for a, b in zip(found.first.tolist(), found.second.tolist(), strict=True)
    }
    assert phones
    assert all(made.subscriber[a] == made.subscriber[b] and a != b for a, b in phones)


def test_own_mscs_may_lack_coordinates_and_no_more_than_half_are_cloned(tmp_path: Path) -> None:
    points = load_points(journeys(tmp_path))
    rows = [
        Msc(mscid=1, name="nowhere"),
        Msc(mscid=2, name="here", latitude=41.0, longitude=-100.0, radius_km=50),
    ]
    made = trial_of(points, Mscs(rows), 100, np.random.default_rng(1))
    assert set(made.batch.msc.tolist()) == {1}
    assert len(made.kind) == 4
