"""Packets of a capture, as every kind of file gives them: octets, and columns that say where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from is41.kernel import columns, part
from is41.octets import octet

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKET_LENGTH_MAX: Final = 1 << 18  # octets: libpcap's own bound, MAXIMUM_SNAPLEN
TIME_MS_MAX: Final = 253_402_300_799_999  # the end of the year 9999, where RFC 3339 ends


class Packets(NamedTuple):
    """Where packets lie in a block's octets: columns of one length."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    time: NDArray[np.int64]  # ms since 1970 UTC, cut
    link: NDArray[np.int64]  # what the packet begins with: a `links.Link`

    @classmethod
    def empty(cls, length: int) -> Packets:
        """Room for *length* packets."""
        return cls(*(np.empty(length, np.int64) for _ in cls._fields))


PACKETS: Final = columns(Packets, dict.fromkeys(Packets._fields, np.int64))


@dataclass(frozen=True, slots=True)
class Block:
    """Packets *first* and on of a capture, counted from 1; valid until the next is asked for."""

    octets: NDArray[np.uint8]
    packets: Packets
    count: int
    first: int


@part
def word(octets: NDArray[np.uint8], at: int, big: bool) -> int:  # noqa: FBT001
    """Read four octets as a number."""
    value = 0
    for step in range(4):
        place = step if big else 3 - step
        value = value << 8 | octet(octets, at + place)
    return value


@part
def half_word(octets: NDArray[np.uint8], at: int, big: bool) -> int:  # noqa: FBT001
    """Read two octets as a number."""
    first, second = octet(octets, at), octet(octets, at + 1)
    return first << 8 | second if big else second << 8 | first
