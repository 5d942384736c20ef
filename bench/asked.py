"""What is asked of us, line by line, and where among the figures it is found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MILLION: Final = 1e6


class Bound(StrEnum):
    """Which side of it is good."""

    AT_MOST = "at most"
    AT_LEAST = "at least"
    NONE = "shown"  # nothing is asked


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, and what is asked of it."""

    subject: str  # of the table
    what: str
    figure: str  # subject.key of the results
    bound: Bound
    asked: float = 0.0
    unit: str = ""
    scale: float = 1.0  # of the figure, in units

    def seen(self, figures: Mapping[str, Any]) -> float:
        """The figure, in units."""
        return float(figures[self.figure]) / self.scale

    def is_met(self, figures: Mapping[str, Any]) -> bool:
        """Whether it is what is asked."""
        seen = self.seen(figures)
        match self.bound:
            case Bound.AT_MOST:
                return seen <= self.asked
            case Bound.AT_LEAST:
                return seen >= self.asked
        return True

    def margin(self, figures: Mapping[str, Any]) -> float:
        """How many times better than asked; below 1 it is missed. Of none at all: 1, or 0."""
        seen = self.seen(figures)
        if self.asked == 0:
            return 1.0 if self.is_met(figures) else 0.0
        if self.bound is Bound.AT_LEAST:
            return seen / self.asked
        return self.asked / seen if seen > 0 else math.inf


_MOST, _LEAST, _SHOWN = Bound.AT_MOST, Bound.AT_LEAST, Bound.NONE
_REPLAY: Final = "replay"
_CARRIED: Final = "carried over IP, disturbed"
_WORST: Final = "worst cases"
_DETECT: Final = "detect"
_WINDOW: Final = "window, one core"
_GROWTH: Final = "growth"
_LIVE: Final = "live"
_START: Final = "start"

