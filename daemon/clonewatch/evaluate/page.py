"""The page: every figure with its interval, and what it means."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from clonewatch.travel.learn import SUBSCRIBERS_MIN

from .intervals import Estimate, quantile, rate, share
from .learning import SHARE, TABLES
from .suspending import Rails
from .tables import Quality

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .scores import Score, Tally
    from .suite import Results

HOUR_S: Final = 3600.0
MILLION: Final = 1e6
HUNDRED_THOUSAND: Final = 1e5


def page(results: Results) -> str:
    """Give the page as Markdown."""
    size = results.size
    parts = [
        "# How good are the alarms?",
        "Made by `make evaluate`; do not edit. All intervals are of 95 %.",
        (
            f"Simulated: {size.subscribers:,} subscribers in {size.mscs} areas of the United States, "
            f"{size.days:g} days, {size.cloned:,} of them cloned some day in the first half, "
            f"seed {size.seed}; a month of {size.month_days:g} days for what is rare. People commute, "
            "drive, fly and sleep, and nobody looks at the travel table. 3 % of REGNOTs are seen "
            "twice, 1 % come late, 0.5 % are lost."
        ),
        "## What was to be reached",
        _goals(results),
        "## By table",
        BY_TABLE,
        _scores(((quality, score) for quality, score in results.by_table.items()), "table"),
        "![Recall by table](evaluation-tables.svg)",
        "### By the length of the way",
        BY_WAY,
        _ways(results),
        "## By kind of clone",
        BY_KIND,
        _kinds(results.by_table[Quality.BUILT]),
        "## Learning",
        LEARNING,
        _learnt(results),
        "## Slack",
        SLACK,
        _scores(((f"{f:g}", score) for f, score in results.by_factor.items()), "times"),
        "![Slack](evaluation-slack.svg)",
        "## Window",
        WINDOW,
        _scores(((f"{h:g} h", score) for h, score in results.by_window.items()), "window"),
        "## Wrong clocks",
        _clocks(results),
        "## Who would be suspended",
        SUSPENSION,
        _suspensions(results),
        "## How soon, how sure",
        _delays(results.by_table[Quality.BUILT]),
        _named(results.by_table[Quality.BUILT]),
        AT_HOME,
        "![Time to detection and confidence](evaluation-confidence.svg)",
        CONFIDENCE,
        CANNOT,
        AGAIN,
    ]
    return "\n\n".join(parts) + "\n"


BY_TABLE: Final = """\
*Exact*: from edge to edge of the areas as they are. *Built*: `travel build` with its defaults, \
which sees each area as a circle. *Cells*: `travel build --cells`, with a radio cell of 3 km every \
4 km along the edges of the areas. *Wrong*: the built one, with 10 % of all entries wrong. \
*Learned*: the wrong one after `travel learn` on a week of traffic.

