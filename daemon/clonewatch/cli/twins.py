"""``clonewatch twins``: numbers that are used with two ESNs, to and fro."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from clonewatch.cli import options  # noqa: TC001  # Typer reads the annotations
from clonewatch.cli.output import faults_explained, json_line, say, wants_json

Records = Annotated[
    list[Path],
    typer.Argument(
        help="Record groups (CSV, CSV.gz, Parquet), or the folder of a record file.",
        metavar="RECORDS...",
    ),
]


def twins(records: Records, as_json: options.Json = False) -> None:
    """Find numbers that two phones with different ESNs use in turn, at one MSC even.

    A subscriber who gets another phone changes the ESN once; that is no finding.
    """
    with faults_explained():
        from clonewatch.evidence.twins import twins as found_in
        from clonewatch.mscs import Mscs
        from clonewatch.registrations import Batch, mscid_text, time_text
        from clonewatch.replay import RecordsSource
        from clonewatch.sources.groups import gathered
        from is41.msid import msid_digits

        nowhere = Mscs([])  # where they are matters not
        sources = [
            RecordsSource(paths, number, nowhere, None)
            for number, paths in enumerate(gathered(records))
        ]
        batch = Batch.joined([part for source in sources for part in source.batches()])
        count = 0
        for found in found_in(batch):
            count += 1
            record: dict[str, Any] = {
                "msid": msid_digits(found.msid),
                "esns": [f"{esn:08X}" for esn in found.esns],
                "changes": found.changes,
                "first_at": time_text(found.first_at),
                "last_at": time_text(found.last_at),
                "mscids": [mscid_text(mscid) for mscid in found.mscids],
            }
            if wants_json(as_json):
                json_line(record)
            else:
                typer.echo(
                    f"{record['msid']:15}  {' / '.join(record['esns'])}  {found.changes} changes, "
                    f"{record['first_at']} to {record['last_at']}, at {', '.join(record['mscids'])}"
                )
        say(f"{len(batch):,} registrations, {count:,} numbers with several phones")
