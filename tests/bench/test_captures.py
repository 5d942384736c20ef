"""What `replay` is measured with is what it says it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bench import captures
from clonewatch.registrations import Batch
from clonewatch.replay import CaptureSource, Placing, Replay
from clonewatch.travel.table import load_travel

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

REGISTRATIONS = 4000
RARE = 50


def read(capture: Path, travel: Path) -> tuple[Batch, dict[str, Any]]:
    """All registrations of a capture in their order, and the summary."""
    mscs = load_travel(travel, None)[0]
    run = Replay([CaptureSource(capture, 0, mscs, Placing(), None)])
    batch = Batch.joined(list(run.batches()))
    return batch, run.summary({})


def rows(batch: Batch) -> list[tuple[int, ...]]:
    columns = (batch.time, batch.msid, batch.esn, batch.mscid, batch.transaction_id)
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


@pytest.fixture(scope="module")
def disturbed(tmp_path_factory: pytest.TempPathFactory) -> captures.Captures:
    return captures.disturbed(REGISTRATIONS, tmp_path_factory.mktemp("disturbed"))


@pytest.fixture(scope="module")
def worst(tmp_path_factory: pytest.TempPathFactory) -> captures.Worst:
    return captures.worst(REGISTRATIONS, RARE, tmp_path_factory.mktemp("worst"))


@pytest.mark.parametrize("carrier", ["tali", "m3ua"])
def test_a_disturbed_carrier_holds_what_mtp3_holds(
    disturbed: captures.Captures, carrier: str
) -> None:
    plain, _ = read(disturbed.mtp3, disturbed.travel)
    carried, summary = read(getattr(disturbed, carrier), disturbed.travel)
    assert len(plain) == REGISTRATIONS
    assert rows(carried) == rows(plain)
    assert summary["refused"] == {}


def test_tcp_is_cut_out_of_order_and_repeated(disturbed: captures.Captures) -> None:
    _, summary = read(disturbed.tali, disturbed.travel)
    assert summary["frames"] > REGISTRATIONS  # segments
    assert summary["tcp_segments_repeated"] > 0


def test_all_but_the_newest_come_late_and_are_the_same(worst: captures.Worst) -> None:
    in_order, _ = read(worst.in_order, worst.travel)
    late, _ = read(worst.late, worst.travel)
    assert (np.diff(in_order.time) >= 0).all()
    assert (late.time[1:] <= late.time[0]).all()
    assert rows(late) == rows(in_order)
    assert np.ptp(late.time) < captures.LATE_MS


def test_one_subscriber_has_all_of_the_worst(worst: captures.Worst) -> None:
    batch, _ = read(worst.one, worst.travel)
    assert len(batch) == REGISTRATIONS
    assert np.unique(batch.msid).size == 1
    assert np.unique(batch.esn).size == REGISTRATIONS  # so that none is another's copy


def test_rare_encodings_go_through_the_grammars(worst: captures.Worst) -> None:
    batch, summary = read(worst.rare, worst.travel)
    assert len(batch) == RARE
    assert summary["through_grammars"] == RARE


def test_a_head_is_a_capture_of_the_first_packets(disturbed: captures.Captures) -> None:
    first = captures.head(disturbed.m3ua, 10)
    assert disturbed.m3ua.read_bytes().startswith(first.read_bytes())
    _, summary = read(first, disturbed.travel)
    assert summary["frames"] == 10


def test_a_capture_that_is_there_is_not_made_again(disturbed: captures.Captures) -> None:
    made_at = disturbed.m3ua.stat().st_mtime_ns
    again = captures.disturbed(REGISTRATIONS, disturbed.m3ua.parents[1])
    assert again == disturbed
    assert again.m3ua.stat().st_mtime_ns == made_at
