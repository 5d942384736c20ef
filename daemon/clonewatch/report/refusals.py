"""What the ring of refused messages still holds of a day."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from clonewatch.sources.captures.pcapng import ENHANCED_PACKET
from clonewatch.sources.refused import HEADER, older_than

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .day import Day

_BLOCK: Final = struct.Struct("<II")  # type, length
_PACKET: Final = struct.Struct("<IIIII")  # interface, time high and low, octets kept, octets
_OPTION: Final = struct.Struct("<HH")
_COMMENT: Final = 1
REASONS_MAX: Final = 1_000  # ours


@dataclass(slots=True)
class Refusals:
    """Refused messages of a day, by source and reason."""

    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    begins_ms: int | None = None  # the oldest message that the ring has


def look(path: Path, day: Day) -> Refusals:
    """Read the ring at *path*, both of its files. Raises OSError."""
    seen = Refusals()
    for each in (older_than(path), path):
        octets = each.read_bytes() if each.exists() else b""
        if not octets.startswith(HEADER):
            continue
        for time_ms, comment in _messages(octets):
            if seen.begins_ms is None or time_ms < seen.begins_ms:
                seen.begins_ms = time_ms
            if day.start_ms <= time_ms < day.end_ms:
                source, _, rest = comment.partition(": ")
                what = (source, rest.partition(":")[0])
                if what in seen.reasons or len(seen.reasons) < REASONS_MAX:
                    seen.reasons[what] += 1
    return seen


def _messages(octets: bytes) -> Iterator[tuple[int, str]]:
    """Time in ms, and the comment, of each whole message."""
    at = len(HEADER)
    while at + _BLOCK.size <= len(octets):
        kind, length = _BLOCK.unpack_from(octets, at)
        if length < _BLOCK.size + 4 or at + length > len(octets):
            return
        body = at + _BLOCK.size
        if kind == ENHANCED_PACKET and length >= _BLOCK.size + _PACKET.size + 4:
            _, high, low, kept, _ = _PACKET.unpack_from(octets, body)
            options = octets[body + _PACKET.size + kept + -kept % 4 : at + length - 4]
            yield ((high << 32) | low) // 1000, _comment(options)
        at += length


def _comment(options: bytes) -> str:
    if len(options) < _OPTION.size:
        return ""
    code, length = _OPTION.unpack_from(options)
    text = options[_OPTION.size : _OPTION.size + length]
    return text.decode(errors="replace") if code == _COMMENT else ""
