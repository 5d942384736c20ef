"""Blocks of messages, beside the blocks of rows: each holds those of one block's registrations.

A block is its magic, how many rows, the sequence of the first, how many octets; then, for each row,
where its message lies in these, how long it is and which layer it begins with; the octets, filled
up to a multiple of 8; and CRC32 over all that. Numbers are little-endian. A row without a message
has one of no octets; several rows may have the same.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.messages import Message
from is41.layers import Layer

from .blocks import BLOCK_ROWS_MAX
from .walking import CRC, closed, is_whole, walked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from clonewatch.messages import Messages

    from .walking import Walked

MAGIC: Final = b"CWM1"  # the digit counts the forms of a place
HEADER: Final = struct.Struct("<4sIQQ")  # magic, count of rows, sequence of the first, octets
WORD_OCTETS: Final = 8
PLACE: Final = np.dtype([("start", "<u4"), ("length", "<u2"), ("layer", "u1"), ("reserved", "u1")])


@dataclass(frozen=True, slots=True)
class MessageBlock:
    """A whole block: where it lies in the file, and what it holds."""

    start: int
    end: int
    first: int
    places: NDArray[np.void]  # of PLACE
    octets: NDArray[np.uint8]

    @property
    def next(self) -> int:
        """The sequence behind its last row."""
        return self.first + len(self.places)

    def message(self, sequence: int) -> Message | None:
        """The message of a registration, if it has one here."""
        if not self.first <= sequence < self.next:
            return None
        start, length, layer, _ = self.places[sequence - self.first].tolist()
        octets = self.octets[start : start + length].tobytes()
        return Message(Layer(layer), octets) if octets else None


def message_block_of(parts: Sequence[tuple[int, Messages | None]], first: int) -> bytes:
    """The block of *parts*, each so many rows and their messages; b"" if none has any.

    The messages must be `gathering.gathered`.
    """
    if all(messages is None for _, messages in parts):
        return b""
    places = np.zeros(sum(rows for rows, _ in parts), PLACE)
    octets: list[NDArray[np.uint8]] = []
    at = length = 0
    for rows, messages in parts:
        if messages is not None:
            which = messages.which
            begin, end = int(messages.start[which[0]]), int(messages.end[which[-1]])
            its = places[at : at + rows]
            its["start"] = messages.start[which] - begin + length
            its["length"] = messages.end[which] - messages.start[which]
            its["layer"] = messages.layer[which]
            octets.append(messages.octets[begin:end])
            length += end - begin
        at += rows
    header = HEADER.pack(MAGIC, len(places), first, length)
    filling = np.zeros(-length % WORD_OCTETS + CRC.size, np.uint8)
    return closed(
        np.concatenate([np.frombuffer(header, np.uint8), places.view(np.uint8), *octets, filling])
    )


def messages_in(octets: memoryview) -> Walked[MessageBlock]:
    """Look through a file of messages. Whatever befell one block costs no other."""
    return walked(octets, MAGIC, message_block_at)


def end_at(octets: memoryview, at: int) -> int | None:
    """Where the block that begins at *at* ends, by its header; None if none can begin there."""
    if len(octets) - at < HEADER.size + CRC.size:
        return None
    magic, rows, _, length = HEADER.unpack_from(octets, at)
    length += -length % WORD_OCTETS
    end = at + HEADER.size + int(rows) * PLACE.itemsize + int(length) + CRC.size
    if magic != MAGIC or not 0 < rows <= BLOCK_ROWS_MAX or end > len(octets):
        return None
    return end


def message_block_at(octets: memoryview, at: int) -> MessageBlock | None:
    """The block that begins at *at*, if it is whole."""
    end = end_at(octets, at)
    if end is None or not is_whole(octets, at, end):
        return None
    _, rows, first, length = HEADER.unpack_from(octets, at)
    places_at = at + HEADER.size
    octets_at = places_at + rows * PLACE.itemsize
    return MessageBlock(
        at,
        end,
        first,
        np.frombuffer(octets, PLACE, rows, places_at),
        np.frombuffer(octets, np.uint8, length, octets_at),
    )
