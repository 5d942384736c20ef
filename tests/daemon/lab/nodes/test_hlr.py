"""The HLR validates, moves, cancels, and takes directives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from clonewatch.lab.nodes.happenings import Kind, Phone
from clonewatch.lab.nodes.hlr import TRIES_MAX, Hlr
from clonewatch.lab.nodes.msc import Msc
from is41.layers import Layer
from is41.map.codes import AuthorizationDenied
from is41.map.messages import (
    BulkDeregistration,
    QualificationDirectiveResult,
    QualificationRequest,
    QualificationRequestResult,
    RegistrationNotification,
    RegistrationNotificationResult,
    body_of,
)
from is41.map.operations import ErrorCode, Operation, error_of
from is41.map.values import Esn, Mscid
from is41.tcap.messages import ReturnError, ReturnResult
from labwire import INTERVAL, OWNER, RESTORATION, SUSPENSION, Wire, everything

if TYPE_CHECKING:
    from clonewatch.lab.nodes.homes import Homes
    from is41.map.body import Body

REGNOT: Final = RegistrationNotification(
    electronic_serial_number=Esn(OWNER.esn),
    mobile_identification_number=OWNER.min,
    mscid=Mscid(4660, 1),
)
QUALREQ: Final = QualificationRequest(
    electronic_serial_number=Esn(OWNER.esn), mobile_identification_number=OWNER.min
)
OTHER_ESN: Final = Esn(OWNER.esn + 1)


def network() -> Wire:
    wire = Wire(everything())
    wire.join_all()
    return wire


def homes(wire: Wire) -> Homes:
    node = wire.nodes["HLR"]
    assert isinstance(node, Hlr)
    return node.homes


def register(wire: Wire, name: str, phone: Phone = OWNER) -> None:
    node = wire.nodes[name]
    assert isinstance(node, Msc)
    node.register(phone, wire.now)
    wire.pump()


def result(wire: Wire, body: Body, operation: Operation) -> Body | None:
    component = wire.direct(body)
    assert isinstance(component, ReturnResult)
    return body_of(component, operation)


@pytest.mark.parametrize(
    ("body", "denial"),
    [
        (REGNOT, None),
        (replace(REGNOT, electronic_serial_number=OTHER_ESN), 2),
        (replace(REGNOT, mobile_identification_number="6145550000"), 5),
        (replace(REGNOT, mscid=Mscid(1, 1)), 8),
        (replace(REGNOT, mscid=None), 8),
    ],
)
def test_a_registration_is_validated(body: RegistrationNotification, denial: int | None) -> None:
    wire = network()
    told = result(wire, body, Operation.REGISTRATION_NOTIFICATION)
    assert isinstance(told, RegistrationNotificationResult)
    assert told.authorization_denied == denial
    assert (told.authorization_period is None) is (denial is not None)
    assert homes(wire).location(OWNER.min) == (None if denial else "MSC A")


def test_a_qualification_moves_nobody() -> None:
    wire = network()
    told = result(wire, QUALREQ, Operation.QUALIFICATION_REQUEST)
    assert isinstance(told, QualificationRequestResult)
    assert told.authorization_denied is None
    assert homes(wire).location(OWNER.min) is None


def test_a_directive_puts_a_phone_out_of_service_and_back() -> None:
    wire = network()
    register(wire, "MSC A")
    wire.told()
    told = result(wire, SUSPENSION, Operation.QUALIFICATION_DIRECTIVE)
    assert told == QualificationDirectiveResult()
    assert wire.told(Kind.SUSPENDED, Kind.DROPPED) == [
        ("HLR", Kind.SUSPENDED),
        ("MSC A", Kind.DROPPED),
    ]
    denied = result(wire, QUALREQ, Operation.QUALIFICATION_REQUEST)
    assert isinstance(denied, QualificationRequestResult)
    assert denied.authorization_denied is AuthorizationDenied.DUPLICATE_UNIT
    register(wire, "MSC C")
    assert ("MSC C", Kind.DENIED) in wire.told(Kind.DENIED)
    result(wire, RESTORATION, Operation.QUALIFICATION_DIRECTIVE)
    register(wire, "MSC A")
    assert ("MSC A", Kind.REGISTERED) in wire.told(Kind.REGISTERED)


def test_a_directive_said_twice_is_said_once_to_the_msc() -> None:
    wire = network()
    register(wire, "MSC A")
    for _ in range(2):
        result(wire, SUSPENSION, Operation.QUALIFICATION_DIRECTIVE)
    assert wire.told(Kind.DROPPED) == [("MSC A", Kind.DROPPED)]
    for _ in range(2):
        result(wire, RESTORATION, Operation.QUALIFICATION_DIRECTIVE)
    assert homes(wire).denials() == set()


def test_suspending_a_clone_by_its_own_esn_leaves_the_owner_in_service() -> None:
    wire = network()
    register(wire, "MSC A")
    directive = replace(SUSPENSION, electronic_serial_number=OTHER_ESN)
    result(wire, directive, Operation.QUALIFICATION_DIRECTIVE)
    assert wire.told(Kind.DROPPED) == []
    assert homes(wire).denials() == {(OWNER.min, OTHER_ESN.number)}
    register(wire, "MSC A")
    assert ("MSC A", Kind.REGISTERED) in wire.told(Kind.REGISTERED)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (
            replace(SUSPENSION, mobile_identification_number="6145550000"),
            ErrorCode.UNRECOGNIZED_MIN,
        ),
        (replace(SUSPENSION, authorization_denied=None), ErrorCode.MISSING_PARAMETER),
        (replace(SUSPENSION, electronic_serial_number=None), ErrorCode.MISSING_PARAMETER),
        (replace(REGNOT, mobile_identification_number=None), ErrorCode.MISSING_PARAMETER),
        (replace(SUSPENSION, authorization_denied=99), ErrorCode.UNRECOGNIZED_PARAMETER_VALUE),
        (BulkDeregistration(), ErrorCode.OPERATION_NOT_SUPPORTED),
    ],
)
def test_what_cannot_be_done_is_an_error(body: Body, error: ErrorCode) -> None:
    component = network().direct(body)
    assert isinstance(component, ReturnError)
    assert error_of(component) is error


def test_an_msc_that_does_not_hear_is_told_again() -> None:
    wire = network()
    register(wire, "MSC A")
    wire.lose = lambda _, message: message.neighbour == "MSC A"
    register(wire, "MSC C")
    wire.lose = lambda _, __: False
    wire.told()
    wire.wait(INTERVAL)
    assert wire.told(Kind.CANCELLED) == [("MSC A", Kind.CANCELLED)]


def test_an_msc_that_never_hears_is_given_up() -> None:
    wire = network()
    register(wire, "MSC A")
    wire.lose = lambda _, message: message.neighbour == "MSC A"
    register(wire, "MSC C")
    wire.wait(INTERVAL * TRIES_MAX)
    assert wire.told(Kind.UNREACHABLE) == [("HLR", Kind.UNREACHABLE)]


def test_an_hlr_without_links_cancels_nobody() -> None:
    wire = Wire(everything())
    homes(wire).move(OWNER.min, "MSC C", 0.0)
    wire.direct(REGNOT)
    assert wire.told(Kind.UNREACHABLE) == [("HLR", Kind.UNREACHABLE)]


def test_the_hlr_is_asked_over_bare_tcap_too() -> None:
    wire = Wire(everything(), layer=Layer.TCAP)
    assert isinstance(wire.direct(QUALREQ), ReturnResult)
