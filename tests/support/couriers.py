"""An output that is up or down as a test says, and notices in a store for it."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

from clonewatch.actions.alarms.book import AlarmBook, Report
from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.alarms.outputs.output import NotSentError, RefusedError
from clonewatch.evidence.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clonewatch.actions.alarms.book import Alarm
    from clonewatch.actions.alarms.events import Event
    from clonewatch.actions.alarms.notice import Notice
    from clonewatch.store.store import Store


class FakeOutput:
    """Keeps what it is sent; *at_once_max* and *repeats_s* as an output has them."""

    def __init__(self, at_once_max: int = 3, repeats_s: float | None = None) -> None:
        self.at_once_max = at_once_max
        self.repeats_s = repeats_s
        self.down = False
        self.hangs = False
        self.hangs_at = 0  # the number of a notice
        self.refuses: set[int] = set()  # numbers
        self.breaks_at: set[int] = set()  # numbers that it cannot write
        self.breaks_at_alarms: dict[str, Exception] = {}  # what it cannot repeat, by key
        self.sent: list[int] = []
        self.tries = 0
        self.repeated: list[list[str]] = []
        self.closed = False
        self._changed = threading.Condition()

    async def send(self, notices: Sequence[Notice]) -> None:
        with self._changed:
            self.tries += 1
            self._changed.notify_all()
        if self.hangs or self.hangs_at in {notice.number for notice in notices}:
            await asyncio.Event().wait()
        if self.down:
            raise NotSentError("it is down")
        if any(notice.number in self.breaks_at for notice in notices):
            raise ValueError("so there")
        if any(notice.number in self.refuses for notice in notices):
            raise RefusedError("not that")
        with self._changed:
            self.sent += [notice.number for notice in notices]
            self._changed.notify_all()

    async def repeat(self, alarms: Sequence[Alarm]) -> None:
        for alarm in alarms:
            if error := self.breaks_at_alarms.get(alarm.key):
                raise error
        with self._changed:
            self.repeated.append(sorted(alarm.key for alarm in alarms))
            self._changed.notify_all()

    async def close(self) -> None:
        self.closed = True

    def wait_for(self, count: int) -> list[int]:
        """What was sent, once there is so much of it; from another thread."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.sent) >= count, 30)
            return list(self.sent)

    def wait_for_tries(self, count: int) -> None:
        """Wait until it was tried so often."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.tries >= count, 30)

    def wait_for_repeats(self, count: int) -> list[list[str]]:
        """What was told again, once that was so often."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.repeated) >= count, 30)
            return list(self.repeated)


class Told(list["Event"]):
    """What couriers told."""

    def __call__(self, event: Event) -> None:
        self.append(event)

    @property
    def words(self) -> list[str]:
        """The events' words."""
        return [str(event) for event in self]


def raise_alarms(store: Store, count: int, outputs: Sequence[str], begins: int = 1) -> None:
    """Raise so many alarms, for *outputs*, in one transaction."""
    reports = [
        Report(
            key=f"link_down-{number}",
            kind=Kind.LINK_DOWN,
            object=f"link {number}",
            severity=Severity.MAJOR,
            text="gone",
        )
        for number in range(begins, begins + count)
    ]
    now_ms = store.now_ms()
    store.do(lambda to: AlarmBook(to, now_ms, lambda _: outputs).take(reports)).result()
