"""``clonewatch replay``."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from clonewatch.lab.simulate import simulate
from clonewatch.lab.tali import Wire
from clonewatch.lab.traffic import Mishaps
from command import clonewatch

PCAPS = Path(__file__).parents[3] / "pcaps"
CAPTURE = PCAPS / "fig6-mtp3.pcap"
TABLES = ("--travel", PCAPS / "travel.csv", "--mscs", PCAPS / "mscs.csv")


@pytest.mark.parametrize("carrier", ["mtp3", "sccp", "tali"])
def test_the_clones_of_a_simulated_town_are_found_and_nobody_else(
    carrier: str, tmp_path: Path
) -> None:
    town = simulate(
        tmp_path,
        subscribers=3000,
        mscs=40,
        hours=12,
        clones=40,
        seed=3,
        carriers=[carrier],
        mishaps=Mishaps(relayed=0.1, late=0.05, late_ms_max=1_800_000),
        wire=Wire(cut=0.3, swapped=0.02, repeated=0.02),
        records=False,
    )
    capture = next(iter(town.captures.values()))
    summary = tmp_path / "replayed.json"
    ran = clonewatch("replay", capture, "--travel", town.travel, "--mscs", town.mscs,
                     "--summary", summary)  # fmt: skip
    assert ran.exit_code == 0
    standing = {r["id"]: r for r in ran.records if not r["superseded"]}
    for record in ran.records:
        if record["superseded"]:
            del standing[record["id"]]
    with town.truth.open(encoding="utf-8") as stream:
        truth = {
            (row["msid"], row["first_time"], row["second_time"]) for row in csv.DictReader(stream)
        }
    found = {(r["msid"], r["first"]["time"], r["second"]["time"]) for r in standing.values()}
    assert found == truth
    numbers = json.loads(summary.read_text(encoding="utf-8"))
    assert numbers["registrations"] == town.registrations
    assert numbers["duplicates"] == town.copies
    assert numbers["refused"] == {}


def test_a_cut_capture_is_read_up_to_the_cut_and_ends_with_65(tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(CAPTURE.read_bytes()[:-10])
    summary = tmp_path / "summary.json"
    ran = clonewatch("replay", cut, *TABLES, "--summary", summary)
    assert ran.exit_code == 65
    assert len(ran.records) == 3
    where = f"{cut}: packet 14, at octet 1155 of the file: cut after 61 of 71 octets"
    assert json.loads(summary.read_text(encoding="utf-8"))["cut"] == [where]
    assert where in ran.errors


def test_a_refused_message_is_told_at_v_and_stops_nothing() -> None:
    ran = clonewatch("replay", PCAPS / "not-counted.pcap", *TABLES, "-v")
    assert ran.exit_code == 0
    assert "packet 13: min_malformed: min MobileIdentificationNumber, octet 55" in ran.errors
    quiet = clonewatch("replay", PCAPS / "not-counted.pcap", *TABLES)
    assert "packet 13" not in quiet.errors
    assert "1 min_malformed" in quiet.errors


@pytest.mark.parametrize(
    ("name", "octets", "words"),
    [
        ("empty.pcap", b"", "the file is empty"),
        ("text.pcap", b"time,min,esn,mscid\n", "not a capture"),
        ("link.pcap", CAPTURE.read_bytes()[:20] + b"\x69\0\0\0", "link type 105 is not read here"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_65(
    name: str, octets: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(octets)
    ran = clonewatch("replay", path, *TABLES)
    assert ran.exit_code == 65
    assert ran.errors.startswith(f"clonewatch: {path}: {words}")
    assert ran.errors.count("\n") == 1


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("minutes,MSC A,MSC B\nMSC A,0,0\n", "travel.csv:"),
        ("minutes,MSC A,MSC B\nMSC A,0,-5\nMSC B,1,0\n", "travel.csv:2"),
        ("minutes,MSC A,MSC B\nMSC A,0,soon\nMSC B,1,0\n", "travel.csv:2"),
        ("minutes,MSC A,MSC Q\nMSC A,0,1\nMSC Q,1,0\n", "travel.csv:1"),
        ("", "travel.csv"),
    ],
)
def test_a_bad_travel_table_is_one_line_with_its_place_and_65(
    table: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "travel.csv"
    path.write_text(table, encoding="utf-8")
    ran = clonewatch("replay", CAPTURE, "--travel", path, "--mscs", PCAPS / "mscs.csv")
    assert ran.exit_code == 65
    assert words in ran.errors
    assert ran.errors.count("\n") == 1


def test_a_file_that_is_not_there_is_one_line_and_65() -> None:
    ran = clonewatch("replay", "nowhere.pcap", *TABLES)
    assert (ran.exit_code, ran.errors) == (
        65,
        "clonewatch: nowhere.pcap: No such file or directory\n",
    )


def test_wrong_usage_is_2() -> None:
    assert clonewatch("replay", CAPTURE).exit_code == 2
    assert clonewatch("replay", CAPTURE, *TABLES, "--imsi-prefix", "31o").exit_code == 2
    assert clonewatch("replay", CAPTURE, *TABLES, "--window", "-1").exit_code == 2


def test_two_rvcds_captures_are_read_together(tmp_path: Path) -> None:
    octets = CAPTURE.read_bytes()
    header, records = octets[:24], [octets[24 + 87 * n : 24 + 87 * (n + 1)] for n in range(14)]
    halves = [tmp_path / "a.pcap", tmp_path / "b.pcap"]
    for number, half in enumerate(halves):
        half.write_bytes(header + b"".join(records[number::2]))
    ran = clonewatch("replay", *halves, *TABLES)
    assert [record["msid"] for record in ran.records] == ["6145551234", "6145550119", "6145550390"]
    assert {ran.records[1]["first"]["source"], ran.records[1]["second"]["source"]} == {"a.pcap"}
    assert ran.records[2]["second"]["source"] == "a.pcap"
