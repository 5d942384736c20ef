"""`lab simulate`: all its files tell the same story."""

import csv
import json
import subprocess
from pathlib import Path

import pytest

from clonewatch.evidence.homes import Homes
from clonewatch.lab.simulate import Carrier, Simulation, simulate
from clonewatch.lab.tali import Wire
from clonewatch.lab.traffic import Mishaps
from clonewatch.lab.truth import conflicts, write_conflicts
from clonewatch.registrations import Batch, Registration
from clonewatch.sources.groups import read_groups
from clonewatch.sources.records import read_records
from clonewatch.travel.table import load_travel

MISHAPS = Mishaps(relayed=0.1, late=0.05)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(
        tmp_path_factory.mktemp("town"),
        subscribers=3000,
        mscs=40,
        hours=2,
        clones=40,
        seed=1,
        carriers=["mtp3", "sccp", "tali"],
        imsi=0.1,
        mishaps=MISHAPS,
        tick_ms=1,
    )


def rows_of(simulation: Simulation) -> list[Registration]:
    """Everything in `records.csv`, placed by the other files."""
    assert simulation.records is not None
    mscs, _ = load_travel(simulation.travel, simulation.mscs, placed=True)

    def refuse(reason: str, line: int, detail: str) -> None:
        pytest.fail(f"{reason} in line {line}: {detail}")

    batches = read_records(simulation.records, 0, mscs, refuse=refuse)
    return [row for batch in batches for row in batch.registrations()]


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_truth_is_that_of_all_the_records(town: Simulation, tmp_path: Path) -> None:
    rows = rows_of(town)
    assert len(rows) == town.registrations
    _, travel = load_travel(town.travel, town.mscs)
    with (tmp_path / "truth.csv").open("w") as stream:
        write_conflicts(stream, conflicts(rows, travel))
    assert (tmp_path / "truth.csv").read_text() == town.truth.read_text()
    assert len(table(town.truth)) == town.conflicts > 20


@pytest.mark.parametrize("registrations", [None, 20_000])
def test_without_clones_nobody_conflicts(tmp_path: Path, registrations: int | None) -> None:
    honest = simulate(
        tmp_path,
        subscribers=1500,
        mscs=60,
        hours=8,
        clones=0,
        seed=2,
        carriers=[],
        registrations=registrations,
        per_hour=3,
        mishaps=MISHAPS,
    )
    _, travel = load_travel(honest.travel, honest.mscs)
    rows = rows_of(honest)
    assert len(rows) == registrations or len(rows) > 25_000
    assert not list(conflicts(rows, travel))
    assert honest.conflicts == 0


def test_every_clone_that_registers_is_told_of(town: Simulation) -> None:
    clones = {clone["msid"]: clone for clone in table(town.clones)}
    counted = dict.fromkeys(clones, 0)
    for conflict in table(town.truth):
        clone = clones[conflict["msid"]]
        counted[conflict["msid"]] += 1
        assert conflict["esn"] == clone["esn"]
        assert {conflict["first_mscid"], conflict["second_mscid"]} & set(clone["mscids"].split())
    assert {msid: int(clone["conflicts"]) for msid, clone in clones.items()} == counted
    assert all(int(clone["registrations"]) > 0 for clone in clones.values())
    assert all(clone["first_time"] <= clone["last_time"] for clone in clones.values())
    assert 25 < len(clones) <= 40


def test_the_summary_says_what_was_written(town: Simulation) -> None:
    summary = json.loads((town.directory / "summary.json").read_text())
    assert summary["asked"]["seed"] == 1
    assert summary["asked"]["relayed"] == 0.1
    assert not summary["asked"]["country"]
    written = summary["written"]
    assert written["registrations"] == town.registrations
    assert written["captures"] == ["mtp3.pcap", "sccp.pcap", "tali.pcap"]
    assert written["copies"] == town.copies > 0
    assert written["late"] == town.late > 0
    for name in ("mscs", "travel", "truth", "clones", "records"):
        assert (town.directory / written[name]).exists()


