"""How fast the window is, and how much memory it takes: python bench/window.py 20e6."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.registrations import Batch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from clonewatch.window import Window

BLOCK: Final = 4096
BLOCKS_MADE: Final = 64  # at a time, outside the measurement
MSCS: Final = 300
START_MS: Final = 1_700_000_000_000
BETWEEN_MS: Final = 4_000_000  # each subscriber registers once in 67 minutes


def resident_octets() -> int:
    """Resident set of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


class Traffic:
    """Registrations of random subscribers, at random MSCs."""

    def __init__(self, subscribers: int, *, between_ms: int = BETWEEN_MS, phones: int = 1) -> None:
        self.subscribers = subscribers
        self.between_ms = between_ms
        self.phones = phones  # with the same MSID
        self.now_ms = START_MS
        self._random = np.random.default_rng(1)

    def everybody(self) -> Iterator[Batch]:
        """Each subscriber once."""
        for first in range(0, self.subscribers, BLOCK):
            yield self._batch(np.arange(first, min(first + BLOCK, self.subscribers)))

    def some(
        self, count: int, *, late_share: float = 0.0, late_ms: int = 2_400_000
    ) -> Iterator[Batch]:
        """*count* registrations, of which a share comes late."""
        for _ in range(0, count, BLOCK * BLOCKS_MADE):
            made = self._batch(self._random.integers(0, self.subscribers, BLOCK * BLOCKS_MADE))
            late = self._random.random(len(made)) < late_share
            made.time[late] -= self._random.integers(0, late_ms, int(late.sum()))
            for first in range(0, len(made), BLOCK):
                yield made[first : first + BLOCK]

    def _batch(self, numbers: NDArray[np.int64]) -> Batch:
        made = Batch.empty(len(numbers))
        passed_ms = np.arange(len(numbers) + 1) * self.between_ms // self.subscribers
        made.time[:] = self.now_ms + passed_ms[:-1]
        self.now_ms += int(passed_ms[-1])
        made.msid[:] = 2_000_000_000 + numbers * 2_654_435_761 % 8_000_000_000
        made.esn[:] = numbers + self._random.integers(0, self.phones, len(numbers))
        made.msc[:] = (numbers + self._random.integers(0, 2, len(numbers))) % MSCS
        made.transaction_id[:] = self._random.integers(0, 1 << 32, len(numbers), np.uint32)
        return made


def measure(title: str, window: Window, batches: Iterator[Batch]) -> None:
    """Take the batches; print the rate, by the clock and by this thread's alone, and the pauses."""
    taken, blocks_s, found, alone_s = 0, [], 0, 0.0
    for batch in batches:
        begun, begun_alone = time.perf_counter(), time.thread_time()
        found += len(window.take(batch))
        alone_s += time.thread_time() - begun_alone
        blocks_s.append(time.perf_counter() - begun)
        taken += len(batch)
    pauses_ms = np.array(blocks_s) * 1e3
    print(
        f"{title:32} {taken / sum(blocks_s) / 1e6:6.2f} M/s ({taken / alone_s / 1e6:5.2f} alone)"
        f"   block: median {np.median(pauses_ms):6.2f} ms, p99.9"
        f" {np.percentile(pauses_ms, 99.9):6.2f}, worst {pauses_ms.max():6.2f}"
        f"   {found} found"
    )


def main(subscribers: int) -> None:
    """Fill, go on in order and with late ones, then the worst cases."""
    begun = time.perf_counter()
    import numba  # noqa: F401, PLC0415

    numba_s = time.perf_counter() - begun
    begun = time.perf_counter()
    from clonewatch.window import Window  # noqa: PLC0415

    print(f"import numba {numba_s:.2f} s, then the window {time.perf_counter() - begun:.2f} s")

    random = np.random.default_rng(2)
    travel_ms = random.integers(0, 30, (MSCS, MSCS)).astype(np.int32) * 60_000
    np.fill_diagonal(travel_ms, 0)
    mscid_of = np.arange(MSCS, dtype=np.uint32)
    before = resident_octets()
    window = Window(travel_ms, mscid_of)
    traffic = Traffic(subscribers)
    steady = 20_000_000
    measure("each a new MSID", window, traffic.everybody())
    measure("in order", window, traffic.some(steady))
    measure("5 % late by up to 40 min", window, traffic.some(steady, late_share=0.05))
    octets = resident_octets() - before
    print(
        f"{window.subscribers} subscribers: {octets / window.subscribers:.1f} octets each resident,"
        f" {window.octets_resident / window.subscribers:.1f} estimated; {window.counts}"
    )
    measure("all late by up to 40 min", window, traffic.some(4_000_000, late_share=1.0))
    one = Traffic(1, between_ms=10, phones=1_000_000)
    measure("one MSID, in order", Window(travel_ms, mscid_of), one.some(2_000_000))
    measure(
        "one MSID, late by up to 10 min",
        Window(travel_ms, mscid_of),
        one.some(500_000, late_share=1.0, late_ms=600_000),
    )


if __name__ == "__main__":
    main(int(float(sys.argv[1] if len(sys.argv) > 1 else "1e6")))
