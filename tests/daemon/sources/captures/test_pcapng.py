"""pcapng (draft-ietf-opsawg-pcapng): sections, interfaces, packets."""

from __future__ import annotations

import gzip
import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.lab.carriers import block, enhanced_packet, interface, section
from clonewatch.sources.captures import files
from clonewatch.sources.captures.files import CaptureFile

if TYPE_CHECKING:
    from pathlib import Path

Found = list[tuple[int, int, int, bytes]]  # number, time, link, octets


def read(path: Path) -> tuple[Found, str | None]:
    capture = CaptureFile(path, lambda link_type: link_type, room=100)
    found = []
    for each in capture.blocks():
        packets = each.packets
        for at in range(each.count):
            octets = each.octets[packets.start[at] : packets.end[at]].tobytes()
            found.append((each.first + at, int(packets.time[at]), int(packets.link[at]), octets))
    capture.close()
    return found, capture.cut


def option(code: int, value: bytes, order: str = "<") -> bytes:
    return struct.pack(f"{order}HH", code, len(value)) + value + bytes(-len(value) % 4)


@pytest.mark.parametrize("order", "<>")
def test_each_interface_has_its_link_type_and_its_clock(order: str, tmp_path: Path) -> None:
    nanoseconds, seconds, binary = (option(9, bytes([n]), order) for n in (9, 0, 0x80 | 10))
    later = option(14, struct.pack(f"{order}q", 100), order)
    octets = section(order) + b"".join(
        interface(link, options, order)
        for link, options in ((1, b""), (141, nanoseconds), (142, seconds), (101, binary + later))
    )
    for which, ticks in ((0, 5_999_999), (1, 7_001_999_999), (2, 9), (3, 1024 + 512)):
        octets += enhanced_packet(which, ticks, bytes([which]) * which, order)
    path = tmp_path / "a"
    path.write_bytes(octets)
    assert read(path) == (
        [
            (1, 5999, 1, b""),
            (2, 7001, 141, b"\1"),
            (3, 9000, 142, b"\2\2"),
            (4, 101_500, 101, b"\3\3\3"),
        ],
        None,
    )


def test_simple_and_obsolete_packets_are_read_and_other_blocks_passed(tmp_path: Path) -> None:
    octets = section() + interface(141, snaplen=3)
    octets += block(0x0BAD, b"what is this")
    octets += enhanced_packet(0, 2_000_000, b"one")
    octets += block(3, struct.pack("<I", 5) + b"two")  # SPB: five octets there were
    octets += block(2, struct.pack("<HHIIII", 0, 0, 0, 3_000_000, 5, 5) + b"three")
    octets += section(">") + interface(142, order=">") + enhanced_packet(0, 4_000_000, b"4", ">")
    path = tmp_path / "a"
    path.write_bytes(octets)
    assert read(path) == (
        [(1, 2000, 141, b"one"), (2, 2000, 141, b"two"), (3, 3000, 141, b"three"), (4, 4000, 142, b"4")],
        None,
    )  # fmt: skip


@given(
    packets=st.lists(st.tuples(st.integers(0, 1 << 50), st.binary(max_size=200)), max_size=20),
    length=st.integers(1, 500),
    zipped=st.booleans(),
)
def test_packets_come_back_whatever_the_block(
    packets: list[tuple[int, bytes]],
    length: int,
    zipped: bool,  # noqa: FBT001
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    octets = section() + interface(141)
    octets += b"".join(enhanced_packet(0, ticks, packet) for ticks, packet in packets)
    path = tmp_path_factory.mktemp("n") / "a"
    path.write_bytes(gzip.compress(octets) if zipped else octets)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "BLOCK_LENGTH", length)
        found, cut = read(path)
    assert cut is None
    assert found == [
        (number, ticks // 1000, 141, packet) for number, (ticks, packet) in enumerate(packets, 1)
    ]


@given(data=st.data())
def test_a_cut_file_gives_what_is_whole_and_says_where(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    head = section() + interface(141)
    one = enhanced_packet(0, 1000, b"first")
    octets = head + one + enhanced_packet(0, 2000, b"other")
    cut = data.draw(st.integers(len(head), len(octets) - 1))
    path = tmp_path_factory.mktemp("n") / "a"
    path.write_bytes(octets[:cut])
    found, where = read(path)
    whole = (cut - len(head)) // len(one)
    assert [packet for *_, packet in found] == [b"first", b"other"][:whole]
    if (cut - len(head)) % len(one) == 0:
        assert where is None
    else:
        at = len(head) + whole * len(one)
        assert where is not None
        assert where.startswith(f"packet {whole + 1}, at octet {at} of the file: its block is cut")


@given(data=st.data())
def test_any_damage_is_read_or_said(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    octets = section() + interface(141, option(9, b"\x06") + option(14, bytes(8)))
    octets += enhanced_packet(0, 1000, b"first") + block(3, struct.pack("<I", 5) + b"other")
    at = data.draw(st.integers(4, len(octets) - 1))
    octets = octets[:at] + data.draw(st.binary(min_size=1, max_size=8)) + octets[at + 1 :]
    path = tmp_path_factory.mktemp("n") / "a"
    path.write_bytes(octets)
    read(path)


def test_a_gzip_stream_that_breaks_off_is_said(tmp_path: Path) -> None:
    octets = section() + interface(141)
    octets += b"".join(enhanced_packet(0, n * 1000, bytes([n]) * 50) for n in range(200))
    path = tmp_path / "a"
    path.write_bytes(gzip.compress(octets)[:-30])
    _, cut = read(path)
    assert cut is not None
    assert "gzip" in cut
