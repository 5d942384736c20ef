"""Every wrapping: the same REGNOTs give the same registrations, and damage costs what it hits."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from clonewatch.collector import Collector
from clonewatch.lab.carriers import Message, WrappedCapture, Wrapping
from clonewatch.lab.simulate import simulate
from clonewatch.mscs import Mscs
from clonewatch.sources.captures.links import Link
from clonewatch.sources.captures.reader import Capture, Wiring

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from clonewatch.lab.carriers import Packets

COUNT = 10_000
WIRING = Wiring(links={147: Link.TCAP})
START_US = 1_795_000_000_000_000
Row = tuple[int, int, int, int]


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    town = simulate(
        tmp_path_factory.mktemp("town"),
        subscribers=5000,
        mscs=40,
        hours=24,
        clones=10,
        seed=5,
        carriers=["mtp3"],
        imsi=0.1,
        registrations=COUNT,
        records=False,
    )
    found = []
    for block in Capture(next(iter(town.captures.values()))).blocks():
        for at in range(block.count):
            msu = block.octets[block.frames.start[at] : block.frames.end[at]].tobytes()
            found.append(Message.of(msu))
    assert len(found) == COUNT
    return found


def written(
    path: Path,
    wrapping: Wrapping,
    messages: Sequence[Message],
    mend: Callable[[int, Packets], Packets] = lambda _, packets: packets,
) -> Path:
    with closing(WrappedCapture(path, wrapping)) as capture:
        for number, message in enumerate(messages):
            packets = mend(number, capture.packets(message))
            capture.write(START_US + number * 1000, packets)
    return path


def registrations(path: Path) -> tuple[list[Row], Capture]:
    capture = Capture(path, WIRING)
    collector = Collector(Mscs([]))
    rows: list[Row] = []
    for block in capture.blocks():
        for batch in collector.take(block.octets, block.frames, block.count):
            columns = (batch.time, batch.msid, batch.esn, batch.transaction_id)
            rows += zip(*(column.tolist() for column in columns), strict=True)
    return rows, capture


@pytest.fixture(scope="module")
def expected(messages: list[Message], tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    path = tmp_path_factory.mktemp("plain") / "a"
    rows, _ = registrations(written(path, Wrapping.GZIP, messages))
    assert len(rows) == COUNT
    return rows


@pytest.mark.parametrize("wrapping", Wrapping)
def test_the_same_regnots_give_the_same_registrations(
    wrapping: Wrapping, messages: list[Message], expected: list[Row], tmp_path: Path
) -> None:
    rows, capture = registrations(written(tmp_path / "a", wrapping, messages))
    assert rows == expected
    assert capture.cut is None
    assert set(capture.counts) <= {"ip_fragments"}


@pytest.mark.parametrize("wrapping", Wrapping)
def test_a_lost_packet_costs_its_message_and_no_other(
    wrapping: Wrapping, messages: list[Message], expected: list[Row], tmp_path: Path
) -> None:
    lost = 20

    def lose(number: int, packets: Packets) -> Packets:
        return packets[:-1] if number == lost else packets

    path = written(tmp_path / "a", wrapping, messages[:2000], lose)
    rows, _ = registrations(path)
    assert sorted(rows) == sorted(expected[:lost] + expected[lost + 1 : 2000])


@pytest.mark.parametrize("wrapping", Wrapping)
def test_a_damaged_packet_costs_its_message_and_no_other(
    wrapping: Wrapping, messages: list[Message], expected: list[Row], tmp_path: Path
) -> None:
    damaged = 20

    def damage(number: int, packets: Packets) -> Packets:
        if number != damaged:
            return packets
        # The package and component lengths of TCAP, or what stands there of it.
        last = packets[-1]
        return [*packets[:-1], last[:-12] + bytes(12)]

    path = written(tmp_path / "a", wrapping, messages[:50], damage)
    rows, _ = registrations(path)
    others = [row for row in expected[:50] if row != expected[damaged]]
    assert [row for row in rows if row[0] != expected[damaged][0]] == others


# Of what is on TCP: what its messages begin with, and where behind that the length stands.
LENGTHS = {
    Wrapping.VLAN: (b"TALIsccp", 8),
    Wrapping.IPV6: (b"TALIsccp", 8),
    Wrapping.M3UA_TCP: (b"\1\0\1\1\0\0", 7),
    Wrapping.XOT: (b"\0\0\0", 3),
    Wrapping.XOT_128: (b"\0\0\0", 3),
}


@pytest.mark.parametrize("wrong", ["too long by a bit", "very long", "too short", "zero"])
@pytest.mark.parametrize("wrapping", LENGTHS)
def test_a_wrong_length_costs_its_message_and_no_other(
    wrapping: Wrapping,
    wrong: str,
    messages: list[Message],
    expected: list[Row],
    tmp_path: Path,
) -> None:
    hit = 20
    begins, behind = LENGTHS[wrapping]

    def damage(number: int, packets: Packets) -> Packets:
        if number != hit:
            return packets
        headers = 40 if wrapping not in (Wrapping.VLAN, Wrapping.IPV6) else 0
        at = packets[0].index(begins, headers) + behind
        first = bytearray(packets[0])
        if wrong == "very long":  # octets of 256: the next to the left, or to the right in TALI
            first[at + (1 if begins.startswith(b"TALI") else -1)] ^= 1
        else:
            length = first[at]
            first[at] = {"too long by a bit": length ^ 128, "too short": length // 2, "zero": 0}[
                wrong
            ]
        return [bytes(first), *packets[1:]]

    rows, _ = registrations(written(tmp_path / "a", wrapping, messages[:200], damage))
    assert rows == expected[:hit] + expected[hit + 1 : 200]


@pytest.mark.parametrize("wrapping", Wrapping)
def test_a_packet_that_the_capture_cut_costs_its_message_and_no_other(
    wrapping: Wrapping, messages: list[Message], expected: list[Row], tmp_path: Path
) -> None:
    cut = 20

    def shorten(number: int, packets: Packets) -> Packets:
        return [*packets[:-1], packets[-1][:-15]] if number == cut else packets

    rows, _ = registrations(written(tmp_path / "a", wrapping, messages[:50], shorten))
    assert sorted(rows) == sorted(expected[:cut] + expected[cut + 1 : 50])


@pytest.mark.parametrize("wrapping", Wrapping)
def test_repeated_packets_of_a_connection_count_once(
    wrapping: Wrapping, messages: list[Message], expected: list[Row], tmp_path: Path
) -> None:
    def repeat(_: int, packets: Packets) -> Packets:
        return [packet for packet in packets for _ in range(2)]

    rows, capture = registrations(written(tmp_path / "a", wrapping, messages[:200], repeat))
    if {"sctp_chunks_repeated", "tcp_segments_repeated"} & set(capture.counts):
        assert rows == expected[:200]
    else:  # links without sequence numbers of their own: copies are found later, by the window
        assert sorted(set(rows)) == sorted(set(expected[:200]))


@pytest.mark.parametrize("wrapping", Wrapping)
def test_packets_that_change_places_cost_nothing(
    wrapping: Wrapping, messages: list[Message], expected: list[Row], tmp_path: Path
) -> None:
    def reverse(number: int, packets: Packets) -> Packets:
        return packets[::-1] if number else packets  # a flow begins with what is seen first

    rows, _ = registrations(written(tmp_path / "a", wrapping, messages[:200], reverse))
    assert sorted(rows) == sorted(expected[:200])
