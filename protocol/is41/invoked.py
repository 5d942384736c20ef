"""Which IS-41 operation a message invokes: by a kernel, for many messages.

A message's operation is that of its first component, if this invokes one of TIA-41's (TIA-41.5
§6.3.2), as `is41.reading.operation_in` says. All else is `OTHER`: answers, which only who asked can
tell, operations of other families, messages without components. What is not as plain as
`is41.walking` takes it, the kernel calls `OTHER` too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from .kernel import OCTETS, Array, kernel, part
from .map.operations import FAMILY, OTHER
from .octets import octet
from .scan import FRAMES, Frames
from .tcap.codes import ComponentType, Tag
from .walking import Octets, component_ids, components, element, package

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHOSEN: Final = Array(np.int64)
_SPECIFIERS: Final = Array(np.uint8)

# Numba takes plain integers as constants, but no members of an IntEnum.
_PRIVATE_OPERATION: Final = int(Tag.PRIVATE_OPERATION)
_INVOKE: Final = int(ComponentType.INVOKE_LAST)
_INVOKE_NOT_LAST: Final = int(ComponentType.INVOKE_NOT_LAST)
_FAMILY: Final = int(FAMILY)


@part
def _specifier(octets: Octets, at: int, end: int, layer: int) -> int:
    """Tell the operation of one message."""
    at, end = package(octets, at, end, layer)
    if at < 0:
        return OTHER
    at, _, _ = components(octets, at, end)
    if at < 0:
        return OTHER
    kind, at, end = element(octets, at, end)
    if at < 0 or kind not in (_INVOKE, _INVOKE_NOT_LAST):
        return OTHER
    at = component_ids(octets, at, end)
    if at < 0:
        return OTHER
    tag, at, end = element(octets, at, end)
    if at < 0 or tag != _PRIVATE_OPERATION or end - at != 2 or octet(octets, at) != _FAMILY:
        return OTHER
    return octet(octets, at + 1)


@kernel(None, OCTETS, FRAMES, _CHOSEN, _SPECIFIERS)
def invoked(
    octets: Octets, frames: Frames, chosen: NDArray[np.int64], specifiers: NDArray[np.uint8]
) -> None:
    """Put the operation of each of the *chosen* frames into *specifiers*."""
    for at in range(chosen.size):
        frame = chosen[at]
        specifiers[at] = _specifier(
            octets, frames.start[frame], frames.end[frame], frames.layer[frame]
        )
