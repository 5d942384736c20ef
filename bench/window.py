"""How fast the window is on one core, and how much memory it takes.

Each measurement is a process of its own, so that resident memory is the window's alone; what
`python -m bench.window NAME SUBSCRIBERS` finds goes to standard output as JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bench.processes import run
from bench.window_traffic import BLOCK, HOUR_MS, MSCS, Traffic, travel_ms
from clonewatch.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from clonewatch.registrations import Batch

PAGE: Final = 4096
GIB: Final = 1 << 30
LATE_SHARE: Final = 0.05
RUNS: Final = 5
RUN_LEAST: Final = 100_000  # registrations
DAY_HOURS: Final = 24
TURNOVER_MS: Final = 26 * HOUR_MS
STAYING_SHARE: Final = 0.8  # of those in the window; the others have gone, or just come
FULL_HOURS: Final = 8  # after which the window is full: 6.5, and what the sweep takes
COMPARED_HOURS: Final = 6  # after that, beside the last ones
FEW: Final = 1_000_000  # subscribers, that many are compared with


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many subscribers."""

    steady: int
    day: int
    most: int
    one: int  # registrations of one subscriber


FULL: Final = Size(steady=20_000_000, day=20_000_000, most=100_000_000, one=2_000_000)
SMOKE: Final = Size(steady=50_000, day=20_000, most=100_000, one=20_000)


@dataclass(frozen=True, slots=True)
class Taken:
    """What it took to take batches."""

    registrations: int
    blocks_ms: Any

    @property
    def per_s(self) -> float:
        """Registrations a second."""
        return float(self.registrations / self.blocks_ms.sum() * 1e3)

    def pauses(self) -> dict[str, float]:
        """How long a block takes at most."""
        return {
            "growth_p999_ms": float(np.percentile(self.blocks_ms, 99.9)),
            "growth_worst_ms": float(self.blocks_ms.max()),
        }


