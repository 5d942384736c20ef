"""``clonewatch travel learn``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from clonewatch.recordfile import Recorder
from clonewatch.sources.records import read_records, write_records
from clonewatch.travel.table import write_atomically
from command import clonewatch
from movement import Movement, spoiled, town_of

if TYPE_CHECKING:
    from pathlib import Path

HEADING = "time,min,esn,mscid\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town's week, and its table with entries that are wrong."""
    made = tmp_path_factory.mktemp("week")
    town = town_of(16, 1)
    honest = Movement(town, 1).honest(800, stays=0.9)
    write_records(made / "records.csv", [honest])
    wrong, _, _ = spoiled(town, 0.1, 1)
    for name, table in (("mscs", town.mscs), ("wrong", wrong), ("right", town.travel)):
        with write_atomically(made / f"{name}.csv") as stream:
            table.write(stream)
    recorder = Recorder(made / "groups", tell=lambda _: None)
    for batch in read_records(made / "records.csv", 0, town.mscs, refuse=_never):
        recorder.append(batch)
    recorder.close(seal=True)
    return made


def _never(reason: str, line: int, detail: str) -> None:
    raise AssertionError((reason, line, detail))


@pytest.mark.parametrize("records", ["records.csv", "groups"])
def test_what_is_proposed_goes_into_a_table_that_is_not_contradicted(
    folder: Path, tmp_path: Path, records: str
) -> None:
    mscs = ("--mscs", folder / "mscs.csv")
    proposals, table, told = (tmp_path / name for name in ("p.csv", "new.csv", "s.json"))
    learn = ("travel", "learn", folder / records, *mscs)
    ran = clonewatch(*learn, "--travel", folder / "wrong.csv", "-o", proposals, "--summary", told)
    assert (ran.exit_code, ran.output) == (0, "")
    rows = [line for line in proposals.read_text().splitlines() if line[0] != "#"][1:]
    summary = json.loads(told.read_text())
    assert summary["proposals"] == len(rows) > 5
    assert f"{len(rows)} entries proposed; " in ran.errors
    given = ("--given", folder / "wrong.csv", "--given", proposals)
    ran = clonewatch("travel", "build", folder / "mscs.csv", *given, "-o", table)
    assert ran.exit_code == 0
    ran = clonewatch(*learn, "--travel", table)
    assert [line for line in ran.output.splitlines() if line[0] != "#"][1:] == []


def test_a_right_table_is_left_alone(folder: Path) -> None:
    tables = ("--travel", folder / "right.csv", "--mscs", folder / "mscs.csv")
    ran = clonewatch("travel", "learn", folder / "records.csv", *tables)
    assert "0 entries proposed; 0 subscribers left out" in ran.errors


def test_without_a_table_the_adjacent_are_proposed(folder: Path) -> None:
    ran = clonewatch("travel", "learn", folder / "records.csv", "--mscs", folder / "mscs.csv")
    rows = [line for line in ran.output.splitlines() if ",adjacent,," in line]
    assert len(rows) > 5
    assert f"{len(rows)} entries proposed" in ran.errors


def test_neither_table_nor_mscs_is_wrong_usage(folder: Path) -> None:
    assert clonewatch("travel", "learn", folder / "records.csv").exit_code == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ":1: no headings in the first line"),
        (HEADING, ": holds no registration to learn from\n"),
        (
            f"{HEADING}noon,6145551234,82123456,4660-1\n",
            ": holds no registration to learn from; refused: 1 time_malformed",
        ),
    ],
)
def test_an_empty_traffic_file_is_65_and_writes_nothing(
    folder: Path, tmp_path: Path, text: str, words: str
) -> None:
    records, proposals = tmp_path / "records.csv", tmp_path / "p.csv"
    records.write_text(text)
    tables = ("--travel", folder / "right.csv", "--mscs", folder / "mscs.csv")
    ran = clonewatch("travel", "learn", records, *tables, "-o", proposals)
    assert ran.exit_code == 65
    assert f"clonewatch: {records}{words}" in ran.errors
    assert not proposals.exists()
