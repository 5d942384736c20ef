"""M3UA on SCTP on IPv4 on Ethernet, made of a capture of MTP3: the same REGNOTs at the same times.

Columns at a time: `clonewatch lab simulate` writes this carrier too, but one message after another,
each whole and in a packet of its own. Here messages are cut into pieces anywhere, chunks of one
moment share packets, and some packets come out of order or twice. All pieces of a message bear the same millisecond, so that
whoever puts them together again reads the same times.

RFC 4666 (M3UA), 9260 (SCTP), 791 (IPv4). Checksums that nobody checks stay 0.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from clonewatch.lab.pcaps import SECOND_US, LinkType, PcapWriter, big_endian, filled, joined
from clonewatch.lab.tali import disordered
from clonewatch.sources.captures.pcap import FILE_HEADER_LENGTH, RECORD_HEADER_LENGTH

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from clonewatch.lab.tali import Wire

BLOCK: Final = 65_536  # messages written at once
ASSOCIATIONS: Final = 4  # switches share them out by their point codes
LABEL: Final = 8  # octets: SIO, DPC, OPC, SLS (T1.111.4)
PACKET_CHUNKS_MAX: Final = 6  # in a packet of 1500 octets, however long they are
CHUNK_HEADER: Final = 16  # octets (RFC 9260 §3.3.1)
PAYLOAD_AT: Final = 46  # octets before the first chunk: Ethernet's, IPv4's and SCTP's headers
PORT: Final = 2905
SCCP_AT: Final = 32  # of a DATA message
BEGINS, ENDS = 0x02, 0x01
_FRAME: Final = bytes.fromhex(
    "02 00 00 00 00 00  02 00 00 00 00 00  08 00"  # to, from, IPv4
    "45 00 00 00  00 00 40 00  40 84 00 00"  # version, length; no fragments; TTL, SCTP, checksum
    "0A 00 01 01  0A 00 02 01"  # from, to
    "0B 59 0B 59  00 00 00 00  00 00 00 00"  # ports, verification tag, checksum
)
# RFC 4666 §3.3.1: common header, routing context 0, protocol data with OPC, DPC, SI, NI, MP, SLS.
_DATA: Final = bytes.fromhex(
    "01 00 01 01  00 00 00 00  00 06 00 08  00 00 00 00  02 10 00 00"
    "00 00 00 00  00 00 00 00  03 02 00 00"
)


class _Msus(NamedTuple):
    """Messages of MTP3, one a row."""

    times_us: NDArray[np.int64]
    octets: NDArray[np.uint8]
    lengths: NDArray[np.int64]

    def at(self, rows: NDArray[np.intp]) -> _Msus:
        """Those of *rows*."""
        return _Msus(self.times_us[rows], self.octets[rows], self.lengths[rows])


class _Chunks(NamedTuple):
    """DATA chunks, one a row, of which the first *lengths* octets count."""

    octets: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    times_us: NDArray[np.int64]
    association: NDArray[np.int64]


def carry(mtp3: Path, m3ua: Path, wire: Wire, seed: int = 1) -> int:
    """Write *m3ua* of the lab's capture *mtp3*; return how many packets it has."""
    writer = _Writer(wire, np.random.default_rng(seed))
    octets = np.fromfile(mtp3, np.uint8)
    starts = _records(octets)
    with PcapWriter(m3ua, LinkType.ETHERNET) as capture:
        return sum(
            writer.write(capture, _msus(octets, starts[first : first + BLOCK]))
            for first in range(0, len(starts), BLOCK)
        )


