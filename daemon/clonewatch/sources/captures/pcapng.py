"""The pcapng format (draft-ietf-opsawg-pcapng): sections, interfaces, packets in blocks.

Packets are walked in a kernel; blocks that say something of what follows (sections, interfaces)
are rare and are read here. Blocks of other types are passed over by their length.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from clonewatch.sources.captures.packets import (
    PACKET_LENGTH_MAX,
    PACKETS,
    TIME_MS_MAX,
    Packets,
    half_word,
    word,
)
from is41.kernel import OCTETS, columns, kernel, part

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

MAGIC: Final = bytes.fromhex("0a0d0d0a")  # a section header's block type, in either octet order
BLOCK_LENGTH_LEAST: Final = 12  # octets: type, length, length
BLOCK_LENGTH_MAX: Final = PACKET_LENGTH_MAX + (1 << 16)  # octets: ours; room for options
INTERFACES_MAX: Final = 1 << 10  # of a section: ours
SECTION, INTERFACE, PACKET, SIMPLE_PACKET, ENHANCED_PACKET = 0x0A0D0D0A, 1, 2, 3, 6
BYTE_ORDER: Final = 0x1A2B3C4D
_IF_TSRESOL, _IF_TSOFFSET = 9, 14  # options of an interface
_MICROSECONDS: Final = 6
_OFFSET_MS_MAX: Final = TIME_MS_MAX
_TICKS_MAX: Final = 1 << 50  # where ticks are longer than a ms; keeps products within 64 bits
_PACKETS_READ, _SECTION_NEXT, _BAD = 0, 1, 2  # why `walk` left off


class Interfaces(NamedTuple):
    """The interfaces of a section: columns."""

    link: NDArray[np.int64]
    snaplen: NDArray[np.int64]  # octets; 0 for no limit
    divisor: NDArray[np.int64]  # ticks a ms; 0 where `multiplier` or `shift` holds
    multiplier: NDArray[np.int64]  # ms a tick; 0 where `shift` holds
    shift: NDArray[np.int64]  # a tick is 2 to the minus this s
    offset: NDArray[np.int64]  # ms

    @classmethod
    def empty(cls) -> Interfaces:
        """Room for the most of one section."""
        return cls(*(np.zeros(INTERFACES_MAX, np.int64) for _ in cls._fields))


_INTERFACES: Final = columns(Interfaces, dict.fromkeys(Interfaces._fields, np.int64))


@part
def _time(interfaces: Interfaces, which: int, ticks: int) -> int:
    """Give a time in ms, within what a calendar holds."""
    shift = interfaces.shift[which]
    if interfaces.divisor[which] > 0:
        time = ticks // interfaces.divisor[which]
    elif interfaces.multiplier[which] > 0:
        time = min(ticks, _TICKS_MAX) * interfaces.multiplier[which]
    else:
        seconds = min(ticks >> shift, _TICKS_MAX)
        time = seconds * 1000 + ((ticks & ((1 << shift) - 1)) * 1000 >> shift)
    return int(max(0, min(min(time, TIME_MS_MAX) + interfaces.offset[which], TIME_MS_MAX)))


@part
def _packet(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    kind: int,
    big: bool,  # noqa: FBT001
    interfaces: Interfaces,
) -> tuple[int, int, int, int]:
    """Find a packet in its block: the interface, where it begins and ends, its ticks.

    The interface is -1 where the block's own numbers do not fit together.
    """
    ticks = 0
    if kind == SIMPLE_PACKET:
        which, start = 0, at + 12
        if start + 4 > end:
            return -1, 0, 0, 0
        length = word(octets, at + 8, big)
        snaplen = interfaces.snaplen[0]
        length = min(length, snaplen if snaplen > 0 else length, end - 4 - start)
    else:
        start = at + 28
        if start + 4 > end:
            return -1, 0, 0, 0
        wide = kind == ENHANCED_PACKET
        which = word(octets, at + 8, big) if wide else half_word(octets, at + 8, big)
        # 63 bits are enough for any time.
        ticks = (word(octets, at + 12, big) & 0x7FFF_FFFF) << 32 | word(octets, at + 16, big)
        length = word(octets, at + 20, big)
    if length > PACKET_LENGTH_MAX or start + length > end - 4:
        return -1, 0, 0, 0
    return which, start, start + length, ticks


@kernel((int, int, int), OCTETS, int, int, bool, _INTERFACES, int, int, PACKETS)
def walk(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    big: bool,  # noqa: FBT001
    interfaces: Interfaces,
    known: int,
    last_time: int,
    packets: Packets,
) -> tuple[int, int, int]:
    """Fill *packets* from the blocks at *at*: the octet after what was read, how many, why not more.

    *known* interfaces are there; *last_time* is that of the packet before, which simple packets,
    that say no time, are given.
    """
    count = 0
    while at + BLOCK_LENGTH_LEAST <= end and count < packets.start.size:
        kind = word(octets, at, big)
        if kind in (SECTION, INTERFACE):
            return at, count, _SECTION_NEXT
        length = word(octets, at + 4, big)
        if length < BLOCK_LENGTH_LEAST or length > BLOCK_LENGTH_MAX or length % 4:
            return at, count, _BAD
        after = at + length
        if after > end:
            break
        if kind in (PACKET, SIMPLE_PACKET, ENHANCED_PACKET):
            which, start, stop, ticks = _packet(octets, at, after, kind, big, interfaces)
            if which < 0 or which >= known:
                return at, count, _BAD
            if kind != SIMPLE_PACKET:
                last_time = _time(interfaces, which, ticks)
            packets.start[count], packets.end[count] = start, stop
            packets.time[count], packets.link[count] = last_time, interfaces.link[which]
            count += 1
        at = after
    return at, count, _PACKETS_READ


class Sections:
    """One pcapng file; *links* says what packets of a link type begin with."""

    longest: Final = BLOCK_LENGTH_MAX
    link: Final = None  # each packet has its own

    def __init__(self, links: Callable[[int], int]) -> None:
        self._links = links
        self._order: Literal["little", "big"] = "little"
        self._interfaces = Interfaces.empty()
        self._known = 0
        self._last_time = 0
        self._fault: str | None = None

    def walk(
        self, octets: NDArray[np.uint8], at: int, end: int, packets: Packets
    ) -> tuple[int, int]:
        """Fill *packets*: the octet after what was read, and how many there are."""
        self._fault = None
        while True:
            big = self._order == "big"
            at, count, why = walk(
                octets, at, end, big, self._interfaces, self._known, self._last_time, packets
            )
            if count:
                self._last_time = int(packets.time[count - 1])
                return at, count
            if why != _SECTION_NEXT:
                return at, 0
            after = self._read(octets, at, end)
            if after == at:
                return at, 0
            at = after

    def say_cut(self, octets: NDArray[np.uint8]) -> str:
        """Say what is wrong with the block that *octets*, the rest of the file, begin with."""
        if self._fault:
            return self._fault
        if len(octets) < BLOCK_LENGTH_LEAST:
            return f"its block is cut after {len(octets)} octets"
        length = int.from_bytes(octets[4:8].tobytes(), self._order)
        if not BLOCK_LENGTH_LEAST <= length <= BLOCK_LENGTH_MAX or length % 4:
            return f"a block of {length} octets: no multiple of 4 from 12 to {BLOCK_LENGTH_MAX}"
        if length > len(octets):
            return f"its block is cut after {len(octets)} of {length} octets"
        return "its block names no interface of the section, or more octets than it has"

    def _read(self, octets: NDArray[np.uint8], at: int, end: int) -> int:
        """Read a section header or an interface; where the next block is, *at* if it is cut."""
        head = octets[at : min(at + BLOCK_LENGTH_LEAST, end)].tobytes()
        order = self._order
        if head[:4] == MAGIC:
            order = "big" if head[8:12] == BYTE_ORDER.to_bytes(4) else "little"
            if int.from_bytes(head[8:12], order) != BYTE_ORDER:
                self._fault = f"a section's octet order is none: {head[8:12].hex()}"
                return at
        length = int.from_bytes(head[4:8], order)
        if not BLOCK_LENGTH_LEAST <= length <= BLOCK_LENGTH_MAX or length % 4 or at + length > end:
            self._order = order
            return at
        if head[:4] == MAGIC:
            self._order = order
            self._known = 0
        elif self._known == INTERFACES_MAX:
            self._fault = f"more than {INTERFACES_MAX} interfaces in a section"
            return at
        else:
            self._add(octets[at + 8 : at + length - 4].tobytes())
        return at + length

    def _add(self, body: bytes) -> None:
        """Add the interface whose description is *body*."""
        interfaces, which = self._interfaces, self._known
        self._known += 1
        interfaces.link[which] = self._links(int.from_bytes(body[:2], self._order))
        interfaces.snaplen[which] = int.from_bytes(body[4:8], self._order)
        resolution, offset = _MICROSECONDS, 0
        at = 8
        while at + 4 <= len(body):
            code = int.from_bytes(body[at : at + 2], self._order)
            length = int.from_bytes(body[at + 2 : at + 4], self._order)
            value = body[at + 4 : at + 4 + length]
            if code == _IF_TSRESOL and len(value) == 1:
                resolution = value[0]
            elif code == _IF_TSOFFSET and len(value) == 8:
                offset = int.from_bytes(value, self._order, signed=True) * 1000
            at += 4 + (length + 3 & ~3)
        interfaces.offset[which] = max(-_OFFSET_MS_MAX, min(offset, _OFFSET_MS_MAX))
        power = resolution & 0x7F
        binary = resolution & 0x80
        # Past 10^18, and 2^53, ticks a second 64 bits hold no time of ours.
        interfaces.divisor[which] = 10 ** min(power - 3, 15) if not binary and power >= 3 else 0
        interfaces.multiplier[which] = 10 ** (3 - power) if not binary and power < 3 else 0
        interfaces.shift[which] = min(power, 53) if binary else 0