def resident_octets() -> int:
    """Resident set of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def new_window() -> Window:
    """An empty window."""
    return Window(travel_ms(), np.arange(MSCS, dtype=np.uint32))


def take(window: Window, batches: Iterable[Batch]) -> Taken:
    """Let the window judge; only that is measured."""
    blocks_ms, taken = [], 0
    for batch in batches:
        begun = time.perf_counter()
        window.take(batch)
        blocks_ms.append((time.perf_counter() - begun) * 1e3)
        taken += len(batch)
    return Taken(taken, np.array(blocks_ms))


def steady(subscribers: int) -> dict[str, Any]:
    """Growth, then registrations in order, then with late ones."""
    window, traffic, before = _begin(subscribers)
    grown = take(window, traffic.everybody())
    return {
        "subscribers": subscribers,
        **grown.pauses(),
        "growth_per_s": grown.per_s,
        "per_s": _rate(window, traffic, 0.0),
        "late_per_s": _rate(window, traffic, LATE_SHARE),
        "all_late_per_s": _rate(window, traffic, 1.0),
        "resident_gib": (resident_octets() - before) / GIB,
    }


def day(subscribers: int) -> dict[str, Any]:
    """A day in which subscribers come and go: cost and memory by the hour, once all are there.

    The machine may be faster at one hour than at another: each one's cost is compared with that of
    a window that is new then.
    """
    window, traffic, before = _begin(round(subscribers * STAYING_SHARE), turnover_ms=TURNOVER_MS)
    take(window, traffic.everybody())
    ns, new_ns, octets, held = [], [], [], []
    for _ in range(DAY_HOURS):
        new_ns.append(_new_ns(subscribers))
        ns.append(1e9 / take(window, traffic.hours(1, LATE_SHARE)).per_s)
        octets.append(resident_octets() - before)
        held.append(window.subscribers)
    early = slice(FULL_HOURS, FULL_HOURS + COMPARED_HOURS)
    late = slice(-COMPARED_HOURS, None)
    cost = [its / beside for its, beside in zip(ns, new_ns, strict=True)]
    return {
        "subscribers": max(held),
        "turnover_h": TURNOVER_MS / HOUR_MS,
        "octets_a_subscriber": octets[-1] / max(held),  # memory is for as many as come
        "cost_growth": statistics.median(cost[late]) / statistics.median(cost[early]),
        "memory_growth": octets[-1] / octets[FULL_HOURS],
        "ns_by_hour": ns,
        "new_ns_by_hour": new_ns,
        "octets_by_hour": octets,
        "subscribers_by_hour": held,
        "overflowed": window.counts.window_overflowed,
    }


def most(subscribers: int) -> dict[str, Any]:
    """Very many subscribers beside few."""
    few = min(FEW, subscribers)
    little, little_traffic, _ = _begin(few)
    take(little, little_traffic.everybody())
    window, traffic, before = _begin(subscribers)
    grown = take(window, traffic.everybody())
    pairs = [(_run(window, traffic), _run(little, little_traffic)) for _ in range(RUNS)]
    late_per_s = _rate(window, traffic, LATE_SHARE)
    octets = resident_octets() - before
    return {
        "subscribers": subscribers,
        "few": few,
        **grown.pauses(),
        "few_per_s": statistics.median(beside for _, beside in pairs),
        "per_s": statistics.median(per_s for per_s, _ in pairs),
        "late_per_s": late_per_s,
        "rate_share": statistics.median(per_s / beside for per_s, beside in pairs),
        "resident_gib": resident_octets() / GIB,  # all of the process
        "octets_a_subscriber": octets / window.subscribers,
    }


def one(registrations: int) -> dict[str, Any]:
    """One MSID alone: in order, and late. More come within the lateness than are kept of it."""
    in_order = Traffic(1, between_ms=10, phones=FEW)
    late = Traffic(1, between_ms=10, phones=FEW)
    return {
        "per_s": take(new_window(), in_order.some(registrations)).per_s,
        "late_per_s": take(
            new_window(), late.some(registrations // 4, late_share=1.0, late_ms=600_000)
        ).per_s,
    }


MEASUREMENTS: Final[Mapping[str, Callable[[int], dict[str, Any]]]] = {
    "steady": steady,
    "day": day,
    "most": most,
    "one": one,
}


def measure(size: Size) -> dict[str, Any]:
    """All of them, one after another."""
    return {
        f"{name}_{key}": value
        for name in MEASUREMENTS
        for key, value in json.loads(
            run(sys.executable, "-m", "bench.window", name, str(getattr(size, name))).output
        ).items()
    }


def _begin(subscribers: int, *, turnover_ms: int | None = None) -> tuple[Window, Traffic, int]:
    """A window, its traffic, and the octets resident before anything was taken."""
    for _ in Traffic(subscribers).some(BLOCK * 256):  # what making traffic takes is there before
        pass
    take(new_window(), Traffic(1).some(1))  # so are the kernels
    before = resident_octets()
    return new_window(), Traffic(subscribers, turnover_ms=turnover_ms), before


def _rate(window: Window, traffic: Traffic, late_share: float) -> float:
    """Registrations a second: the median of runs."""
    return statistics.median(_run(window, traffic, late_share) for _ in range(RUNS))


def _run(window: Window, traffic: Traffic, late_share: float = 0.0) -> float:
    """Registrations a second in one run, which visits a fifth of the subscribers."""
    count = max(RUN_LEAST, traffic.subscribers // RUNS)
    return take(window, traffic.some(count, late_share=late_share)).per_s


def _new_ns(subscribers: int) -> float:
    """What a registration costs in a window of few that has just been filled, ns."""
    window, traffic = new_window(), Traffic(min(FEW, subscribers))
    take(window, traffic.everybody())
    return 1e9 / _rate(window, traffic, LATE_SHARE)


def main() -> None:
    """Measure one of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=list(MEASUREMENTS))
    parser.add_argument("subscribers", type=lambda text: int(float(text)))
    told = parser.parse_args()
    print(json.dumps(MEASUREMENTS[told.name](told.subscribers), indent=1))


if __name__ == "__main__":
    main()
