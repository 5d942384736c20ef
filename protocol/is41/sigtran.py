"""Kernels for the user adaptation layers on SCTP: where the message stands that they carry.

M3UA (RFC 4666), M2UA (RFC 3331), SUA (RFC 3868) and M2PA (RFC 4165) have one common header:
version, reserved, class, type, length. In the first three the message stands in a parameter, in
M2PA behind sequence numbers and a priority. On TCP these messages follow one another by length.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from is41.kernel import part
from is41.layers import Layer
from is41.m2ua.codes import ParameterTag as M2uaTag
from is41.mtp.codes import ServiceIndicator
from is41.octets import half_word, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class Carrier(IntEnum):
    """What carries messages over IP."""

    TALI = 0
    XOT = 1
    M3UA = 2
    M2UA = 3
    M2PA = 4
    SUA = 5


# SCTP payload protocol identifiers, as IANA registers them.
PAYLOAD_PROTOCOLS: Final[Mapping[int, Carrier]] = {
    2: Carrier.M2UA,
    3: Carrier.M3UA,
    4: Carrier.SUA,
    5: Carrier.M2PA,
}
HEADER_LENGTH: Final = 8  # octets
LENGTH_MAX: Final = 4_608  # octets of a message on TCP: ours; an LUDT, the longest, has 3,952
OTHER, MALFORMED = -1, -2  # instead of where a message begins

# fmt: off
#                                         TALI XOT  M3UA    M2UA    M2PA  SUA
_CLASS: Final = np.array([                0,   0,   1,      6,      11,   7     ], np.int64)
_TYPE: Final = np.array([                 0,   0,   1,      1,      1,    1     ], np.int64)
_PARAMETER: Final = np.array([            0,   0,   0x0210, 0x0300, 0,    0x010B], np.int64)
_LAYER: Final = np.array([                0,   0,   Layer.SCCP, Layer.MTP3, Layer.MTP3, Layer.TCAP], np.int64)
# fmt: on
_M3UA: Final = int(Carrier.M3UA)
_M2UA: Final = int(Carrier.M2UA)
_M2PA: Final = int(Carrier.M2PA)
_PROTOCOL_DATA_2: Final = int(M2uaTag.PROTOCOL_DATA_2)  # a length indicator, then the MSU
_SCCP: Final = int(ServiceIndicator.SCCP)
_SI_AT, _USER_DATA_AT = 8, 12  # RFC 4666 §3.3.1: OPC, DPC, SI, NI, MP, SLS, then the user's data
_M2PA_DATA_AT: Final = HEADER_LENGTH + 8  # RFC 4165 §2.2: BSN and FSN, then priority, SIO
# classes of messages: MGMT, transfer, SSNM, ASPSM, ASPTM; MAUP, connectionless, RKM, IIM, M2PA
_CLASS_MAX: Final = 11


@part
def message_length(octets: NDArray[np.uint8], at: int, end: int) -> int:
    """Length of the message whose header is at *at*; 0: more octets would tell; -1: none there."""
    if octets[at] != 1 or (at + 1 < end and octets[at + 1] != 0):
        return -1
    if at + HEADER_LENGTH > end:
        return 0
    length = word(octets, at + 4)
    if octets[at + 2] > _CLASS_MAX or not HEADER_LENGTH <= length <= LENGTH_MAX or length % 4:
        return -1
    return length


@part
def layer_in(carrier: int) -> int:
    """The layer that the messages a carrier brings begin with."""
    return int(_LAYER[carrier])


@part
def payload_of(octets: NDArray[np.uint8], at: int, end: int, carrier: int) -> tuple[int, int]:
    """Find what the message at *at* carries for us: where it begins and ends."""
    if at + HEADER_LENGTH > end or octets[at] != 1:
        return MALFORMED, 0
    length = word(octets, at + 4)
    if length < HEADER_LENGTH or at + length > end:
        return MALFORMED, 0
    if octets[at + 2] != _CLASS[carrier] or octets[at + 3] != _TYPE[carrier]:
        return OTHER, 0
    end = at + length
    if carrier == _M2PA:
        if at + _M2PA_DATA_AT > end:
            return MALFORMED, 0
        # User data of no octets acknowledges.
        return (at + _M2PA_DATA_AT + 1, end) if at + _M2PA_DATA_AT + 1 < end else (OTHER, 0)
    at += HEADER_LENGTH
    second = stop = 0
    while at + 4 <= end:
        length = half_word(octets, at + 2)
        if length < 4 or at + length > end:
            return MALFORMED, 0
        if half_word(octets, at) == _PARAMETER[carrier]:
            return _value(octets, at + 4, at + length, carrier)
        if carrier == _M2UA and second == 0 and half_word(octets, at) == _PROTOCOL_DATA_2:
            second, stop = min(at + 5, at + length), at + length
        at += length + 3 & ~3
    # Protocol data 1 goes before, wherever it stands; of several of the other kind, the first.
    return (second, stop) if second else (MALFORMED, 0)


@part
def _value(octets: NDArray[np.uint8], at: int, end: int, carrier: int) -> tuple[int, int]:
    """The message inside the parameter whose value is given."""
    if carrier != _M3UA:
        return at, end
    if at + _USER_DATA_AT > end:
        return MALFORMED, 0
    if octets[at + _SI_AT] != _SCCP:
        return OTHER, 0
    return at + _USER_DATA_AT, end
