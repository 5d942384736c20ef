"""``clonewatch lab``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from command import clonewatch

if TYPE_CHECKING:
    from pathlib import Path


def test_simulate_writes_a_folder_that_replay_takes(tmp_path: Path) -> None:
    words = ("--subscribers", "300", "--mscs", "12", "--clones", "6", "--hours", "8")
    ran = clonewatch("lab", "simulate", tmp_path / "town", *words, "--carrier", "sccp")
    assert ran.exit_code == 0
    (town,) = ran.records
    again = clonewatch("replay", town["captures"]["sccp"], "--travel", town["travel"],
                       "--mscs", town["mscs"])  # fmt: skip
    assert len(again.records) == town["conflicts"] > 0


def test_whatever_befalls_the_packets_replay_finds_the_same(tmp_path: Path) -> None:
    words = ("--subscribers", "300", "--mscs", "12", "--clones", "6", "--hours", "8")
    wire = ("--cut", "0.3", "--swapped", "0.4", "--repeated", "0.1")
    carriers = ("--carrier", "tali", "--carrier", "m3ua-sctp")
    (town,) = clonewatch("lab", "simulate", tmp_path / "town", *words, *carriers, *wire).records
    for carrier, repeated in (
        ("tali", "tcp_segments_repeated"),
        ("m3ua-sctp", "sctp_chunks_repeated"),
    ):
        summary = tmp_path / "summary.json"
        again = clonewatch("replay", town["captures"][carrier], "--travel", town["travel"],
                           "--mscs", town["mscs"], "--summary", summary)  # fmt: skip
        assert len(again.records) == town["conflicts"] > 0
        told = json.loads(summary.read_text(encoding="utf-8"))
        assert told["registrations"] == town["registrations"]
        assert told[repeated] > 0
        assert told["refused"] == {}


def test_a_country_may_be_parquet_alone(tmp_path: Path) -> None:
    words = ("--subscribers", "300", "--mscs", "80", "--clones", "20", "--hours", "24", "--country")
    ran = clonewatch("lab", "simulate", tmp_path, *words, "--parquet", "--no-records")
    assert ran.exit_code == 0
    (made,) = ran.records
    assert made["captures"] == {}
    found = clonewatch(
        "detect", made["parquet"], "--travel", made["travel"], "--mscs", made["mscs"]
    )
    assert len(found.records) == made["conflicts"] > 0


def test_pcaps_writes_the_projects_captures(tmp_path: Path) -> None:
    assert clonewatch("lab", "pcaps", tmp_path).exit_code == 0
    assert {path.suffix for path in tmp_path.iterdir()} == {
        ".pcap",
        ".pcapng",
        ".gz",
        ".csv",
        ".md",
    }


def test_numbers_out_of_bounds_are_wrong_usage(tmp_path: Path) -> None:
    assert clonewatch("lab", "simulate", tmp_path, "--mscs", "1").exit_code == 2
    assert clonewatch("lab", "simulate", tmp_path, "--carrier", "pigeon").exit_code == 2
