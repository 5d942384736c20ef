"""The tables of RFC 3094 §3: opcodes, and how long their messages may be."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

CLAUSE: Final = "RFC 3094 §3"
SYNC: Final = b"TALI"
HEADER_LENGTH: Final = 10  # octets: sync, opcode, length
EXTENSION_LENGTH_MAX: Final = 4096  # octets of a 2.0 payload: ours, the RFC sets no bound


class Opcode(bytes, Enum):
    """RFC 3094 §3, opcodes: four ASCII octets, case-sensitive. The last three are TALI 2.0's."""

    TEST = b"test"
    ALLO = b"allo"
    PROH = b"proh"
    PROA = b"proa"
    MONI = b"moni"
    MONA = b"mona"
    SCCP = b"sccp"
    ISOT = b"isot"
    MTP3 = b"mtp3"
    SAAL = b"saal"
    MGMT = b"mgmt"
    XSRV = b"xsrv"
    SPCL = b"spcl"


# fmt: off
# RFC 3094 §3, least and most octets of payload.
LENGTHS: Final[Mapping[Opcode, tuple[int, int]]] = {
    Opcode.TEST: (0,  0),
    Opcode.ALLO: (0,  0),
    Opcode.PROH: (0,  0),
    Opcode.PROA: (0,  0),
    Opcode.MONI: (0,  200),
    Opcode.MONA: (0,  200),
    Opcode.SCCP: (12, 265),  # from the SCCP message type on: no SIO, no label
    Opcode.ISOT: (8,  273),
    Opcode.MTP3: (5,  280),  # from the SIO on
    Opcode.SAAL: (11, 280),  # from the SIO on, SSCOP trailer behind
    Opcode.MGMT: (0,  EXTENSION_LENGTH_MAX),
    Opcode.XSRV: (0,  EXTENSION_LENGTH_MAX),
    Opcode.SPCL: (0,  EXTENSION_LENGTH_MAX),
}
# fmt: on
