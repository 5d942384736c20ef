"""Measures the live daemon: a real `clonewatch run`, and senders in processes of their own.

python -m bench.live [--smoke] [NAME...]; the names are those of `MEASUREMENTS`. On a machine that
others use, only CPU seconds say anything.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bench.live_daemon import daemon, folder
from bench.live_latency import Syncs, Watch, in_ms
from bench.live_sending import Plan, Sender
from bench.live_start import start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.live_daemon import Daemon, Metrics
    from bench.live_sending import Sent

MILLION: Final = 1_000_000
GROUP_ODD: Final = 80  # of subscribers who are nobody else's
TAKEN_S: Final = 30.0  # for what was sent to be recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    seconds: float
    subscribers: int
    count_max: int | None  # messages at full speed
    paced_per_s: int
    clones: int
    links: int
    connections: int  # of a link
    links_per_s: int
    beside_links: int
    beside_per_s: int
    recorded: int


FULL: Final = Size(
    seconds=60, subscribers=20_000_000, count_max=None,
    paced_per_s=50_000, clones=1200,
    links=250, connections=2, links_per_s=200_000,
    beside_links=4, beside_per_s=100_000,
    recorded=20_000_000,
)  # fmt: skip
SMOKE: Final = Size(
    seconds=0.5, subscribers=2_000, count_max=5_000,
    paced_per_s=5_000, clones=5,
    links=10, connections=2, links_per_s=4_000,
    beside_links=2, beside_per_s=4_000,
    recorded=5_000,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What was sent, and what the daemon made of it."""

    sent: Sent
    before: Metrics
    after: Metrics  # when the last had been written by the sender
    seconds: float  # between the two
    results: dict[str, Any]

    def per_s(self, names: Sequence[str]) -> list[float]:
        """Registrations of each of these links a second, while they were sent."""
        return [
            (self.after["registrations_total", name] - self.before["registrations_total", name])
            / self.seconds
            for name in names
        ]


def run(running: Daemon, sender: Sender) -> Run:
    """Let it send to its end, and wait until all is recorded."""
    written = "record_file_rows_written_total", ""
    cpu_s, before, begun = running.cpu_s, running.metrics(), time.monotonic()
    sender.begin()
    sent = sender.sent()
    after, seconds = running.metrics(), time.monotonic() - begun  # a busy daemon answers late
    last = running.wait(TAKEN_S, lambda now: now[written] - before[written] >= sent.count)
    taken_s, cpu_s = time.monotonic() - begun, running.cpu_s - cpu_s
    results = {
        "sent": sent.count,
        "lost": round(sent.count - last[written] + before[written]),
        "per_s": sent.count / taken_s,
        "cpu_s_per_million": cpu_s / sent.count * MILLION,
        "tail_worst_ms": last["record_file_wait_seconds_max", ""] * 1e3,
        "conflicts": round(last["conflicts_total", ""] - before["conflicts_total", ""]),
        "peak_mib": running.peak_mib,
    }
    return Run(sent=sent, before=before, after=after, seconds=seconds, results=results)


def one_link(size: Size) -> dict[str, Any]:
    """One link at full speed."""
    with folder() as where, daemon(where, ["a"]) as running:
        plan = Plan(
            ports=tuple(running.ports().values()),
            seconds=size.seconds,
            count_max=size.count_max,
            subscribers=size.subscribers,
        )
        with Sender(plan) as sender, Syncs(where) as syncs:
            results = run(running, sender).results
        bare = syncs.in_ms()
        beyond_ms = results["tail_worst_ms"] - bare["fdatasync_worst_ms"]
        return results | bare | {"tail_beyond_sync_ms": beyond_ms}


