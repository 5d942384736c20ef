"""What is wrong with a record file, group by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from clonewatch.errors import InputError

from .groups import groups_in
from .messagereading import sequences_of_messages
from .reading import read_columns, read_group
from .sealing import SEQUENCE, open_contents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from .groups import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One group, and each fault found in it."""

    group: Group
    rows: int
    messages: int  # that are kept
    faults: tuple[str, ...]


def verify(directory: Path) -> Iterator[Verified]:
    """Look at every row of every group. Raises OSError."""
    behind: int | None = None  # the sequence behind the group before
    for group in groups_in(directory):
        faults: list[str] = []
        sequence = _sequence(group, faults)
        if len(sequence):
            faults += _holes(sequence, group.first if behind is None else behind)
            behind = int(sequence[-1]) + 1
        messages = _messages(group, sequence, faults)
        yield Verified(group=group, rows=len(sequence), messages=messages, faults=tuple(faults))


def _sequence(group: Group, faults: list[str]) -> NDArray[np.int64]:
    """The sequences of all rows that can be read; what hinders the others goes to *faults*."""
    try:
        if group.is_sealed:
            faults += _unsorted(group.sealed_path)
        else:
            contents = open_contents(group.open_path)
            if contents.damaged_octets:
                faults.append(f"{contents.damaged_octets} octets of damaged blocks")
            if contents.torn_octets:
                faults.append(f"{contents.torn_octets} octets behind the last whole block")
        return read_group(group).sequence
    except InputError as error:
        faults.append(error.message)
        return np.empty(0, np.int64)


def _messages(group: Group, sequence: NDArray[np.int64], faults: list[str]) -> int:
    """How many messages are kept; those that cannot be read, or are nobody's, go to *faults*."""
    path = group.messages_path
    if path is None:
        return 0
    kept = sequences_of_messages(path, faults)
    if (kept[1:] <= kept[:-1]).any():
        faults.append("messages are out of order")
    # Behind the last row are those whose rows are just being written.
    known = kept[kept <= sequence.max(initial=-1)]
    if strangers := int(np.count_nonzero(~np.isin(known, sequence))):
        faults.append(f"{strangers} messages are of no registration")
    return len(kept)


def _unsorted(path: Path) -> Iterator[str]:
    """Where the rows of a sealed group are not in the order of (msid, time, sequence)."""
    names = ("msid", "time", SEQUENCE)
    msid, time, sequence = (column.to_numpy() for column in read_columns(path, names).columns)
    falls = msid[1:] < msid[:-1]
    same = msid[1:] == msid[:-1]
    falls |= same & (time[1:] < time[:-1])
    falls |= same & (time[1:] == time[:-1]) & (sequence[1:] < sequence[:-1])
    if falls.any():
        yield f"row {int(np.argmax(falls)) + 1} is out of order"


def _holes(sequence: NDArray[np.int64], expected: int) -> Iterator[str]:
    """Sequences that are missing, or that another group holds already."""
    before = np.concatenate([[expected - 1], sequence[:-1]])
    for at in np.flatnonzero(sequence != before + 1).tolist():
        if sequence[at] <= before[at]:
            yield f"sequence {sequence[at]} stands twice"
        else:
            yield f"sequences {before[at] + 1} to {sequence[at] - 1} are missing"
