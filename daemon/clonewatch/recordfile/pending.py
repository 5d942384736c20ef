"""Registrations that wait to be written: what is due, and when. No file, no clock, no thread."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .blocks import BLOCK_ROWS_MAX, block_of
from .groups import half_hour
from .messageblocks import message_block_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clonewatch.registrations import Batch

# How long a registration waits for others to share its block. With what it takes to wake a thread
# on a busy machine, it is written within the 50 ms that we promise.
WRITE_WITHIN_S: Final = 0.04
PENDING_ROWS_MAX: Final = 1 << 22  # ours: 200 MB, four seconds at a million a second
PENDING_OCTETS_MAX: Final = 1 << 28  # of messages; ours, a batch may go beyond


@dataclass(frozen=True, slots=True)
class NumberedBlock:
    """A block ready to be written, and the half hour whose group it belongs to."""

    start_ms: int
    first: int
    rows: int
    octets: bytes
    messages: bytes = b""  # the block of these, where they are kept

    @property
    def next(self) -> int:
        """The sequence behind its last row."""
        return self.first + self.rows


@dataclass(slots=True)
class _Waiting:
    batch: Batch
    first: int
    received_ms: int
    start_ms: int
    since: float

    @property
    def octets(self) -> int:
        """Of its messages; all of them until its last row is taken."""
        return 0 if self.batch.messages is None else len(self.batch.messages.octets)


@dataclass(frozen=True, slots=True)
class UnpackedBlock:
    """What a block is to hold: registrations, each batch with the time of its receipt."""

    start_ms: int
    first: int
    parts: Sequence[tuple[Batch, int]]

    def packed(self) -> NumberedBlock:
        """The block; takes a while."""
        messages = [(len(batch), batch.messages) for batch, _ in self.parts]
        return NumberedBlock(
            self.start_ms,
            self.first,
            sum(rows for rows, _ in messages),
            block_of(self.parts, self.first),
            message_block_of(messages, self.first),
        )


class Pending:
    """A queue of registrations that numbers them. `now` is in seconds of any steady clock."""

    def __init__(
        self,
        next_sequence: int,
        *,
        rows_max: int = PENDING_ROWS_MAX,
        octets_max: int = PENDING_OCTETS_MAX,
    ) -> None:
        self.next_sequence = next_sequence
        self.end = next_sequence  # behind the last that was appended, and not lost
        self.rows = 0
        self.rows_lost = 0
        self.octets = 0  # of messages
        self._rows_max = rows_max
        self._octets_max = octets_max
        self._queue: deque[_Waiting] = deque()

    def has_room(self, rows: int) -> bool:
        """Whether so many may be appended; an empty queue takes any batch."""
        return not self.rows or (
            self.rows + rows <= self._rows_max and self.octets < self._octets_max
        )

    def changes_due(self, rows: int) -> bool:
        """Whether so many more rows will move `due_at`."""
        return not self.rows or self.rows < BLOCK_ROWS_MAX <= self.rows + rows

    def append(self, batch: Batch, received_ms: int, now: float) -> int:
        """Take registrations in; the sequence of the first."""
        first = self.next_sequence
        self.next_sequence += len(batch)
        if len(batch):
            waiting = _Waiting(batch, first, received_ms, half_hour(received_ms), now)
            self._queue.append(waiting)
            self.octets += waiting.octets
            self.rows += len(batch)
            self.end = self.next_sequence
        return first

    def lose(self, rows: int) -> int:
        """Number registrations that find no room: the hole tells of them. The first's sequence."""
        first = self.next_sequence
        self.next_sequence += rows
        self.rows_lost += rows
        return first

    def due_at(self) -> float | None:
        """When `next_block` should be called next; None while nothing waits."""
        if not self._queue:
            return None
        since = self._queue[0].since
        return since if self.rows >= BLOCK_ROWS_MAX else since + WRITE_WITHIN_S

    @property
    def since(self) -> float | None:
        """When the oldest was appended; None while nothing waits."""
        return self._queue[0].since if self._queue else None

    def next_block(self) -> UnpackedBlock | None:
        """What the next block holds: rows of one half hour whose numbers follow one another.

        They stay, and can be counted should packing fail, until they are removed.
        """
        if not self._queue:
            return None
        first, start_ms = self._queue[0].first, self._queue[0].start_ms
        parts: list[tuple[Batch, int]] = []
        room = BLOCK_ROWS_MAX
        for waiting in self._queue:
            if waiting.start_ms != start_ms or waiting.first != first + BLOCK_ROWS_MAX - room:
                break
            parts.append((waiting.batch[:room], waiting.received_ms))
            room -= len(parts[-1][0])
            if not room:
                break
        return UnpackedBlock(start_ms, first, parts)

    def drop(self) -> None:
        """Lose all that waits."""
        self.rows_lost += self.rows
        self.rows = self.octets = 0
        self._queue.clear()

    def remove(self, rows: int) -> None:
        """Forget so many of the first rows."""
        self.rows -= rows
        while rows:
            waiting = self._queue[0]
            if rows < len(waiting.batch):
                waiting.batch = waiting.batch[rows:]
                waiting.first += rows
                return
            rows -= len(waiting.batch)
            self.octets -= waiting.octets
            self._queue.popleft()
