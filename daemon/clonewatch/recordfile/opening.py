"""Opening a record file: what a crash left is mended, and nothing is stored twice or lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from .events import CutBack, Damaged
from .groups import GROUP_ROWS_MAX, groups_in, half_hour
from .messagesealing import open_messages
from .openfile import OpenFile
from .sealing import DAMAGE, SCHEMA, SEQUENCE, open_contents

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .events import Event
    from .groups import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Where to go on."""

    next_sequence: int = 0
    group: Group | None = None  # the open group, if its half hour is still running
    end: int = 0  # its octets
    messages_end: int = 0  # those of its messages
    to_seal: tuple[Group, ...] = ()


def opened(
    directory: Path,
    received_ms: int,
    *,
    sequence_min: int = 0,
    tell: Callable[[Event], None],
) -> Opened:
    """Mend the groups of *directory*, and say where to go on. Raises OSError.

    *sequence_min*: what others know of. A power cut may take rows whose sequences stand in the
    clone records; those must not be given to other registrations.
    """
    for part in directory.glob("*.part"):
        part.unlink()
    groups = groups_in(directory)
    for group in groups:
        _settle(group, tell)
    to_seal = tuple(group for group in groups[:-1] if not group.is_sealed)
    if not groups:
        return Opened(next_sequence=sequence_min)
    last = groups[-1]  # only this one is looked into: those before it have all their numbers
    if last.is_sealed:
        newest = _behind_sealed(last, tell)
        return Opened(next_sequence=max(newest, sequence_min), to_seal=to_seal)
    contents = open_contents(last.open_path)
    behind = contents.next_sequence
    if behind is None:  # it was just begun; the next may have its name
        last.messages_open_path.unlink(missing_ok=True)
        last.open_path.unlink()
        return Opened(next_sequence=max(last.first, sequence_min), to_seal=to_seal)
    _cut_back(last.open_path, contents.end, tell)
    messages_end = _cut_messages(last.messages_open_path, behind, tell)
    goes_on = last.start_ms == half_hour(received_ms)
    return Opened(
        next_sequence=max(behind, sequence_min),
        group=last if goes_on else None,
        end=contents.end if goes_on else 0,
        messages_end=messages_end if goes_on else 0,
        to_seal=to_seal if goes_on else (*to_seal, last),
    )


def _settle(group: Group, tell: Callable[[Event], None]) -> None:
    """Keep one of two files of a group: sealing was cut short before it removed the open one."""
    if not (group.is_sealed and group.open_path.exists()):
        return
    rows = len(open_contents(group.open_path))
    try:
        whole = pq.read_metadata(group.sealed_path).num_rows == rows
    except DAMAGE:
        whole = False
    if whole:
        group.messages_open_path.unlink(missing_ok=True)
        group.open_path.unlink()
    else:
        tell(Damaged(group.sealed_path, "is not what was sealed; sealed again"))
        group.sealed_path.unlink()


def _behind_sealed(group: Group, tell: Callable[[Event], None]) -> int:
    """The sequence behind a sealed group's last."""
    try:
        newest = newest_sequence(group.sealed_path)
    except DAMAGE as error:
        tell(Damaged(group.sealed_path, f"cannot be read: {error}"))
        return group.first + GROUP_ROWS_MAX  # it held no more
    return newest + 1


def newest_sequence(path: Path) -> int:
    """The highest sequence of a sealed group, by its statistics. Raises what `DAMAGE` names."""
    metadata = pq.read_metadata(path)
    column = SCHEMA.get_field_index(SEQUENCE)
    newest: list[int] = [
        metadata.row_group(at).column(column).statistics.max
        for at in range(metadata.num_row_groups)
    ]
    return max(newest)


def _cut_messages(path: Path, behind: int, tell: Callable[[Event], None]) -> int:
    """Cut off messages that are torn, or were written and not their rows; what is left, octets."""
    if not path.exists():
        return 0
    blocks, _ = open_messages(path)
    end = max((block.end for block in blocks if block.next <= behind), default=0)
    _cut_back(path, end, tell)
    return end


def _cut_back(path: Path, end: int, tell: Callable[[Event], None]) -> None:
    torn = path.stat().st_size - end
    if not torn:
        return
    file = OpenFile(path)
    try:
        file.truncate(end)
        file.sync()
    finally:
        file.close()
    tell(CutBack(path, torn))
