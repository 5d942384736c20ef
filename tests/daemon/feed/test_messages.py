"""The messages of captures."""

from __future__ import annotations

from pathlib import Path

import pytest

from clonewatch.errors import InputError
from clonewatch.feed.messages import TOGETHER, Messages
from clonewatch.lab.pcaps import LinkType, write_pcap
from is41.layers import Layer

PCAPS = Path(__file__).parents[3] / "pcaps"


def capture(path: Path, times_us: list[int]) -> Path:
    write_pcap(path, LinkType.SCCP, times_us, [time.to_bytes(8) for time in times_us])
    return path


def test_messages_of_every_carrier_come_with_their_layer() -> None:
    for name, layer in (("mtp3", Layer.MTP3), ("tali", Layer.SCCP)):
        found = [m for batch in Messages([PCAPS / f"fig6-{name}.pcap"]).batches() for m in batch]
        assert len(found) == 14
        assert {message.layer for message in found} == {layer}


def test_several_captures_are_one_in_time(tmp_path: Path) -> None:
    it = Messages(
        [
            capture(tmp_path / "a.pcap", [1000, 5000, 9000]),
            capture(tmp_path / "b.pcap", [2000, 6000]),
        ]
    )
    ((*found,),) = it.batches()
    assert [message.time_ms for message in found] == [1, 2, 5, 6, 9]
    assert found[1].octets == (2000).to_bytes(8)
    assert it.cut == []


def test_many_come_in_parts(tmp_path: Path) -> None:
    path = capture(tmp_path / "a.pcap", [1000 * n for n in range(2 * TOGETHER + 1)])
    assert [len(batch) for batch in Messages([path]).batches()] == [TOGETHER, TOGETHER, 1]


def test_a_capture_that_breaks_off_says_where(tmp_path: Path) -> None:
    path = capture(tmp_path / "a.pcap", [1000, 2000])
    path.write_bytes(path.read_bytes()[:-3])
    it = Messages([path])
    assert sum(map(len, it.batches())) == 1
    assert it.cut == [f"{path}: packet 2, at octet 48 of the file: cut after 5 of 8 octets"]


def test_what_is_no_capture_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "a.pcap").write_text("nothing", encoding="utf-8")
    with pytest.raises(InputError, match="not a capture"):
        Messages([PCAPS / "fig6-mtp3.pcap", tmp_path / "a.pcap"])