def test_a_seed_gives_the_same_octets_again(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        simulate(
            tmp_path / folder,
            subscribers=200,
            mscs=9,
            hours=1,
            clones=5,
            seed=7,
            carriers=["tali"],
            wire=Wire(cut=0.2, swapped=0.2, repeated=0.2),
            mishaps=MISHAPS,
        )
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_it_can_end_after_so_many_and_leave_the_records_out(tmp_path: Path) -> None:
    found = simulate(
        tmp_path,
        subscribers=500,
        mscs=9,
        hours=5,
        clones=5,
        seed=7,
        registrations=600,
        records=False,
        names=False,
    )
    assert found.registrations == 600
    assert found.records is None
    assert not (tmp_path / "records.csv").exists()
    assert found.travel.read_text().startswith("minutes,4660-1,4660-2,")
    assert load_travel(found.travel)[0].names == load_travel(found.travel, found.mscs)[0].names


def test_an_unknown_carrier_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'pigeon' is not a valid Wrapping"):
        simulate(tmp_path, subscribers=1, mscs=1, hours=1, clones=0, seed=1, carriers=["pigeon"])


def test_a_country_has_homes_and_a_table_that_detect_reads(tmp_path: Path) -> None:
    found = simulate(
        tmp_path,
        subscribers=500,
        mscs=100,
        hours=30,
        clones=25,
        seed=3,
        carriers=["mtp3"],
        country=True,
        parquet=True,
        per_hour=0.25,
        mishaps=Mishaps(relayed=0.05, late=0.02, lost=0.01),
    )
    assert found.homes is not None
    assert found.parquet is not None
    mscs, travel = load_travel(found.travel, found.mscs)
    assert len(Homes.load(found.homes, mscs)) >= 50
    rows = rows_of(found)
    assert len(rows) == found.registrations > 2000
    in_parquet = Batch.joined(list(read_groups([found.parquet], 0, mscs)))
    assert sorted(in_parquet.time.tolist()) == sorted(row.time for row in rows)
    clones = table(found.clones)
    kinds = {kind for row in clones for kind in row["kinds"].split()}
    assert kinds == {"same_city", "next_city", "far"}
    cloned = {row["msid"] for row in clones}
    told = {str(conflict.first.msid) for conflict in conflicts(rows, travel)}
    assert len(told & cloned) > 10
    assert not told - cloned


FIELDS = [
    "frame.time_epoch",
    "ansi_tcap.private",
    "ansi_tcap.identifier",
    "ansi_map.bcd_digits",
    "e212.imsi",
    "ansi_map.electronicSerialNumber",
    "ansi_map.marketid",
    "ansi_map.swno",
    "ansi_map.terminalType",
    "ansi_map.systemAccessType",
    "ansi_map.systemCapabilities",
    "ansi_map.transactionCapability",
    "ansi_map.locationAreaID",
    "ansi_map.borderCellAccess",
]
PLAIN = [  # not in records.csv: they are compared between captures
    "ansi_map.qualificationInformationCode",
    "ansi_map.systemMyTypeCode",
    "sccp.calling.ansi_pc",
    "sccp.calling.ssn",
    "sccp.called.ssn",
]


def tshark(path: Path) -> list[dict[str, str]]:
    """Fields of each packet that holds a message."""
    wanted = [part for field in (*FIELDS, *PLAIN) for part in ("-e", field)]
    command = ["tshark", "-n", "-r", str(path), "-o", "mtp3.standard:ANSI", "-T", "fields"]
    command += ["-Y", "ansi_tcap", *wanted]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return [
        dict(zip((*FIELDS, *PLAIN), line.split("\t"), strict=True))
        for line in run.stdout.splitlines()
    ]


def told(record: dict[str, str], time_us: str) -> dict[str, str]:
    """What tshark should say of a row of `records.csv`."""
    market, switch = record["mscid"].split("-")
    seconds, fraction = time_us.split(".")

    def hexadecimal(name: str, digits: int) -> str:
        return f"{int(record[name]):0{digits}x}" if record[name] else ""

    assert fraction[:3] == record["time"][-4:-1]
    return {
        "frame.time_epoch": f"{seconds}.{fraction}",
        "ansi_tcap.private": "2317",
        "ansi_tcap.identifier": record["transaction_id"][2:].lower(),
        "ansi_map.bcd_digits": record["min"],
        "e212.imsi": record["imsi"],
        "ansi_map.electronicSerialNumber": record["esn"].lower(),
        "ansi_map.marketid": market,
        "ansi_map.swno": switch,
        "ansi_map.terminalType": record["terminal_type"],
        "ansi_map.systemAccessType": record["system_access_type"],
        "ansi_map.systemCapabilities": hexadecimal("system_capabilities", 2),
        "ansi_map.transactionCapability": hexadecimal("transaction_capability", 4),
        "ansi_map.locationAreaID": hexadecimal("location_area", 4),
        "ansi_map.borderCellAccess": "1" if int(record["flags"] or 0) & 1 else "",
    }


@pytest.mark.tshark
@pytest.mark.parametrize("carrier", Carrier)
def test_tshark_reads_what_the_records_say(town: Simulation, carrier: Carrier) -> None:
    assert town.records is not None
    records = table(town.records)
    packets = tshark(town.captures[carrier])
    assert len(packets) == len(records) > 5000
    for packet, record in zip(packets, records, strict=True):
        said = {name: packet[name] for name in FIELDS}
        assert said == told(record, packet["frame.time_epoch"])


@pytest.mark.tshark
def test_tshark_reads_the_same_of_every_carrier(town: Simulation) -> None:
    one, two, three = (tshark(town.captures[carrier]) for carrier in Carrier)
    for packets in (two, three):
        for name in PLAIN:
            assert [packet[name] for packet in packets] == [packet[name] for packet in one]
    for name, values in (
        ("ansi_map.qualificationInformationCode", {"1", "2", "3", "4"}),
        ("ansi_map.systemMyTypeCode", {"1", "3", "4", "6", "8"}),
        ("sccp.calling.ssn", {"7", "8"}),
        ("sccp.called.ssn", {"6", "7"}),
    ):
        assert {packet[name] for packet in one} == values
