"""Parts of kernels that walk a message from its outermost layer to its components.

They take definite lengths, UDT, and XUDT without an optional part, and never look past the end they
are given. What they do not take they hand over: `HANDED_OVER` stands where the start should.

Layers of T1.111.4, T1.112.3 and T1.114.3; their codes are the grammars' own.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from .bounds import LENGTH_OCTETS_MAX, TAG_OCTETS_MAX
from .kernel import part
from .layers import Layer
from .mtp.codes import LABEL_LENGTH, ServiceIndicator
from .octets import octet, word
from .sccp.codes import MessageType
from .tcap.codes import PackageType, Tag

HANDED_OVER: Final = -1
NO_SCCP: Final = -2  # the message is of another user of the MTP

Octets = NDArray[np.uint8]

# Numba takes plain integers as constants, but no members of an IntEnum.
_TCAP_LAYER: Final = int(Layer.TCAP)
_MTP3_LAYER: Final = int(Layer.MTP3)
_SCCP: Final = int(ServiceIndicator.SCCP)
_LABEL: Final = int(LABEL_LENGTH)
_UDT: Final = int(MessageType.UDT)
_XUDT: Final = int(MessageType.XUDT)
_UNIDIRECTIONAL: Final = int(PackageType.UNIDIRECTIONAL)
_CONVERSATION: Final = int(PackageType.CONVERSATION_WITH_PERMISSION)
_CONVERSATION_LAST: Final = int(PackageType.CONVERSATION_WITHOUT_PERMISSION)
_TRANSACTION_ID: Final = int(Tag.TRANSACTION_ID)
_COMPONENT_SEQUENCE: Final = int(Tag.COMPONENT_SEQUENCE)
_COMPONENT_IDS: Final = int(Tag.COMPONENT_IDS)


@part
def number(octets: Octets, start: int, end: int) -> int:
    """Read octets as one big-endian number."""
    value = 0
    for at in range(start, end):
        value = value << 8 | octet(octets, at)
    return value


@part
def element(octets: Octets, at: int, end: int) -> tuple[int, int, int]:
    """Read a tag and a definite length: tag, start and end of the contents."""
    if at + 2 > end:
        return 0, HANDED_OVER, end
    tag = octet(octets, at)
    at += 1
    if tag & 0x1F == 0x1F:
        last = min(end, at + TAG_OCTETS_MAX - 1)
        more = True
        while more and at < last:
            more = octet(octets, at) >= 0x80
            tag = tag << 8 | octet(octets, at)
            at += 1
        if more or at >= end:
            return 0, HANDED_OVER, end
    length = octet(octets, at)
    at += 1
    if length >= 0x80:
        count = length & 0x7F
        if count == 0 or count > LENGTH_OCTETS_MAX or at + count > end:
            return 0, HANDED_OVER, end
        length = number(octets, at, at + count)
        at += count
    if at + length > end:
        return 0, HANDED_OVER, end
    return tag, at, at + length


@part
def component_ids(octets: Octets, at: int, end: int) -> int:
    """Pass the component IDs, if any; the octet after them."""
    if at < end and octet(octets, at) == _COMPONENT_IDS:
        _, start, stop = element(octets, at, end)
        return stop if start >= 0 and stop - start <= 2 else HANDED_OVER
    return at


@part
def _field(octets: Octets, pointer: int, end: int) -> tuple[int, int]:
    """Follow a pointer of one octet to the field it points at: (start, end)."""
    if pointer >= end:
        return HANDED_OVER, 0
    at = pointer + octet(octets, pointer)
    if at >= end:
        return HANDED_OVER, 0
    stop = at + 1 + octet(octets, at)
    return (at + 1 if stop <= end else HANDED_OVER), stop


@part
def _data(octets: Octets, at: int, end: int) -> tuple[int, int]:
    """Find what a UDT, or an XUDT without optional part, carries: (start, end)."""
    if at + 6 > end:
        return HANDED_OVER, 0
    kind = octet(octets, at)
    if kind == _XUDT:
        if at + 7 > end or octet(octets, at + 6) != 0:
            return HANDED_OVER, 0
        at += 3
    elif kind == _UDT:
        at += 2
    else:
        return HANDED_OVER, 0
    called, _ = _field(octets, at, end)
    calling, _ = _field(octets, at + 1, end)
    start, stop = _field(octets, at + 2, end)
    if called < 0 or calling < 0:
        return HANDED_OVER, 0
    return start, stop


@part
def package(octets: Octets, at: int, end: int, layer: int) -> tuple[int, int]:
    """Find the package in a message from *layer* on: (start, end); the start may be NO_SCCP."""
    if layer == _MTP3_LAYER:
        if at + _LABEL > end:
            return HANDED_OVER, 0
        if octet(octets, at) & 0x0F != _SCCP:
            return NO_SCCP, 0
        at += _LABEL
    if layer != _TCAP_LAYER:
        return _data(octets, at, end)
    return at, end


@part
def components(octets: Octets, at: int, end: int) -> tuple[int, int, int]:
    """Find the components of a package: where they start, up to *end*; how many IDs, the first."""
    kind, start, stop = element(octets, at, end)
    if start < 0 or stop != end or not _UNIDIRECTIONAL <= kind <= _CONVERSATION_LAST:
        return HANDED_OVER, 0, 0
    tag, start, at = element(octets, start, end)
    ids = 0 if kind == _UNIDIRECTIONAL else 2 if kind >= _CONVERSATION else 1
    if start < 0 or tag != _TRANSACTION_ID or at - start != 4 * ids:
        return HANDED_OVER, 0, 0
    transaction_id = word(octets, start) if ids else 0
    if at == end:
        return end, ids, transaction_id
    tag, start, stop = element(octets, at, end)
    if start < 0 or stop != end or tag != _COMPONENT_SEQUENCE:
        return HANDED_OVER, 0, 0
    return start, ids, transaction_id