class _Writer:
    """Where the associations stand."""

    def __init__(self, wire: Wire, rng: np.random.Generator) -> None:
        self._wire = wire
        self._rng = rng
        self._tsn = rng.integers(0, 1 << 32, ASSOCIATIONS, np.int64)  # the next
        self._sequence = np.zeros(ASSOCIATIONS, np.int64)  # of the one stream of each

    def write(self, capture: PcapWriter, msus: _Msus) -> int:
        """Write messages; return in how many packets."""
        association = msus.octets[:, 4].astype(np.int64) % ASSOCIATIONS  # OPC's member
        # Those of one association and millisecond stand together, as they left together.
        order = np.lexsort((association, msus.times_us // 1000))
        chunks = self._chunks(msus.at(order), association[order])
        begins = self._begins(chunks)
        lengths = np.add.reduceat(chunks.lengths, begins)
        times_us, of = chunks.times_us[begins], chunks.association[begins]
        frames = _frames(joined(chunks.octets, chunks.lengths), lengths, of)
        is_alike = (np.diff(times_us // 1000) == 0) & (np.diff(of) == 0)
        arrived = disordered(is_alike, self._wire, self._rng)
        # What comes out of order or again bears the time of its place.
        times_us = np.maximum.accumulate(times_us[arrived])
        capture.write(times_us, frames[arrived], PAYLOAD_AT + lengths[arrived])
        return len(arrived)

    def _chunks(self, msus: _Msus, association: NDArray[np.int64]) -> _Chunks:
        """DATA chunks: one a message, or two where it is cut."""
        data, data_lengths = _data_messages(msus)
        sequence = _counted_on(self._sequence, association, 1 << 16)
        is_cut = self._rng.random(len(data)) < self._wire.cut
        cuts = np.where(is_cut, self._rng.integers(1, data_lengths), data_lengths)
        message = np.repeat(np.arange(len(data)), 1 + is_cut)
        is_second = np.zeros(len(message), bool)
        is_second[1:] = message[1:] == message[:-1]
        begin = np.where(is_second, cuts[message], 0)
        end = np.where(is_second, data_lengths[message], cuts[message])
        lengths = end - begin
        chunks = np.zeros((len(message), CHUNK_HEADER + data.shape[1]), np.uint8)
        chunks[:, 1] = np.where(is_second, 0, BEGINS) | np.where(
            is_cut[message] & ~is_second, 0, ENDS
        )
        chunks[:, 2:4] = big_endian(CHUNK_HEADER + lengths, 2)
        chunks[:, 4:8] = big_endian(_counted_on(self._tsn, association[message], 1 << 32), 4)
        chunks[:, 10:12] = big_endian(sequence[message], 2)
        chunks[:, 15] = 3  # payload protocol: M3UA
        places = np.arange(data.shape[1])
        inside = (places >= begin[:, None]) & (places < end[:, None])
        filled(chunks[:, CHUNK_HEADER:], lengths, data[message][inside])
        padded = CHUNK_HEADER + (lengths + 3 & ~3)
        return _Chunks(chunks, padded, msus.times_us[message], association[message])

    def _begins(self, chunks: _Chunks) -> NDArray[np.int64]:
        """Which chunks begin a packet: the first of a moment, and others where it was full."""
        is_first = np.ones(len(chunks.lengths), bool)
        is_first[1:] = np.diff(chunks.association) != 0
        is_first[1:] |= np.diff(chunks.times_us // 1000) != 0
        places = np.arange(len(is_first))
        rank = places - np.maximum.accumulate(np.where(is_first, places, 0))
        full_at = self._rng.integers(2, PACKET_CHUNKS_MAX + 1, len(is_first))
        return np.flatnonzero(rank % full_at[places - rank] == 0)


def _records(octets: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where the records of a capture begin, and after them its end."""
    view, end = octets.data, len(octets)
    length_at = struct.Struct("<8xI").unpack_from
    starts, at = [], FILE_HEADER_LENGTH
    while at < end:
        starts.append(at)
        at += RECORD_HEADER_LENGTH + length_at(view, at)[0]
    return np.array(starts, np.int64)


def _msus(octets: NDArray[np.uint8], starts: NDArray[np.int64]) -> _Msus:
    heads = octets[starts[:, None] + np.arange(RECORD_HEADER_LENGTH)].view("<u4").astype(np.int64)
    lengths = heads[:, 2]
    places = RECORD_HEADER_LENGTH + np.arange(lengths.max())
    inside = np.minimum(starts[:, None] + places, len(octets) - 1)
    return _Msus(heads[:, 0] * SECOND_US + heads[:, 1], octets[inside], lengths)


def _data_messages(msus: _Msus) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """M3UA's DATA messages, a row each, and how long they are; padding counts."""
    sccp = msus.octets[:, LABEL:]
    data = np.zeros((len(sccp), SCCP_AT + sccp.shape[1] + 3), np.uint8)
    data[:, :SCCP_AT] = np.frombuffer(_DATA, np.uint8)
    data[:, 21:24] = msus.octets[:, 6:3:-1]  # OPC: the network comes first here
    data[:, 25:28] = msus.octets[:, 3:0:-1]
    data[:, 31] = msus.octets[:, 7]
    sccp_lengths = msus.lengths - LABEL
    inside = np.arange(sccp.shape[1]) < sccp_lengths[:, None]
    data[:, SCCP_AT : SCCP_AT + sccp.shape[1]] = sccp * inside
    lengths = SCCP_AT + (sccp_lengths + 3 & ~3)
    data[:, 4:8] = big_endian(lengths, 4)
    data[:, 18:20] = big_endian(SCCP_AT - 16 + sccp_lengths, 2)
    return data, lengths


def _frames(
    stream: NDArray[np.uint8], lengths: NDArray[np.int64], association: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """Ethernet frames, one a row, whose chunks are *stream* in pieces."""
    frames = np.zeros((len(lengths), PAYLOAD_AT + int(lengths.max())), np.uint8)
    frames[:, :PAYLOAD_AT] = np.frombuffer(_FRAME, np.uint8)
    frames[:, 16:18] = big_endian(PAYLOAD_AT - 14 + lengths, 2)
    frames[:, 29] += association.astype(np.uint8)  # 10.0.1.1 and on
    frames[:, 41] = 1 + association  # verification tag
    filled(frames[:, PAYLOAD_AT:], lengths, stream)
    return frames


def _counted_on(
    following: NDArray[np.int64], counter: NDArray[np.int64], end: int
) -> NDArray[np.int64]:
    """The next number of each counter, one after another, below *end*; the counters go on."""
    numbers = np.empty(len(counter), np.int64)
    for which in range(len(following)):
        mine = np.flatnonzero(counter == which)
        numbers[mine] = (following[which] + np.arange(len(mine))) % end
        following[which] = (following[which] + len(mine)) % end
    return numbers
