"""Alarms about ourselves: links, sources, clocks, the record file, the store.

They are kept in the book as those of cases are. While the store fails, their notices go straight
to the outputs, and into the book when it works again.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.evidence.findings import Severity
from clonewatch.registrations import MSC_UNKNOWN, mscid_text

from .book import AlarmBook, Report, raised
from .kinds import Kind
from .notice import Change, Notice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from sqlalchemy import Connection

    from clonewatch.registrations import Batch
    from clonewatch.store.store import Store

UNKNOWN_NAMED_MAX: Final = 64  # unknown MSCs with an alarm each; further ones share one
OTHERS: Final = "others"


class Selves:
    """Raises and clears them; from any thread, and without waiting.

    *outputs_of*: where alarms of a kind go. *send_directly*: past a store that fails.
    """

    def __init__(
        self,
        store: Store,
        outputs_of: Callable[[Kind], Sequence[str]],
        send_directly: Callable[[Notice, Sequence[str]], None],
    ) -> None:
        self._store = store
        self._outputs_of = outputs_of
        self._send_directly = send_directly
        self._lock = threading.Lock()  # guards what follows
        self._last: dict[str, Report] = {}  # by key, what was told last since the start
        self._repeats: dict[str, Report] = {}  # what happened again since `tick`
        self._unwritten: set[str] = set()  # keys of what the store could not take
        self._unknown: set[int] = set()  # unknown MSCs with an alarm of their own

    def raise_(
        self,
        kind: Kind,
        name: str,
        *,
        severity: Severity = Severity.MAJOR,
        text: str,
        details: Mapping[str, object] | None = None,
        count: int = 1,
    ) -> None:
        """Say that something is wrong with *name*. Again is counted, with the next `tick`."""
        report = Report(
            key=key_of(kind, name),
            kind=kind,
            object=name,
            severity=severity,
            text=text,
            details=dict(details or {}),
            count=count,
        )
        with self._lock:
            last = self._last.get(report.key)
            if last is not None and last.severity is severity:
                before = self._repeats.get(report.key)
                count += 0 if before is None else before.count
                self._repeats[report.key] = replace(report, count=count)
                return
        self._report(report)

    def clear(self, kind: Kind, name: str, text: str = "") -> None:
        """Say that it is over, or that all is well."""
        report = Report(key=key_of(kind, name), kind=kind, object=name, severity=None, text=text)
        with self._lock:
            last = self._last.get(report.key)
            if last is not None and last.severity is None:
                return
        self._report(report)

    def is_raised(self, kind: Kind, name: str) -> bool:
        """Whether it was raised since the start, and not cleared."""
        last = self._last.get(key_of(kind, name))
        return last is not None and last.severity is not None

    def tick(self) -> None:
        """Count what happened again; call it every minute or so.

        What the store could not take is written where only that failed: then it tells of no end.
        """
        if not self._store.is_failing:
            self.store_resumed()
        with self._lock:
            reports = list(self._repeats.values())
            self._repeats.clear()
        for report in reports:
            self._report(report)

    def look_for_unknown_mscs(self, batch: Batch) -> None:
        """Raise alarms for MSCs of *batch* that no table has."""
        unknown = batch.mscid[batch.msc == MSC_UNKNOWN]
        if not len(unknown):
            return
        mscids, counts = np.unique(unknown, return_counts=True)
        others = 0
        for mscid, count in zip(mscids.tolist(), counts.tolist(), strict=True):
            if mscid not in self._unknown and len(self._unknown) >= UNKNOWN_NAMED_MAX:
                others += count
                continue
            self._unknown.add(mscid)
            self._unknown_msc(mscid_text(mscid), count)
        if others:
            self._unknown_msc(OTHERS, others)

    def mscs_changed(self) -> None:
        """Clear the alarms about unknown MSCs: there is another table."""
        self._unknown.clear()
        with self._lock:
            for key in [key for key in self._last if key.startswith(f"{Kind.MSC_UNKNOWN}-")]:
                del self._last[key]
                self._repeats.pop(key, None)
        self._store.do(lambda to: self._clear(to, lambda kind, _: kind is Kind.MSC_UNKNOWN))

    def store_resumed(self) -> None:
        """Write what the store could not take."""
        with self._lock:
            reports = [self._last[key] for key in self._unwritten if key in self._last]
            self._unwritten.clear()
        for report in reports:
            self._report(report, is_sent=True)

    def forget_earlier(self) -> None:
        """Clear what an earlier run had raised, and nobody has told since the start.

        Travel times stay suspect, suspension stopped and restorations in vain: that is kept beside
        their alarms.
        """
        with self._lock:
            told = set(self._last)
        kept = {
            Kind.CLONE,
            Kind.TRAVEL_TIMES_SUSPECT,
            Kind.SUSPENSION_STOPPED,
            Kind.RESTORATION_FAILING,
        }
        self._store.do(
            lambda to: self._clear(to, lambda kind, key: kind not in kept and key not in told)
        )

    def _unknown_msc(self, name: str, count: int) -> None:
        self.raise_(
            Kind.MSC_UNKNOWN,
            name,
            severity=Severity.WARNING,
            text=f"MSC {name} is in no table: its registrations are compared with none",
            count=count,
        )

    def _report(self, report: Report, *, is_sent: bool = False) -> None:
        """Let the book take a report, which, if it cannot, is sent past it, unless it is sent."""
        with self._lock:
            self._last[report.key] = report
            self._unwritten.discard(report.key)
            if report.severity is None:
                self._repeats.pop(report.key, None)
            try:  # within the lock: what is told last here has to be what the book has last
                future = self._store.do(lambda connection: self._take(connection, [report]))
            except RuntimeError:
                return  # it is closing, and so is the daemon: the next start begins anew
        future.add_done_callback(lambda done: self._written(report, done, is_sent=is_sent))

    def _take(self, connection: Connection, reports: Sequence[Report]) -> None:
        AlarmBook(connection, self._store.now_ms(), self._outputs_of).take(reports)

    def _clear(self, connection: Connection, which: Callable[[Kind, str], bool]) -> None:
        self._take(
            connection,
            [
                Report(key=each.key, kind=each.kind, object=each.object, severity=None)
                for each in raised(connection, about_subscribers=False)
                if which(each.kind, each.key)
            ],
        )

    def _written(self, report: Report, done: Future[None], *, is_sent: bool) -> None:
        if done.cancelled() or done.exception() is None:
            return
        with self._lock:
            if self._last.get(report.key) is report:  # else what was told since is on its way
                self._unwritten.add(report.key)
        if not is_sent:
            self._send_directly(
                notice_of(report, self._store.now_ms()), self._outputs_of(report.kind)
            )


def key_of(kind: Kind, name: str) -> str:
    """Key of the alarm of *kind* about *name*."""
    return f"{kind}-{name}"


def notice_of(report: Report, now_ms: int) -> Notice:
    """A notice without a number, as the book could not give one."""
    return Notice(
        number=0,
        change=Change.CLEARED if report.severity is None else Change.RAISED,
        key=report.key,
        kind=report.kind,
        object=report.object,
        severity=report.severity,
        before=Severity.MAJOR if report.severity is None else None,
        text=report.text,
        details=report.details,
        raised_at=now_ms,
        at=now_ms,
        count=report.count,
    )
