"""Journeys that were too quick, and who is left out for what he did."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.registrations import Flags
from clonewatch.travel.contradictions import JOURNEYS_PER_MSID_MAX, Contradictions
from clonewatch.window import PAIR, Findings

MSC_OF = np.array([0, 1, 2, 0])  # indices 0 and 3 are one MSC
MIN_MS = 60_000
LEAST_MS = np.array([[0, 0, 30], [0, 0, 0], [30, 0, 0]]) * MIN_MS
HOUR_MS = 60 * MIN_MS


def found(
    *pairs: tuple[int, int, int, int, int], esns: tuple[int, int] = (7, 7), flags: int = 0
) -> Findings:
    """Findings from MSID, index and time of the first, index and time of the second."""
    findings = np.zeros(len(pairs), PAIR)
    for at, (msid, first, start, second, end) in enumerate(pairs):
        findings[at]["msid"] = msid
        for name, msc, time, esn in (
            ("first", first, start, esns[0]),
            ("second", second, end, esns[1]),
        ):
            findings[name][at]["msc"] = msc
            findings[name][at]["time"] = time
            findings[name][at]["esn"] = esn
        findings["second"][at]["flags"] = flags
    return findings


def contradictions(*findings: Findings, rows_max: int = 1 << 20) -> Contradictions:
    taken = Contradictions(MSC_OF, LEAST_MS, rows_max)
    for each in findings:
        taken.take(each)
    return taken


def msids(taken: Contradictions) -> list[int]:
    return taken.journeys()["msid"].tolist()  # type: ignore[no-any-return]


def test_journeys_are_by_msc_and_in_order() -> None:
    taken = contradictions(found((9, 1, 100, 3, 160)), found((8, 3, 500, 1, 600), (9, 0, 5, 1, 6)))
    assert taken.journeys().tolist() == [
        (8, 500, 100, 0, 1),
        (9, 5, 1, 0, 1),
        (9, 100, 60, 1, 0),
    ]
    assert (taken.count, taken.cloned, taken.share) == (3, 0, 1)


def test_what_was_superseded_is_not_counted_again() -> None:
    again = found((9, 0, 0, 1, 60))
    again["superseded"] = True
    assert msids(contradictions(found((9, 0, 0, 1, 60)), again)) == [9]


@pytest.mark.parametrize("flag", [Flags.TIME_UNCERTAIN, Flags.CLOCK_SUSPECT])
def test_times_that_are_not_trusted_teach_nothing(flag: Flags) -> None:
    assert msids(contradictions(found((9, 0, 0, 1, 60), flags=flag))) == []
    assert msids(contradictions(found((9, 0, 0, 1, 60), flags=Flags.BORDER_CELL_ACCESS))) == [9]


def test_two_esns_are_two_phones() -> None:
    taken = contradictions(found((9, 0, 0, 1, 60), esns=(7, 8)), found((9, 0, 900, 1, 990)))
    assert (msids(taken), taken.cloned) == ([], 1)


def test_nobody_beats_an_airliner() -> None:
    least = 25 * MIN_MS  # 30, less what a wrong radius may explain
    taken = contradictions(
        found((9, 0, 0, 2, least - 1), (8, 0, 0, 2, least)), found((9, 0, HOUR_MS, 1, 2 * HOUR_MS))
    )
    assert (msids(taken), taken.cloned) == ([8], 1)
    assert taken.impossible.tolist() == [1, 0, 1]


def test_a_registration_that_contradicts_both_its_neighbours_is_a_clones() -> None:
    taken = contradictions(
        found((9, 0, 0, 1, HOUR_MS), (8, 0, 0, 1, HOUR_MS)),
        found((9, 1, HOUR_MS, 0, 2 * HOUR_MS), (8, 1, HOUR_MS + 1, 0, 2 * HOUR_MS)),
    )
    assert (msids(taken), taken.cloned) == ([8, 8], 1)
    assert taken.cloned_between.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_a_phone_that_hears_two_mscs_by_turns_is_no_clone() -> None:
    taken = contradictions(found((9, 0, 0, 1, MIN_MS), (9, 1, MIN_MS, 0, 5 * MIN_MS)))
    assert (msids(taken), taken.cloned) == ([9, 9], 0)


def test_nobody_travels_a_thousand_times_a_week() -> None:
    often = [(9, 0, at * HOUR_MS, 1, at * HOUR_MS + 1) for at in range(JOURNEYS_PER_MSID_MAX)]
    assert len(msids(contradictions(found(*often)))) == len(often)
    taken = contradictions(found(*often, (9, 0, 1_000 * HOUR_MS, 1, 1_000 * HOUR_MS + 1)))
    assert (msids(taken), taken.cloned) == ([], 1)


def test_what_is_too_much_is_halved_by_subscriber() -> None:
    taken = Contradictions(MSC_OF, LEAST_MS, rows_max=1_000)
    for start in range(0, 8_000, 100):
        taken.take(
            found(
                *((msid, 0, 0, 1, 60) for msid in range(start, start + 100)),
                *((msid, 1, HOUR_MS, 2, HOUR_MS + 60) for msid in range(start, start + 100)),
            )
        )
        assert len(taken.journeys()) <= 1_000
    left = msids(taken)
    assert taken.share <= 1 / 16
    assert taken.cloned == 0
    assert 0.5 < len(set(left)) / (8_000 * taken.share) < 2
    assert len(left) == 2 * len(set(left))  # of whom is kept, everything is
    assert taken.count == 16_000


def test_the_left_out_are_halved_too() -> None:
    taken = Contradictions(MSC_OF, LEAST_MS, rows_max=100)
    for start in range(0, 1_000, 50):
        taken.take(found(*((msid, 0, 0, 2, 1) for msid in range(start, start + 50))))
        assert taken.cloned <= 100
    assert taken.share < 1


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.integers(0, 3),
            st.integers(0, 3 * HOUR_MS),
            st.integers(0, 3),
            st.integers(0, HOUR_MS),
        ),
        max_size=12,
    ),
    st.lists(st.integers(0, 12), max_size=3),
)
def test_how_findings_are_cut_makes_no_difference(
    journeys: list[tuple[int, int, int, int, int]], cuts: list[int]
) -> None:
    findings = found(*((msid, a, start, b, start + took) for msid, a, start, b, took in journeys))
    whole = contradictions(findings)
    bounds = sorted({0, *(min(cut, len(findings)) for cut in cuts), len(findings)})
    parts = contradictions(*(findings[a:b] for a, b in pairwise(bounds)), rows_max=1 << 16)
    assert np.array_equal(np.sort(parts.journeys()), np.sort(whole.journeys()))
    assert parts.cloned == whole.cloned
    assert np.array_equal(parts.cloned_between, whole.cloned_between)


def test_nothing_is_nothing() -> None:
    taken = contradictions(found())
    assert (msids(taken), taken.count) == ([], 0)
