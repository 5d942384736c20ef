"""IPv4 (RFC 791) and IPv6 (RFC 8200): where the payload of a packet lies, as parts of kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.sources.captures.links import MALFORMED, OTHER
from is41.kernel import helper, part
from is41.octets import half_word, octet, word

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FRAGMENT: Final = -3  # instead of where something begins: to be put together first
TCP: Final = 6
SCTP: Final = 132
V4_HEADER: Final = 20  # octets, at least
V6_HEADER: Final = 40
EXTENSIONS_MAX: Final = 16  # headers of one packet: ours
# Extension headers of IPv6 that are passed by their length: hop by hop, routing, destination.
_HOP_BY_HOP, _ROUTING, _FRAGMENT_HEADER, _AUTHENTICATION, _DESTINATION = 0, 43, 44, 51, 60
_HIGH: Final = 0x8000_0000


@part
def payload(octets: NDArray[np.uint8], at: int, end: int) -> tuple[int, int, int]:
    """Find the payload of the IP packet at *at*: where it begins, its true end, its protocol.

    The true end may lie behind *end*, where the capture cut the packet.
    """
    if at >= end:
        return MALFORMED, 0, 0
    version = octet(octets, at) >> 4
    if version == 6:
        return _v6(octets, at, end)
    header = (octet(octets, at) & 0x0F) * 4
    if version != 4 or header < V4_HEADER or at + header > end:
        return MALFORMED, 0, 0
    protocol = octet(octets, at + 9)
    if protocol not in (TCP, SCTP):
        return OTHER, 0, 0
    if half_word(octets, at + 6) & 0x3FFF:
        return FRAGMENT, 0, protocol
    # A total of 0 is a segment captured before the network card cut it up.
    total = half_word(octets, at + 2)
    return at + header, at + total if total else end, protocol


@helper
def _v6(octets: NDArray[np.uint8], at: int, end: int) -> tuple[int, int, int]:
    if at + V6_HEADER > end:
        return MALFORMED, 0, 0
    length = half_word(octets, at + 4)
    true_end = at + V6_HEADER + length if length else end
    protocol = octet(octets, at + 6)
    at += V6_HEADER
    for _ in range(EXTENSIONS_MAX):
        if protocol in (TCP, SCTP):
            return at, true_end, protocol
        if protocol == _FRAGMENT_HEADER:
            return FRAGMENT, 0, protocol
        if protocol not in (_HOP_BY_HOP, _ROUTING, _DESTINATION, _AUTHENTICATION):
            return OTHER, 0, 0
        if at + 8 > end:
            return MALFORMED, 0, 0
        # RFC 4302 §2.2 counts four octets a unit, and two units less.
        units = octet(octets, at + 1)
        header = (units + 2) * 4 if protocol == _AUTHENTICATION else (units + 1) * 8
        protocol = octet(octets, at)
        at += header
    return OTHER, 0, 0


@part
def signed(value: int) -> int:
    """Read 32 bits as a signed number, so that shifted by 32 it still fits into 64."""
    return value - 2 * _HIGH if value >= _HIGH else value


@part
def addresses(octets: NDArray[np.uint8], at: int) -> tuple[int, int, int, int]:
    """Give source and destination of the IP packet at *at* as four numbers of 64 bits."""
    if octet(octets, at) >> 4 == 4:
        return (
            signed(word(octets, at + 12)) << 32 | word(octets, at + 16),
            0,
            0,
            0,
        )
    return (
        signed(word(octets, at + 8)) << 32 | word(octets, at + 12),
        signed(word(octets, at + 16)) << 32 | word(octets, at + 20),
        signed(word(octets, at + 24)) << 32 | word(octets, at + 28),
        signed(word(octets, at + 32)) << 32 | word(octets, at + 36),
    )
