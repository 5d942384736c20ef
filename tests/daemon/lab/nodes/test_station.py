"""What every node does with what it cannot use: counts it, says why, lives on."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.lab.nodes.happenings import Kind
from is41.answering import Route
from is41.layers import Layer
from is41.map.components import invoke_of
from is41.map.messages import QualificationRequest
from is41.mtp.pointcode import PointCode
from is41.reading import read
from is41.sccp.messages import UnitdataService
from is41.tcap.codes import PackageType, Problem
from is41.tcap.messages import Abort, Package, Reject
from labwire import HLR, MSCS, RESTORATION, Wire, everything
from messages import ANY_MESSAGES

NAMES: Final = tuple(everything())
QUERY: Final = Package(
    package_type=PackageType.QUERY_WITH_PERMISSION,
    originating_id=3,
    components=(invoke_of(RESTORATION),),
)


def octets(package: Package | Abort, dpc: PointCode = HLR.point_code) -> bytes:
    route = Route(
        layer=Layer.MTP3,
        called=HLR.address,
        calling=MSCS[0].address,
        dpc=dpc,
        opc=MSCS[0].point_code,
    )
    return route.write(package)


def network() -> Wire:
    wire = Wire(everything())
    wire.join_all()
    return wire


@pytest.mark.parametrize(
    "message",
    [
        b"",
        bytes(40),
        octets(QUERY, PointCode(9, 9, 9)),
        octets(QUERY)[:-3],
        octets(Package(package_type=PackageType.QUERY_WITH_PERMISSION, originating_id=3)),
        bytes.fromhex("85 28140A 01140A 05 00"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_reason(message: bytes) -> None:
    wire = network()
    node = wire.nodes["HLR"]
    node.receive("RVCD A", message, Layer.MTP3, wire.now)
    assert node.next_message() is None
    assert node.messages_refused == node.messages_received == 1
    happening = node.next_happening()
    assert happening is not None
    assert happening.kind is Kind.REFUSED
    assert happening.detail


def test_a_question_of_nobody_that_is_in_doubt_is_aborted() -> None:
    wire = network()
    conversation = Package(
        package_type=PackageType.CONVERSATION_WITH_PERMISSION, originating_id=3, responding_id=77
    )
    node = wire.nodes["HLR"]
    node.receive("RVCD A", octets(conversation), Layer.MTP3, wire.now)
    message = node.next_message()
    assert message is not None
    assert read(message.octets, message.layer).tcap == Abort(responding_id=3, cause=4)


def test_parameters_that_cannot_be_read_are_rejected() -> None:
    wire = network()
    invoke = invoke_of(QualificationRequest())
    assert invoke.parameters is not None
    cut = type(invoke)(
        component_ids=b"\1",
        operation=invoke.operation,
        parameters=invoke.parameters._replace(octets=b"\x88\5"),
    )
    query = Package(
        package_type=PackageType.QUERY_WITH_PERMISSION, originating_id=3, components=(cut,)
    )
    node = wire.nodes["HLR"]
    node.receive("RVCD A", octets(query), Layer.MTP3, wire.now)
    message = node.next_message()
    assert message is not None
    package = read(message.octets, message.layer).tcap
    assert isinstance(package, Package)
    assert package.components == (
        Reject(component_ids=b"\1", problem=Problem.INVOKE_INCORRECT_PARAMETER),
    )


def test_a_question_that_came_back_is_no_question() -> None:
    wire = network()
    service = UnitdataService(
        return_cause=5,
        called=HLR.address.encode(),
        calling=MSCS[0].address.encode(),
        data=QUERY.encode(),
    )
    node = wire.nodes["HLR"]
    node.receive("RVCD A", service.encode(), Layer.SCCP, wire.now)
    assert node.next_message() is None


def test_no_answer_goes_where_the_link_is_gone() -> None:
    wire = network()
    node = wire.nodes["HLR"]
    node.link_closed("RVCD A", wire.now)
    node.receive("RVCD A", octets(QUERY), Layer.MTP3, wire.now)
    assert node.next_message() is None


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.sampled_from(NAMES),
            ANY_MESSAGES | st.tuples(st.binary(max_size=60), st.sampled_from(Layer)),
        ),
        max_size=8,
    )
)
def test_whatever_comes_no_node_falls(
    steps: list[tuple[str, str, tuple[bytes, Layer]]],
) -> None:
    wire = network()
    for name, neighbour, (message, layer) in steps:
        wire.nodes[name].receive(neighbour, message, layer, wire.now)
        wire.pump()
    wire.wait(100)
    assert sum(len(node.dialogues) for node in wire.nodes.values()) == 0
