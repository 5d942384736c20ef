"""Files through the whole pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from clonewatch.detector import Detector
from clonewatch.errors import InputError
from clonewatch.mscs import Mscs
from clonewatch.registrations import SOURCES_MAX, Batch, Flags
from clonewatch.replay import CaptureSource, Placing, RecordsSource, Replay
from clonewatch.travel.table import load_travel

PCAPS = Path(__file__).parents[2] / "pcaps"


def capture(name: str, number: int, mscs: Mscs, told: list[str] | None = None) -> CaptureSource:
    refuse = None if told is None else told.append
    return CaptureSource(PCAPS / name, number, mscs, Placing(), refuse)


def test_conflicts_and_the_summary_of_several_captures() -> None:
    mscs, travel = load_travel(PCAPS / "travel.csv", PCAPS / "mscs.csv")
    detector = Detector(travel.ms, mscs.mscid_of, subscribers_max=1000)
    told: list[str] = []
    run = Replay([capture("fig6-mtp3.pcap", 0, mscs), capture("not-counted.pcap", 1, mscs, told)])
    assert len(list(run.conflicts(detector))) == 3
    summary = run.summary(detector.counts)
    assert (summary["frames"], summary["registrations"]) == (32, 18)
    assert summary["conflicts"] == 3
    assert summary["refused"].keys() == {"min_malformed", "sccp_unsupported", "tcap_unsupported"}
    assert summary["returned"] == 1
    assert "cut" not in summary
    assert len(told) == 3
    assert told[0].startswith(f"{PCAPS / 'not-counted.pcap'}: packet 13: min_malformed: ")


def test_records_are_counted_and_refused_by_row(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text("time,min,esn,mscid\n1,6145551234,82123456,4660-1\n2,x,1,1\n", encoding="utf-8")
    run = Replay([RecordsSource([path], 0, Mscs.load(PCAPS / "mscs.csv"), None)])
    assert len(Batch.joined(list(run.batches()))) == 1
    summary = run.summary({})
    assert (summary["frames"], summary["registrations"]) == (2, 1)
    assert sum(summary["refused"].values()) == 1


def test_a_time_stamp_far_ahead_is_suspect(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    rows = "".join(f"{at},6145551234,82123456,4660-1\n" for at in (1, 2, 99_999_999, 3))
    path.write_text(f"time,min,esn,mscid\n{rows}", encoding="utf-8")
    run = Replay([RecordsSource([path], 0, Mscs.load(PCAPS / "mscs.csv"), None)])
    flags = Batch.joined(list(run.batches())).flags
    assert (flags & Flags.CLOCK_SUSPECT > 0).tolist() == [False, False, True, False]


def test_more_files_than_there_are_numbers_for_sources_are_refused() -> None:
    mscs = Mscs.load(PCAPS / "mscs.csv")
    sources = [
        RecordsSource([Path(f"{n}.csv")], n % 256, mscs, None) for n in range(SOURCES_MAX + 1)
    ]
    with pytest.raises(InputError, match=r"256\.csv: more than 256 files at once"):
        Replay(sources)
