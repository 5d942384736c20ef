"""How long an alarm's line takes into its file, and a bare fdatasync on the same disk meanwhile."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bench.live_daemon import ALARMS
from bench.processes import Aside

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOOK_EVERY_S: Final = 0.0005
SYNC_EVERY_S: Final = 0.02
SYNC_OCTETS: Final = b"\0" * 4096


class Watch(Aside):
    """Looks when each clone's line is there."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.written_at: dict[int, float] = {}  # by MSID, monotonic
        self._path = folder / ALARMS

    def wait(self, clones: int, seconds: float) -> None:
        """Wait until so many are told, but no longer."""
        end = time.monotonic() + seconds
        while len(self.written_at) < clones and time.monotonic() < end:
            time.sleep(LOOK_EVERY_S)

    def _look(self) -> None:
        rest, at = b"", 0
        while not self._ended.wait(LOOK_EVERY_S):
            if not self._path.exists() or self._path.stat().st_size == at:
                continue
            now = time.monotonic()
            with self._path.open("rb") as stream:
                stream.seek(at)
                octets = stream.read()
            at += len(octets)
            *lines, rest = (rest + octets).split(b"\n")
            for line in lines:
                self._take(json.loads(line), now)

    def _take(self, alarm: dict[str, Any], now: float) -> None:
        if alarm["kind"] == "clone" and alarm["change"] == "raised":
            self.written_at[int(alarm["object"].removeprefix("subscriber "))] = now


class Syncs(Aside):
    """Takes the time of bare fdatasyncs in *folder*."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.took_s: list[float] = []
        self._probe = folder / "probe"

    def _look(self) -> None:
        descriptor = os.open(self._probe, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            while not self._ended.wait(SYNC_EVERY_S):
                os.write(descriptor, SYNC_OCTETS)
                begun = time.perf_counter()
                os.fdatasync(descriptor)
                self.took_s.append(time.perf_counter() - begun)
        finally:
            os.close(descriptor)


def in_ms(what: str, durations_s: Sequence[float]) -> dict[str, float]:
    """What is told of durations. Ends the run where there are none."""
    if not durations_s:
        raise SystemExit(f"bench: no {what} was seen")
    ms = np.array(durations_s) * 1e3
    shares = {"p50": 50, "p99": 99, "p999": 99.9, "worst": 100}
    return {f"{what}_{name}_ms": float(np.percentile(ms, q)) for name, q in shares.items()}
