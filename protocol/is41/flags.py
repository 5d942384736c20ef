"""What a REGNOT says beside its numbers."""

from __future__ import annotations

from enum import IntFlag
from typing import Final

PSEUDO_ESN_MANUFACTURER: Final = 0x80  # first octet of an ESN made from a MEID


class RegnotFlag(IntFlag):
    """What a REGNOT says beside its numbers."""

    BORDER_CELL_ACCESS = 0x01  # heard at a border cell: the phone may be in the neighbour's area
    POWER_DOWN = 0x02  # SystemAccessType: power-down registration
    IMSI = 0x04  # the MSID is an IMSI
    PSEUDO_ESN = 0x08  # made from a MEID: not one phone's own
    NO_TRANSACTION_ID = 0x10  # came in a unidirectional package
