"""pcaps/: FIG. 6 of US patent 6,370,373, the edges of the rule, and what must not be counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from clonewatch.cli.app import app
from clonewatch.lab.scenes import FIG6_CLONES, write_scenes

if TYPE_CHECKING:
    from collections.abc import Sequence

PCAPS = Path(__file__).parents[3] / "pcaps"
FIG6 = sorted(path.name for path in PCAPS.glob("fig6-*"))
TABLES = [
    "--linktype",
    "147=tcap",
    "--travel",
    str(PCAPS / "travel.csv"),
    "--mscs",
    str(PCAPS / "mscs.csv"),
]


def replayed(
    captures: Sequence[Path], tmp_path: Path
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    summary = tmp_path / "summary.json"
    words = ["replay", *map(str, captures), *TABLES, "--summary", str(summary)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0
    records = [json.loads(line) for line in result.stdout.splitlines()]
    return records, json.loads(summary.read_text())


def test_the_folder_is_what_the_code_writes(tmp_path: Path) -> None:
    write_scenes(tmp_path)
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in PCAPS.iterdir()}


@pytest.mark.parametrize("name", FIG6)
def test_fig6_gives_the_patents_clone_and_the_right_side_of_every_edge(
    name: str, tmp_path: Path
) -> None:
    records, summary = replayed([PCAPS / name], tmp_path)
    assert tuple(record["msid"] for record in records) == FIG6_CLONES
    first = records[0]
    assert (first["first"]["msc"], first["second"]["msc"]) == ("MSC A", "MSC C")
    assert (first["elapsed_s"], first["travel_time_s"]) == (2700.0, 4800.0)
    assert (summary["registrations"], summary["conflicts"]) == (14, 3)
    assert summary["refused"] == {}


def test_the_same_registrations_over_every_carrier_are_one_copy_and_duplicates(
    tmp_path: Path,
) -> None:
    captures = [PCAPS / name for name in FIG6]
    records, summary = replayed(captures, tmp_path)
    assert sorted(record["msid"] for record in records) == sorted(FIG6_CLONES)
    assert (summary["registrations"], summary["duplicates"]) == (
        14 * len(FIG6),
        14 * (len(FIG6) - 1),
    )


def test_what_must_not_be_counted_is_not(tmp_path: Path) -> None:
    records, summary = replayed([PCAPS / "not-counted.pcap"], tmp_path)
    assert records == []
    assert summary["frames"] == 18
    assert summary["registrations"] == 4
    assert (summary["duplicates"], summary["unknown_msc"], summary["returned"]) == (2, 1, 1)
    assert summary["refused"] == {
        "min_malformed": 1,
        "sccp_unsupported": 1,
        "tcap_unsupported": 1,
    }
