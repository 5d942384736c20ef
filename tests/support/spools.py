"""Spools to test with, and a process that takes from one until it is killed.

Run as a program it waits for lines of JSON, [folder, step, seconds, source]: for each it forks a
process that takes the groups in FOLDER/spool into FOLDER/records, and kills that at its step,
counted in what it does with files and in registrations handed on, or after so many seconds; then it
writes whether the process was killed, and how many steps it made.
"""

from __future__ import annotations

import itertools
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from clonewatch.mscs import Mscs
from clonewatch.recordfile import Recorder
from clonewatch.recordfile.reading import read
from clonewatch.registrations import Batch
from clonewatch.sources.records import write_records
from clonewatch.sources.spool import GroupReader, Spool
from clonewatch.sources.spool.kept import keys_of

if TYPE_CHECKING:
    from types import TracebackType

    from clonewatch.sources.spool.events import Event

AT_10: Final = 1_795_341_600_000  # 2026-11-22T10:00:00Z
MINUTE: Final = 60_000
NEVER: Final = 1 << 30  # a step that no process makes
MSCS: Final = Path(__file__).parents[2] / "pcaps" / "mscs.csv"


def registrations(count: int, seed: int, time_ms: int = AT_10) -> Batch:
    """Registrations as a group can hold them; some stand twice."""
    random = np.random.default_rng(seed)
    batch = Batch.empty(count)
    batch.time[:] = time_ms + np.sort(random.integers(0, 30 * MINUTE, count))
    batch.msid[:] = 6_145_550_000 + random.integers(0, 1000, count)
    batch.esn[:] = random.integers(0, 1 << 32, count)
    batch.mscid[:] = 4660 << 8 | random.integers(1, 4, count)
    batch.transaction_id[:] = random.integers(0, 1 << 32, count)
    for name in ("time", "msid", "esn", "mscid", "transaction_id"):
        getattr(batch, name)[1::7] = getattr(batch, name)[0:-1:7]
    return batch


def put_csv(spool: Path, name: str, batch: Batch) -> Path:
    """Rename a group of CSV into *spool*."""
    part = spool / f".{name}"
    write_records(part, [batch])
    return part.rename(spool / name)


def put_parquet(spool: Path, name: str, batch: Batch, *, row_group_rows: int = 100) -> Path:
    """Rename a group of Parquet into *spool*: a batch for each row group."""
    table = pa.table(
        {
            "time": pa.array(batch.time).cast(pa.timestamp("ms", "UTC")),
            "min": pa.array(batch.msid),
            "esn": pa.array(batch.esn),
            "mscid": pa.array(batch.mscid),
            "transaction_id": pa.array(batch.transaction_id),
        }
    )
    part = spool / f".{name}"
    pq.write_table(table, part, row_group_size=row_group_rows)
    return part.rename(spool / name)


def keys(batch: Batch) -> list[bytes]:
    """What is to be found again, each as often as it was there."""
    return sorted(key.tobytes() for key in keys_of(batch))


def recorded(directory: Path) -> Batch:
    """All that the record file in *directory* holds."""
    return Batch.joined([rows.batch for rows in read(directory)])


class Told(list["Event"]):
    """What was told."""

    def __call__(self, event: Event) -> None:
        self.append(event)

    @property
    def kinds(self) -> list[str]:
        """The events' names."""
        return [type(event).__name__ for event in self]


class Takers:
    """Processes that take from spools, one after another."""

    def __enter__(self) -> Self:
        path = os.pathsep.join(entry for entry in sys.path if entry)
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": path},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def run(
        self,
        folder: Path,
        *,
        kill_at: int = NEVER,
        kill_after_s: float | None = None,
        source: int = 3,
    ) -> tuple[bool, int]:
        """Let one take what there is; whether it was killed, and how many steps it made."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(folder), kill_at, kill_after_s, source]) + "\n")
        self._process.stdin.flush()
        killed, steps = json.loads(self._process.stdout.readline())
        return killed, steps


def _wait_for_lines() -> None:
    mscs = Mscs.load(MSCS)
    for line in sys.stdin:
        folder, kill_at, kill_after_s, source = json.loads(line)
        child = os.fork()
        if child == 0:
            _take(Path(folder), kill_at, source, mscs)
            os._exit(0)
        if kill_after_s is not None:
            ended = os.pidfd_open(child)
            if not select.select([ended], [], [], kill_after_s)[0]:
                os.kill(child, signal.SIGKILL)
            os.close(ended)
        status = os.waitpid(child, 0)[1]
        assert status in {0, signal.SIGKILL}, status
        steps = Path(folder, "steps")
        made = int(steps.read_text(encoding="utf-8")) if status == 0 else kill_at
        sys.stdout.write(json.dumps([status != 0, made]) + "\n")
        sys.stdout.flush()


def _take(folder: Path, kill_at: int, source: int, mscs: Mscs) -> None:
    steps = itertools.count(1)
    last = 0

    def step() -> None:
        nonlocal last
        last = next(steps)
        if last == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, values: tuple[Any, ...]) -> None:
        if event.startswith("os.") or event == "open":
            path = values[0] if values else None
            if isinstance(path, str | Path) and str(path).startswith(str(folder)):
                step()

    def deliver(batch: Batch) -> None:
        step()
        record.append(batch)
        step()

    sys.addaudithook(watch)
    record = Recorder(folder / "records", tell=lambda _: None)
    spool = Spool(folder / "spool", GroupReader(mscs, source), record, tell=lambda _: None)
    spool.take(deliver)
    spool.close()
    record.close()
    Path(folder, "steps").write_text(str(last), encoding="utf-8")


if __name__ == "__main__":
    _wait_for_lines()