*Precision*: reported pairs that are of two phones. *Recall*: pairs reported, of those that are \
physically there to see (two phones of one number, one after the other, sooner than the exact \
table). *Clones found*: reported at least once, of those with anything there to see. *False*: \
honest subscribers with a case, by million registrations and by 100,000 subscribers a day."""
BY_WAY: Final = """\
Pairs reported, of those there to see, by the minutes that the fastest journey takes from edge to \
edge. A circle is as wide as its area is long, so that MSCs near one another look as if they \
touched: 0 minutes, and nothing can conflict. That errs on the safe side. With `cells.csv` \
([travel times](travel-times.md#cells)) it is the cells at the edges that count; what is missing \
still is that cells are circles, too, and that distances and minutes are rounded down. No table \
made with bounds on the safe side can reach 99.9 % of what the exact one sees: half a minute in an \
hour is 0.8 %."""
BY_KIND: Final = """\
Built travel times. *Coverage* is what any method that compares times and places could see: \
clones that ever registered sooner after (or before) their subscriber than the fastest journey \
takes. The rest is out of its reach, whatever the table."""
LEARNING: Final = f"""\
{TABLES} built tables with {SHARE * 100:g} % of their entries wrong, half of them too high, and \
`travel learn` on the week, clones and all. *Found*: entries proposed, of those that are too high \
and that at least {SUBSCRIBERS_MIN} honest subscribers beat. *Right*: entries proposed that were \
right."""
SLACK: Final = """\
Built travel times, multiplied. Less than 1 is more lenient, more than 1 stricter."""
WINDOW: Final = """\
Built travel times. A recall is of what there is to see within the window."""
SUSPENSION: Final = """\
What was reported went through the daemon's own cases, suspect travel times and guard rails \
([suspension](suspension.md)), with their defaults, `mode = "auto"`, and an HLR that obeys. \
*Default*: the breaker may trip, and nobody says `suspension resume`. *Boundless*: without \
ceilings and breaker, so that evidence and doubts alone decide. *Delay*: from the first report of \
a clone to its suspension."""
CONFIDENCE: Final = """\
A confidence is about the conflict, given that the table is right. With a table of which 10 % is
wrong it promises too much: what a wrong entry forbids looks as impossible as a clone. So build the
table, let `travel learn` look at a week of traffic, and heed alarms of suspect pairs first."""
AT_HOME: Final = """\
Cases were weighed with all that the record file knew of them by then, as `detect --evidence` does.

A clone in its subscriber's city shows when one of the two travels, and home does not tell which.
What does, where it is known: the TerminalType, and where the one phone had gone before a second one
showed. Where neither is known, a name there is little better than a guess."""
CANNOT: Final = """\
## What velocity checks cannot see

- A clone in its subscriber's city: areas that touch are 0 minutes apart, so that no order of
  registrations is impossible. It shows only when one of the two leaves town.
- A clone that is on while its subscriber is off, for longer than the way between them takes.
- A clone that hardly registers: what never meets in time cannot contradict.
- Which phone is the clone where both are at places that are usual for the number, or where nothing
  was known before the clone began.
- Anything in the areas of MSCs without travel times (blank entries).

What the simulation does not have: MSCs that report wrong numbers, roaming abroad, handsets that are
shared or sold, tables made for another network, fraud that knows the rule. Its people obey the
speeds of roads and airlines; fewer than one flight in a hundred is faster than the built table
allows for between two cities, and then a false alarm is due."""
AGAIN: Final = """\
## Again, and with your own movement

`make evaluate` makes this page again, to the figure. `clonewatch evaluate --movement FILE` tries
real movement, a CSV of `user,time,lat,lon`; with `--mscs` and `--travel` against your own network
and table, otherwise on a grid of 40 km and the times that `travel build` makes of it. Clones are
made by giving one user's number to another's journey, from a third of the time on, or after two
days. Scores are JSON, shares and rates with their intervals."""


def _goals(results: Results) -> str:
    """Figures that were asked for, beside what was reached."""
    built, month = results.by_table[Quality.BUILT], results.month
    skewed = results.skewed[Quality.BUILT]
    rows = [
        (
            "false alarms per million registrations, at most 1",
            _rate(rate(month.honest_alarmed, month.registrations / MILLION)),
            f"{month.honest_alarmed} in {month.registrations / MILLION:.1f} million, 30 days",
        ),
        (
            "the same with 1 % of MSCs up to 10 min off, at most 5",
            _rate(rate(skewed.honest_alarmed, skewed.registrations / MILLION)),
            f"{skewed.honest_alarmed} in {skewed.registrations / MILLION:.1f} million",
        ),
        (
            "physically there to see and reported, exact table, at least 99.9 %",
            _share(results.by_table[Quality.EXACT].pairs),
            "pairs of registrations",
        ),
        (
            "conflicts by the built table that were reported, at least 99.9 %",
            _share(built.forbidden),
            "what was lost never came; what came late or twice did",
        ),
        (
            "there to see, reported with a table built from cells",
            _share(results.by_table[Quality.CELLS].pairs),
            "some ways look shorter than they are, by half a minute",
        ),
        (
            "there to see, reported with a table built from circles",
            _share(built.pairs),
            "it takes areas for circles: see by the length of the way",
        ),
        (
            "`travel learn`: too high and contradicted, and found, at least 95 %",
            _share(results.learnt["without"].found),
            f"without coordinates; right ones proposed: {results.learnt['without'].right}",
        ),
        (
            "honest subscribers suspended in the month: none",
            str(month.suspended[Rails.DEFAULT].honest),
            _suspended_in_the_month(results),
        ),
        ("clone named, of cases: at least 50 %", _share(built.committed), "built table"),
        ("rightly, of those: at least 90 %", _share(built.right), "built table"),
    ]
    return _table(("asked", "reached", ""), rows)


def _suspended_in_the_month(results: Results) -> str:
    default, boundless = (results.month.suspended[rails].honest for rails in Rails)
    most = rate(default, results.size.subscribers / HUNDRED_THOUSAND).high
    return (
        f"per 100,000 subscribers a month at most {most:.2g}; without ceilings and breaker "
        f"{boundless}"
    )


def _scores(scores: Iterable[tuple[str, Score]], heading: str) -> str:
    headings = (
        heading,
        "precision",
        "recall",
        "clones found",
        "coverage",
        "false per million",
        "false per 100,000 a day",
    )
    return _table(headings, [(name, *_row(score)) for name, score in scores])


def _row(score: Score) -> tuple[str, ...]:
    return (
        _share(score.conflicts),
        _share(score.pairs),
        _share(score.found),
        _share(score.covered),
        _rate(rate(score.honest_alarmed, score.registrations / MILLION)),
        _rate(rate(score.honest_alarmed, score.subscriber_days / HUNDRED_THOUSAND)),
    )


def _learnt(results: Results) -> str:
    rows = [
        (name, f"{each.found.count} of {each.found.of}", _share(each.found), str(each.right))
        for name, each in results.learnt.items()
    ]
    return _table(("MSCs", "found", "share", "right"), rows)


def _ways(results: Results) -> str:
    qualities = (Quality.EXACT, Quality.CELLS, Quality.BUILT)
    tallies = [results.by_table[quality].pairs_by_way for quality in qualities]
    least = 0.0
    rows = []
    for name in tallies[0]:
        words = f"{least:g} to {name}" if name != "inf" else f"{least:g} and more"
        rows.append((words, f"{tallies[0][name].of:,}", *(_share(each[name]) for each in tallies)))
        least = float(name)
    return _table(("minutes", "pairs", *map(str, qualities)), rows)


def _suspensions(results: Results) -> str:
    tried = [
        *((str(quality), score) for quality, score in results.by_table.items()),
        *((f"{quality}, wrong clocks", score) for quality, score in results.skewed.items()),
        (f"built, {results.size.month_days:g} days", results.month),
    ]
    rows = [
        (
            name,
            str(rails),
            str(suspended.honest),
            _rate(rate(suspended.honest, score.subscriber_days / HUNDRED_THOUSAND)),
            _share(suspended.cloned),
            _hours(quantile(suspended.delays_s, 0.5)),
        )
        for name, score in tried
        for rails, suspended in score.suspended.items()
    ]
    return _table(
        (
            "table",
            "guard rails",
            "honest suspended",
            "per 100,000 a day",
            "cloned suspended, of those with a case",
            "delay, median",
        ),
        rows,
    )


def _kinds(score: Score) -> str:
    rows = [
        (name, *(_share(each[key]) for each in (covered, found, pairs)))
        for label, covered, found, pairs in (
            ("", score.covered_by_kind, score.found_by_kind, score.pairs_by_kind),
            (
                "activity ",
                score.covered_by_activity,
                score.found_by_activity,
                score.pairs_by_activity,
            ),
        )
        for key in covered
        for name in [f"{label}{key}".replace("_", " ")]
    ]
    return _table(("clone", "coverage", "clones found", "pairs reported"), rows)


def _clocks(results: Results) -> str:
    words = (
        f"1 % of the MSCs are up to 10 minutes ahead or behind. Of {results.clocks_wrong} that are "
        f"more than 2 minutes off, {results.clocks_found} were found to run away, and "
        f"{results.clocks_accused} others."
    )
    names = ((f"{quality}, wrong clocks", score) for quality, score in results.skewed.items())
    return words + "\n\n" + _scores(names, "table")


def _delays(score: Score) -> str:
    median, late = quantile(score.delays_s, 0.5), quantile(score.delays_s, 0.95)
    clones = [confidence for confidence, is_clone in score.calibration if is_clone]
    middle = quantile(clones, 0.5)
    return (
        "From a clone's first registration to the first report of it (built travel times, clones "
        f"that were found): median {_hours(median)}, 95 % within {_hours(late)}. The median "
        f"confidence of a cloned subscriber's case is {middle.value:.3f}. The clone was named in "
        f"{_share(score.committed)} of the cases weighed, rightly in {_share(score.right)}."
    )


def _named(score: Score) -> str:
    rows = [
        (kind.replace("_", " "), _share(tally), _share(score.right_by_kind[kind]))
        for kind, tally in score.committed_by_kind.items()
    ]
    return _table(("clone", "clone named, of cases", "rightly, of these"), rows)


def _hours(estimate: Estimate) -> str:
    if math.isnan(estimate.value):
        return "-"
    hours = estimate.scaled(1 / HOUR_S)
    return f"{hours.value:.1f} h ({hours.low:.1f} to {hours.high:.1f})"


def _share(tally: Tally) -> str:
    found = share(tally.count, tally.of)
    if math.isnan(found.value):
        return "-"
    percent = found.scaled(100)
    return f"{percent.value:.2f} % ({percent.low:.2f} to {percent.high:.2f})"


def _rate(found: Estimate) -> str:
    if math.isnan(found.value):
        return "-"
    return f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f})"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(headings) + " |", "| " + " | ".join("---" for _ in headings) + " |"]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)
