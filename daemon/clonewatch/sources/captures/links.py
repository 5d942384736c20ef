"""Link types of the tcpdump group's registry: what a packet begins with."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from is41.kernel import part
from is41.layers import Layer
from is41.octets import half_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray


class Link(IntEnum):
    """What a packet begins with. Of the first three the whole packet is one message."""

    TCAP = Layer.TCAP
    SCCP = Layer.SCCP
    MTP3 = Layer.MTP3
    MTP2 = 3
    MTP2_PSEUDO_HEADER = 4  # four octets, then MTP2
    IP = 5
    ETHERNET = 6
    COOKED = 7  # Linux, version 1
    COOKED_2 = 8
    UNKNOWN = 9


# fmt: off
LINK_TYPES: Final[Mapping[int, Link]] = {
    1:   Link.ETHERNET,
    12:  Link.IP,                  # LINKTYPE_RAW as some systems write it
    14:  Link.IP,                  # likewise
    101: Link.IP,
    113: Link.COOKED,
    139: Link.MTP2_PSEUDO_HEADER,
    140: Link.MTP2,
    141: Link.MTP3,
    142: Link.SCCP,
    228: Link.IP,                  # IPv4
    229: Link.IP,                  # IPv6
    276: Link.COOKED_2,
}
# fmt: on
USER_LINK_TYPES: Final = range(147, 163)  # LINKTYPE_USER0 to 15: what they hold must be told
USER_LINKS: Final[Mapping[str, Link]] = {
    "tcap": Link.TCAP,
    "sccp": Link.SCCP,
    "mtp3": Link.MTP3,
    "mtp2": Link.MTP2,
}

# EtherTypes.
_IP: Final = (0x0800, 0x86DD)
_VLAN: Final = (0x8100, 0x88A8, 0x9100)
_HEADER: Final = np.array([0, 0, 0, 0, 4, 0, 14, 16, 20, 0], np.int64)  # octets, by Link
_TYPE_AT: Final = np.array([0, 0, 0, 0, 0, 0, 12, 14, 0, 0], np.int64)  # of the EtherType, by Link
_IP_LINK: Final = int(Link.IP)
OTHER: Final = -1  # instead of where something begins: nothing of ours
MALFORMED: Final = -2  # headers that do not fit into the packet


@part
def ip_header(octets: NDArray[np.uint8], start: int, end: int, link: int) -> int:
    """Find where a packet's IP header begins: behind the link's own header and VLAN tags."""
    if link == _IP_LINK:
        return start
    at = start + _HEADER[link]
    if at > end:
        return MALFORMED
    kind = half_word(octets, start + _TYPE_AT[link])
    while kind in _VLAN and at + 4 <= end:
        kind = half_word(octets, at + 2)
        at += 4
    if kind in _VLAN:
        return MALFORMED
    return at if kind in _IP else OTHER
