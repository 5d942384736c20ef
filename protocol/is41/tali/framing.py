"""TALI messages found in a run of octets, as frames for `is41.scan` (RFC 3094 §3).

A run may begin anywhere. Where no header stands, the next one is looked for: the sync, an opcode
we know and a length its opcode allows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from is41.kernel import OCTETS, Array, kernel, part
from is41.layers import Layer
from is41.octets import octet, word
from is41.scan import FRAMES, Frames

from .codes import HEADER_LENGTH, LENGTHS, SYNC, Opcode

if TYPE_CHECKING:
    from numpy.typing import NDArray

MESSAGE_LENGTH_MAX: Final = HEADER_LENGTH + max(most for _, most in LENGTHS.values())
NO_LAYER: Final = 0xFF  # of opcodes that carry nothing for us

# Opcodes that carry SS7 messages, and where these begin. The SAAL's trailer lies behind the MSU.
_LAYERS: Final = {Opcode.SCCP: Layer.SCCP, Opcode.MTP3: Layer.MTP3, Opcode.SAAL: Layer.MTP3}
_OPCODES: Final = np.array([int.from_bytes(opcode.value) for opcode in Opcode], np.int64)
_LEAST: Final = np.array([LENGTHS[opcode][0] for opcode in Opcode], np.int64)
_MOST: Final = np.array([LENGTHS[opcode][1] for opcode in Opcode], np.int64)
_LAYER: Final = np.array([_LAYERS.get(opcode, NO_LAYER) for opcode in Opcode], np.int64)
_HEADER: Final = int(HEADER_LENGTH)
_SYNC_OCTETS: Final = np.frombuffer(SYNC, np.uint8).astype(np.int64)
_SYNC_WORD: Final = int.from_bytes(SYNC)
_NONE: Final = int(NO_LAYER)

# What `split` counts.
SYNCS_LOST: Final = 0  # times a header was due and none stood there
OCTETS_SKIPPED: Final = 1  # octets passed while looking for a header
MESSAGES_OTHER: Final = 2  # messages of opcodes that carry nothing for us
TALLY: Final = Array(np.int64)


@part
def _opcode(octets: NDArray[np.uint8], at: int) -> int:
    """Number of the opcode at *at* in the table, or -1."""
    code = word(octets, at)
    for number in range(_OPCODES.size):
        if _OPCODES[number] == code:
            return number
    return -1


@part
def message_length(octets: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Length of the message whose header is at *at*, and the layer it carries.

    The length is 0 where the octets end inside what may be a header, -1 where none stands.
    """
    if at + _HEADER > end:
        for step in range(min(_SYNC_OCTETS.size, end - at)):
            if octets[at + step] != _SYNC_OCTETS[step]:
                return -1, _NONE
        return 0, _NONE
    if word(octets, at) != _SYNC_WORD:
        return -1, _NONE
    number = _opcode(octets, at + 4)
    length = octet(octets, at + 8) | octet(octets, at + 9) << 8
    if number < 0 or not _LEAST[number] <= length <= _MOST[number]:
        return -1, _NONE
    return _HEADER + length, _LAYER[number]


@part
def put(frames: Frames, count: int, at: int, end: int, layer: int, time: int, packet: int) -> int:
    """Write frame *count*; how many there are then."""
    frames.start[count] = at
    frames.end[count] = end
    frames.layer[count] = layer
    frames.time[count] = time
    frames.packet[count] = packet
    return count + 1


@part
def split_run(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    time: int,
    packet: int,
    aligned: bool,  # noqa: FBT001
    frames: Frames,
    count: int,
    tally: NDArray[np.int64],
) -> tuple[int, int, bool]:
    """Append the messages of a run to *frames*: where its incomplete rest begins, how many, aligned.

    *aligned* says that a message ended just before *at*, or that the stream began there. Needs
    room for one frame in every HEADER_LENGTH octets; leaves off where there is none.
    """
    while at < end and count < frames.start.size:
        length, layer = message_length(octets, at, end)
        if length < 0:
            if aligned:
                tally[SYNCS_LOST] += 1
            aligned = False
            tally[OCTETS_SKIPPED] += 1
            at += 1
        elif length == 0 or at + length > end:
            break
        else:
            aligned = True
            if layer == _NONE:
                tally[MESSAGES_OTHER] += 1
            else:
                count = put(frames, count, at + _HEADER, at + length, layer, time, packet)
            at += length
    return at, count, aligned


@kernel((int, int, bool), OCTETS, int, int, int, int, bool, FRAMES, TALLY)
def split(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    time: int,
    packet: int,
    aligned: bool,  # noqa: FBT001
    frames: Frames,
    tally: NDArray[np.int64],
) -> tuple[int, int, bool]:
    """Fill *frames* from a run that a link or a test holds; see `split_run`."""
    return split_run(octets, at, end, time, packet, aligned, frames, 0, tally)


@kernel((int, int), OCTETS, int, int, FRAMES, int)
def service_run(
    octets: NDArray[np.uint8], at: int, end: int, frames: Frames, count: int
) -> tuple[int, int]:
    """Append whole messages that carry a layer: where the next one is, and how many frames then.

    Stops at a message of another kind, at one that is cut, and where no header stands.
    """
    while at < end and count < frames.start.size:
        length, layer = message_length(octets, at, end)
        if length <= 0 or at + length > end or layer == _NONE:
            break
        count = put(frames, count, at + _HEADER, at + length, layer, 0, 0)
        at += length
    return at, count
