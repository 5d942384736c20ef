"""pcap files (the libpcap savefile format), read in blocks of bounded size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, Literal, NamedTuple

import numpy as np
from numba import types

from clonewatch.errors import InputError
from is41.kernel import OCTETS, columns, kernel, part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

FILE_HEADER_LENGTH: Final = 24  # octets
RECORD_HEADER_LENGTH: Final = 16  # octets: seconds, fraction, octets captured, octets on the wire
PACKET_LENGTH_MAX: Final = 1 << 18  # octets: libpcap's own bound, MAXIMUM_SNAPLEN
BLOCK_LENGTH: Final = 4 << 20  # octets read at once: ours, what two cores' caches still like
PACKETS_MAX: Final = BLOCK_LENGTH // 32  # packets of a block told at once: ours

# magic number, as the file's first four octets -> (octet order, fractions of a second a ms)
OctetOrder = Literal["little", "big"]
MAGIC: Final[Mapping[bytes, tuple[OctetOrder, int]]] = {
    bytes.fromhex("d4c3b2a1"): ("little", 1_000),
    bytes.fromhex("a1b2c3d4"): ("big", 1_000),
    bytes.fromhex("4d3cb2a1"): ("little", 1_000_000),
    bytes.fromhex("a1b23c4d"): ("big", 1_000_000),
}
PCAPNG_MAGIC: Final = bytes.fromhex("0a0d0d0a")


class Packets(NamedTuple):
    """Where packets lie in a block's octets: columns of one length."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    time: NDArray[np.int64]  # ms since 1970 UTC, cut

    @classmethod
    def empty(cls, length: int) -> Packets:
        """Room for *length* packets."""
        return cls(*(np.empty(length, np.int64) for _ in cls._fields))


PACKETS: Final = columns(Packets, dict.fromkeys(Packets._fields, types.int64))


@dataclass(frozen=True, slots=True)
class Header:
    """What a capture's file header says."""

    link_type: int
    octet_order: OctetOrder
    fractions_a_ms: int


@dataclass(frozen=True, slots=True)
class Block:
    """Packets *first* and on of a capture, counted from 1; valid until the next is asked for."""

    octets: NDArray[np.uint8]
    packets: Packets
    count: int
    first: int


@part
def _word(octets: NDArray[np.uint8], at: int, big: bool) -> int:  # noqa: FBT001
    value = 0
    for step in range(4):
        place = step if big else 3 - step
        value = value << 8 | int(np.int64(octets[at + place]))
    return value


@kernel(
    types.UniTuple(types.int64, 2)(
        OCTETS, types.int64, types.int64, types.boolean, types.int64, PACKETS
    )
)
def walk(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    big: bool,  # noqa: FBT001
    fractions_a_ms: int,
    packets: Packets,
) -> tuple[int, int]:
    """Fill *packets* from the records at *at*: the octet after the last whole one, and how many.

    Stops early at a record that is cut, or longer than PACKET_LENGTH_MAX.
    """
    count = 0
    while at + RECORD_HEADER_LENGTH <= end and count < packets.start.size:
        start = at + RECORD_HEADER_LENGTH
        length = _word(octets, at + 8, big)
        if length > PACKET_LENGTH_MAX or start + length > end:
            break
        packets.start[count] = start
        packets.end[count] = start + length
        packets.time[count] = (
            _word(octets, at, big) * 1000 + _word(octets, at + 4, big) // fractions_a_ms
        )
        count += 1
        at = start + length
    return at, count


def read_header(file: BinaryIO, path: Path) -> Header:
    """Read the file header. Raises InputError where it is none."""
    octets = file.read(FILE_HEADER_LENGTH)
    if not octets:
        raise InputError(path, "the file is empty: a capture begins with a pcap header")
    if octets[:4] == PCAPNG_MAGIC:
        raise InputError(path, "this is pcapng, not pcap: convert it with `editcap -F pcap`")
    if octets[:4] not in MAGIC:
        raise InputError(path, f"not a capture: begins with {octets[:4].hex()}, no pcap magic")
    if len(octets) < FILE_HEADER_LENGTH:
        raise InputError(path, f"the pcap header is cut after {len(octets)} octets")
    octet_order, fractions_a_ms = MAGIC[octets[:4]]
    link_type = int.from_bytes(octets[20:24], octet_order) & 0x0FFF_FFFF
    return Header(link_type, octet_order, fractions_a_ms)


class PcapReader:
    """The packets of one pcap file, a block at a time.

    *room* octets in front of each block are left to the caller, to put together in what is cut.
    After the last block `cut` says, in words, where the file broke off, or is None.
    """

    def __init__(self, path: Path, *, room: int = 0) -> None:
        self.path = path
        self.cut: str | None = None
        self._file = path.open("rb", buffering=0)
        self._room = room
        try:
            self.header = read_header(self._file, path)
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def blocks(self) -> Iterator[Block]:
        """Give the packets, in file order. Raises OSError."""
        longest = RECORD_HEADER_LENGTH + PACKET_LENGTH_MAX
        octets = np.empty(self._room + longest + BLOCK_LENGTH, np.uint8)
        view = octets.data
        packets = Packets.empty(PACKETS_MAX)
        big = self.header.octet_order == "big"
        at = end = self._room
        place, number = FILE_HEADER_LENGTH, 1
        while True:
            left = end - at
            view[self._room : self._room + left] = view[at:end]
            at, end = self._room, self._room + left
            got = self._file.readinto(view[end : end + BLOCK_LENGTH])
            end += got or 0
            while True:
                after, count = walk(octets, at, end, big, self.header.fractions_a_ms, packets)
                if count == 0:
                    break
                yield Block(octets, packets, count, number)
                place, number, at = place + after - at, number + count, after
            if end - at >= longest or not got:
                break
        if end > at:
            self.cut = self._say_cut(octets[at:end], place, number)

    def _say_cut(self, octets: NDArray[np.uint8], place: int, number: int) -> str:
        where = f"packet {number}, at octet {place} of the file"
        if len(octets) < RECORD_HEADER_LENGTH:
            return f"{where}: its header is cut after {len(octets)} octets"
        length = int.from_bytes(octets[8:12].tobytes(), self.header.octet_order)
        if length > PACKET_LENGTH_MAX:
            return f"{where}: says {length} octets, more than {PACKET_LENGTH_MAX}"
        return f"{where}: cut after {len(octets) - RECORD_HEADER_LENGTH} of {length} octets"