# fmt: off
LINES: Final = (
    Line(_REPLAY,  "MTP3, record file off, beside the least C",      "replay.mtp3_times_yardstick",     _MOST,  1.2, "times its time"),
    Line(_REPLAY,  "MTP3, record file off, beside tshark",           "replay.mtp3_times_tshark",        _LEAST, 150, "times its rate"),
    Line(_REPLAY,  "with record file and clone records, least C",    "replay.recorded_times_yardstick", _MOST,  2.0, "times its time"),
    Line(_REPLAY,  "MTP3, record file off",                          "replay.mtp3_per_s",               _SHOWN, 0,   "million a second", MILLION),
    Line(_CARRIED, "TALI on TCP, beside tshark",                     "replay.tali_times_tshark",        _LEAST, 100, "times its rate"),
    Line(_CARRIED, "M3UA on SCTP, beside tshark",                    "replay.m3ua_times_tshark",        _LEAST, 50,  "times its rate"),
    Line(_CARRIED, "TALI on TCP",                                    "replay.tali_per_s",               _SHOWN, 0,   "million a second", MILLION),
    Line(_CARRIED, "M3UA on SCTP",                                   "replay.m3ua_per_s",               _SHOWN, 0,   "million a second", MILLION),
    Line(_WORST,   "all messages through the grammars",              "replay.rare_per_s",               _LEAST, 5000, "a second"),
    Line(_WORST,   "one link of such messages leaves the others",    "live.beside_rare.others_share",   _LEAST, 0.9, "of their rate"),
    Line(_WORST,   "all of one subscriber, beside the least C",      "replay.one_times_yardstick",      _SHOWN, 0,   "times its time"),
    Line(_WORST,   "all late, beside the least C on them in order",  "replay.late_times_yardstick",     _SHOWN, 0,   "times its time"),
    Line(_DETECT,  "Parquet groups, beside DuckDB's lag()",          "detect.times_duckdb",             _MOST,  1.0, "times its time"),
    Line(_WINDOW,  "registrations in order",                         "window.steady_per_s",             _LEAST, 5,   "million a second", MILLION),
    Line(_WINDOW,  "5 % of them late",                               "window.steady_late_per_s",        _LEAST, 4,   "million a second", MILLION),
    Line(_WINDOW,  "memory a subscriber, after a day",               "window.day_octets_a_subscriber",  _MOST,  76,  "octets resident"),
    Line(_WINDOW,  "memory, most subscribers",                       "window.most_resident_gib",        _MOST,  8,   "GiB resident"),
    Line(_WINDOW,  "while it grows, a block of 4,096, p99.9",        "window.steady_growth_p999_ms",    _MOST,  20,  "ms"),
    Line(_WINDOW,  "while it grows, the worst block",                "window.steady_growth_worst_ms",   _MOST,  60,  "ms"),
    Line(_WINDOW,  "the same up to most subscribers, p99.9",         "window.most_growth_p999_ms",      _MOST,  20,  "ms"),
    Line(_WINDOW,  "the same up to most subscribers, worst",         "window.most_growth_worst_ms",     _MOST,  60,  "ms"),
    Line(_WINDOW,  "all of one subscriber",                          "window.one_per_s",                _SHOWN, 0,   "million a second", MILLION),
    Line(_WINDOW,  "all late",                                       "window.steady_all_late_per_s",    _SHOWN, 0,   "million a second", MILLION),
    Line(_GROWTH,  "rate with most subscribers, beside few",         "window.most_rate_share",          _LEAST, 0.4, "of it"),
    Line(_GROWTH,  "cost over a day, last hours beside the first full", "window.day_cost_growth",       _MOST,  1.1, "times"),
    Line(_GROWTH,  "memory likewise, once the window is full",       "window.day_memory_growth",        _MOST,  1.02, "times"),
    Line(_LIVE,    "one TALI link",                                  "live.one_link.per_s",             _LEAST, 1,   "million a second", MILLION),
    Line(_LIVE,    "one TALI link, lost",                            "live.one_link.lost",              _MOST,  0,   "REGNOTs"),
    Line(_LIVE,    "oldest not yet written, beyond the longest bare sync", "live.one_link.tail_beyond_sync_ms", _MOST, 50, "ms"),
    Line(_LIVE,    "a bare write meanwhile, the longest",            "live.one_link.write_worst_ms",    _SHOWN, 0,   "ms"),
    Line(_LIVE,    "the machine woke a sleeper late, at worst",      "live.one_link.wake_worst_ms",     _SHOWN, 0,   "ms"),
    Line(_LIVE,    "to the alarm's line, p99, beyond fdatasync's p99", "live.latency.alarm_p99_beyond_sync_ms", _MOST, 10, "ms"),
    Line(_LIVE,    "the same, p99.9",                                "live.latency.alarm_p999_beyond_sync_ms", _MOST, 60, "ms"),
    Line(_LIVE,    "the machine woke a sleeper late, at worst, meanwhile", "live.latency.wake_worst_ms", _SHOWN, 0,   "ms"),
    Line(_LIVE,    "clones without an alarm",                        "live.latency.untold",             _MOST,  0,   "clones"),
    Line(_LIVE,    "many connections at once, lost",                 "live.many_links.lost",            _MOST,  0,   "REGNOTs"),
    Line(_LIVE,    "the slowest of these links",                     "live.many_links.least_share",     _LEAST, 0.5, "of its fair share"),
    Line(_START,   "clonewatch --help",                              "replay.help_s",                   _MOST,  0.3, "s"),
    Line(_START,   "replay of 100 packets",                          "replay.few_s",                    _MOST,  1.5, "s"),
    Line(_START,   "run, until ready, with the window to fill",      "live.start.ready_s",              _MOST,  15,  "s"),
)
# fmt: on


def missed(figures: Mapping[str, Any]) -> list[Line]:
    """What is not as asked."""
    return [line for line in LINES if not line.is_met(figures)]


def flat(found: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Figures by their whole names: subject.key, or subject.measurement.key."""
    figures: dict[str, Any] = {}
    for name, value in found.items():
        if isinstance(value, dict):
            figures |= flat(value, f"{prefix}{name}.")
        else:
            figures[prefix + name] = value
    return figures


def rows(figures: Mapping[str, Any]) -> Iterable[tuple[str, str, str, str, str]]:
    """The table: subject, what, asked, seen, and a mark where it is missed."""
    for line in LINES:
        asked = "" if line.bound is Bound.NONE else f"{line.bound} {number(line.asked)}"
        seen = f"{number(line.seen(figures))} {line.unit}"
        yield line.subject, line.what, asked, seen, "" if line.is_met(figures) else "missed"


def number(value: float) -> str:
    """Three digits that tell something, and no more zeros than they need."""
    if value and abs(value) < 1000:
        return f"{value:.3g}"
    return f"{value:,.0f}"