def latency(size: Size) -> dict[str, Any]:
    """From the last octet of a clone's second REGNOT to its alarm's line, at a steady pace."""
    with folder() as where, daemon(where, ["a"], mode="active") as running:
        plan = Plan(
            ports=tuple(running.ports().values()),
            seconds=size.seconds,
            per_s=size.paced_per_s,
            tick_s=0.002,
            subscribers=size.subscribers,
            clones=size.clones,
        )
        with Sender(plan) as sender, Watch(where) as watch, Syncs(where) as syncs:
            done = run(running, sender)
            clones = done.sent.clones
            watch.wait(len(clones), TAKEN_S)
        told = [watch.written_at[msid] - at for msid, at in clones if msid in watch.written_at]
        alarm, bare = in_ms("alarm", told), syncs.in_ms()
        beyond_ms = {
            f"alarm_{share}_beyond_sync_ms": alarm[f"alarm_{share}_ms"] - bare["fdatasync_p99_ms"]
            for share in ("p99", "p999")
        }
        untold = len(clones) - len(told)
        return done.results | {"clones": len(clones), "untold": untold} | alarm | bare | beyond_ms


def many_links(size: Size) -> dict[str, Any]:
    """Hundreds of links at once, at a steady pace together."""
    names = [f"msc-{number}" for number in range(size.links)]
    with folder() as where, daemon(where, names) as running:
        plan = Plan(
            ports=tuple(running.ports().values()) * size.connections,
            seconds=size.seconds,
            per_s=size.links_per_s,
            subscribers=size.subscribers,
        )
        with Sender(plan) as sender:
            done = run(running, sender)
        fair_per_s = done.sent.count / done.seconds / len(names)
        return {
            "connections": len(plan.ports),
            **done.results,
            "least_share": min(done.per_s(names)) / fair_per_s,
        }


def beside_rare(size: Size) -> dict[str, Any]:
    """Links at a steady pace, without and with one that sends only what the grammars must read."""
    names = [f"msc-{number}" for number in range(size.beside_links)]
    with folder() as where, daemon(where, ["odd", *names]) as running:
        ports = running.ports()
        steady = Plan(
            ports=tuple(ports[name] for name in names),
            seconds=size.seconds / 2,
            per_s=size.beside_per_s,
            tick_s=0.02,
            subscribers=size.subscribers,
        )
        odd = Plan(
            ports=(ports["odd"],),
            seconds=size.seconds / 2,
            count_max=size.count_max,
            subscribers=min(size.subscribers, MILLION),
            group=GROUP_ODD,
            rare=True,
        )
        with Sender(odd) as sender:
            alone = run(running, sender)
        with Sender(steady) as sender:
            without = run(running, sender)
        with Sender(steady) as sender, Sender(odd) as other:
            other.begin()
            beside = run(running, sender)
            other.sent()
    others = sum(without.per_s(names)), sum(beside.per_s(names))
    return {
        "odd_alone_per_s": alone.per_s(["odd"])[0],
        "odd_alone_cpu_s_per_million": alone.results["cpu_s_per_million"],
        "odd_beside_per_s": beside.per_s(["odd"])[0],
        "others_alone_per_s": others[0],
        "others_beside_per_s": others[1],
        "others_share": others[1] / others[0],
    }


def full_start(size: Size) -> dict[str, Any]:
    """A start with a window to fill."""
    return start(size.recorded)


MEASUREMENTS: Final[Mapping[str, Callable[[Size], dict[str, Any]]]] = {
    "one_link": one_link,
    "latency": latency,
    "many_links": many_links,
    "beside_rare": beside_rare,
    "start": full_start,
}


def measure(size: Size, names: Sequence[str] = tuple(MEASUREMENTS)) -> dict[str, dict[str, Any]]:
    """Measure one after another."""
    return {name: MEASUREMENTS[name](size) for name in names}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="small, to see that it runs")
    parser.add_argument("--seconds", type=float, help="of each measurement, instead of a minute")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    given = parser.parse_args()
    size = SMOKE if given.smoke else FULL
    if given.seconds is not None:
        clones = round(size.clones * given.seconds / size.seconds)
        size = replace(size, seconds=given.seconds, clones=clones)
    print(json.dumps(measure(size, given.names or tuple(MEASUREMENTS)), indent=2))


if __name__ == "__main__":
    main()
