"""Messages put into the layer that a transport carries."""

from __future__ import annotations

import pytest
from hypothesis import given

from clonewatch.feed.conversion import CARRIED, Conversion, Route, RouteMissing, Unsendable
from clonewatch.links.urls import Transport
from is41.errors import DecodeError
from is41.layers import Layer
from is41.mtp.pointcode import PointCode
from is41.reading import read
from is41.sccp import messages as sccp
from is41.sccp.addresses import Address
from is41.sccp.codes import Subsystem
from messages import ANY_MESSAGES, vectors

ROUTE = Route(opc=PointCode(10, 20, 1), dpc=PointCode(10, 20, 50))
TCAP = next(iter(vectors("tcap_regnot").values()))
SCCP = ROUTE.in_sccp(TCAP)
MTP3 = ROUTE.in_mtp3(SCCP)
OCTETS = {Layer.TCAP: TCAP, Layer.SCCP: SCCP, Layer.MTP3: MTP3}
TALI, M3UA = Transport.TALI, Transport.M3UA


@pytest.mark.parametrize("transport", Transport)
@pytest.mark.parametrize("layer", Layer)
def test_with_a_route_every_layer_becomes_every_carried_one(
    transport: Transport, layer: Layer
) -> None:
    for wanted in CARRIED[transport]:
        it = Conversion(transport, layer=wanted, route=ROUTE)
        assert it.convert(OCTETS[layer], layer) == (OCTETS[wanted], wanted)


def test_point_codes_and_subsystems_are_those_of_the_route() -> None:
    reading = read(MTP3, Layer.MTP3)
    assert reading.msu is not None
    assert (reading.msu.opc, reading.msu.dpc) == (ROUTE.opc, ROUTE.dpc)
    assert reading.sccp is not None
    calling, called = map(Address.decode, (reading.sccp.calling, reading.sccp.called))
    assert (calling.point_code, calling.subsystem) == (ROUTE.opc, Subsystem.MSC)
    assert (called.point_code, called.subsystem) == (ROUTE.dpc, Subsystem.VLR)


def test_what_is_carried_as_it_is_stays_as_it_is() -> None:
    for layer in (Layer.SCCP, Layer.MTP3):
        assert Conversion(TALI).convert(OCTETS[layer], layer) == (OCTETS[layer], layer)
    assert Conversion(M3UA).convert(MTP3, Layer.MTP3) == (MTP3, Layer.MTP3)


@pytest.mark.parametrize(
    ("transport", "layer", "words"),
    [
        (TALI, Layer.TCAP, "TCAP by itself cannot go over tali: it has to be put into SCCP"),
        (M3UA, Layer.TCAP, "TCAP by itself cannot go over m3ua"),
        (M3UA, Layer.SCCP, "SCCP by itself cannot go over m3ua: it has to be put into MTP3"),
    ],
)
def test_without_point_codes_it_is_said_that_they_are_missing(
    transport: Transport, layer: Layer, words: str
) -> None:
    with pytest.raises(RouteMissing, match=f"{words}.*give --route"):
        Conversion(transport).convert(OCTETS[layer], layer)


def test_a_layer_that_is_not_carried_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="m3ua carries MTP3, not SCCP by itself"):
        Conversion(M3UA, layer=Layer.SCCP)


@pytest.mark.parametrize(
    ("octets", "layer", "reason"),
    [
        (b"\x80" + MTP3[1:], Layer.MTP3, "not_sccp"),
        (MTP3[:8], Layer.MTP3, "not_sccp"),
        (SCCP[:8], Layer.SCCP, "length"),
        (SCCP + bytes(250), Layer.SCCP, "length"),
    ],
)
def test_what_tali_does_not_carry_is_counted_by_reason(
    octets: bytes, layer: Layer, reason: str
) -> None:
    with pytest.raises(Unsendable) as refusal:
        Conversion(TALI).convert(octets, layer)
    assert refusal.value.reason == reason


def test_tcap_too_long_for_a_udt_is_counted() -> None:
    with pytest.raises(Unsendable) as refusal:
        Conversion(TALI, route=ROUTE).convert(bytes(300), Layer.TCAP)
    assert refusal.value.reason == "unreadable"


@given(ANY_MESSAGES)
def test_whatever_is_sent_reads_as_before(message: tuple[bytes, Layer]) -> None:
    octets, layer = message
    try:
        before = read(octets, layer)
    except DecodeError:
        return
    for transport in Transport:
        try:
            sent, sent_layer = Conversion(transport, route=ROUTE).convert(octets, layer)
        except Unsendable:
            continue
        assert read(sent, sent_layer).tcap == before.tcap


def test_a_message_that_came_back_stays_in_its_sccp() -> None:
    came_back = sccp.UnitdataService(
        return_cause=1, called=b"\xc1\x07", calling=b"\xc1\x08", data=TCAP
    )
    msu = ROUTE.in_mtp3(came_back.encode())
    assert Conversion(TALI, layer=Layer.SCCP).convert(msu, Layer.MTP3)[0] == came_back.encode()
    assert Conversion(TALI).convert(msu, Layer.MTP3)[0] == msu
