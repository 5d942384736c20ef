"""A message told whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.decoding import told
from is41.layers import Layer

VECTORS = Path(__file__).parents[1] / "vectors"
LAYERS = {"tcap": Layer.TCAP, "sccp": Layer.SCCP, "mtp3": Layer.MTP3}
MESSAGES = {
    path.stem: (LAYERS[path.stem[:4]], bytes.fromhex("".join(path.read_text().splitlines()[1:])))
    for path in sorted(VECTORS.glob("*.hex"))
    if path.stem[:4] in LAYERS
}


@pytest.mark.parametrize("name", MESSAGES)
def test_every_vector_is_told_without_fault_and_as_json(name: str) -> None:
    layer, octets = MESSAGES[name]
    message = told(octets, layer)
    assert '"error": {' not in json.dumps(message)
    assert message["tcap"]["package_type"]


def test_each_parameter_is_told_with_its_offset_name_value_and_octets() -> None:
    layer, octets = MESSAGES["mtp3_regnot_inv_min"]
    message = told(octets, layer)
    assert message["mtp3"]["opc"] == "10-20-30"
    assert message["sccp"]["called"] == {
        "point_code": "10-20-40",
        "subsystem": "HLR",
        "route_on": "subsystem",
    }
    (component,) = message["tcap"]["components"]
    assert component["operation"] == "RegistrationNotification"
    parameters = {parameter["name"]: parameter for parameter in component["parameters"]}
    assert parameters["MobileIdentificationNumber"]["value"] == "5551234567"
    assert parameters["ElectronicSerialNumber"]["value"] == "82123456"
    assert parameters["MSCID"]["value"] == "4660-1"
    assert parameters["QualificationInformationCode"]["value"] == "VALIDATION_AND_PROFILE"
    for parameter in parameters.values():
        at = parameter["offset"]
        tag, contents = bytes.fromhex(parameter["tag"]), bytes.fromhex(parameter["octets"])
        assert octets[at:].startswith(tag + bytes([len(contents)]) + contents)


def test_a_damaged_parameter_is_told_beside_the_good_ones() -> None:
    layer, octets = MESSAGES["tcap_regnot_inv_min"]
    broken = octets.replace(bytes.fromhex("8805 5515325476"), bytes.fromhex("8805 AA15325476"))
    (component,) = told(broken, layer)["tcap"]["components"]
    damaged = [parameter for parameter in component["parameters"] if "error" in parameter]
    assert [parameter["name"] for parameter in damaged] == ["MobileIdentificationNumber"]
    assert len(component["parameters"]) == 5


@given(st.binary(max_size=80), st.sampled_from(Layer))
def test_any_octets_are_told_or_explained(octets: bytes, layer: Layer) -> None:
    message = told(octets, layer)
    json.dumps(message)
    assert message.keys() & {"error", "mtp3", "sccp", "tcap"}


@given(st.data(), st.sampled_from(sorted(MESSAGES)))
def test_any_damage_is_told_or_explained(data: st.DataObject, name: str) -> None:
    layer, octets = MESSAGES[name]
    at = data.draw(st.integers(0, len(octets) - 1))
    message = told(octets[:at] + data.draw(st.binary(max_size=3)) + octets[at + 1 :], layer)
    json.dumps(message)
    assert message.keys() & {"error", "mtp3", "sccp", "tcap"}
