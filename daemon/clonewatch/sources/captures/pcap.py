"""The libpcap savefile format: a header, then records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from clonewatch.errors import InputError
from clonewatch.sources.captures.packets import (
    PACKET_LENGTH_MAX,
    PACKETS,
    Packets,
    word,
)
from is41.kernel import OCTETS, kernel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

FILE_HEADER_LENGTH: Final = 24  # octets
RECORD_HEADER_LENGTH: Final = 16  # octets: seconds, fraction, octets captured, octets on the wire

# magic number, as the file's first four octets -> (octet order, fractions of a second a ms)
OctetOrder = Literal["little", "big"]
MAGIC: Final[Mapping[bytes, tuple[OctetOrder, int]]] = {
    bytes.fromhex("d4c3b2a1"): ("little", 1_000),
    bytes.fromhex("a1b2c3d4"): ("big", 1_000),
    bytes.fromhex("4d3cb2a1"): ("little", 1_000_000),
    bytes.fromhex("a1b23c4d"): ("big", 1_000_000),
}


@kernel((int, int), OCTETS, int, int, bool, int, int, PACKETS)
def walk(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    big: bool,  # noqa: FBT001
    fractions_a_ms: int,
    link: int,
    packets: Packets,
) -> tuple[int, int]:
    """Fill *packets* from the records at *at*: the octet after the last whole one, and how many.

    Stops early at a record that is cut, or longer than PACKET_LENGTH_MAX.
    """
    count = 0
    while at + RECORD_HEADER_LENGTH <= end and count < packets.start.size:
        start = at + RECORD_HEADER_LENGTH
        length = word(octets, at + 8, big)
        if length > PACKET_LENGTH_MAX or start + length > end:
            break
        packets.start[count] = start
        packets.end[count] = start + length
        packets.time[count] = (
            word(octets, at, big) * 1000 + word(octets, at + 4, big) // fractions_a_ms
        )
        packets.link[count] = link
        count += 1
        at = start + length
    return at, count


class Savefile:
    """One savefile; *links* says what packets of a link type begin with, and refuses others."""

    longest: Final = RECORD_HEADER_LENGTH + PACKET_LENGTH_MAX  # octets of a record

    def __init__(self, header: bytes, path: Path, links: Callable[[int], int]) -> None:
        if len(header) < FILE_HEADER_LENGTH:
            raise InputError(path, f"the pcap header is cut after {len(header)} octets")
        self._order, self._fractions_a_ms = MAGIC[header[:4]]
        self.link = links(int.from_bytes(header[20:24], self._order) & 0x0FFF_FFFF)

    def walk(
        self, octets: NDArray[np.uint8], at: int, end: int, packets: Packets
    ) -> tuple[int, int]:
        """Fill *packets*: the octet after what was read, and how many there are."""
        big = self._order == "big"
        return walk(octets, at, end, big, self._fractions_a_ms, self.link, packets)

    def say_cut(self, octets: NDArray[np.uint8]) -> str:
        """Say what is wrong with the record that *octets*, the rest of the file, begin with."""
        if len(octets) < RECORD_HEADER_LENGTH:
            return f"its header is cut after {len(octets)} octets"
        length = int.from_bytes(octets[8:12].tobytes(), self._order)
        if length > PACKET_LENGTH_MAX:
            return f"says {length} octets, more than {PACKET_LENGTH_MAX}"
        return f"cut after {len(octets) - RECORD_HEADER_LENGTH} of {length} octets"
