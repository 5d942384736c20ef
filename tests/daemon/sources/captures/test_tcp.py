"""TCP (RFC 9293 §3.10.7.4): segments in any order make the stream that was sent."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.sources.captures import flows
from clonewatch.sources.captures.reader import Capture
from is41.layers import Layer
from is41.tali.codes import Opcode
from is41.tali.messages import Message
from segments import ACK, SYN, ethernet_capture, segment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Factory = pytest.TempPathFactory


def messages(count: int, *, of: int = 30) -> list[bytes]:
    return [number.to_bytes(2) + bytes([number % 251]) * of for number in range(count)]


def tali(payloads: Sequence[bytes]) -> bytes:
    return b"".join(Message(Opcode.SCCP, payload).encode() for payload in payloads)


def carried(capture: Capture) -> list[tuple[int, bytes]]:
    found = []
    for block in capture.blocks():
        for at in range(block.count):
            octets = block.octets[block.frames.start[at] : block.frames.end[at]].tobytes()
            found.append((int(block.frames.layer[at]), octets))
    return found


def received(path: Path) -> tuple[list[bytes], dict[str, int]]:
    capture = Capture(path)
    found = carried(capture)
    assert all(layer == Layer.SCCP for layer, _ in found)
    return [octets for _, octets in found], capture.counts


def cut(stream: bytes, lengths: Sequence[int]) -> list[tuple[int, bytes]]:
    """Pieces with their offsets; the last takes what is left."""
    pieces, at = [], 0
    for length in lengths:
        if at < len(stream):
            pieces.append((at, stream[at : at + length]))
            at += length
    if at < len(stream):
        pieces.append((at, stream[at:]))
    return pieces


@settings(max_examples=200)
@given(
    count=st.integers(1, 40),
    lengths=st.lists(st.integers(1, 120), max_size=60),
    first=st.integers(0, 0xFFFF_FFFF),
    seed=st.integers(0, 1000),
    distance=st.integers(0, 4),
)
def test_any_cut_any_order_near_by_and_any_repeat_give_the_messages(
    count: int, lengths: list[int], first: int, seed: int, distance: int, tmp_path_factory: Factory
) -> None:
    payloads = messages(count)
    pieces = cut(tali(payloads), lengths)
    shuffled = random.Random(seed)
    order = sorted(range(len(pieces)), key=lambda at: at + shuffled.uniform(0, distance))
    order += [at for at in order if shuffled.random() < 0.2]
    frames = [segment(b"", first, flags=SYN)]
    frames += [segment(pieces[at][1], first + 1 + pieces[at][0]) for at in order]
    found, counts = received(ethernet_capture(tmp_path_factory.mktemp("t") / "a.pcap", frames))
    assert found == payloads
    assert "tcp_gaps" not in counts
    assert "tali_syncs_lost" not in counts


def test_a_missing_segment_costs_its_messages_and_no_other(tmp_path: Path) -> None:
    payloads = messages(50)
    size = len(tali(payloads[:1]))
    pieces = cut(tali(payloads), [size * 5] * 10)
    frames = [segment(octets, 1 + at) for at, octets in pieces if at != 15 * size]
    found, counts = received(ethernet_capture(tmp_path / "a.pcap", frames, step_us=2_000_000))
    assert found == payloads[:15] + payloads[20:]
    assert counts["tcp_gaps"] == 1


def test_what_waits_for_a_segment_that_never_comes_is_read_at_the_end(tmp_path: Path) -> None:
    payloads = messages(4)
    size = len(tali(payloads[:1]))
    frames = [segment(tali(payloads[:1]), 1), segment(tali(payloads[2:]), 1 + 2 * size)]
    found, counts = received(ethernet_capture(tmp_path / "a.pcap", frames))
    assert found == payloads[:1] + payloads[2:]
    assert counts["tcp_gaps"] == 1


def test_data_that_the_capture_cut_off_are_a_gap(tmp_path: Path) -> None:
    payloads = messages(3)
    size = len(tali(payloads[:1]))
    frames = [segment(octets, 1 + at) for at, octets in cut(tali(payloads), [size, size])]
    for left in (0, 1, size - 1):
        frames[1] = segment(tali(payloads[1:2]), 1 + size)[: left - size]
        found, counts = received(ethernet_capture(tmp_path / "a.pcap", frames))
        assert found == [payloads[0], payloads[2]]
        assert counts.pop("tali_octets_skipped", 0) == left
        assert counts == {"tcp_gaps": 1}


@pytest.mark.parametrize("begin", [1, 4, 11, 41, 42, 50])
def test_a_capture_that_starts_inside_a_message_finds_the_next(begin: int, tmp_path: Path) -> None:
    payloads = messages(4)
    stream = tali(payloads)
    size = len(stream) // 4
    frames = [segment(octets, 77 + at) for at, octets in cut(stream[begin:], [13, 40, 9])]
    found, counts = received(ethernet_capture(tmp_path / "a.pcap", frames))
    assert found == payloads[-(-begin // size) :]
    assert counts.get("tali_octets_skipped", 0) == (-begin) % size
    assert "tali_syncs_lost" not in counts


def test_garbage_between_messages_is_passed_and_counted_once(tmp_path: Path) -> None:
    payloads = messages(6)
    stream = tali(payloads[:3]) + b"TALIxxxx\x05\x00 and more" + tali(payloads[3:])
    frames = [segment(b"", 0, flags=SYN)]
    frames += [segment(octets, 1 + at) for at, octets in cut(stream, [7] * 60)]
    found, counts = received(ethernet_capture(tmp_path / "a.pcap", frames))
    assert found == payloads
    assert counts["tali_syncs_lost"] == 1
    assert counts["tali_octets_skipped"] == len(b"TALIxxxx\x05\x00 and more")


def test_connections_do_not_mix_and_a_new_syn_begins_anew(tmp_path: Path) -> None:
    payloads = messages(9)
    one, two, three = (tali(payloads[at : at + 3]) for at in (0, 3, 6))
    frames = [
        segment(b"", 99, flags=SYN, port=1),
        segment(one[:50], 100, port=1),
        segment(two[:10], 7, port=2),
        segment(one[50:], 150, port=1),
        segment(two[10:], 17, port=2),
        segment(b"", 1 << 31, flags=SYN, port=1),
        segment(three, (1 << 31) + 1, port=1),
    ]
    found, _ = received(ethernet_capture(tmp_path / "a.pcap", frames))
    assert sorted(found) == payloads


def test_ethernet_padding_is_no_data(tmp_path: Path) -> None:
    payloads = messages(2)
    first, second = tali(payloads[:1]), tali(payloads[1:])
    frames = [segment(first, 1, padding=6), segment(second, 1 + len(first))]
    assert received(ethernet_capture(tmp_path / "a.pcap", frames))[0] == payloads


def test_other_packets_and_broken_ones_are_counted(tmp_path: Path) -> None:
    good = segment(tali(messages(1)), 1)
    frames = [
        good[:12] + b"\x08\x06" + good[14:],  # ARP
        good[:23] + b"\x11" + good[24:],  # UDP
        good[:20] + b"\x20\x00" + good[22:],  # a fragment
        good[:14] + b"\x41" + good[15:],  # an IPv4 header of 4 octets
        good[:30],
        bytes(5),
        good,
    ]
    found, counts = received(ethernet_capture(tmp_path / "a.pcap", frames))
    assert found == messages(1)
    assert (counts["packets_other"], counts["packets_malformed"], counts["ip_fragments"]) == (
        2,
        3,
        1,
    )


def test_a_vlan_tag_is_passed(tmp_path: Path) -> None:
    frame = segment(tali(messages(1)), 1)
    tagged = frame[:12] + bytes.fromhex("8100 0005") + frame[12:]
    assert received(ethernet_capture(tmp_path / "a.pcap", [tagged]))[0] == messages(1)


@given(packets=st.lists(st.binary(max_size=90), max_size=10), draw=st.data())
def test_no_octets_crash_it(
    packets: list[bytes], draw: st.DataObject, tmp_path_factory: Factory
) -> None:
    good = segment(tali(messages(1)), 1, flags=ACK)
    frames = []
    for packet in packets:
        at = draw.draw(st.integers(0, len(good)))
        frames.append(good[:at] + packet + good[at + len(packet) :])
    frames.append(segment(tali(messages(2)[1:]), 1, flags=ACK, port=41_000))
    found = carried(Capture(ethernet_capture(tmp_path_factory.mktemp("t") / "a.pcap", frames)))
    assert (Layer.SCCP, messages(2)[1]) in found


def test_more_connections_than_the_table_holds_forget_the_idle(tmp_path: Path) -> None:
    count = flows.FLOWS_MAX
    payload = tali(messages(1))
    frames = [segment(payload, 1, port=port) for port in range(20_000, 20_000 + count)]
    frames.append(segment(payload, 1 + len(payload), port=19_999 + count))
    found, counts = received(ethernet_capture(tmp_path / "a.pcap", frames))
    assert len(found) == count + 1
    assert "tcp_segments_repeated" not in counts
