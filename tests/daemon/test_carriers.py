"""The carriers of a message, told beside it; the given captures decode fully."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from command import clonewatch

TESTS = Path(__file__).parents[1]
PCAPS = TESTS.parent / "pcaps"


@pytest.mark.parametrize(
    ("name", "count"), [("m3ua_tcp", 2), ("mtp2_ansi_dlt140", 34), ("xot_tcap_direct", 2)]
)
def test_the_given_captures_decode_fully(name: str, count: int) -> None:
    ran = clonewatch("decode", TESTS / "captures" / f"{name}.pcap", "--json")
    assert ran.exit_code == 0
    assert len(ran.records) == count
    for record in ran.records:
        if name != "mtp2_ansi_dlt140":  # some of these are damaged on purpose
            assert '"error": {' not in json.dumps(record)
            assert record["tcap"]["package_type"]


# fmt: off
CARRIERS: dict[str, dict[str, dict[str, object]]] = {
    "fig6-tali.pcap":          {"tali": {"opcode": "SCCP"}},
    "fig6-m3ua-sctp.pcap":     {"m3ua": {"opc": "10-20-1", "dpc": "10-20-40", "sls": 5}},
    "fig6-m3ua-pieces.pcap":   {"m3ua": {"opc": "10-20-1", "network_indicator": "NATIONAL"}},
    "fig6-mtp2.pcap":          {"mtp2": {"fsn": 1}},
    "fig6-mtp2-extended.pcap": {"mtp2": {"fsn": 1}},
    "fig6-xot.pcap":           {"xot": {"modulo": 8, "channel": 1}},
    "fig6-xot-128.pcap":       {"xot": {"modulo": 128, "channel": 1}},
    "fig6-m2pa.pcap":          {"m2pa": {"priority": 0}},
}
# fmt: on


@pytest.mark.parametrize("name", CARRIERS)
def test_what_carried_a_message_is_told(name: str) -> None:
    first = clonewatch("decode", PCAPS / name, "--json").records[0]
    for carrier, fields in CARRIERS[name].items():
        assert {field: first[carrier].get(field) for field in fields} == fields
    assert first["tcap"]["components"][0]["operation"] == "RegistrationNotification"


@pytest.mark.parametrize(
    "words",
    [
        ("--port", "70000=tali"),
        ("--port", "5=smtp"),
        ("--linktype", "147"),
        ("--linktype", "1=tcap"),
    ],
)
def test_what_a_port_or_link_type_cannot_be_is_wrong_usage(words: tuple[str, str]) -> None:
    ran = clonewatch("decode", PCAPS / "fig6-tcap.pcap", *words)
    assert ran.exit_code == 2


def test_a_port_may_carry_what_it_is_told_to(tmp_path: Path) -> None:
    octets = (
        (PCAPS / "fig6-m3ua-tcp.pcap").read_bytes().replace((2905).to_bytes(2), (5555).to_bytes(2))
    )
    moved = tmp_path / "a.pcap"
    moved.write_bytes(octets)
    assert clonewatch("decode", moved, "--json").records == []
    assert len(clonewatch("decode", moved, "--json", "--port", "5555=m3ua").records) == 14
