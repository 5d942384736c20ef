"""TALI on TCP on IPv4 on Ethernet: REGNOTs as the packets of a capture.

What may befall a stream befalls it here on demand: segments cut anywhere, out of order, repeated.
All segments of a message bear the same millisecond, so that whoever puts them together again
reads the same times, whichever segment's he takes.

RFC 3094, RFC 791, RFC 9293.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.lab.pcaps import LinkType, PcapWriter, big_endian, filled, joined
from clonewatch.lab.regnots import Invokes, encode_tali

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

CONNECTIONS_MAX: Final = 120
PAYLOAD_MAX: Final = 1460  # octets a segment: Ethernet's 1500 without the two headers
IPV4_AT: Final = 14  # octets before it: Ethernet's header
TCP_AT: Final = 34
PAYLOAD_AT: Final = 54
SERVER_PORT: Final = 5000  # RFC 3094 assigns none
CLIENT_PORT_FIRST: Final = 40_000
SYN: Final = 0x02
PSH: Final = 0x08
ACK: Final = 0x10
HANDSHAKE_US: Final = 3_000  # how long before the first message
_ETHERNET_IPV4: Final = bytes.fromhex(
    "02 00 00 00 00 00  02 00 00 00 00 00  08 00"  # to, from, IPv4
    "45 00 00 00  00 00 40 00  40 06 00 00"  # version, length; no fragments; TTL, TCP, checksum
    "0A 00 00 00  0A 00 00 00"  # from, to
)
_TCP: Final = bytes.fromhex(
    "00 00 00 00  00 00 00 00  00 00 00 00"  # ports, sequence, acknowledgement
    "50 00 FF FF  00 00 00 00"  # 20 octets, flags, window, checksum, no urgent octets
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What the network does to the streams."""

    connections: int = 4  # MSCs share them out
    cut: float = 0.0  # share of messages that a segment's end cuts
    swapped: float = 0.0  # share of the pairs of one millisecond's segments that change places
    repeated: float = 0.0  # share of segments that come twice
    handshake: bool = True  # whether the capture holds the SYNs

    def __post_init__(self) -> None:
        if not 1 <= self.connections <= CONNECTIONS_MAX:
            raise ValueError(f"1 to {CONNECTIONS_MAX} connections, not {self.connections}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segments:
    """TCP segments in columns; client and server are told apart by `is_answer`."""

    times_us: NDArray[np.int64]
    connection: NDArray[np.int64]
    is_answer: NDArray[np.bool_]  # from the server
    sequence: NDArray[np.int64]
    acknowledgement: NDArray[np.int64]
    flags: NDArray[np.int64]
    lengths: NDArray[np.int64]  # of the payload, octets


class TaliWriter:
    """A capture of TALI connections being written, all of their octets from clients to server."""

    def __init__(
        self, path: Path | str, wire: Wire, start_us: int, rng: np.random.Generator
    ) -> None:
        self._wire = wire
        self._rng = rng
        count = 2 * wire.connections  # what is late comes on connections of its own
        self._sequence = rng.integers(0, 1 << 32, count, np.int64)  # the client's next
        self._server = rng.integers(0, 1 << 32, count, np.int64)  # the server's next
        self._pcap = PcapWriter(path, LinkType.ETHERNET)
        if wire.handshake:
            self._write_handshakes(start_us - HANDSHAKE_US)

    def close(self) -> None:
        """Finish the file."""
        self._pcap.close()

    def write(
        self, invokes: Invokes, times_us: NDArray[np.int64], connection: NDArray[np.int64]
    ) -> None:
        """Messages in order of time; those of one connection and millisecond stand together."""
        messages = encode_tali(invokes)
        stream = joined(*messages)
        starts = np.cumsum(messages.lengths) - messages.lengths
        begins = self._begins(starts, messages.lengths, times_us, connection)
        message = np.searchsorted(starts, begins, side="right") - 1  # the first of each segment
        lengths = np.diff(begins, append=len(stream))
        sequence = self._sequences(connection[message], lengths)
        segments = _Segments(
            times_us=times_us[message],
            connection=connection[message],
            is_answer=np.zeros(len(begins), bool),
            sequence=sequence,
            acknowledgement=self._server[connection[message]],
            flags=np.full(len(begins), PSH | ACK),
            lengths=lengths,
        )
        frames = _frames(segments, stream)
        order = self._order(segments)
        own = segments.times_us[order]
        # A segment that comes again bears the time of what it comes after; the late are as they
        # are.
        is_late = segments.connection[order] >= self._wire.connections
        times = np.where(is_late, own, np.maximum.accumulate(own))
        self._pcap.write(times, frames[order], (PAYLOAD_AT + lengths)[order])

    def _begins(
        self,
        starts: NDArray[np.int64],
        lengths: NDArray[np.int64],
        times_us: NDArray[np.int64],
        connection: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Where segments begin in the stream: with a message, or where one is cut."""
        is_first = np.ones(len(starts), bool)
        is_first[1:] = (np.diff(connection) != 0) | (np.diff(times_us // 1000) != 0)
        messages = np.arange(len(starts))
        rank = messages - np.maximum.accumulate(np.where(is_first, messages, 0))
        whole = starts[rank % (PAYLOAD_MAX // int(lengths.max())) == 0]
        is_cut = self._rng.random(len(starts)) < self._wire.cut
        cuts = starts[is_cut] + self._rng.integers(1, lengths[is_cut])
        return np.sort(np.concatenate((whole, cuts)))

    def _sequences(
        self, connection: NDArray[np.int64], lengths: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Sequence number of each segment; the streams go on behind them."""
        order = np.argsort(connection, kind="stable")
        connections = connection[order]
        before = np.cumsum(lengths[order]) - lengths[order]
        before -= before[np.searchsorted(connections, connections, side="left")]
        sequence = np.empty(len(lengths), np.int64)
        sequence[order] = (self._sequence[connections] + before) % (1 << 32)
        np.add.at(self._sequence, connection, lengths)
        self._sequence %= 1 << 32
        return sequence

    def _order(self, segments: _Segments) -> NDArray[np.intp]:
        """In which order segments come, the repeated ones twice."""
        is_alike = np.diff(segments.connection) == 0
        is_alike &= np.diff(segments.times_us // 1000) == 0
        return disordered(is_alike, self._wire, self._rng)

    def _write_handshakes(self, start_us: int) -> None:
        """SYN, SYN ACK, ACK of every connection; a SYN takes a number of the sequence."""
        count = len(self._sequence)
        step = np.tile(np.arange(3), count)
        connection = np.repeat(np.arange(count), 3)
        client, server = self._sequence[connection], self._server[connection]
        is_answer = step == 1
        segments = _Segments(
            times_us=start_us + np.arange(3 * count),
            connection=connection,
            is_answer=is_answer,
            sequence=np.where(is_answer, server, client + (step == 2)),
            acknowledgement=np.where(is_answer, client + 1, np.where(step == 2, server + 1, 0)),
            flags=np.array([SYN, SYN | ACK, ACK])[step],
            lengths=np.zeros(3 * count, np.int64),
        )
        frames = _frames(segments, np.zeros(0, np.uint8))
        self._pcap.write(segments.times_us, frames, PAYLOAD_AT + segments.lengths)
        self._sequence = (self._sequence + 1) % (1 << 32)
        self._server = (self._server + 1) % (1 << 32)


def disordered(
    is_alike: NDArray[np.bool_], wire: Wire, rng: np.random.Generator
) -> NDArray[np.intp]:
    """In which order packets come, the repeated ones twice.

    *is_alike*: whether each packet but the last may change places with the next.
    """
    count = len(is_alike) + 1
    order = np.arange(count)
    first = np.arange(0, count - 1, 2)
    first = first[is_alike[first] & (rng.random(len(first)) < wire.swapped)]
    order[first], order[first + 1] = first + 1, first
    again = np.flatnonzero(rng.random(count) < wire.repeated)
    place = np.concatenate((np.arange(count), again + 1.5))
    return np.concatenate((order, order[again]))[np.argsort(place, kind="stable")]


def _frames(segments: _Segments, stream: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ethernet frames, one a row, whose payloads are *stream* in pieces."""
    count = len(segments.lengths)
    payloads = np.zeros((count, int(segments.lengths.max(initial=0)) + 1 & ~1), np.uint8)
    filled(payloads, segments.lengths, stream)
    frames = np.empty((count, PAYLOAD_AT + payloads.shape[1]), np.uint8)
    frames[:, :TCP_AT] = np.frombuffer(_ETHERNET_IPV4, np.uint8)
    frames[:, TCP_AT:PAYLOAD_AT] = np.frombuffer(_TCP, np.uint8)
    frames[:, PAYLOAD_AT:] = payloads
    client = 0x0A000101 + segments.connection  # 10.0.1.1 and on
    server = np.full(count, 0x0A000201)  # 10.0.2.1
    client_port = CLIENT_PORT_FIRST + segments.connection
    server_port = np.full(count, SERVER_PORT)
    answer = segments.is_answer
    # fmt: off
    for at, octets, column in (
        (16, 2, PAYLOAD_AT - IPV4_AT + segments.lengths),     # IPv4 total length
        (26, 4, np.where(answer, server, client)),            # from
        (30, 4, np.where(answer, client, server)),            # to
        (34, 2, np.where(answer, server_port, client_port)),  # from
        (36, 2, np.where(answer, client_port, server_port)),  # to
        (38, 4, segments.sequence),
        (42, 4, segments.acknowledgement),
        (47, 1, segments.flags),
    ):
        frames[:, at : at + octets] = big_endian(column, octets)
    # fmt: on
    frames[:, 24:26] = big_endian(_checksum(frames[:, IPV4_AT:TCP_AT], 0), 2)
    # RFC 9293 §3.1: the checksum covers the addresses, the protocol and the length, too.
    pseudo = frames[:, 26:34].astype(np.int64) @ np.array([256, 1] * 4)
    pseudo += 6 + PAYLOAD_AT - TCP_AT + segments.lengths
    frames[:, 50:52] = big_endian(_checksum(frames[:, TCP_AT:], pseudo), 2)
    return frames


def _checksum(rows: NDArray[np.uint8], further: NDArray[np.int64] | int) -> NDArray[np.int64]:
    """RFC 1071, of an even number of octets a row."""
    words = np.ascontiguousarray(rows).view(">u2")
    total: NDArray[np.int64] = words.sum(axis=1, dtype=np.int64) + further
    for _ in range(2):  # each adds the carries once
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
