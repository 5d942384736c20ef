"""What of a day was not seen, or not judged: said plainly, also where it is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from clonewatch.actions.alarms.kinds import Kind
from clonewatch.registrations import mscid_text

from .arrivals import runs
from .table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .arrivals import Arrivals
    from .conflicts import Hour
    from .day import Day
    from .refusals import Refusals
    from .table import Cell

SILENCE_MINUTES: Final = 30  # ours: least that is told
SPANS_MAX: Final = 12  # ours: of one line
NAMES_MAX: Final = 12  # ours: likewise
MINUTE_MS: Final = 60_000
UNKNOWN: Final = "not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All that there is to say of it by."""

    day: Day
    arrivals: Arrivals
    refusals: Refusals
    hours: Sequence[Hour]
    alarms: Table  # about ourselves
    sources: Mapping[int, str]  # names, of those there are and were


def missed(seen: Seen) -> Table:
    """A line for each way to miss something: what, how much, and where."""
    rows: list[tuple[Cell, ...]] = [
        *_recorded(seen),
        *_silent(seen),
        *_missing(seen),
        *_not_judged(seen),
        *_refused(seen),
        ("copies of one REGNOT", UNKNOWN, "counted by the daemon since its start, not by day"),
        (
            "pairs without a travel time",
            UNKNOWN,
            "counted by the daemon since its start, not by day: `clonewatch status`, metrics",
        ),
    ]
    return Table("missed", ("what", "how many", "where, and what is not known"), rows)


def _recorded(seen: Seen) -> Iterator[tuple[Cell, ...]]:
    """How much came, and whether the record file still has all of the day."""
    begins = seen.arrivals.begins_ms
    if begins is None:
        note = "the record file has no group: nothing below is known of registrations"
    elif begins > seen.day.start_ms:
        note = (
            f"the record file begins at {seen.day.clock(begins)}: of what came before nothing is "
            "known here"
        )
    else:
        note = ""
    yield "registrations received", seen.arrivals.registrations, note


def _silent(seen: Seen) -> Iterator[tuple[Cell, ...]]:
    arrivals = seen.arrivals
    nothing = runs(arrivals.nothing_at_all, SILENCE_MINUTES)
    yield f"{SILENCE_MINUTES} min or more with nothing at all", len(nothing), _spans(seen, nothing)
    for source in sorted(arrivals.minutes):
        silences = arrivals.silences(source, SILENCE_MINUTES)
        if silences and silences != nothing:
            name = seen.sources.get(source, f"source {source}")
            yield f"silences of {name}", len(silences), _spans(seen, silences)


def _missing(seen: Seen) -> Iterator[tuple[Cell, ...]]:
    arrivals = seen.arrivals
    lost = sum(behind - first for first, behind in arrivals.missing)
    holes = [f"{first} to {behind - 1}" for first, behind in arrivals.missing]
    yield "missing in the record file", lost, _listed([f"sequences {each}" for each in holes])
    yield "groups that cannot be read", len(arrivals.unreadable), _listed(arrivals.unreadable)
    kind = str(Kind.GROUP_MISSING).replace("_", " ")
    groups = [row for row in seen.alarms.rows if row[0] == kind]
    yield (
        "groups a spool never got",
        sum(int(row[4] or 0) for row in groups),
        _listed([f"{row[1]}: {row[5]}" for row in groups]),
    )


def _not_judged(seen: Seen) -> Iterator[tuple[Cell, ...]]:
    arrivals = seen.arrivals
    late = [
        f"{seen.sources.get(source, source)}: {n:,}" for source, n in arrivals.late.items() if n
    ]
    yield "later than their source may be", arrivals.late.total(), _listed(late)
    places = [f"{mscid_text(mscid)}: {n:,}" for mscid, n in arrivals.unknown.most_common()]
    yield "at MSCs in no table", arrivals.unknown.total(), _listed(places)
    yield "of an uncertain time", arrivals.time_uncertain, "queued somewhere before they were read"
    yield "with a clock that cannot be right", arrivals.clock_suspect, ""
    superseded = sum(hour.superseded for hour in seen.hours)
    yield "conflicts superseded", superseded, "a later arrival showed that they were none"
    kept_back = sum(hour.kept_back for hour in seen.hours)
    yield "conflicts kept back", kept_back, "on travel times that look wrong"


def _refused(seen: Seen) -> Iterator[tuple[Cell, ...]]:
    refusals = seen.refusals
    reasons = [f"{source}: {why}: {n:,}" for (source, why), n in refusals.reasons.most_common()]
    note = "of links and sniffers; of spools only their own folders know"
    if refusals.begins_ms is None:
        note = f"the ring of refused messages is empty; {note}"
    elif refusals.begins_ms > seen.day.start_ms:
        note = f"at least: the ring begins at {seen.day.clock(refusals.begins_ms)}; {note}"
    yield "messages refused", refusals.reasons.total(), _listed([*reasons, note])


def _spans(seen: Seen, found: Sequence[tuple[int, int]]) -> str:
    day = seen.day
    clocks = [
        tuple(f"{day.local(day.start_ms + minute * MINUTE_MS):%H:%M}" for minute in span)
        for span in found[:SPANS_MAX]
    ]
    return _listed([f"{first} to {last}" for first, last in clocks], more=len(found) - len(clocks))


def _listed(words: Sequence[str], more: int = 0) -> str:
    more += max(0, len(words) - NAMES_MAX)
    return "; ".join([*words[:NAMES_MAX], *([f"and {more:,} more"] if more else [])])
