"""Octets by hand, from whatever carrier they were cut out of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.unwrapping import NAMES, outermost, unwrapped_told
from is41.adaptation.messages import join
from is41.m2pa.messages import LinkStatus, UserData
from is41.mtp.mtp2 import SignalUnit

VECTORS = Path(__file__).parents[1] / "vectors"


def vector(name: str) -> bytes:
    return bytes.fromhex("".join((VECTORS / f"{name}.hex").read_text().splitlines()[1:]))


MSU = vector("mtp3_regnot_inv_min")
PADDING = bytes(-len(MSU) % 4)
# fmt: off
CARRIED = {
    "tali": vector("tali_mtp3_regnot"),
    "m3ua": vector("m3ua_06"),
    "xot":  vector("xot_tcap_02"),
    "m2pa": UserData(bsn=1, fsn=2, msu=MSU).encode(),
    "m2ua": join(6, 1, bytes.fromhex("0300") + (4 + len(MSU)).to_bytes(2) + MSU + PADDING),
    "mtp2": SignalUnit(bsn=1, fsn=2, field=MSU).encode(),
}
# fmt: on


@pytest.mark.parametrize("name", CARRIED)
def test_what_a_carrier_carries_is_told_behind_what_it_says(name: str) -> None:
    octets = CARRIED[name]
    message = unwrapped_told(octets, name)
    assert message is not None
    assert next(iter(message)) == name
    (component,) = message["tcap"]["components"]
    assert component["operation"] == "RegistrationNotification"
    if name != "mtp2":
        assert outermost(octets) == name


@pytest.mark.parametrize(
    ("octets", "name"),
    [
        (vector("m3ua_00"), "m3ua"),
        (vector("tali_test"), "tali"),
        (vector("xot_tcap_00"), "xot"),
        (LinkStatus(bsn=0, fsn=0, state=1).encode(), "m2pa"),
        (SignalUnit(bsn=1, fsn=2).encode(), "mtp2"),
    ],
)
def test_what_carries_nothing_is_told_alone(octets: bytes, name: str) -> None:
    message = unwrapped_told(octets, name)
    assert message is not None
    assert list(message) == [name]


def test_octets_that_look_like_nothing_are_not_guessed_at() -> None:
    assert unwrapped_told(b"\0\1", None) is None
    assert unwrapped_told(b"", None) is None


@given(st.binary(max_size=60), st.sampled_from([*NAMES, None]))
def test_any_octets_are_told_or_explained(octets: bytes, name: str | None) -> None:
    message = unwrapped_told(octets, name)
    json.dumps(message)
    assert (message is None) == (name is None and outermost(octets) is None)


@given(st.data(), st.sampled_from(sorted(CARRIED)))
def test_any_damage_is_told_or_explained(data: st.DataObject, name: str) -> None:
    octets = CARRIED[name]
    at = data.draw(st.integers(0, len(octets) - 1))
    damaged = octets[:at] + data.draw(st.binary(max_size=2)) + octets[at + 1 :]
    message = unwrapped_told(damaged, name)
    json.dumps(message)
    assert message is not None
    assert message.keys() & {"error", name}
