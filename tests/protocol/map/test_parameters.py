"""TIA-41.5 §6.5.2, parameters in a set."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import DecodeError, EncodeError, Truncated
from is41.map.parameters import Parameter, Parameters, spans
from is41.map.tags import ParameterTag
from map_values import PARAMETERS

# The least REGNOT, of tests/vectors/tcap_regnot_inv_min.hex.
REGNOT = bytes.fromhex("89 04 82123456  88 05 5515325476  95 03 123401  91 01 03  96 01 03")


def test_parameters_as_they_stand() -> None:
    parameters = Parameters.decode(REGNOT)
    assert parameters.encode() == REGNOT
    assert [*parameters] == [
        Parameter(ParameterTag.ELECTRONIC_SERIAL_NUMBER, bytes.fromhex("82123456")),
        Parameter(ParameterTag.MOBILE_IDENTIFICATION_NUMBER, bytes.fromhex("5515325476")),
        Parameter(ParameterTag.MSCID, bytes.fromhex("123401")),
        Parameter(ParameterTag.QUALIFICATION_INFORMATION_CODE, b"\3"),
        Parameter(ParameterTag.SYSTEM_MY_TYPE_CODE, b"\3"),
    ]
    assert parameters[0].name == "ElectronicSerialNumber"


def test_order_repeats_and_unknown_tags_are_kept() -> None:
    octets = bytes.fromhex("9F8400 01 AA  84 01 01  88 00  84 01 02")
    parameters = Parameters.decode(octets)
    assert parameters.encode() == octets
    assert parameters.first(ParameterTag.DIGITS) == b"\1"
    assert parameters.all(ParameterTag.DIGITS) == (b"\1", b"\2")
    assert parameters.first(ParameterTag.MOBILE_IDENTIFICATION_NUMBER) == b""
    assert parameters.first(ParameterTag.IMSI) is None
    assert parameters.all(ParameterTag.IMSI) == ()
    assert parameters[0] == Parameter(0x9F8400, b"\xaa")


@pytest.mark.parametrize(
    "octets",
    ["89 81 04 82123456", "89 84 00000004 82123456"],  # the second as long as we read lengths
)
def test_long_lengths_are_written_short(octets: str) -> None:
    parameters = Parameters.decode(bytes.fromhex(octets))
    assert parameters.encode() == bytes.fromhex("89 04 82123456")


def test_an_indefinite_length_is_written_definite() -> None:
    parameters = Parameters.decode(bytes.fromhex("BF8218 80 9F8219 01 07 0000"))
    assert parameters.encode() == bytes.fromhex("BF8218 05 9F8219 01 07")


def test_spans_say_where_parameters_lie() -> None:
    octets = bytes.fromhex("9F20 81 02 AABB  95 00")
    first, second = spans(octets)
    assert first == ((ParameterTag.PC_SSN, b"\xaa\xbb"), 0, 4, 6, 6)
    assert second == ((ParameterTag.MSCID, b""), 6, 8, 8, 8)


def test_no_parameters() -> None:
    assert Parameters.decode(b"") == Parameters() == ()
    assert Parameters().encode() == b""


@given(PARAMETERS)
def test_round_trip(parameters: Parameters) -> None:
    octets = parameters.encode()
    assert Parameters.decode(octets) == parameters
    assert tuple(span.parameter for span in spans(octets)) == parameters


@pytest.mark.parametrize("cut", range(len(REGNOT)))
def test_every_truncation_is_refused_or_ends_between_parameters(cut: int) -> None:
    octets = REGNOT[:cut]
    if cut in {span.at for span in spans(REGNOT)}:
        assert Parameters.decode(octets).encode() == octets
        return
    with pytest.raises(Truncated) as caught:
        Parameters.decode(octets)
    assert caught.value.what == "parameters"
    with pytest.raises(Truncated):
        [*spans(octets)]


@given(st.binary(max_size=64))
def test_any_octets_decode_or_say_why(octets: bytes) -> None:
    try:
        parameters = Parameters.decode(octets)
    except DecodeError:
        return
    assert Parameters.decode(parameters.encode()) == parameters


@pytest.mark.parametrize("tag", [0x9F, 0x1FF, -1])
def test_what_is_no_tag_cannot_be_written(tag: int) -> None:
    with pytest.raises(EncodeError):
        Parameters([Parameter(tag, b"")]).encode()
