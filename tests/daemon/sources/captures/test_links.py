"""Link types of the tcpdump group's registry, and the headers that stand before IP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clonewatch.errors import InputError
from clonewatch.lab.carriers import ipv4, ipv6
from clonewatch.sources.captures.links import Link
from clonewatch.sources.captures.reader import Capture, Wiring
from is41.layers import Layer
from tshark import pcap

if TYPE_CHECKING:
    from pathlib import Path

MSU = bytes.fromhex("83 28140A 1E140A 05 09 0003080D")
TALI = b"TALIsccp" + bytes((14, 0)) + MSU[8:] + bytes(9)
TCP = bytes.fromhex("9C40 1388 00000001 00000001 5010 2000 0000 0000") + TALI
V4, V6 = ipv4(6, TCP), ipv6(6, TCP)


def frames(
    path: Path, packet: bytes, link_type: int, wiring: Wiring | None = None
) -> tuple[list[tuple[Layer, bytes]], dict[str, int]]:
    path.write_bytes(pcap([packet], link_type))
    capture = Capture(path, wiring)
    found = [
        (
            Layer(block.frames.layer[at]),
            block.octets[block.frames.start[at] : block.frames.end[at]].tobytes(),
        )
        for block in capture.blocks()
        for at in range(block.count)
    ]
    return found, capture.counts


# fmt: off
BEFORE_IP = [
    (1,   bytes(12) + b"\x08\x00" + V4),
    (1,   bytes(12) + bytes.fromhex("8100 0005 86DD") + V6),
    (1,   bytes(12) + bytes.fromhex("9100 0005 8100 0006 0800") + V4),
    (12,  V4),
    (14,  V6),
    (101, V4),
    (101, V6),
    (228, V4),
    (229, V6),
    (113, bytes(14) + b"\x08\x00" + V4),
    (113, bytes(14) + bytes.fromhex("8100 0005 0800") + V4),
    (276, b"\x86\xdd" + bytes(18) + V6),
]
BEFORE_AN_MSU = [
    (139, bytes.fromhex("00 00 0001 8182 0D") + MSU),
    (139, bytes.fromhex("00 01 0001 0180 0280 0D00") + MSU),
    (139, bytes.fromhex("00 02 0001 0180 0280 0D00") + MSU),
    (140, bytes.fromhex("8182 0D") + MSU),
    (141, MSU),
]
# fmt: on


@pytest.mark.parametrize(("link_type", "packet"), BEFORE_IP)
def test_ip_is_found_behind_each_link(link_type: int, packet: bytes, tmp_path: Path) -> None:
    assert frames(tmp_path / "a", packet, link_type) == ([(Layer.SCCP, TALI[10:])], {})


@pytest.mark.parametrize(("link_type", "packet"), BEFORE_AN_MSU)
def test_an_msu_is_found_behind_each_link(link_type: int, packet: bytes, tmp_path: Path) -> None:
    assert frames(tmp_path / "a", packet, link_type) == ([(Layer.MTP3, MSU)], {})


@pytest.mark.parametrize("link", [Link.TCAP, Link.SCCP, Link.MTP3])
def test_a_user_link_type_holds_what_it_is_said_to(link: Link, tmp_path: Path) -> None:
    found, _ = frames(tmp_path / "a", b"\xe2\0", 150, Wiring(links={150: link}))
    assert found == [(Layer(link), b"\xe2\0")]


def test_a_user_link_type_of_which_nothing_is_said_is_refused_with_what_to_say(
    tmp_path: Path,
) -> None:
    with pytest.raises(InputError, match="say what it holds, as in --linktype 150=mtp3"):
        frames(tmp_path / "a", b"", 150)


@pytest.mark.parametrize(("link_type", "packet"), BEFORE_IP + BEFORE_AN_MSU)
def test_a_packet_cut_anywhere_is_counted_or_passed(
    link_type: int, packet: bytes, tmp_path: Path
) -> None:
    for length in range(len(packet)):
        found, counts = frames(tmp_path / "a", packet[:length], link_type)
        if link_type == 141:  # what holds nothing but the message is handed on as it is
            assert (found, counts) == ([(Layer.MTP3, packet[:length])], {})
        elif not packet.endswith(TALI):
            assert found == []
            assert counts in ({"packets_malformed": 1}, {"mtp2_units_other": 1})
        elif length < len(packet) - len(TALI):
            assert (found, counts) == ([], {"packets_malformed": 1})
        else:
            assert (found, counts["tcp_gaps"]) == ([], 1)


def test_other_packets_are_counted(tmp_path: Path) -> None:
    arp = bytes(12) + b"\x08\x06" + bytes(28)
    assert frames(tmp_path / "a", arp, 1) == ([], {"packets_other": 1})
    assert frames(tmp_path / "a", b"\x45" + bytes(10), 101) == ([], {"packets_malformed": 1})
    assert frames(tmp_path / "a", ipv6(17, bytes(8)), 101) == ([], {"packets_other": 1})
