"""Captures: the pcap format."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.lab.pcaps import LinkType, PcapWriter, big_endian, filled, joined, write_pcap


def test_a_capture_is_a_header_and_records(tmp_path: Path) -> None:
    path = tmp_path / "two.pcap"
    write_pcap(path, LinkType.MTP3, [1_795_341_600_000_001, 1_795_341_601_999_999], [b"abc", b""])
    assert path.read_bytes() == bytes.fromhex(
        "D4C3B2A1 0200 0400 00000000 00000000 00000400 8D000000"
        "20BD026B 01000000 03000000 03000000 616263"
        "21BD026B 3F420F00 00000000 00000000"
    )


def test_a_capture_may_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "none.pcap"
    write_pcap(path, LinkType.SCCP, [], [])
    assert len(path.read_bytes()) == 24


def test_a_capture_is_written_in_blocks(tmp_path: Path) -> None:
    packets = [b"ab", b"c", b"defg"]
    write_pcap(tmp_path / "whole.pcap", LinkType.ETHERNET, [1, 2, 3], packets)
    with PcapWriter(tmp_path / "blocks.pcap", LinkType.ETHERNET) as capture:
        for time_us, packet in enumerate(packets, 1):
            octets = np.frombuffer(packet + bytes(3), np.uint8)[None, :]
            capture.write(np.array([time_us]), octets, np.array([len(packet)]))
    assert (tmp_path / "blocks.pcap").read_bytes() == (tmp_path / "whole.pcap").read_bytes()


@given(st.lists(st.integers(0, 2**32 - 1), max_size=9), st.integers(1, 4))
def test_numbers_become_their_last_octets(numbers: list[int], octets: int) -> None:
    rows = big_endian(np.array(numbers, np.int64), octets)
    assert rows.shape == (len(numbers), octets)
    assert [bytes(row) for row in rows] == [number.to_bytes(4)[-octets:] for number in numbers]


@given(st.lists(st.binary(max_size=9), max_size=9))
def test_rows_are_joined_and_filled_again(packets: list[bytes]) -> None:
    lengths = np.array([len(packet) for packet in packets], np.int64)
    rows = np.zeros((len(packets), 9), np.uint8)
    filled(rows, lengths, np.frombuffer(b"".join(packets), np.uint8))
    assert [bytes(row)[:length] for row, length in zip(rows, lengths, strict=True)] == packets
    assert joined(rows, lengths).tobytes() == b"".join(packets)


def test_a_file_is_finished_even_after_a_fault(tmp_path: Path) -> None:
    capture = PcapWriter(tmp_path / "x.pcap", LinkType.MTP3)
    with pytest.raises(ValueError, match="unpack"), capture:
        capture.write(np.zeros(1, np.int64), np.zeros(1, np.uint8), np.zeros(1, np.int64))
    assert len((tmp_path / "x.pcap").read_bytes()) == 24
