"""MTP level 2 signal units (T1.111.3) as captures hold them: no flags, no check bits; in kernels.

The length indicator (LI) says what a unit is: 0 a fill-in unit (FISU), 1 or 2 a link status unit
(LSSU), more a message signal unit (MSU). High-speed links (T1.111.3 annex A, as Q.703 annex A) have
sequence numbers of 12 bits and an LI of 9, each in two octets, the low one first; from memory of
the standard, and as tshark reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from is41.kernel import part
from is41.octets import octet

from .codes import LABEL_LENGTH, ServiceIndicator

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BASIC, EXTENDED, UNTOLD = 0, 1, 2  # forms; as in the pseudo-header's "annex A used"
HEADER_LENGTH: Final = 3  # octets: BSN and BIB, FSN and FIB, LI
EXTENDED_HEADER_LENGTH: Final = 6
LI_MAX: Final = 63  # of the basic form: it stands for 63 and more octets, too
CHECK_LENGTH: Final = 2  # octets of check bits, where a capture kept them
_LABEL: Final = int(LABEL_LENGTH)
_SCCP: Final = int(ServiceIndicator.SCCP)
_UNITDATA: Final = (0x09, 0x11)  # UDT, XUDT
NOT_MSU, MALFORMED = -1, -2  # instead of where an MSU begins


@part
def _fits(left: int, indicated: int, most: int) -> bool:
    """Tell whether *left* octets behind the LI are what it indicates, check bits or not."""
    if indicated == most:
        return left >= most
    return left in (indicated, indicated + CHECK_LENGTH)


@part
def form_of(octets: NDArray[np.uint8], at: int, end: int) -> int:
    """Tell the form of a unit by which LI fits its length.

    Where both do, it is the extended one if a unitdata for SCCP stands where that has it.
    """
    if at + EXTENDED_HEADER_LENGTH > end:
        return BASIC
    extended = octet(octets, at + 4) | octet(octets, at + 5) << 8
    if not _fits(end - at - EXTENDED_HEADER_LENGTH, extended, 0x1FF):
        return BASIC
    basic = octet(octets, at + 2) & LI_MAX
    if not _fits(end - at - HEADER_LENGTH, basic, LI_MAX):
        return EXTENDED
    sio = at + EXTENDED_HEADER_LENGTH
    if sio + _LABEL >= end or octets[sio] & 0x0F != _SCCP:
        return BASIC
    return EXTENDED if octets[sio + _LABEL] in _UNITDATA else BASIC


@part
def message_of(octets: NDArray[np.uint8], at: int, end: int, form: int) -> tuple[int, int]:
    """Find the MSU, from its SIO on, in the signal unit at *at*: where it begins and ends."""
    if form == UNTOLD:
        form = form_of(octets, at, end)
    start = at + (EXTENDED_HEADER_LENGTH if form == EXTENDED else HEADER_LENGTH)
    if start > end:
        return MALFORMED, 0
    if form == EXTENDED:
        indicated = octet(octets, at + 4) | (octet(octets, at + 5) & 1) << 8
        most = 0x1FF
    else:
        indicated = octet(octets, at + 2) & LI_MAX
        most = LI_MAX
    if indicated < 3:
        return NOT_MSU, 0
    stop = end if indicated == most else start + indicated
    return (start, stop) if stop <= end and stop - start >= 3 else (MALFORMED, 0)
