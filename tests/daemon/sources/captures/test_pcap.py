"""The libpcap savefile format."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.errors import InputError
from clonewatch.sources.captures import files
from clonewatch.sources.captures.files import CaptureFile

if TYPE_CHECKING:
    from pathlib import Path

Packet = tuple[int, int, bytes]  # seconds, fraction, octets


def savefile(packets: list[Packet], *, magic: int = 0xA1B2C3D4, order: str = "<") -> bytes:
    header = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, 141)
    records = [
        struct.pack(f"{order}IIII", seconds, fraction, len(octets), len(octets)) + octets
        for seconds, fraction, octets in packets
    ]
    return header + b"".join(records)


def read(path: Path) -> tuple[list[tuple[int, int, bytes]], str | None]:
    """Number, time and octets of each packet, and where the file is cut."""
    reader = CaptureFile(path, lambda _: 2, room=100)
    found = []
    for block in reader.blocks():
        for at in range(block.count):
            octets = block.octets[block.packets.start[at] : block.packets.end[at]].tobytes()
            found.append((block.first + at, int(block.packets.time[at]), octets))
    reader.close()
    return found, reader.cut


PACKETS = st.lists(
    st.tuples(
        st.integers(0, 0xFFFF_FFFF), st.integers(0, 999_999), st.binary(min_size=0, max_size=300)
    ),
    max_size=30,
)


@given(packets=PACKETS, order=st.sampled_from("<>"), block=st.integers(1, 700))
def test_packets_come_back_whatever_the_block(
    packets: list[Packet], order: str, block: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("pcap") / "a.pcap"
    path.write_bytes(savefile(packets, order=order))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BLOCK_LENGTH", block)
        found, cut = read(path)
    expected = [
        (number, seconds * 1000 + fraction // 1000, octets)
        for number, (seconds, fraction, octets) in enumerate(packets, 1)
    ]
    assert (found, cut) == (expected, None)


def test_nanoseconds_are_cut_to_milliseconds(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(savefile([(7, 1_999_999, b"x")], magic=0xA1B23C4D))
    assert read(path)[0] == [(1, 7001, b"x")]


@given(cut=st.integers(24, 24 + 2 * (16 + 5) - 1))
def test_a_cut_file_gives_what_is_whole_and_says_where_it_broke_off(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("pcap") / "a.pcap"
    path.write_bytes(savefile([(1, 0, b"first"), (2, 0, b"other")])[:cut])
    found, where = read(path)
    whole = (cut - 24) // 21
    assert [octets for _, _, octets in found] == [b"first", b"other"][:whole]
    at_a_boundary = (cut - 24) % 21 == 0
    assert (where is None) == at_a_boundary
    if where is not None:
        assert where.startswith(f"packet {whole + 1}, at octet {24 + 21 * whole} of the file")


def test_an_absurd_length_ends_the_file_there(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    bad = struct.pack("<IIII", 0, 0, 0x7FFF_FFFF, 0x7FFF_FFFF) + bytes(500_000)
    path.write_bytes(savefile([(1, 0, b"first")]) + bad)
    found, where = read(path)
    assert [octets for _, _, octets in found] == [b"first"]
    assert where == "packet 2, at octet 45 of the file: says 2147483647 octets, more than 262144"


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"", "the file is empty"),
        (b"no capture, but some other file", "not a capture: begins with 6e6f2063"),
        (savefile([])[:10], "the pcap header is cut after 10 octets"),
    ],
)
def test_what_is_no_capture_is_refused_in_one_line(
    octets: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(octets)
    with pytest.raises(InputError) as caught:
        CaptureFile(path, lambda _: 2)
    assert str(caught.value).startswith(f"{path}: {words}")
    assert "\n" not in str(caught.value)
