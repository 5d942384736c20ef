"""An RVCD validates against the HLR, copies every REGNOT, passes on what is not its own."""

from __future__ import annotations

from typing import Final

import pytest

from clonewatch.lab.nodes.happenings import Kind
from clonewatch.lab.nodes.msc import Msc
from clonewatch.lab.nodes.rvcd import VALIDATED_S, Copy, Rvcd, at_layer
from clonewatch.lab.nodes.station import Outgoing
from is41.answering import Route
from is41.errors import EncodeError
from is41.layers import Layer
from is41.map.components import invoke_of
from is41.map.messages import RegistrationCancellation, RegistrationNotification
from is41.mtp.msu import Msu
from is41.reading import read
from is41.regnots import regnots_of
from is41.sccp.messages import UnitdataService
from is41.tcap.codes import PackageType
from is41.tcap.messages import Package, ReturnResult
from labwire import MSCS, OWNER, PSMS, RVCD_A, SUSPENSION, Wire, everything

BODY: Final = RegistrationNotification(mobile_identification_number=OWNER.min)
QUERY: Final = Package(
    package_type=PackageType.QUERY_WITH_PERMISSION, originating_id=9, components=(invoke_of(BODY),)
)


def network(layer: Layer = Layer.MTP3) -> Wire:
    wire = Wire(everything(), layer=layer)
    wire.join_all()
    return wire


def register(wire: Wire, name: str) -> None:
    node = wire.nodes[name]
    assert isinstance(node, Msc)
    node.register(OWNER, wire.now)
    wire.pump()


def copies(wire: Wire) -> list[tuple[str, int, int | None]]:
    """Who copied what to the PSMS: transaction ID and MSCID."""
    found = []
    for sender, message in wire.outside:
        assert message.neighbour == PSMS.name
        package = read(message.octets, message.layer).tcap
        assert isinstance(package, Package)
        found += [
            (sender, each.transaction_id, each.mscid)
            for _, each in regnots_of(package)
            if not isinstance(each, Exception)
        ]
    return found


@pytest.mark.parametrize("layer", [Layer.MTP3, Layer.SCCP])
def test_a_registration_is_validated_by_the_hlr_and_copied(layer: Layer) -> None:
    wire = network(layer)
    register(wire, "MSC A")
    told = wire.told(Kind.REGISTERED)
    assert told == [("HLR", Kind.REGISTERED), ("MSC A", Kind.REGISTERED)]
    assert copies(wire) == [("RVCD A", 1000, 4660 << 8 | 1)]


def test_who_registers_elsewhere_is_cancelled_where_it_was() -> None:
    wire = network()
    register(wire, "MSC A")
    wire.told()
    register(wire, "MSC C")
    assert ("MSC A", Kind.CANCELLED) in wire.told(Kind.CANCELLED)
    first, second = wire.nodes["MSC A"], wire.nodes["MSC C"]
    assert isinstance(first, Msc)
    assert isinstance(second, Msc)
    assert OWNER not in first.registered
    assert OWNER in second.registered


def test_an_rvcd_that_dies_in_the_middle_loses_nothing_and_doubles_nothing() -> None:
    wire = network()
    wire.lose = lambda sender, message: (sender, message.neighbour) == ("HLR", "RVCD A")
    register(wire, "MSC A")
    wire.kill("RVCD A")
    assert ("MSC A", Kind.REGISTERED) in wire.told(Kind.REGISTERED)
    # Both copies bear one transaction ID, by which they are told to be one registration.
    mscid = 4660 << 8 | 1
    assert copies(wire) == [("RVCD A", 1000, mscid), ("RVCD B", 1000, mscid)]


def test_a_cancellation_goes_through_the_other_rvcd_where_it_must() -> None:
    wire = network()
    register(wire, "MSC A")
    wire.cut("RVCD A", "MSC A")
    register(wire, "MSC C")
    # The HLR sends through RVCD A, which has no link to MSC A any more; RVCD B has.
    assert ("MSC A", Kind.CANCELLED) in wire.told(Kind.CANCELLED)


def test_what_reaches_no_msc_comes_back_and_is_tried_again() -> None:
    wire = network()
    register(wire, "MSC A")
    wire.cut("RVCD A", "MSC A")
    wire.cut("RVCD B", "MSC A")
    returned: list[str] = []

    def lose(sender: str, message: Outgoing) -> bool:
        if isinstance(read(message.octets, message.layer).sccp, UnitdataService):
            returned.append(f"{sender} to {message.neighbour}")
        return False

    wire.lose = lose
    register(wire, "MSC C")
    assert returned == ["RVCD B to RVCD A", "RVCD A to HLR"] * 3
    assert ("HLR", Kind.UNREACHABLE) in wire.told(Kind.UNREACHABLE)


