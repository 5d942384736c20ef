"""Proposals as a file, which `travel build` takes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from clonewatch.travel.given import load_given
from clonewatch.travel.learn import Kind, Proposal
from clonewatch.travel.proposals import write_proposals
from clonewatch.travel.table import BLANK
from places import equator

if TYPE_CHECKING:
    from pathlib import Path

PROPOSALS = [
    Proposal(
        kind=kind,
        first=first,
        second=second,
        entry_ms=entry_ms,
        proposed_ms=proposed_ms,
        subscribers=7,
        journeys=9,
        left_out=1,
        slower=30,
        fastest_ms=90_000,
    )
    for kind, first, second, entry_ms, proposed_ms in (
        (Kind.TOO_HIGH, 0, 2, 6_000_000, 1_230_000),
        (Kind.ADJACENT, 1, 0, BLANK, 0),
    )
]


def test_what_is_written_is_what_build_is_given(tmp_path: Path) -> None:
    mscs = equator(0, 100, 200)
    stream = io.StringIO()
    write_proposals(stream, PROPOSALS, mscs.names, 1_234_567)
    about, *_ = text = stream.getvalue().splitlines()
    assert "from 1,234,567 registrations" in about
    assert [line for line in text if line[0] != "#"] == [
        "first,second,minutes,kind,entry,subscribers,journeys,fastest,left_out,slower",
        "A,C,20.5,too_high,100,7,9,1.5,1,30",
        "B,A,0,adjacent,,7,9,1.5,1,30",
    ]
    path = tmp_path / "proposals.csv"
    path.write_text(stream.getvalue(), encoding="utf-8")
    given = load_given(path, mscs)
    assert (given[0, 2], given[1, 0]) == (20.5, 0)
    assert np.isnan(given).sum() == 7
