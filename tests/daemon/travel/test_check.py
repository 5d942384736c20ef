"""What `travel check` finds."""

from collections.abc import Sequence

import numpy as np
import pytest

from clonewatch.mscs import Msc, Mscs
from clonewatch.travel.check import Finding, Kind, Report, check
from clonewatch.travel.table import TravelTimes
from places import equator

N = float("nan")


def report(rows: list[list[float]], **bounds: float) -> Report:
    mscs = Mscs([Msc(mscid=at, name="ABCDEFGHIJ"[at]) for at in range(len(rows))])
    travel = TravelTimes.of_minutes(mscs, np.array(rows, float))
    return check(travel, **bounds)  # type: ignore[arg-type]


def of(kind: Kind, found: Report) -> list[Finding]:
    findings = [finding for finding in found.findings if finding.kind == kind]
    assert found.counts[kind] == len(findings)
    return findings


def test_a_good_table_has_no_findings() -> None:
    found = report([[0, 10, 20], [10, 0, 12], [21, 12, 0]])
    assert found.findings == []
    assert found.mscs == 3
    assert set(found.counts.values()) == {0}


@pytest.mark.parametrize(
    ("there", "back", "is_found"),
    [(100, 111, False), (100, 112, True), (20, 25, False), (20, 26, True), (0, 6, True)],
)
def test_asymmetry_needs_both_bounds(there: float, back: float, is_found: bool) -> None:  # noqa: FBT001
    found = report([[0, there], [back, 0]])
    assert bool(of(Kind.ASYMMETRIC, found)) is is_found


def test_asymmetry_says_both_ways() -> None:
    (finding,) = of(Kind.ASYMMETRIC, report([[0, 100], [150.5, 0]]))
    assert finding.mscs == ("A", "B")
    assert finding.minutes == (100, 150.5)
    assert finding.text == "A to B 100 min, but B to A 150.5 min"


def test_asymmetry_has_bounds_to_set() -> None:
    assert not of(Kind.ASYMMETRIC, report([[0, 100], [150, 0]], asymmetry_minutes=60))
    assert not of(Kind.ASYMMETRIC, report([[0, 100], [150, 0]], asymmetry_share=0.5))


def test_a_blank_way_back_is_no_asymmetry() -> None:
    found = report([[0, 100], [N, 0]])
    assert not of(Kind.ASYMMETRIC, found)
    (finding,) = of(Kind.BLANK, found)
    assert finding.minutes == (100, None)
    assert finding.text == "A to B 100 min, B to A blank"


def test_a_detour_that_is_quicker_is_found() -> None:
    found = report([[0, 10, 30], [10, 0, 10], [30, 10, 0]])
    first, second = of(Kind.TRIANGLE, found)
    assert first.mscs == ("A", "B", "C")
    assert second.mscs == ("C", "B", "A")
    assert first.minutes == (30, 10, 10)
    assert first.text == "A to C 30 min, but A to B 10 min and B to C 10 min"


def test_rounding_and_adjacency_make_no_triangle() -> None:
    assert not of(Kind.TRIANGLE, report([[0, 10, 21], [10, 0, 10], [21, 10, 0]]))
    assert not of(Kind.TRIANGLE, report([[0, 0, 30], [0, 0, 10], [30, 10, 0]]))
    assert not of(Kind.TRIANGLE, report([[0, N, 30], [N, 0, 10], [30, 10, 0]]))


def test_the_worst_triangles_are_listed_and_all_counted() -> None:
    rng = np.random.default_rng(1)
    minutes = rng.integers(1, 100, (10, 10)).astype(float)
    np.fill_diagonal(minutes, 0)
    gains = sorted(
        (
            minutes[a, c] - minutes[a, b] - minutes[b, c]
            for a in range(10)
            for b in range(10)
            for c in range(10)
            if len({a, b, c}) == 3
        ),
        reverse=True,
    )
    found = report(minutes.tolist(), listed_max=5)
    assert found.counts[Kind.TRIANGLE] == sum(gain > 1 for gain in gains)
    listed = [finding.minutes for finding in found.findings if finding.kind == Kind.TRIANGLE]
    assert [direct - one - two for direct, one, two in listed] == gains[:5]  # type: ignore[operator]


def test_an_isolated_msc_is_one_finding() -> None:
    found = report([[0, 10, N], [10, 0, N], [N, N, 0]])
    (finding,) = of(Kind.ISOLATED, found)
    assert finding.mscs == ("C",)
    assert not of(Kind.BLANK, found)


def test_blank_one_way_is_not_isolated() -> None:
    found = report([[0, 10, 5], [10, 0, 5], [N, N, 0]])
    assert not of(Kind.ISOLATED, found)
    assert [finding.mscs for finding in of(Kind.BLANK, found)] == [("A", "C"), ("B", "C")]


def test_what_is_longer_than_the_window_is_found() -> None:
    (finding,) = of(Kind.ABOVE_WINDOW, report([[0, 390], [391, 0]]))
    assert finding.mscs == ("B", "A")
    assert finding.minutes == (391, 390)
    assert "longer than the window of 390 min" in finding.text


def test_an_msc_next_to_all_is_found() -> None:
    (finding,) = of(Kind.ALL_ZERO, report([[0, 0, 80], [0, 0, 0], [80, 0, 0]]))
    assert finding.mscs == ("B",)


def test_one_msc_alone_is_fine() -> None:
    assert report([[0]]).findings == []


def test_an_msc_of_two_markets_is_looked_at_once() -> None:
    mscs = Mscs([Msc(mscid=at, name=name) for at, name in enumerate(["A", "B", "A"])])
    found = check(TravelTimes.of_minutes(mscs, np.array([[0, 10.0], [90, 0]])))
    assert found.mscs == 2
    assert found.counts[Kind.ASYMMETRIC] == 1


def located(minutes: Sequence[Sequence[float]], *, radius_km: float = 0) -> Report:
    """Of MSCs 100 km apart along the equator."""
    mscs = equator(*(100 * at for at in range(len(minutes))), radius_km=radius_km)
    return check(TravelTimes.of_minutes(mscs, np.array(minutes, float)))


def test_what_an_honest_journey_can_beat_is_found() -> None:
    (finding,) = of(Kind.TOO_LONG, located([[0, 50], [31, 0]]))
    assert finding.mscs == ("A", "B")
    assert finding.text == "A to B 50 min, but 27 min are possible"


def test_what_nobody_can_do_is_found() -> None:
    (finding,) = of(Kind.TOO_SHORT, located([[0, 0], [10, 0]]))
    assert finding.mscs == ("A", "B")
    assert finding.text == "A to B 0 min, but nobody takes less than 5.6"


def test_blanks_and_what_has_no_coordinates_are_neither() -> None:
    found = located([[0, N], [27, 0]])
    assert not of(Kind.TOO_LONG, found)
    assert not of(Kind.TOO_SHORT, found)


def test_a_detour_has_to_cross_an_area() -> None:
    minutes = [[0, 23, 60], [23, 0, 23], [60, 23, 0]]
    assert len(of(Kind.TRIANGLE, located(minutes))) == 2
    assert not of(Kind.TRIANGLE, located(minutes, radius_km=20))
    assert (
        len(of(Kind.TRIANGLE, located([[0, 23, 63], [23, 0, 23], [60, 23, 0]], radius_km=20))) == 1
    )
