"""The page: what is asked beside what was seen, and how it was measured."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from bench.asked import flat, missed, rows
from bench.plot import write_plot
from clonewatch.travel.table import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HOW: Final = """\
All ratios are of whole processes, ours and the peer's in turn, in one run; medians. Both read the
same files, with warm caches, and what they find is compared: the run ends where two answers differ.

- *MTP3*: {replay.registrations:,} REGNOTs. *The least C* is `bench/yardstick.c`: it walks such a
  capture, decodes and detects, on one core, in order only, and forgets nothing.
- *tshark* prints the same fields of the first {replay.tshark_packets:,} packets, its preferences set
  for ANSI and TALI. What it reads is compared REGNOT by REGNOT. Its TALI misses messages whose
  header a segment cuts: it read {replay.tali_tshark_read:.1%} of them, and its rate counts all.
- *Disturbed*: {replay.disturbed:,} REGNOTs. Half of the messages are cut anywhere, 1 % of the
  packets are out of order or come twice (`bench/captures.py`).
- *All late*: {replay.worst:,} REGNOTs. The newest comes first and the others in no order, all
  within the lateness. The least C reads them sorted.
- *All of one subscriber*: as many; more come within the lateness than are kept of one.
- *Through the grammars*: {replay.rare:,} messages of indefinite length, start-up included.
- *DuckDB* runs FIG. 4 as one query, `lag()` over the same groups, {detect.rows:,} rows.
- *The window*, with {window.steady_subscribers:,} subscribers, is measured in a process of its own,
  on one core, by the clock; memory is what that process has more than before, divided by the most
  subscribers that were held at once, by the hour: memory is kept for that many. In the *day*,
  subscribers come and go, so that after {window.day_turnover_h:g} hours all are others; 5 % of
  registrations are late, and each hour's cost is compared with that of a window of few that is new
  then, for the machine's hours differ. *Most* are {window.most_subscribers:,}, *few* {window.most_few:,}.
- *Live* is a real `clonewatch run`, its sender in a process of its own, over loopback, once for a
  minute each. Both share the processors.
"""
SMALL: Final = "A small run, to see that it runs: its figures say nothing."


def write_page(results: Mapping[str, Any], folder: Path) -> None:
    """Write `benchmarks.md` and its plot. Raises OSError."""
    write_plot(flat(results), folder / "benchmarks.svg")
    with write_atomically(folder / "benchmarks.md") as stream:
        stream.write(page(results))


def page(results: Mapping[str, Any]) -> str:
    """Give the page as Markdown."""
    figures = flat(results)
    parts = [
        "# How fast, and how large?",
        "Made by `make bench`; do not edit. The figures behind it: `bench/results.json`.",
        SMALL if results["smoke"] else _verdict(figures),
        _table(figures),
        "![Times better than asked](benchmarks.svg)",
        "## How it is measured",
        HOW.format(
            **{name: SimpleNamespace(**results[name]) for name in ("replay", "detect", "window")}
        ),
        "## On what",
        "\n".join(f"- {name}: {value}" for name, value in results["machine"].items()),
    ]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def _verdict(figures: Mapping[str, Any]) -> str:
    short = missed(figures)
    if not short:
        return "All that is asked was reached."
    return "Missed: " + "; ".join(f"{line.subject}, {line.what}" for line in short) + "."


def _table(figures: Mapping[str, Any]) -> str:
    lines = ["| subject | what | asked | seen | |", "| --- | --- | --- | --- | --- |"]
    lines += ["| " + " | ".join(row) + " |" for row in rows(figures)]
    return "\n".join(lines)
