"""DATA messages found in the octets of a link, as frames for `is41.scan` (RFC 4666 §3.3.1).

`data_run` writes over what it passes: in place of the end of each protocol data's head it puts the
routing label of MTP3, which says the same, so that each message is an MSU where it lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from is41.kernel import Array, kernel, part
from is41.layers import Layer
from is41.mtp.codes import LABEL_LENGTH, ServiceIndicator
from is41.octets import half_word, octet, word
from is41.scan import FRAMES, Frames
from is41.sigtran import HEADER_LENGTH, message_length

from .codes import MessageClass, ParameterTag, Transfer

if TYPE_CHECKING:
    from numpy.typing import NDArray

ANY: Final = -1  # instead of a routing context or network appearance: none is asked for
MESSAGE_LENGTH_LEAST: Final = HEADER_LENGTH + 16  # octets of DATA: no user's data

_CLASS, _TYPE = int(MessageClass.TRANSFER), int(Transfer.DATA)
_ROUTING_CONTEXT: Final = int(ParameterTag.ROUTING_CONTEXT)
_NETWORK_APPEARANCE: Final = int(ParameterTag.NETWORK_APPEARANCE)
_CORRELATION_ID: Final = int(ParameterTag.CORRELATION_ID)
_PROTOCOL_DATA: Final = int(ParameterTag.PROTOCOL_DATA)
_SCCP: Final = int(ServiceIndicator.SCCP)
_LABEL: Final = int(LABEL_LENGTH)
_MTP3: Final = int(Layer.MTP3)
_HEAD: Final = 12  # octets before the user's data: OPC, DPC, SI, NI, MP, SLS
_WRITABLE: Final = Array(np.uint8)
_NONE: Final = -1


@part
def _protocol_data(
    octets: NDArray[np.uint8], at: int, end: int, routing_context: int, network_appearance: int
) -> tuple[int, int]:
    """Where the protocol data of the DATA message begins and ends; -1 where the grammar must look.

    That is: at any other parameter, at one that is repeated or malformed, at another routing
    context or network appearance than are asked for.
    """
    start, stop = _NONE, _NONE
    at += HEADER_LENGTH
    while at + 4 <= end:
        tag, length = half_word(octets, at), half_word(octets, at + 2)
        if length < 4 or at + length > end:
            return _NONE, _NONE
        if tag == _PROTOCOL_DATA and start == _NONE:
            start, stop = at + 4, at + length
        elif tag in (_ROUTING_CONTEXT, _NETWORK_APPEARANCE) and length == 8:
            asked = routing_context if tag == _ROUTING_CONTEXT else network_appearance
            if asked not in (ANY, word(octets, at + 4)):
                return _NONE, _NONE
        elif tag != _CORRELATION_ID:
            return _NONE, _NONE
        at += length + 3 & ~3
    return start, stop


@part
def _label(octets: NDArray[np.uint8], at: int) -> bool:
    """Write the routing label into the end of the head at *at*; False where it has no room."""
    opc, dpc = word(octets, at), word(octets, at + 4)
    si, ni = octet(octets, at + 8), octet(octets, at + 9)
    mp, sls = octet(octets, at + 10), octet(octets, at + 11)
    if opc >> 24 or dpc >> 24 or si != _SCCP or ni > 3 or mp > 3:
        return False
    at += _HEAD - _LABEL
    octets[at] = ni << 6 | mp << 4 | si
    for step in range(3):
        octets[at + 1 + step] = dpc >> 8 * step & 0xFF
        octets[at + 4 + step] = opc >> 8 * step & 0xFF
    octets[at + 7] = sls
    return True


@kernel((int, int), _WRITABLE, int, int, int, int, FRAMES, int)
def data_run(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    routing_context: int,
    network_appearance: int,
    frames: Frames,
    count: int,
) -> tuple[int, int]:
    """Append whole DATA messages for SCCP: where the next one is, and how many frames then.

    Stops at a message of another kind, at one that is cut, and where the grammar must look.
    """
    while at < end and count < frames.start.size:
        length = message_length(octets, at, end)
        if length <= 0 or at + length > end:
            break
        if octets[at + 2] != _CLASS or octets[at + 3] != _TYPE:
            break
        start, stop = _protocol_data(octets, at, at + length, routing_context, network_appearance)
        if start + _HEAD > stop or not _label(octets, start):
            break
        frames.start[count] = start + _HEAD - _LABEL
        frames.end[count] = stop
        frames.layer[count] = _MTP3
        count += 1
        at += length
    return at, count
