"""``clonewatch records``, and the record file that ``replay --record`` writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from clonewatch.lab.simulate import simulate
from clonewatch.recordfile import Recorder
from clonewatch.recordfile.sealing import seal
from command import clonewatch
from recordfiles import AT_10, LATER, Told, message_for, open_group, registrations, with_messages

PCAPS = Path(__file__).parents[3] / "pcaps"
TABLES = ("--travel", PCAPS / "travel.csv", "--mscs", PCAPS / "mscs.csv")


@pytest.fixture
def record_file(tmp_path: Path) -> Path:
    directory = tmp_path / "records"
    ran = clonewatch("replay", PCAPS / "fig6-mtp3.pcap", *TABLES, "--record", directory)
    assert (ran.exit_code, len(ran.records)) == (0, 3)
    return directory


def test_what_replay_recorded_detect_judges_alike(tmp_path: Path) -> None:
    town = simulate(tmp_path, subscribers=2000, mscs=30, hours=8, clones=30, seed=4, records=False)
    tables = ("--travel", town.travel, "--mscs", town.mscs)
    capture = next(iter(town.captures.values()))
    directory, summary = tmp_path / "records", tmp_path / "summary.json"
    replayed = clonewatch("replay", capture, *tables, "--record", directory, "--summary", summary)
    assert json.loads(summary.read_text(encoding="utf-8"))["recorded"] == town.registrations
    detected = clonewatch("detect", directory, *tables)
    assert [r["id"] for r in detected.records] == [r["id"] for r in replayed.records]
    groups = sorted(directory.iterdir())
    again = clonewatch("detect", *groups, *tables)
    assert [r["id"] for r in again.records] == [r["id"] for r in detected.records]
    assert detected.records[0]["first"]["source"] == "records"


def test_groups_are_listed(record_file: Path) -> None:
    clonewatch("replay", PCAPS / "fig6-mtp3.pcap", *TABLES, "--record", record_file)
    first, second = clonewatch("records", "list", record_file).records
    assert (first["first"], first["registrations"], first["sealed"]) == (0, 14, True)
    assert (second["first"], second["registrations"]) == (14, 14)
    assert first["octets"] == (record_file / first["group"]).stat().st_size


def test_an_export_is_read_as_any_other_records(record_file: Path, tmp_path: Path) -> None:
    found = clonewatch("detect", record_file, *TABLES).records
    path = tmp_path / "export.csv"
    path.write_text(clonewatch("records", "export", record_file).output, encoding="utf-8")
    records = clonewatch("detect", path, *TABLES).records
    assert [r["id"] for r in records] == [r["id"] for r in found]


def test_an_export_may_be_of_some_hours_only(record_file: Path) -> None:
    between = ("--from", "2026-11-22T10:45:00Z", "--to", "2026-11-22T11:59:00Z")
    ran = clonewatch("records", "export", record_file, *between, "--format", "jsonl")
    times = [record["time"] for record in ran.records]
    assert times
    assert all("2026-11-22T10:45" <= time < "2026-11-22T11:59" for time in times)
    assert {"sequence", "received", "msid", "esn", "mscid"} <= set(ran.records[0])
    wrong = clonewatch("records", "export", record_file, "--from", "yesterday")
    assert wrong.exit_code == 2


def test_an_export_as_parquet(record_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "export.parquet"
    path.write_bytes(clonewatch("records", "export", record_file, "--format", "parquet").octets)
    assert pq.read_table(path)["sequence"].to_pylist() == list(range(14))
    assert len(clonewatch("detect", path, *TABLES).records) == 3


def test_a_whole_record_file_is_verified(record_file: Path) -> None:
    ran = clonewatch("records", "verify", record_file)
    assert ran.exit_code == 0
    assert [(r["registrations"], r["faults"]) for r in ran.records] == [(14, [])]


def test_damage_is_said_and_65(tmp_path: Path) -> None:
    open_group(tmp_path, registrations(10), start_ms=AT_10)
    open_group(tmp_path, registrations(10), 15, start_ms=LATER, torn=b"CWR1")
    ran = clonewatch("records", "verify", tmp_path)
    assert ran.exit_code == 65
    assert ran.records[1]["faults"] == [
        "4 octets behind the last whole block",
        "sequences 10 to 14 are missing",
    ]


def test_messages_are_told_of_and_exported_as_json_lines(tmp_path: Path) -> None:
    batch = with_messages(registrations(10))
    group = open_group(tmp_path, batch)
    seal(group, Told())
    open_group(tmp_path, registrations(5), 10, start_ms=LATER)
    first, second = clonewatch("records", "list", tmp_path).records
    assert first["messages_octets"] == group.messages_sealed_path.stat().st_size
    assert second["messages_octets"] == 0
    verified = clonewatch("records", "verify", tmp_path).records
    assert [each["messages"] for each in verified] == [10, 0]
    exported = clonewatch("records", "export", tmp_path, "--format", "jsonl")
    assert [record.get("octets") for record in exported.records] == [
        *(message_for(esn).hex() for esn in batch.esn.tolist()),
        *[None] * 5,
    ]
    assert exported.records[0]["layer"] == "mtp3"
    assert not exported.errors
    for form in ("csv", "parquet"):
        ran = clonewatch("records", "export", tmp_path, "--format", form)
        assert "the messages beside 1 of the groups are left out" in ran.errors


def test_what_the_readme_shows_of_duckdb_and_polars_finds_a_subscriber(record_file: Path) -> None:
    readme = (PCAPS.parent / "README.md").read_text(encoding="utf-8")
    query = re.search(r'^duckdb -c "(.*?)"$', readme, re.MULTILINE | re.DOTALL)
    expression = re.search(r"^polars\.scan_parquet\(.*\)$", readme, re.MULTILINE)
    assert query is not None
    assert expression is not None
    rows = duckdb.execute(query[1].replace("DIR", str(record_file))).fetchnumpy()
    frame = eval(expression[0].replace("DIR", str(record_file)), {"polars": pl})  # noqa: S307
    exported = clonewatch("records", "export", record_file, "--format", "jsonl").records
    expected = [record for record in exported if record["msid"] == "6145551234"]
    assert len(expected) > 1
    mscids = [
        f"{market}-{switch}" for market, switch in zip(rows["market"], rows["switch"], strict=True)
    ]
    assert mscids == [record["mscid"] for record in expected]
    assert rows["esn"].tolist() == [record["esn"] for record in expected]
    assert frame["transaction_id"].to_list() == [r["transaction_id"] for r in expected]


def test_no_folder_is_wrong_usage() -> None:
    for verb in ("list", "export", "verify"):
        assert clonewatch("records", verb, "nowhere").exit_code == 2


def test_a_record_file_in_use_is_65(tmp_path: Path) -> None:
    daemon = Recorder(tmp_path, tell=Told())
    ran = clonewatch("replay", PCAPS / "fig6-mtp3.pcap", *TABLES, "--record", tmp_path)
    daemon.close()
    assert ran.exit_code == 65
    assert "somebody else writes" in ran.errors