def test_an_hlr_out_of_reach_is_reached_through_the_other_rvcd() -> None:
    wire = network()
    wire.cut("RVCD A", "HLR")
    register(wire, "MSC A")
    assert ("MSC A", Kind.REGISTERED) in wire.told(Kind.REGISTERED)


def test_for_an_hlr_that_is_silent_its_last_answer_stands_in_for_a_while() -> None:
    wire = network()
    register(wire, "MSC A")
    wire.kill("HLR")
    wire.told()
    register(wire, "MSC A")
    assert wire.told(Kind.REGISTERED) == [("MSC A", Kind.REGISTERED)]
    wire.now += VALIDATED_S + 1
    register(wire, "MSC A")
    assert wire.told(Kind.FAILED) == [("MSC A", Kind.FAILED)]


def test_a_phone_put_out_of_service_is_not_stood_in_for() -> None:
    wire = network()
    register(wire, "MSC A")
    assert isinstance(wire.direct(SUSPENSION), ReturnResult)
    assert ("MSC A", Kind.DROPPED) in wire.told(Kind.DROPPED)
    wire.kill("HLR")
    register(wire, "MSC A")
    assert wire.told(Kind.FAILED) == [("MSC A", Kind.FAILED)]


def test_copies_wait_for_the_psms() -> None:
    wire = Wire(everything())
    wire.join("MSC A", "RVCD A")
    wire.join("RVCD A", "HLR")
    register(wire, "MSC A")
    assert wire.outside == []
    wire.join("RVCD A", "PSMS", Layer.TCAP)
    assert copies(wire) == [("RVCD A", 1000, 4660 << 8 | 1)]


def test_copies_can_be_fetched_instead() -> None:
    wire = Wire(everything())
    wire.join("MSC A", "RVCD A")
    register(wire, "MSC A")
    node = wire.nodes["RVCD A"]
    assert isinstance(node, Rvcd)
    copy = node.next_copy()
    assert copy is not None
    assert copy.body.mobile_identification_number == OWNER.min
    assert node.next_copy() is None
    assert node.copies_made == 1


def route(layer: Layer) -> Route:
    return Route(
        layer=layer,
        called=RVCD_A.address,
        calling=MSCS[0].address,
        dpc=RVCD_A.point_code,
        opc=MSCS[0].point_code,
    )


@pytest.mark.parametrize("came", [Layer.MTP3, Layer.SCCP])
@pytest.mark.parametrize("goes", Layer)
def test_a_copy_is_the_same_at_every_layer(came: Layer, goes: Layer) -> None:
    octets = route(came).write(QUERY)
    copy = Copy(octets, came, read(octets, came), BODY)
    reading = read(at_layer(copy, goes, RVCD_A), goes)
    assert reading.tcap == QUERY
    if goes is Layer.MTP3:
        assert isinstance(reading.msu, Msu)
        assert (reading.msu.opc, reading.msu.dpc) == (MSCS[0].point_code, RVCD_A.point_code)


def test_bare_tcap_gets_no_label() -> None:
    octets = route(Layer.TCAP).write(QUERY)
    with pytest.raises(EncodeError, match="no addresses"):
        at_layer(Copy(octets, Layer.TCAP, read(octets, Layer.TCAP), BODY), Layer.MTP3, RVCD_A)


def test_a_regnot_without_its_phone_and_another_operation_are_errors() -> None:
    wire = network()
    for body in (RegistrationNotification(), RegistrationCancellation()):
        query = Package(
            package_type=PackageType.QUERY_WITH_PERMISSION,
            originating_id=5,
            components=(invoke_of(body),),
        )
        node = wire.nodes["RVCD A"]
        node.receive("MSC A", route(Layer.MTP3).write(query), Layer.MTP3, wire.now)
        message = node.next_message()
        while message is not None and message.neighbour == PSMS.name:
            message = node.next_message()
        assert isinstance(message, Outgoing)
        package = read(message.octets, message.layer).tcap
        assert isinstance(package, Package)
        assert package.components is not None
        assert type(package.components[0]).__name__ == "ReturnError"
