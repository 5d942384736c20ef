"""T1.111.4 over T1.112.3 over T1.114.3: whole messages, read layer by layer."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from is41.errors import DecodeError, Truncated, Unsupported
from is41.layers import Layer
from is41.mtp.codes import LABEL_LENGTH, ServiceIndicator
from is41.mtp.msu import Msu
from is41.mtp.pointcode import PointCode
from is41.reading import Reading, parameter_offsets, read
from is41.sccp import messages as sccp
from is41.sccp.codes import ManagementType, MessageType, OptionalName
from is41.sccp.parts import OptionalParameter
from is41.tcap import messages as tcap
from is41.tcap.codes import PackageType
from messages import (
    ALL_FORMS,
    ANY_MESSAGES,
    fault_of,
    layered_vectors,
    package_octets,
    packages,
    prefixed,
    vectors,
)

PACKAGE: Final = vectors("tcap_regnot_inv_min")["tcap_regnot_inv_min"]
ABORT: Final = vectors("tcap_abort_p")["tcap_abort_p"]
CALLED: Final = bytes.fromhex("C3 06 28 14 0A")
CALLING: Final = bytes.fromhex("C3 08 1E 14 0A")
LABEL: Final = bytes.fromhex("83 28140A 1E140A 05")


def unitdata(data: bytes, *optional: OptionalParameter) -> sccp.Unitdata:
    return sccp.Unitdata(
        message_type=MessageType.XUDT if optional else MessageType.UDT,
        hop_counter=15 if optional else None,
        called=CALLED,
        calling=CALLING,
        data=data,
        optional=optional or None,
    )


def fault(octets: bytes, layer: Layer) -> DecodeError:
    error = fault_of(lambda each: read(each, layer), octets)
    assert error is not None
    return error


def test_each_layer_is_read_from_the_outermost_on() -> None:
    reading = read(vectors("mtp3_regnot_inv_min")["mtp3_regnot_inv_min"], Layer.MTP3)
    package, message = tcap.decode(PACKAGE), unitdata(PACKAGE)
    msu = Msu(dpc=PointCode(10, 20, 40), opc=PointCode(10, 20, 30), sls=5, payload=message.encode())
    assert reading == Reading(msu=msu, sccp=message, tcap=package)
    assert read(message.encode(), Layer.SCCP) == Reading(sccp=message, tcap=package)
    assert read(PACKAGE, Layer.TCAP) == Reading(tcap=package)


@pytest.mark.parametrize(("octets", "layer"), layered_vectors())
def test_every_truncation_of_a_vector_is_told(octets: bytes, layer: Layer) -> None:
    for cut in range(len(octets)):
        error = fault(octets[:cut], layer)
        assert type(error) is Truncated
        assert error.offset <= cut


@pytest.mark.parametrize("service", set(range(16)) - {ServiceIndicator.SCCP})
def test_of_another_users_message_the_level_3_part_is_read(service: int) -> None:
    octets = bytes([0x80 | service]) + LABEL[1:] + b"whatever"
    assert read(octets, Layer.MTP3) == Reading(msu=Msu.decode(octets))


@pytest.mark.parametrize("kind", ManagementType)
def test_of_sccp_management_the_sccp_part_is_read(kind: ManagementType) -> None:
    message = unitdata(bytes([kind, 8, 1, 2, 3, 0]))
    assert read(message.encode(), Layer.SCCP) == Reading(sccp=message)


def test_of_a_segment_the_sccp_part_is_read() -> None:
    part = OptionalParameter(OptionalName.SEGMENTATION, bytes.fromhex("C1 000001"))
    message = unitdata(PACKAGE, part)
    assert read(message.encode(), Layer.SCCP) == Reading(sccp=message)


def test_what_a_service_brings_back_is_read_too() -> None:
    message = sccp.UnitdataService(return_cause=4, called=CALLED, calling=CALLING, data=PACKAGE)
    reading = read(message.encode(), Layer.SCCP)
    assert reading == Reading(sccp=message, tcap=tcap.decode(PACKAGE))


@pytest.mark.parametrize("package_type", range(0x61, 0x68))
def test_the_other_flavour_of_tcap_is_told_apart(package_type: int) -> None:
    octets = bytes([package_type]) + PACKAGE[1:]
    error = fault(LABEL + unitdata(octets).encode(), Layer.MTP3)
    assert type(error) is Unsupported
    assert (error.counted_as, error.clause) == ("tcap_unsupported", "Q.773")
    assert error.offset == len(LABEL) + 5 + 6 + 6 + 1


@given(st.binary(max_size=60))
def test_a_fault_is_placed_from_the_first_octet_of_the_outermost_layer(rest: bytes) -> None:
    package = bytes([PackageType.QUERY_WITH_PERMISSION]) + rest
    inner = fault_of(tcap.decode, package)
    message = unitdata(package).encode()
    outer = fault_of(lambda octets: read(octets, Layer.MTP3), LABEL + message)
    if inner is None:
        assert outer is None
    else:
        assert outer is not None
        assert outer.offset == inner.offset + LABEL_LENGTH + sccp.data_offset(message)
        assert (type(outer), outer.counted_as) == (type(inner), inner.counted_as)


@settings(deadline=None)
@given(ANY_MESSAGES)
def test_any_message_is_read_or_refused_within_its_octets(message: tuple[bytes, Layer]) -> None:
    octets, layer = message
    error = fault_of(lambda each: read(each, layer), octets)
    if error:
        assert 0 <= error.offset <= len(octets)
    else:
        reading = read(octets, layer)
        assert (reading.msu is not None) is (layer is Layer.MTP3)
        assert (reading.sccp is None) is (layer is Layer.TCAP)


@given(st.binary(max_size=60), st.sampled_from(Layer))
def test_any_octets_are_read_or_refused(octets: bytes, layer: Layer) -> None:
    error = fault_of(lambda each: read(each, layer), octets)
    if error:
        assert 0 <= error.offset <= len(octets)
    else:
        assert read(octets, layer) != Reading()


@settings(deadline=None)
@given(packages(), st.sampled_from(Layer), st.data())
def test_the_parameters_of_each_component_are_found_in_the_octets(
    package: tcap.Package, layer: Layer, data: st.DataObject
) -> None:
    definite = ALL_FORMS.filter(lambda form: form >= 0)
    inner = package_octets(package, lambda: data.draw(definite))
    assert len(inner) < 0x8000
    octets = {
        Layer.TCAP: b"",
        Layer.SCCP: bytes.fromhex("13 00 0F 0700 0600 0500 0000 00 00") + prefixed(inner, 2)[:2],
    }
    octets[Layer.MTP3] = LABEL + octets[Layer.SCCP]
    whole = octets[layer] + inner
    reading = read(whole, layer)
    assert reading.tcap == package
    offsets = parameter_offsets(whole, reading)
    components = package.components or ()
    assert len(offsets) == len(components)
    for offset, component in zip(offsets, components, strict=True):
        if component.parameters is not None:
            assert whole[offset:].startswith(component.parameters.octets)
            assert component.parameters.tag in whole[offset - 6 : offset]


def test_the_parameters_of_a_component_without_any_are_at_its_end() -> None:
    octets = bytes.fromhex("E4 10 C7 04 00000001 E8 08 EA 02 CF 00 EA 02 F2 00")
    assert parameter_offsets(octets, read(octets, Layer.TCAP)) == [14, 18]
    assert len(octets) == 18


def test_an_abort_has_no_parameters() -> None:
    assert parameter_offsets(ABORT, read(ABORT, Layer.TCAP)) == []
