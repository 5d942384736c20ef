"""T1.111.4, the message signal unit: service information, routing label, user part."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import EncodeError, Truncated
from is41.mtp.codes import LABEL_LENGTH, NetworkIndicator, ServiceIndicator
from is41.mtp.msu import Msu
from is41.mtp.pointcode import PointCode
from messages import OCTETS, U8, fault_of, vectors

VECTORS: Final = vectors("mtp3")
MSC: Final = PointCode(10, 20, 30)
HLR: Final = PointCode(10, 20, 40)
UDT: Final = vectors("sccp_udt_regnot_inv_min")["sccp_udt_regnot_inv_min"]
REGNOT: Final = Msu(dpc=HLR, opc=MSC, sls=5, payload=UDT)
POINT_CODES: Final = st.builds(PointCode, U8, U8, U8)
MSUS: Final = st.builds(
    Msu,
    network_indicator=st.integers(0, 3),
    priority=st.integers(0, 3),
    service_indicator=st.integers(0, 15),
    dpc=POINT_CODES,
    opc=POINT_CODES,
    sls=U8,
    payload=OCTETS,
)


def test_a_vector_is_read_and_written() -> None:
    assert Msu.decode(VECTORS["mtp3_regnot_inv_min"]) == REGNOT
    assert REGNOT.encode() == VECTORS["mtp3_regnot_inv_min"]


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_a_vector_is_written_again_octet_for_octet(name: str) -> None:
    assert Msu.decode(VECTORS[name]).encode() == VECTORS[name]


@pytest.mark.parametrize(
    ("sio", "network_indicator", "priority", "service_indicator"),
    [
        (0x83, NetworkIndicator.NATIONAL, 0, ServiceIndicator.SCCP),
        (0x93, NetworkIndicator.NATIONAL, 1, ServiceIndicator.SCCP),
        (0xB5, NetworkIndicator.NATIONAL, 3, ServiceIndicator.ISUP),
        (0x00, NetworkIndicator.INTERNATIONAL, 0, ServiceIndicator.MANAGEMENT),
        (0xFE, NetworkIndicator.RESERVED, 3, 14),  # no service we know
    ],
)
def test_the_first_octet_says_network_priority_and_service(
    sio: int, network_indicator: int, priority: int, service_indicator: int
) -> None:
    octets = bytes([sio]) + REGNOT.encode()[1:]
    msu = Msu.decode(octets)
    assert msu == replace(
        REGNOT,
        network_indicator=network_indicator,
        priority=priority,
        service_indicator=service_indicator,
    )
    assert type(msu.service_indicator) is type(service_indicator)
    assert msu.encode() == octets


@given(MSUS)
def test_a_message_is_read_back(msu: Msu) -> None:
    assert Msu.decode(msu.encode()) == msu


@given(st.binary(max_size=20))
def test_any_octets_are_a_message_or_cut_short(octets: bytes) -> None:
    error = fault_of(Msu.decode, octets)
    if len(octets) < LABEL_LENGTH:
        assert type(error) is Truncated
        assert (error.counted_as, error.clause) == ("mtp3_truncated", "T1.111.4")
        assert error.offset == len(octets)
    else:
        assert Msu.decode(octets).encode() == octets


@pytest.mark.parametrize(
    "msu",
    [
        replace(REGNOT, network_indicator=4),
        replace(REGNOT, priority=4),
        replace(REGNOT, priority=-1),
        replace(REGNOT, service_indicator=16),
        replace(REGNOT, sls=256),
        replace(REGNOT, dpc=PointCode(0, 0, 256)),
        replace(REGNOT, opc=PointCode(-1, 0, 0)),
    ],
)
def test_a_message_that_cannot_be_is_the_callers_fault(msu: Msu) -> None:
    with pytest.raises(EncodeError):
        msu.encode()
