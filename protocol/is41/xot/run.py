"""Data packets found in the octets of a link, as frames for `is41.scan` (X.25 §4.3, §4.4).

Only packets that are due and a message each, as most are: what has the M or Q bit, or is not as it
should be, is for the grammar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from is41.kernel import OCTETS, kernel, part
from is41.octets import octet
from is41.scan import FRAMES, Frames

from .framing import HEADER_LENGTH, layer_at, message_length

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MESSAGE_LENGTH_LEAST: Final = HEADER_LENGTH + 4  # octets of a packet with one octet of data

_Q_AND_MODULO: Final = 0xB0  # bits of the GFI that have to be as agreed; D may be set
_EXTENDED: Final = 128
_FORMAT, _EXTENDED_FORMAT = 0x10, 0x20


@part
def _numbers(octets: NDArray[np.uint8], at: int, modulo: int) -> tuple[int, int, int]:
    """P(S), P(R) and M of the data packet at *at*."""
    third = octet(octets, at + 2)
    if modulo != _EXTENDED:
        return third >> 1 & 7, third >> 5, third >> 4 & 1
    fourth = octet(octets, at + 3)
    return third >> 1, fourth >> 1, fourth & 1


@kernel((int, int, int), OCTETS, int, int, int, int, int, int, int, int, FRAMES, int)
def data_run(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    modulo: int,
    length_max: int,
    p_s: int,
    room: int,
    acknowledged: int,
    outstanding: int,
    frames: Frames,
    count: int,
) -> tuple[int, int, int]:
    """Append the messages of whole data packets: where the next packet is, how many frames then.

    *p_s* is due, *room* packets may come; of ours *outstanding* are to be acknowledged from
    *acknowledged* on. Gives, too, how many are outstanding then.
    """
    header = 4 if modulo == _EXTENDED else 3
    form = _EXTENDED_FORMAT if modulo == _EXTENDED else _FORMAT
    while at < end and count < frames.start.size and room > 0:
        length = message_length(octets, at, end, True)  # kernels take no keywords
        start = at + HEADER_LENGTH
        if length <= HEADER_LENGTH + header or at + length > end:
            break
        if octets[start] & _Q_AND_MODULO != form or octets[start + 2] & 1:
            break
        its_p_s, p_r, more = _numbers(octets, start, modulo)
        advance = (p_r - acknowledged + modulo) % modulo
        start += header
        layer = layer_at(octets, start, at + length)
        if more or its_p_s != p_s or advance > outstanding or layer < 0:
            break
        if at + length - start > length_max:
            break
        frames.start[count] = start
        frames.end[count] = at + length
        frames.layer[count] = layer
        count += 1
        acknowledged = p_r
        outstanding -= advance
        p_s = (p_s + 1) % modulo
        room -= 1
        at += length
    return at, count, outstanding
