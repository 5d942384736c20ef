"""Segments of XUDT and LUDT put together again (T1.112.4, reassembly), and those of SUA."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from is41.errors import DecodeError

from .codes import OptionalName
from .messages import CLAUSE

if TYPE_CHECKING:
    from .messages import Unitdata

T_REASSEMBLY: Final = 10.0  # seconds, T1.112.4: 10 to 20
MESSAGES_MAX: Final = 1024  # messages begun and not complete: ours
OCTETS_MAX: Final = 1 << 24  # octets of all of them together: ours, LUDT would allow 1 GiB
SEGMENTATION_LENGTH: Final = 4  # octets: flags and segments remaining, local reference

_FIRST: Final = 0x80
_REMAINING: Final = 0x0F

Key = tuple[bytes, bytes]  # calling party address, local reference


@dataclass(slots=True)
class _Begun:
    data: bytes
    remaining: int
    expires_at: float


class Reassembler:
    """Takes segments, gives whole data. Bounded: what waits longest for a segment makes room."""

    def __init__(
        self,
        *,
        t_reassembly: float = T_REASSEMBLY,
        what: str = "sccp_segment",
        clause: str = CLAUSE,
    ) -> None:
        self._t_reassembly = t_reassembly
        self._what, self._clause = what, clause
        self._begun: dict[Key, _Begun] = {}
        self._octets = 0

    def take(self, message: Unitdata, now: float) -> bytes | None:
        """Take one segment: the whole data once it is complete, None until then.

        Raises DecodeError for a segment that does not follow what was taken before.
        """
        segmentation = dict(message.optional or ()).get(OptionalName.SEGMENTATION, b"")
        if len(segmentation) != SEGMENTATION_LENGTH:
            raise self._refused(f"segmentation of {len(segmentation)} octets")
        key = message.calling, segmentation[1:]
        is_first = bool(segmentation[0] & _FIRST)
        return self.join(key, message.data, is_first, segmentation[0] & _REMAINING, now)

    def join(
        self,
        key: Key,
        data: bytes,
        is_first: bool,  # noqa: FBT001
        remaining: int,
        now: float,
    ) -> bytes | None:
        """Take a segment of what *key* tells apart, as `take` does."""
        begun = self._drop(key)
        if is_first:
            begun = _Begun(b"", remaining + 1, now + self._t_reassembly)
        if begun is None or now > begun.expires_at:
            raise self._refused("no first segment came before this one")
        if remaining != begun.remaining - 1:
            raise self._refused(f"{remaining} segments remain, not {begun.remaining - 1}")
        begun.data += data
        begun.remaining = remaining
        if remaining == 0:
            return begun.data
        self._begun[key] = begun
        self._octets += len(begun.data)
        while len(self._begun) > MESSAGES_MAX or self._octets > OCTETS_MAX:
            self._drop(next(iter(self._begun)))
        return None

    def _drop(self, key: Key) -> _Begun | None:
        """Take a message begun, if it is, out of those that wait."""
        begun = self._begun.pop(key, None)
        if begun is not None:
            self._octets -= len(begun.data)
        return begun

    def _refused(self, reason: str) -> DecodeError:
        return DecodeError(reason, what=self._what, field="segmentation", clause=self._clause)
