"""X.25 packets on TCP (XOT, RFC 1613) in kernels: where each ends, and the data in it.

The data of packets with the M bit are joined by whoever keeps the octets; see X.25 (ISO/IEC 8208)
for the packets' formats. Of the sequence numbers nothing is needed: TCP has put all in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from is41.kernel import part
from is41.layers import layer_of
from is41.octets import half_word, octet
from is41.sccp.codes import MessageType

if TYPE_CHECKING:
    from numpy.typing import NDArray

PORT: Final = 1998
HEADER_LENGTH: Final = 4  # octets: version, length
PACKET_LENGTH_LEAST: Final = 3  # octets: GFI and LCGN, LCN, type
PACKET_LENGTH_MAX: Final = 4_100  # octets: 4,096 of data, X.25's most, behind the longer header
LENGTH_MAX: Final = HEADER_LENGTH + PACKET_LENGTH_MAX

# What a packet means for the joining of data.
DATA, MORE_DATA, QUALIFIED, SUPERVISION, RESTARTS, MALFORMED = 0, 1, 2, 3, 4, 5

_MODULO_8, _MODULO_128 = 0x10, 0x20  # GFI
_QUALIFIER: Final = 0x80
_CALL, _CLEAR, _RESET, _RESTART = 0x0B, 0x13, 0x1B, 0xFB
# Of packet types other than data, those that exist; the rest of their octet is exact but in modulo
# 8, where RR, RNR and REJ have P(R) in the three high bits.
_TYPES: Final = (
    _CALL,
    0x0F,
    _CLEAR,
    0x17,
    _RESET,
    0x1F,
    _RESTART,
    0xFF,
    0x23,
    0x27,
    0xF3,
    0xF7,
    0xF1,
    0xF5,
)
_FLOW: Final = (0x01, 0x05, 0x09)
_NONE: Final = -1


def _first_octets() -> NDArray[np.int64]:
    layers = [layer_of(bytes([octet])) for octet in range(256)]
    return np.array([_NONE if layer is None else layer for layer in layers], np.int64)


def _sccp_types() -> NDArray[np.bool_]:
    return np.isin(np.arange(256), list(map(int, MessageType)))


_LAYER: Final = _first_octets()
_IS_SCCP: Final = _sccp_types()
_MTP3, _LABEL, _SCCP_USER = 2, 8, 3


@part
def _is_plausible(octets: NDArray[np.uint8], at: int) -> bool:
    """Tell whether an X.25 packet may begin at *at*: it has a modulo and a type that exist."""
    modulo = octet(octets, at) & 0x30
    kind = octet(octets, at + 2)
    if modulo not in (_MODULO_8, _MODULO_128):
        return False
    if kind & 1 == 0 or kind in _TYPES:
        return True
    return (kind & 0x1F if modulo == _MODULO_8 else kind) in _FLOW


@part
def message_length(octets: NDArray[np.uint8], at: int, end: int, aligned: bool) -> int:  # noqa: FBT001
    """Length of the XOT packet whose header is at *at*; 0: more octets would tell; -1: none there.

    Where it is not *aligned*, so that a header is only hoped for, its packet must look like one.
    """
    if octets[at] != 0 or (at + 1 < end and octets[at + 1] != 0):
        return -1
    if at + HEADER_LENGTH + PACKET_LENGTH_LEAST > end:
        return 0
    length = half_word(octets, at + 2)
    if not PACKET_LENGTH_LEAST <= length <= PACKET_LENGTH_MAX:
        return -1
    if not aligned and not _is_plausible(octets, at + HEADER_LENGTH):
        return -1
    return HEADER_LENGTH + length


@part
def data_of(octets: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Tell the X.25 packet at *at*: what it means for the joining, and where its data begin."""
    kind = octet(octets, at + 2)
    extended = octet(octets, at) & 0x30 == _MODULO_128
    if kind & 1:
        return (RESTARTS if kind in (_CALL, _CLEAR, _RESET, _RESTART) else SUPERVISION), end
    start = at + 4 if extended else at + 3
    if start > end:
        return MALFORMED, end
    if octet(octets, at) & _QUALIFIER:
        return QUALIFIED, start
    more = octet(octets, at + 3) & 1 if extended else kind & 0x10
    return (MORE_DATA if more else DATA), start


@part
def layer_at(octets: NDArray[np.uint8], at: int, end: int) -> int:
    """Tell the layer that a message begins with, as `is41.reading.layer_of`; -1 where none fits."""
    if at >= end:
        return _NONE
    layer = _LAYER[octet(octets, at)]
    if layer >= 0:
        return int(layer)
    if octet(octets, at) & 0x0F != _SCCP_USER or at + _LABEL >= end:
        return _NONE
    return _MTP3 if _IS_SCCP[octet(octets, at + _LABEL)] else _NONE
