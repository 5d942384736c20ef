"""Segments of SUA's unitdata (RFC 3868 §3.10.23), among the frames of a capture, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from is41.errors import DecodeError
from is41.sccp.reassembly import Reassembler
from is41.sua.messages import Message, Unitdata

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from clonewatch.sources.captures.assembly import FrameBlock

_PARAMETER: Final = bytes.fromhex("0117 0008")  # segmentation, and how long it is
_MS: Final = 1000


class SuaSegments:
    """Takes the segments of one source. Bounded as `Reassembler` is."""

    def __init__(self) -> None:
        self._reassembler = Reassembler(what="sua_segment", clause="RFC 3868 §3.10.23")

    def take(
        self, block: FrameBlock, frames: NDArray[np.intp]
    ) -> dict[int, bytes | DecodeError | None]:
        """Of each of the *frames* that is a segment: the whole, what is wrong, or None."""
        found: dict[int, bytes | DecodeError | None] = {}
        for frame in frames.tolist():
            unitdata = _segment(block, frame)
            if unitdata is None or unitdata.segmentation is None:
                continue
            first, remaining, reference = unitdata.segmentation
            key = unitdata.source, reference.to_bytes(3)
            now = int(block.frames.time[frame]) / _MS
            try:
                whole = self._reassembler.join(key, unitdata.data, first, remaining, now)
            except DecodeError as error:
                found[frame] = error
            else:
                found[frame] = whole
        return found


def _segment(block: FrameBlock, frame: int) -> Unitdata | None:
    """Read the message around a frame, where it may be a segment."""
    at = int(block.outer[frame])
    length = int.from_bytes(block.octets[at + 4 : at + 8].tobytes())
    octets = block.octets[at : at + length].tobytes()
    if _PARAMETER not in octets:
        return None
    try:
        return Unitdata.of(Message.decode(octets))
    except DecodeError:
        return None  # whoever reads the frame says what is wrong
