"""T1.111.4 and T1.112.3: an answer goes back the way its question came."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given

from is41.answering import HOPS, Route, answer
from is41.errors import EncodeError
from is41.layers import Layer
from is41.mtp.msu import Msu
from is41.mtp.pointcode import PointCode
from is41.reading import Reading, read
from is41.sccp.addresses import Address
from is41.sccp.codes import MessageType, OptionalName, Subsystem
from is41.sccp.messages import Unitdata, UnitdataService
from is41.sccp.parts import OptionalParameter
from is41.tcap.codes import AbortCause, PackageType
from is41.tcap.messages import Abort, Package
from messages import packages, vectors

MSC: Final = Address(subsystem=Subsystem.MSC, point_code=PointCode(10, 20, 30))
HLR: Final = Address(subsystem=Subsystem.HLR, point_code=PointCode(10, 20, 40))
RESPONSE: Final = Package(package_type=PackageType.RESPONSE, responding_id=1)
QUESTION: Final = vectors("tcap_regnot_inv_min")["tcap_regnot_inv_min"]


def route(layer: Layer) -> Route:
    return Route(
        layer=layer,
        called=HLR,
        calling=MSC,
        dpc=PointCode(10, 20, 40),
        opc=PointCode(10, 20, 30),
        sls=5,
    )


def test_an_answer_in_mtp3_has_point_codes_and_addresses_exchanged() -> None:
    question = read(vectors("mtp3_regnot_inv_min")["mtp3_regnot_inv_min"], Layer.MTP3)
    assert answer(question, RESPONSE) == bytes.fromhex(
        "83 1E140A 28140A 05  09 00 03 08 0D  05 C3 08 1E140A  05 C3 06 28140A  08 E4 06 C7 04 00000001"
    )


@given(packages())
def test_an_answer_is_read_where_the_question_was_written(package: Package) -> None:
    for layer in Layer:
        question = read(route(layer).write(package), layer)
        back = read(answer(question, RESPONSE), layer)
        assert back.tcap == RESPONSE
        if layer is not Layer.TCAP:
            assert isinstance(back.sccp, Unitdata)
            assert (back.sccp.called, back.sccp.calling) == (MSC.encode(), HLR.encode())
            assert back.sccp.message_handling == 0
        if layer is Layer.MTP3:
            assert back.msu is not None
            assert (back.msu.dpc, back.msu.opc) == (PointCode(10, 20, 30), PointCode(10, 20, 40))
            assert back.msu.sls == 5


def test_our_own_address_may_stand_in_place_of_the_title_that_was_called() -> None:
    titled = Address(subsystem=Subsystem.HLR, global_title_format=2, global_title=b"\3\x16\x45")
    question = Reading(sccp=Unitdata(called=titled.encode(), calling=MSC.encode(), data=QUESTION))
    back = read(answer(question, RESPONSE, local=HLR), Layer.SCCP)
    assert back.sccp is not None
    assert back.sccp.calling == HLR.encode()


def test_an_extended_question_has_an_extended_answer_without_its_options() -> None:
    unitdata = Unitdata(
        message_type=MessageType.XUDT,
        hop_counter=2,
        called=HLR.encode(),
        calling=MSC.encode(),
        data=QUESTION,
        optional=(OptionalParameter(OptionalName.IMPORTANCE, b"\1"),),
    )
    back = read(answer(read(unitdata.encode(), Layer.SCCP), RESPONSE), Layer.SCCP).sccp
    assert isinstance(back, Unitdata)
    assert (back.message_type, back.hop_counter) == (MessageType.XUDT, HOPS)
    assert back.optional is None


def test_an_abort_goes_back_too() -> None:
    abort = Abort(responding_id=1, cause=AbortCause.RESOURCE_UNAVAILABLE)
    back = answer(read(QUESTION, Layer.TCAP), abort)
    assert back == abort.encode()


def test_what_came_back_is_not_answered() -> None:
    service = UnitdataService(return_cause=4, called=b"\0", calling=b"\0", data=QUESTION)
    with pytest.raises(EncodeError, match="came back"):
        answer(read(service.encode(), Layer.SCCP), RESPONSE)


def test_another_users_message_is_not_answered() -> None:
    msu = Msu(service_indicator=5, dpc=PointCode(1, 1, 1), opc=PointCode(1, 1, 2), payload=b"\1")
    with pytest.raises(EncodeError, match="no TCAP"):
        answer(read(msu.encode(), Layer.MTP3), RESPONSE)


def test_an_answer_too_long_for_its_message_is_refused() -> None:
    question = read(route(Layer.SCCP).write(RESPONSE), Layer.SCCP)
    with pytest.raises(EncodeError):
        answer(question, replace(RESPONSE, dialogue_portion=bytes(256)))
