"""How long an alarm's line takes into its file, and a bare fdatasync on the same disk meanwhile."""

from __future__ import annotations

import ctypes
import json
import os
import select
import time
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bench.live_daemon import ALARMS
from bench.processes import Aside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PATIENCE_S: Final = 0.1  # how soon the end is noticed
LOOK_EVERY_S: Final = 0.01
EVENTS_OCTETS: Final = 1 << 16  # of inotify, read at once
IN_MODIFY: Final = 2  # <linux/inotify.h>
SYNC_EVERY_S: Final = 0.02
SYNC_OCTETS: Final = b"\0" * 4096


_libc = ctypes.CDLL(None, use_errno=True)


class Watch(Aside):
    """Looks when each clone's line is there. The system says when to look (inotify)."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.written_at: dict[int, float] = {}  # by MSID, monotonic
        self._path = folder / ALARMS
        self._path.touch()
        self._at = 0  # octets read
        self._rest = b""

    def wait(self, clones: int, seconds: float) -> None:
        """Wait until so many are told, but no longer."""
        end = time.monotonic() + seconds
        while len(self.written_at) < clones and time.monotonic() < end:
            time.sleep(LOOK_EVERY_S)

    def _look(self) -> None:
        events = _changes_of(self._path)
        try:
            changed = select.poll()
            changed.register(events, select.POLLIN)
            while not self._ended.is_set():
                if changed.poll(PATIENCE_S * 1e3):
                    now = time.monotonic()
                    os.read(events, EVENTS_OCTETS)
                    self._read(now)
        finally:
            os.close(events)

    def _read(self, now: float) -> None:
        with self._path.open("rb") as stream:
            stream.seek(self._at)
            octets = stream.read()
        self._at += len(octets)
        *lines, self._rest = (self._rest + octets).split(b"\n")
        for line in lines:
            self._take(json.loads(line), now)

    def _take(self, alarm: dict[str, Any], now: float) -> None:
        if alarm["kind"] == "clone" and alarm["change"] == "raised":
            self.written_at[int(alarm["object"].removeprefix("subscriber "))] = now


def _changes_of(path: Path) -> int:
    """A descriptor that can be read when the file at *path* was written. Raises OSError."""
    events = _libc.inotify_init1(os.O_CLOEXEC)
    if events < 0 or _libc.inotify_add_watch(events, os.fsencode(path), IN_MODIFY) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    return int(events)


class Syncs(Aside):
    """Takes the time of bare writes and fdatasyncs in *folder*, and how late it is woken for them.

    Where the machine itself stands still, neither says so: who sleeps is woken late.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._took_s: list[float] = []
        self._wrote_s: list[float] = []
        self._late_s: list[float] = []
        self._probe = folder / "probe"

    def in_ms(self) -> dict[str, float]:
        """What is told of them. Ends the run where there are none."""
        durations = {"fdatasync": self._took_s, "write": self._wrote_s, "wake": self._late_s}
        return {name: ms for what, s in durations.items() for name, ms in in_ms(what, s).items()}

    def _look(self) -> None:
        descriptor = os.open(self._probe, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            due = time.perf_counter() + SYNC_EVERY_S
            while not self._ended.wait(SYNC_EVERY_S):
                woken = time.perf_counter()
                os.write(descriptor, SYNC_OCTETS)
                written = time.perf_counter()
                os.fdatasync(descriptor)
                synced = time.perf_counter()
                self._late_s.append(woken - due)
                self._wrote_s.append(written - woken)
                self._took_s.append(synced - written)
                due = synced + SYNC_EVERY_S
        finally:
            os.close(descriptor)


def in_ms(what: str, durations_s: Sequence[float]) -> dict[str, float]:
    """What is told of durations. Ends the run where there are none."""
    if not durations_s:
        raise SystemExit(f"bench: no {what} was seen")
    ms = np.array(durations_s) * 1e3
    shares = {"p50": 50, "p99": 99, "p999": 99.9, "worst": 100}
    return {f"{what}_{name}_ms": float(np.percentile(ms, q)) for name, q in shares.items()}
