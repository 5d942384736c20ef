"""How long a start takes beside a record file full of registrations."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bench.live_daemon import daemon, folder
from bench.live_traffic import GROUP_FIRST, MSCS, mscids
from clonewatch.recordfile import Recorder
from clonewatch.recordfile.groups import half_hour
from clonewatch.registrations import Batch

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HOURS: Final = 6
HOUR_MS: Final = 3_600_000
BATCH: Final = 1 << 16
OF_A_SUBSCRIBER: Final = 4  # registrations


def start(registrations: int) -> dict[str, Any]:
    """Seconds from the start of the process until it is ready.

    The first start judges, for nobody has; the second is like any other, and is measured.
    """
    with folder() as where:
        (where / "state").mkdir()
        fill(where / "state" / "records", registrations)
        with daemon(where, ["a"]):
            pass
        with daemon(where, ["a"]) as running:
            assert running.ready_s is not None
            if running.registrations_filled != registrations:
                raise SystemExit(
                    f"bench: {running.registrations_filled} of {registrations} came back"
                )
            return {
                "registrations": registrations,
                "ready_s": running.ready_s,
                "filling_s": running.filling_s,
                "rest_s": running.ready_s - running.filling_s,
                "cpu_s": running.cpu_s,
                "peak_mib": running.peak_mib,
            }


def fill(directory: Path, count: int) -> None:
    """A record file of so many registrations within the window, as a recorder would have left it.

    All groups are sealed but that of this half hour.
    """
    now_ms = int(time.time() * 1000)
    begun_ms = now_ms - HOURS * HOUR_MS
    sealed = (half_hour(now_ms) - begun_ms) * count // (HOURS * HOUR_MS)
    for first, end in ((0, sealed), (sealed, count)):
        _record(directory, range(first, end), count, begun_ms)


def _record(directory: Path, numbers: range, count: int, begun_ms: int) -> None:
    """Record the registrations of these *numbers*, of *count* in all."""

    def time_ms(number: int) -> int:
        return begun_ms + HOURS * HOUR_MS * number // count

    clock_ms = [time_ms(numbers.start)]
    recorder = Recorder(directory, tell=lambda _: None, clock=lambda: clock_ms[0] / 1000)
    random = np.random.default_rng(numbers.start)
    for first in range(numbers.start, numbers.stop, BATCH):
        end = min(first + BATCH, numbers.stop)
        clock_ms[0] = time_ms(end - 1)
        batch = _batch(np.arange(first, end), count, random)
        batch.time[:] = np.linspace(time_ms(first), clock_ms[0], len(batch))
        recorder.append(batch)
    recorder.close(seal=numbers.stop < count)
    if recorder.rows_written != len(numbers):
        raise SystemExit(f"bench: only {recorder.rows_written} of {len(numbers)} were recorded")


def _batch(numbers: NDArray[np.int64], count: int, random: np.random.Generator) -> Batch:
    batch = Batch.empty(len(numbers))
    subscriber = random.integers(0, -(-count // OF_A_SUBSCRIBER), len(numbers))
    home = subscriber % MSCS
    batch.msid[:] = GROUP_FIRST * 100_000_000 + subscriber * 61
    batch.esn[:] = 0x82000000 + subscriber
    batch.msc[:] = home
    batch.mscid[:] = mscids()[home]
    batch.transaction_id[:] = numbers
    return batch
