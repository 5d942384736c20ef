"""The REGNOT record file (312): every registration, in half hour data groups (310).

A registration gets a number when it arrives, its *sequence*; numbers are never used twice. What
has arrived waits in `pending`, and goes to the *open group* in `blocks` of fixed-width `rows`
(`groupwriter`), whose files (`opengroup`) are synced every second (`syncing`). When its half hour
is over the group is *sealed*: sorted, and written as Parquet (`sealing`). `recorder` runs all this
in threads of its own (`syncer`, `sealer`), and `retention` says how much is kept. Whatever a crash
left is mended when the record file is opened again (`opening`); `reading` gives the registrations
in their order of arrival, and `verify` looks for what is wrong. A group's name tells its half hour
and its first sequence (`groups`).

Where the messages themselves are kept, they lie in a file of their own beside the group, by
sequence: in `messageblocks` while the group is open, in Parquet once it is sealed
(`messagesealing`); `messagereading` finds them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .recorder import Recorder
from .retention import Retention
from .sealer import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clonewatch.registrations import Batch

    from .rows import Rows

__all__ = ["AT_ONCE", "RecordFile", "Recorder", "Retention"]


class RecordFile(Protocol):
    """What the rest of the program sees: one machine's `Recorder`, or a cluster's log."""

    @property
    def keeps_octets(self) -> bool:
        """Whether the messages that batches bring are kept, too."""

    @property
    def written(self) -> int:
        """Everything below this sequence outlives the process, or is counted as lost."""

    @property
    def synced(self) -> int:
        """Everything below this sequence outlives a power cut, or is counted as lost."""

    @property
    def rows_lost(self) -> int:
        """Registrations that were not stored. Monotonic."""

    @property
    def is_failing(self) -> bool:
        """Whether the disk does not take, or not keep, what is written."""

    def append(self, batch: Batch) -> int:
        """Take registrations in; the sequence of the first.

        Their columns must stay as they are, and so must their messages if these are kept.
        """

    def has_room(self, rows: int) -> bool:
        """Whether `append` would take so many without waiting."""

    def hurry(self, *, sync: bool = False) -> None:
        """Have all that was appended written, or synced, as soon as possible."""

    def wait(self, sequence: int) -> None:
        """Wait until everything below *sequence* is written, but not while the disk fails."""

    def flush(self, *, sync: bool = False) -> bool:
        """Write, or sync, all that was appended, now; False if that fails."""

    def batches(self, since_ms: int = 0, *, since_sequence: int = 0) -> Iterator[Rows]:
        """Give what groups hold that go beyond both (receipt, sequence), in order of arrival."""

    def earliest_ms(self, since_sequence: int) -> int | None:
        """Start of the earliest half hour that goes beyond a sequence; None without any."""

    def close(self, *, seal: bool = False) -> None:
        """Write what is left; with *seal* as groups that are closed for good."""
