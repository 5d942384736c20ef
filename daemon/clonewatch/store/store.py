"""The store of one machine: a thread that commits what was found."""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from clonewatch.safely import safely

from . import aside, positions
from .database import Database, may_pass
from .events import Failed, Overflowed, Resumed, SetAside
from .following import store
from .pending import PENDING_MAX, Pending

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy import Connection

    from clonewatch.clonerecords import CloneRecords

    from .aside import Aside
    from .events import Event
    from .following import Follower
    from .pending import Found, Work

RETRY_S: Final = 1.0  # a full disk may have room by then
CHECKPOINT_EVERY_S: Final = 5.0  # ours: a log of some MB, and one disturbance in a hundred commits
JUDGED: Final = "judged"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Order:
    """Something that somebody wants done in a transaction of its own, and waits for."""

    work: Callable[[Connection], Any]
    done: Future[Any]


class Store:
    """The store in the file at *path*; see `Store.open`."""

    def __init__(
        self,
        database: Database,
        words: CloneRecords,
        follower: Follower,
        *,
        tell: Callable[[Event], None],
        clock: Callable[[], float] = time.time,
        retry_s: float = RETRY_S,
        found_max: int = PENDING_MAX,
    ) -> None:
        self.words = words  # names for the MSCs and sources of what is submitted from now on
        self.committed: Callable[[], None] = lambda: None  # called by our thread
        # Likewise, before conflicts: waits until registrations below a sequence are written.
        self.await_written: Callable[[int], None] = lambda _: None
        self._follower = follower
        self._database = database
        self._tell = safely(tell)
        self._clock = clock
        self._retry_s = retry_s
        self._connection = database.writer()
        with self._connection.begin():
            self._judged = positions.value(self._connection, JUDGED)
            self._set_aside = aside.count(self._connection)
            follower.begin(self._connection)
        self._pending = Pending(self._judged, found_max=found_max)
        self._changed = threading.Condition()  # guards what follows, and `_pending`
        self._orders: deque[_Order] = deque()
        self._work: Work | None = None  # taken, and not yet committed
        self._hurry = self._closing = False
        self._checkpoint_at = time.monotonic() + CHECKPOINT_EVERY_S
        self._failing = False
        self.failed_because = ""  # the last time
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    @classmethod
    def open(
        cls,
        path: Path,
        words: CloneRecords,
        follower: Follower,
        *,
        tell: Callable[[Event], None],
        clock: Callable[[], float] = time.time,
        retry_s: float = RETRY_S,
        found_max: int = PENDING_MAX,
    ) -> Self:
        """Open the store at *path*, or make it.

        *words* names MSCs and sources; *follower* is asked what follows from conflicts. *tell* is
        called from the store's thread, or the one that submits. Raises InputError if somebody else
        writes it or if it cannot be used, and OSError.
        """
        return cls(
            Database(path),
            words,
            follower,
            tell=tell,
            clock=clock,
            retry_s=retry_s,
            found_max=found_max,
        )

    @property
    def judged(self) -> int:
        """Sequence in the record file below which all was judged, and its conflicts committed."""
        return self._judged

    @property
    def pending(self) -> int:
        """Conflicts that wait to be committed."""
        work = self._work
        return self._pending.count + (len(work.found) if work else 0)

    @property
    def conflicts_refused(self) -> int:
        """Conflicts that found no room; the next start finds them again. Monotonic."""
        return self._pending.refused

    @property
    def conflicts_set_aside(self) -> int:
        """What could not be stored by a fault of ours; earlier runs' that is kept counts too."""
        return self._set_aside

    @property
    def is_failing(self) -> bool:
        """Whether the last transaction failed."""
        return self._failing

    def submit(self, found: Sequence[Found], judged: int) -> bool:
        """Take in what was found in registrations below sequence *judged*. Does not block.

        That is conflicts, and registrations of identities that were given up. False if there is no
        room for them: then `judged` stays where it is until the next start, which judges again what
        lies behind it.
        """
        with self._changed:
            if self._closing:
                raise RuntimeError("the store is closed")
            first_refusal = not self._pending.frozen
            had_nothing = self._pending.due_at() is None
            taken = self._pending.add(found, judged, time.monotonic())
            if found or had_nothing:  # else our thread wakes in time
                self._changed.notify_all()
        if not taken and first_refusal:
            self._tell(Overflowed(self._database.path, self._pending.judged))
        return taken

    def do(self, work: Callable[[Connection], T]) -> Future[T]:
        """Do something in a transaction of its own. The future has its result, or its error."""
        order = _Order(work, Future())
        with self._changed:
            if self._closing:
                raise RuntimeError("the store is closed")
            self._orders.append(order)
            self._changed.notify_all()
        return order.done

    def read(self) -> Connection:
        """A connection that reads; close it. For use in a thread, not in the loop."""
        return self._database.reader()

    def now_ms(self) -> int:
        """The store's clock, ms since 1970."""
        return int(self._clock() * 1000)

    def flush(self) -> bool:
        """Commit all that was submitted, now; False if that fails."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._failing or not self._waiting)
            self._hurry = False
            return not self._failing

    def await_committed(self, within_s: float) -> None:
        """Wait until nothing that was found is to be committed, or so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._failing or not self.pending, within_s)

    def close(self) -> bool:
        """Commit what is left and let go of the file; False if that fails."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join()
        for order in self._orders:
            if order.done.set_running_or_notify_cancel():  # else nobody waits for it any more
                order.done.set_exception(RuntimeError("the store was closed"))
        self._connection.close()
        self._database.close()
        return self._work is None

    @property
    def _waiting(self) -> bool:
        return self._work is not None or self._pending.due_at() is not None

    def _run(self) -> None:
        while not (self._closing and not self._waiting and not self._orders):
            self._wait()
            if self._work is not None and not self._commit(self._work) and self._closing:
                return
            if self._orders:  # one, for conflicts go first
                self._obey(self._orders.popleft())
            if not self._orders and time.monotonic() >= self._checkpoint_at:
                self._database.checkpoint(self._connection)
                self._checkpoint_at = time.monotonic() + CHECKPOINT_EVERY_S

    def _wait(self) -> None:
        """Wait for an order, or for what is due; after a failure, for a while."""
        with self._changed:
            if self._failing:
                self._changed.wait_for(lambda: self._closing or self._orders, self._retry_s)
            elif not self._orders and (patience_s := self._patience_s()) != 0:
                self._changed.wait(patience_s)
            if self._work is None and self._patience_s() == 0:
                self._work = self._pending.take()

    def _patience_s(self) -> float | None:
        """How long there is nothing to do unless something changes; None: forever."""
        due_at = self._pending.due_at()
        if due_at is None:
            return 0 if self._closing else None
        if self._hurry or self._closing:
            return 0
        return max(0, due_at - time.monotonic())

    def _commit(self, work: Work) -> bool:
        try:
            self.await_written(work.judged)  # whoever follows may look them up
            put_aside = self._write(work)
        except Exception as error:  # noqa: BLE001  # the thread goes on, whatever is at fault
            self._failed(str(getattr(error, "orig", None) or error))
            return False
        if self._failing:
            self._tell(Resumed(self._database.path))
        for each in put_aside:
            self._tell(SetAside(self._database.path, each))
        with self._changed:
            self._judged, self._failing = work.judged, False
            self._set_aside += len(put_aside)
        self.committed()  # first: who waits for this may then wait for what follows
        with self._changed:
            self._work = None
            self._changed.notify_all()
        return True

    def _write(self, work: Work) -> Sequence[Aside]:
        """Store it and its position; what of it cannot be stored, by a fault of ours."""
        whole = self._connection, work.found, self.words, self._follower, self.now_ms()
        try:
            with self._connection.begin():
                store(*whole)
                positions.put(self._connection, JUDGED, work.judged)
        except Exception as error:
            if may_pass(error) or not work.found:
                raise
        else:
            return ()
        with self._connection.begin():
            put_aside = aside.store_apart(*whole)
            positions.put(self._connection, JUDGED, work.judged)
        return put_aside

    def _failed(self, reason: str) -> None:
        if not self._failing:
            self._tell(Failed(self._database.path, reason))
        with self._changed:
            self._failing, self.failed_because = True, reason
            self._changed.notify_all()

    def _obey(self, order: _Order) -> None:
        if not order.done.set_running_or_notify_cancel():
            return
        try:
            with self._connection.begin():
                result = order.work(self._connection)
        except BaseException as error:  # noqa: BLE001  # it is for whoever gave the order
            order.done.set_exception(error)
        else:
            self.committed()
            order.done.set_result(result)
