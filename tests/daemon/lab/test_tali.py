"""TALI on TCP: streams survive what befalls them (RFC 3094, RFC 9293)."""

import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from clonewatch.lab.phones import Habits, Phones
from clonewatch.lab.regnots import encode_tali
from clonewatch.lab.tali import CONNECTIONS_MAX, PAYLOAD_MAX, TaliWriter, Wire
from clonewatch.lab.town import Town
from clonewatch.lab.traffic import Block, Mishaps, Traffic

START = 1_795_305_600_000
WIRES = [
    Wire(handshake=False),
    Wire(connections=1),
    Wire(connections=3, cut=1.0),
    Wire(connections=2, cut=0.3, swapped=0.5, repeated=0.2),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One packet of a capture."""

    time_us: int
    port: int  # the client's
    is_answer: bool
    flags: int
    sequence: int
    payload: bytes
    headers: bytes  # IPv4 and TCP


def blocks(wire: Wire, late: float = 0.0) -> list[Block]:
    rng = np.random.default_rng(1)
    town = Town.build(20, rng)
    habits = Habits(start_ms=START, per_hour=2, tick_ms=20_000, imsi=0)
    phones = Phones(town, 1500, 0, habits, rng)
    mishaps = Mishaps(late=late)
    return list(Traffic(town, phones, mishaps, wire.connections, rng).blocks(1))


def write(path: Path, wire: Wire, found: list[Block], seed: int = 1) -> None:
    writer = TaliWriter(path, wire, START * 1000, np.random.default_rng(seed))
    for block in found:
        for at in range(0, len(block.phone), 500):  # so that groups are cut by blocks, too
            rows = slice(at, at + 500)
            writer.write(block.invokes[rows], block.times_us[rows], block.connection[rows])
    writer.close()


def segments(path: Path) -> Iterator[Segment]:
    octets = path.read_bytes()
    at = 24
    while at < len(octets):
        seconds, us, length = (
            int.from_bytes(octets[at + skip : at + skip + 4], "little") for skip in (0, 4, 8)
        )
        frame = octets[at + 16 : at + 16 + length]
        at += 16 + length
        assert int.from_bytes(frame[16:18], "big") == length - 14
        ports = int.from_bytes(frame[34:36], "big"), int.from_bytes(frame[36:38], "big")
        yield Segment(
            time_us=seconds * 1_000_000 + us,
            port=max(ports),
            is_answer=ports[0] < ports[1],
            flags=frame[47],
            sequence=int.from_bytes(frame[38:42], "big"),
            payload=frame[54:],
            headers=frame[14:54],
        )


def expected_messages(found: list[Block]) -> dict[int, list[tuple[int, bytes]]]:
    """Time in ms and octets of each message, by the client's port."""
    messages: defaultdict[int, list[tuple[int, bytes]]] = defaultdict(list)
    for block in found:
        octets, lengths = encode_tali(block.invokes)
        for row, connection in enumerate(block.connection.tolist()):
            time = int(block.invokes.registrations.time[row])
            messages[40_000 + connection].append((time, octets[row, : lengths[row]].tobytes()))
    return messages


def messages_of(parts: list[Segment]) -> list[tuple[int, bytes]]:
    """Reassemble one direction of one connection, in order of sequence numbers."""
    first = parts[0].sequence
    known: dict[int, Segment] = {}
    for part in parts:
        known.setdefault((part.sequence - first + (1 << 31)) % (1 << 32), part)
    messages = []
    stream, times = b"", []
    for _, part in sorted(known.items()):
        stream += part.payload
        times += [part.time_us // 1000] * len(part.payload)
    at = 0
    while at < len(stream):
        assert stream[at : at + 8] == b"TALIsccp"
        end = at + 10 + int.from_bytes(stream[at + 8 : at + 10], "little")
        assert len(set(times[at:end])) == 1  # whichever segment's time is taken
        messages.append((times[at], stream[at:end]))
        at = end
    return messages


@pytest.mark.parametrize("wire", WIRES)
def test_streams_hold_the_messages_whatever_befalls_them(tmp_path: Path, wire: Wire) -> None:
    found = blocks(wire)
    write(tmp_path / "tali.pcap", wire, found)
    parts: defaultdict[int, list[Segment]] = defaultdict(list)
    for segment in segments(tmp_path / "tali.pcap"):
        assert len(segment.payload) <= PAYLOAD_MAX
        if segment.payload:
            assert not segment.is_answer
            parts[segment.port].append(segment)
    assert {port: messages_of(parts[port]) for port in parts} == expected_messages(found)


def test_segments_are_cut_out_of_order_and_repeated(tmp_path: Path) -> None:
    found = blocks(WIRES[3])
    write(tmp_path / "tali.pcap", WIRES[3], found)
    seen: defaultdict[int, list[int]] = defaultdict(list)
    cut = 0
    times = []
    for segment in segments(tmp_path / "tali.pcap"):
        if segment.payload:
            seen[segment.port].append(segment.sequence)
        cut += bool(segment.payload) and not segment.payload.startswith(b"TALIsccp")
        times.append(segment.time_us // 1000)
    assert cut > 300
    for sequences in seen.values():
        assert len(set(sequences)) < 0.9 * len(sequences)
        assert (np.diff(np.array(sequences, np.uint32).astype(np.int32)) < 0).any()
    assert times == sorted(times)


def test_several_messages_share_a_segment(tmp_path: Path) -> None:
    found = blocks(WIRES[0])
    write(tmp_path / "tali.pcap", WIRES[0], found)
    counts = [part.payload.count(b"TALIsccp") for part in segments(tmp_path / "tali.pcap")]
    assert sum(counts) == sum(len(block.phone) for block in found)
    assert max(counts) > 3


def test_a_handshake_opens_every_connection(tmp_path: Path) -> None:
    wire = Wire(connections=2)
    write(tmp_path / "tali.pcap", wire, blocks(wire))
    packets = list(segments(tmp_path / "tali.pcap"))
    assert [packet.flags for packet in packets[:12]] == [0x02, 0x12, 0x10] * 4
    assert [packet.is_answer for packet in packets[:3]] == [False, True, False]
    assert packets[2].sequence == (packets[0].sequence + 1) % (1 << 32)
    first = next(packet for packet in packets[12:] if packet.port == packets[0].port)
    assert first.sequence == packets[2].sequence
    assert packets[11].time_us < packets[12].time_us


def test_sequence_numbers_pass_their_end(tmp_path: Path) -> None:
    wire = Wire(connections=1, handshake=False)
    found = blocks(wire)
    for seed in range(1000):  # to find a connection that begins shortly before it
        if np.random.default_rng(seed).integers(0, 1 << 32, 2, np.int64)[0] > (1 << 32) - 10**7:
            break
    writer = TaliWriter(tmp_path / "tali.pcap", wire, START * 1000, np.random.default_rng(seed))
    for _ in range(120):
        for block in found:
            writer.write(block.invokes, block.times_us, block.connection)
    writer.close()
    parts = list(segments(tmp_path / "tali.pcap"))
    assert parts[-1].sequence < parts[0].sequence
    for one, two in pairwise(parts):
        assert two.sequence == (one.sequence + len(one.payload)) % (1 << 32)


def test_what_is_late_keeps_its_time(tmp_path: Path) -> None:
    wire = Wire(connections=2, repeated=0.2)
    found = blocks(wire, late=0.2)
    write(tmp_path / "tali.pcap", wire, found)
    parts: defaultdict[int, list[Segment]] = defaultdict(list)
    for segment in segments(tmp_path / "tali.pcap"):
        if segment.payload:
            parts[segment.port].append(segment)
    assert set(parts) == {40_000, 40_001, 40_002, 40_003}
    assert {port: messages_of(parts[port]) for port in parts} == expected_messages(found)


@pytest.mark.parametrize("connections", [0, CONNECTIONS_MAX + 1])
def test_connections_have_bounds(connections: int) -> None:
    with pytest.raises(ValueError, match=f"1 to {CONNECTIONS_MAX} connections"):
        Wire(connections=connections)


def tshark(path: Path, *arguments: str) -> str:
    command = ["tshark", "-n", "-r", str(path), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.tshark
def test_tshark_finds_no_fault_in_the_headers(tmp_path: Path) -> None:
    write(tmp_path / "tali.pcap", WIRES[3], blocks(WIRES[3]))
    checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    bad = "tcp.checksum.status != 1 or ip.checksum.status != 1"
    assert tshark(tmp_path / "tali.pcap", *checks, "-Y", bad) == ""
    assert tshark(tmp_path / "tali.pcap", *checks, "-Y", "tcp.checksum.status == 1", "-c", "1")


@pytest.mark.tshark
def test_tshark_follows_the_same_streams(tmp_path: Path) -> None:
    found = blocks(WIRES[3])
    write(tmp_path / "tali.pcap", WIRES[3], found)
    for stream, (_, messages) in enumerate(sorted(expected_messages(found).items())):
        followed = tshark(tmp_path / "tali.pcap", "-q", "-z", f"follow,tcp,raw,{stream}")
        lines = [line for line in followed.splitlines() if set(line) <= set("0123456789abcdef")]
        assert bytes.fromhex("".join(lines)) == b"".join(octets for _, octets in messages)
