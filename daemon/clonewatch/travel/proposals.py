"""Proposals as a table that a person looks through: what is left is given to `travel build`."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final, TextIO

from clonewatch.travel.table import minutes_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from clonewatch.travel.learn import Proposal

# The first three are what `given` reads; the rest is the evidence.
HEADINGS: Final = (
    "first",
    "second",
    "minutes",
    "kind",
    "entry",
    "subscribers",
    "journeys",
    "fastest",
    "left_out",
    "slower",
)
_ABOUT: Final = (
    "# Proposed by clonewatch travel learn from {registrations:,} registrations: entries that so",
    "# many subscribers were quicker than, the fastest in so many minutes; left_out look cloned,",
    "# and so many journeys were slower.",
    "# Delete the rows that you do not believe, then build a table with the others given:",
    "# clonewatch travel build mscs.csv --given travel.csv --given THIS -o new.csv",
)


def write_proposals(
    stream: TextIO, proposals: Iterable[Proposal], names: Sequence[str], registrations: int
) -> None:
    """One proposal a row; *names*: of the MSCs."""
    stream.writelines(line.format(registrations=registrations) + "\n" for line in _ABOUT)
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(HEADINGS)
    for proposal in proposals:
        writer.writerow(
            [
                names[proposal.first],
                names[proposal.second],
                minutes_text(proposal.proposed_ms),
                str(proposal.kind),
                minutes_text(proposal.entry_ms),
                proposal.subscribers,
                proposal.journeys,
                f"{proposal.fastest_ms / 60_000:.1f}",
                proposal.left_out,
                proposal.slower,
            ]
        )
