"""``clonewatch decode``."""

from __future__ import annotations

from pathlib import Path

import pytest

from command import clonewatch

TESTS = Path(__file__).parents[2]
VECTORS = TESTS / "vectors"


def vector(name: str) -> str:
    return "".join((VECTORS / f"{name}.hex").read_text(encoding="utf-8").splitlines()[1:])


@pytest.mark.parametrize(
    "name",
    ["tcap_regnot_inv_min", "sccp_udt_regnot_inv_min", "mtp3_regnot_inv_min", "tali_sccp_regnot"],
)
def test_the_layer_of_octets_is_found(name: str) -> None:
    ran = clonewatch("decode", "--hex", vector(name))
    assert ran.exit_code == 0
    (message,) = ran.records
    assert message["tcap"]["components"][0]["operation"] == "RegistrationNotification"


def test_the_layer_can_be_said() -> None:
    octets = vector("tcap_regnot_inv_min")
    assert clonewatch("decode", "--hex", octets, "--as", "tcap").exit_code == 0
    ran = clonewatch("decode", "--hex", octets, "--as", "sccp")
    assert ran.exit_code == 65
    assert ran.records[0]["error"]["counted_as"] == "sccp_unsupported"


def test_every_message_of_a_capture_is_shown_with_its_packet_and_time() -> None:
    ran = clonewatch("decode", TESTS / "captures" / "mtp3_ansi_dlt141.pcap")
    assert ran.exit_code == 0
    assert [message["packet"] for message in ran.records] == list(range(1, 35))
    assert ran.records[0]["time"] == "2001-09-09T01:46:40.000Z"
    assert sum("error" in message for message in ran.records) == 0


def test_wrong_usage_is_2() -> None:
    assert clonewatch("decode").exit_code == 2
    assert clonewatch("decode", "--hex", "e2 zz").exit_code == 2
    assert clonewatch("decode", "--hex", "00 01").exit_code == 2
    assert clonewatch("decode", "--hex", "e200", "--as", "isup").exit_code == 2


def test_a_cut_capture_is_65_after_what_is_whole(tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes((TESTS / "captures" / "mtp3_ansi_dlt141.pcap").read_bytes()[:-1])
    ran = clonewatch("decode", cut)
    assert (ran.exit_code, len(ran.records)) == (65, 33)
    assert "packet 34" in ran.errors
