"""Which groups in `done` are to go. No file and no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from clonewatch.recordfile import Retention


@dataclass(frozen=True, slots=True)
class Done:
    """A group that was taken."""

    path: Path
    taken_ms: int  # since 1970
    octets: int
    start_ms: int | None  # by its name


def expired(groups: Iterable[Done], now_ms: int, retention: Retention) -> list[Path]:
    """Those that are too old, or too much, the oldest first.

    That with the newest time in its name stays whatever it is: after a start it tells when groups
    came last.
    """
    oldest_first = sorted(groups, key=lambda group: (group.taken_ms, group.path))
    octets = sum(group.octets for group in oldest_first)
    newest_ms = max((group.start_ms or 0 for group in oldest_first), default=0)
    gone = []
    for group in oldest_first:
        if retention.keeps(now_ms - group.taken_ms, octets):
            break
        if group.start_ms is None or group.start_ms < newest_ms:
            octets -= group.octets
            gone.append(group.path)
    return gone
