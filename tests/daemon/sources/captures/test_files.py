"""Capture files: what kind a file is, told by its first octets."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from clonewatch.errors import InputError
from clonewatch.sources.captures.files import CaptureFile

PCAPS = Path(__file__).parents[4] / "pcaps"
PLAIN = (PCAPS / "fig6-mtp3.pcap").read_bytes()


def link(link_type: int) -> int:
    return link_type


def packets_of(path: Path) -> tuple[list[bytes], str | None]:
    capture = CaptureFile(path, link)
    found = [
        block.octets[block.packets.start[at] : block.packets.end[at]].tobytes()
        for block in capture.blocks()
        for at in range(block.count)
    ]
    capture.close()
    return found, capture.cut


def test_a_gzipped_capture_gives_the_same_whatever_its_name(tmp_path: Path) -> None:
    zipped = tmp_path / "capture.bin"
    zipped.write_bytes(gzip.compress(PLAIN))
    assert packets_of(zipped) == packets_of(PCAPS / "fig6-mtp3.pcap")
    assert len(packets_of(zipped)[0]) == 14


@pytest.mark.parametrize("kept", [300, 700, 1200])
def test_a_gzip_stream_that_breaks_off_gives_what_came_before(kept: int, tmp_path: Path) -> None:
    whole, _ = packets_of(PCAPS / "fig6-mtp3.pcap")
    path = tmp_path / "cut.pcap.gz"
    path.write_bytes(gzip.compress(PLAIN, compresslevel=0)[:kept])
    found, cut = packets_of(path)
    assert found == whole[: len(found)]
    assert len(found) < len(whole)
    assert cut is not None
    assert "gzip stream breaks off" in cut


def test_a_damaged_gzip_stream_is_refused_or_told(tmp_path: Path) -> None:
    path = tmp_path / "bad.gz"
    path.write_bytes(gzip.compress(PLAIN)[:12] + b"garbage that is no deflate stream")
    with pytest.raises(InputError, match="gzip stream breaks off"):
        CaptureFile(path, link)


def test_what_a_link_type_means_is_asked_of_the_caller(tmp_path: Path) -> None:
    def refuse(link_type: int) -> int:
        raise InputError(tmp_path, f"link type {link_type}")

    with pytest.raises(InputError, match="link type 141"):
        CaptureFile(PCAPS / "fig6-mtp3.pcap", refuse)
