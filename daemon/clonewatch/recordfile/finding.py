"""Single registrations looked up in the record file, where a conflict asks for them.

The window remembers of a registration what the rule needs; the rest of it, and its message, are
here. A look-up costs what its registrations cost, not what the record file holds: in an open group
it begins at the blocks that were received when the registration was, in a sealed one it reads the
row groups that may hold its MSID.
"""

from __future__ import annotations

import time
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from clonewatch.errors import InputError

from .blockindex import BlockIndex
from .events import Damaged
from .groups import GROUP_MS, groups_in, half_hour
from .keys import Kept, key_of
from .messageblocks import MAGIC as MESSAGES_MAGIC
from .messageblocks import end_at as messages_end_at
from .messagereading import GroupMessages
from .searching import Budget, OpenGroupSearch, search_sealed, times_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from clonewatch.messages import Message
    from clonewatch.registrations import Registration

    from .events import Event
    from .groups import Group
    from .keys import Key, Row

ROWS_MAX: Final = 1 << 24  # looked at in one look-up; ours: about a second
SETTLED_NS: Final = 1_000_000_000  # a directory changed later than that may change again unseen


class Finder:
    """Finds registrations in the record file in *directory*; one thread's at a time.

    *lateness_ms*: how long after its time a registration may have been received; what came later
    is looked for in the newest group alone. *tell*: of what cannot be read, once a path; it is not
    found then, and nobody has to wait for it.
    """

    def __init__(
        self,
        directory: Path,
        *,
        lateness_ms: int,
        tell: Callable[[Event], None],
        rows_max: int = ROWS_MAX,
    ) -> None:
        self._directory = directory
        self._halves = range((lateness_ms + GROUP_MS - 1) // GROUP_MS + 1)
        self._tell = tell
        self._rows_max = rows_max
        self._told: set[Path] = set()
        self._listed_ns: int | None = None  # when the directory, as it was listed, had changed
        self._newest: Group | None = None
        self._of_half_hour: dict[int, list[Group]] = {}
        self._open: dict[Group, OpenGroupSearch] = {}
        self._messages: dict[Group, BlockIndex] = {}  # of open groups
        self._times: dict[Group, range] = {}  # of registrations in sealed groups

    def find(self, wanted: Iterable[Registration]) -> dict[Key, Kept]:
        """What is kept of each that can be found."""
        left = {key_of(each) for each in wanted}
        found: dict[Key, Kept] = {}
        if not left:
            return found
        try:
            self._list()
        except OSError as error:
            self._unreadable(self._directory, error)
            return found
        budget = Budget(self._rows_max)
        for group, keys in self._places(left):
            rows = self._searched(group, keys & left, budget)
            messages = self._messages_of(group, rows)
            for key, row in rows.items():
                found[key] = Kept(row, messages.get(row.sequence))
            left -= rows.keys()
            if not left or budget.is_spent:
                break
        return found

    def _list(self) -> None:
        """See which groups there are, unless the directory stands as it did. Raises OSError."""
        changed_ns = self._directory.stat().st_mtime_ns
        if changed_ns == self._listed_ns:
            return
        groups = groups_in(self._directory)
        self._listed_ns = changed_ns if time.time_ns() - changed_ns > SETTLED_NS else None
        self._newest = groups[-1] if groups else None
        self._of_half_hour = defaultdict(list)
        for group in groups:
            self._of_half_hour[group.start_ms].append(group)
        self._forget(groups)

    def _places(self, keys: set[Key]) -> Iterator[tuple[Group, set[Key]]]:
        """Groups that may hold some of *keys*, the likeliest first."""
        by_half_hour: dict[int, set[Key]] = defaultdict(set)
        for key in keys:
            by_half_hour[half_hour(key.time)].add(key)
        for later in self._halves:
            for start_ms, some in by_half_hour.items():
                for group in reversed(self._of_half_hour.get(start_ms + later * GROUP_MS, ())):
                    yield group, some
        if self._newest is not None:
            yield self._newest, set(keys)

    def _searched(self, group: Group, keys: set[Key], budget: Budget) -> dict[Key, Row]:
        """The rows of those of *keys* that a group holds."""
        if not keys:
            return {}
        try:
            if not group.is_sealed:
                return self._open.setdefault(group, OpenGroupSearch(group.open_path)).search(
                    keys, budget
                )
        except FileNotFoundError:
            pass  # it was sealed just now
        except OSError as error:
            self._unreadable(group.open_path, error)
            return {}
        try:
            if group not in self._times:
                self._times[group] = times_of(group.sealed_path)
            there = {key for key in keys if key.time in self._times[group]}
            return search_sealed(group.sealed_path, there, budget) if there else {}
        except (InputError, OSError) as error:
            self._unreadable(group.sealed_path, error)
            return {}

    def _messages_of(self, group: Group, rows: Mapping[Key, Row]) -> dict[int, Message]:
        if not rows or group.messages_path is None:
            return {}
        index = self._messages.setdefault(group, BlockIndex(MESSAGES_MAGIC, messages_end_at))
        try:
            return GroupMessages(group, index).of([row.sequence for row in rows.values()])
        except (InputError, OSError) as error:
            self._unreadable(group.messages_sealed_path, error)
            return {}

    def _forget(self, groups: Iterable[Group]) -> None:
        """Keep nothing of groups that are sealed by now, or gone."""
        still = {group for group in groups if not group.is_sealed}
        for known in (self._open, self._messages):
            for group in known.keys() - still:
                del known[group]
        for group in self._times.keys() - set(groups):
            del self._times[group]

    def _unreadable(self, path: Path, error: InputError | OSError) -> None:
        gone = isinstance(error, FileNotFoundError)  # retention took it in between
        if not gone and path not in self._told:
            self._told.add(path)
            self._tell(Damaged(path, str(error)))
