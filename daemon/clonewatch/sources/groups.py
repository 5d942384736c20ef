"""Groups of a record file as a source: in order of arrival, and with the MSCs of today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow.parquet as pq

from clonewatch.errors import InputError
from clonewatch.recordfile.groups import group_of, groups_in
from clonewatch.recordfile.reading import read_group, read_row_groups
from clonewatch.recordfile.sealing import DAMAGE, are_like

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from clonewatch.mscs import Mscs
    from clonewatch.recordfile.groups import Group
    from clonewatch.recordfile.rows import Rows
    from clonewatch.registrations import Batch

BATCH_ROWS: Final = 1 << 18  # so that the next group is read while this one is judged
NEEDED: Final = ("time", "msid", "esn", "mscid", "transaction_id", "flags")  # to judge by


def read_groups(
    paths: Iterable[Path], source: int, mscs: Mscs, columns: Collection[str] = NEEDED
) -> Iterator[Batch]:
    """Registrations of groups, and of all groups in a folder. Raises InputError, OSError.

    *source* stands instead of the number that each had on arrival: that was another list's.
    Columns that are not asked for may be zeros.
    """
    for rows in _read(paths, columns):
        batch = rows.batch
        batch.msc[:] = mscs.place(batch.mscid)
        batch.source.fill(source)
        for at in range(0, len(batch), BATCH_ROWS):
            yield batch[at : at + BATCH_ROWS]


def is_group(path: Path) -> bool:
    """Whether a file is a group of a record file, or has the columns of one."""
    if group_of(path) is not None:
        return True
    try:
        return path.suffix == ".parquet" and are_like(pq.read_schema(path))
    except DAMAGE:
        return False


def gathered(paths: Sequence[Path]) -> list[list[Path]]:
    """Put groups of one record file together, in order of arrival; other files stand alone.

    A group's messages, which `DIR/*` names as well, are left out.
    """
    files: list[Path] = []
    together: dict[Path, list[Group]] = {}
    for path in paths:
        group = group_of(path)
        if group is None:
            files.append(path)
        else:
            together.setdefault(path.parent, []).append(group)
    beside: set[Path] = set()
    for groups in together.values():
        groups.sort(key=lambda group: group.first)
        for group in groups:
            beside |= {group.messages_open_path, group.messages_sealed_path}
    alone = [[path] for path in files if path not in beside]
    return alone + [[group.path for group in groups] for groups in together.values()]


def _read(paths: Iterable[Path], columns: Collection[str]) -> Iterator[Rows]:
    for path in paths:
        if path.is_dir():
            groups = groups_in(path)
            if not groups:
                raise InputError(path, "no group of a record file is in this folder")
            yield from (read_group(each, columns) for each in groups)
        elif (group := group_of(path)) is not None:
            yield read_group(group, columns)
        else:
            yield from read_row_groups(path, columns)
