"""Our own troubles, as alarms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.suspension.stuck import Stuck
from clonewatch.evidence.findings import Severity
from clonewatch.recordfile import events as recordfile
from clonewatch.sources.spool import events as spool
from clonewatch.store import events as store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clonewatch.actions.alarms.selves import Selves
    from clonewatch.clocks.watch import ClockChanged

LINK_DOWN_AFTER_S: Final = 30.0  # ours: a far end that restarts is back by then
RECORD_FILE: Final = "record file"
GROUPS: Final = "groups of the record file"  # one may be written, and the other not be sealed
STORE: Final = "store"
SUSPENSION: Final = "suspension"


class Troubles:
    """What is wrong with links, sources and files goes to *selves*."""

    def __init__(self, selves: Selves) -> None:
        self._selves = selves
        self._down_since: dict[str, float | None] = {}  # by link; None: it is up

    def told(self, event: object) -> None:
        """Hear what the record file, the store and suspension have to tell; from any thread."""
        match event:
            case recordfile.Failed():
                self._raise(Kind.RECORD_FILE_FAILING, RECORD_FILE, str(event), Severity.CRITICAL)
            case recordfile.Resumed():
                self._selves.clear(Kind.RECORD_FILE_FAILING, RECORD_FILE, str(event))
            case recordfile.SealingFailed():
                self._raise(Kind.RECORD_FILE_FAILING, GROUPS, str(event), Severity.MAJOR)
            case recordfile.SealingResumed():
                self._selves.clear(Kind.RECORD_FILE_FAILING, GROUPS, str(event))
            case store.Failed() | store.Overflowed():
                self._raise(Kind.STORE_FAILING, STORE, str(event), Severity.CRITICAL)
            case store.SetAside():
                self._raise(Kind.CONFLICT_SET_ASIDE, STORE, str(event), Severity.MAJOR)
            case Stuck():
                self._raise(Kind.CONFLICT_SET_ASIDE, SUSPENSION, str(event), Severity.MAJOR)
            case store.Resumed():
                self._selves.store_resumed()
                self._selves.clear(Kind.STORE_FAILING, STORE, str(event))

    def links_looked_at(self, are_up: Mapping[str, bool], now: float) -> None:
        """See which links are up; *now* in seconds of any steady clock."""
        for name in self._down_since.keys() - are_up.keys():
            del self._down_since[name]
            self._selves.clear(Kind.LINK_DOWN, name, "it is configured no more")
        for name, is_up in are_up.items():
            since = self._down_since.setdefault(name, now)
            if is_up:
                self._down_since[name] = None
                self._selves.clear(Kind.LINK_DOWN, name, f"link {name} is up")
            elif since is None:
                self._down_since[name] = now
            elif now - since >= LINK_DOWN_AFTER_S:
                words = f"link {name} has no connection"
                if not self._selves.is_raised(Kind.LINK_DOWN, name):
                    self._raise(Kind.LINK_DOWN, name, words, Severity.MAJOR)

    def spool_told(self, name: str, event: object) -> None:
        """Hear what a spool has to tell; from any thread."""
        match event:
            case spool.Missing():
                self._raise(Kind.GROUP_MISSING, name, str(event), Severity.MINOR)
            case spool.Taken():
                self._selves.clear(Kind.GROUP_MISSING, name, str(event))

    def silence_changed(self, source: str, *, is_silent: bool) -> None:
        """Hear that a source has fallen silent, or speaks again."""
        if is_silent:
            words = f"{source} is connected, and says nothing beyond its habit"
            self._raise(Kind.SOURCE_SILENT, source, words, Severity.MINOR)
        else:
            self._selves.clear(Kind.SOURCE_SILENT, source, f"{source} is heard again")

    def clock_changed(self, change: ClockChanged) -> None:
        """Hear that a clock runs away, or does so no more."""
        if change.is_runaway:
            self._raise(Kind.CLOCK_RUNAWAY, change.name, str(change), Severity.MAJOR)
        else:
            self._selves.clear(Kind.CLOCK_RUNAWAY, change.name, str(change))

    def _raise(self, kind: Kind, name: str, text: str, severity: Severity) -> None:
        self._selves.raise_(kind, name, severity=severity, text=text)
