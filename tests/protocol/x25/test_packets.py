"""X.25 §5, packets, modulo 8 and modulo 128."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carriers import RAW_IP, XOT_PORT, in_tcp
from is41.errors import DecodeError, EncodeError, Truncated, Unsupported
from is41.x25.addresses import Addresses
from is41.x25.codes import FacilityCode, PacketType
from is41.x25.facilities import Facility
from is41.x25.packets import (
    FLOWS,
    CallSetup,
    Clear,
    Data,
    FlowControl,
    Other,
    Packet,
    Reset,
    decode,
)
from is41.xot.messages import Message
from messages import OCTETS, U8, fault_of, vectors
from tshark import dissect

VECTORS: Final = {name: octets[4:] for name, octets in vectors("xot").items()}
FACILITIES: Final = (
    Facility(FacilityCode.PACKET_SIZE, b"\7\7"),
    Facility(FacilityCode.WINDOW_SIZE, b"\2\2"),
)
CALL: Final = CallSetup(
    lcn=1,
    addresses=Addresses(called="31102345", calling="31106789"),
    facilities=FACILITIES,
    user_data=b"\xcd",
)
OTHERS: Final = (
    frozenset(PacketType)
    - FLOWS
    - {
        PacketType.DATA,
        PacketType.CALL,
        PacketType.CALL_ACCEPTED,
        PacketType.CLEAR,
        PacketType.RESET,
        PacketType.RESTART,
    }
)


@pytest.mark.parametrize(
    ("name", "packet"),
    [
        ("xot_tcap_00", CALL),
        (
            "xot_tcap_01",
            CallSetup(
                packet_type=PacketType.CALL_ACCEPTED,
                lcn=1,
                addresses=Addresses(),
                facilities=FACILITIES,
            ),
        ),
        ("xot_tcap_04", FlowControl(lcn=1, p_r=1)),
        ("xot_tcap_05", Clear(lcn=1, cause=0, diagnostic=0)),
        ("xot_tcap_06", Other(packet_type=PacketType.CLEAR_CONFIRMATION, lcn=1)),
    ],
)
def test_a_vector_is_read_and_written(name: str, packet: Packet) -> None:
    assert decode(VECTORS[name]) == packet
    assert packet.encode() == VECTORS[name]


def test_the_vectors_of_data_hold_packages() -> None:
    packages = vectors("tcap_regnot_inv_min", "tcap_regnot_rr_ok")
    first, second = decode(VECTORS["xot_tcap_02"]), decode(VECTORS["xot_tcap_03"])
    assert first == Data(lcn=1, user_data=packages["tcap_regnot_inv_min"])
    assert isinstance(second, Data)
    assert (second.p_s, second.p_r, second.m) == (0, 1, False)
    assert second.user_data[0] == 0xE4


@pytest.mark.parametrize(
    ("octets", "packet"),
    [
        ("90 07 B2 AA", Data(lcn=7, q=True, p_r=5, m=True, p_s=1, user_data=b"\xaa")),
        ("5F FF 0E", Data(lcn=0xFFF, d=True, p_s=7)),
        ("20 01 02 05 AA", Data(lcn=1, modulo=128, p_s=1, p_r=2, m=True, user_data=b"\xaa")),
        ("10 01 25", FlowControl(packet_type=PacketType.RNR, lcn=1, p_r=1)),
        ("20 01 09 FE", FlowControl(packet_type=PacketType.REJ, lcn=1, modulo=128, p_r=127)),
        ("10 01 0F", CallSetup(packet_type=PacketType.CALL_ACCEPTED, lcn=1)),
        (
            "10 01 0F 00",
            CallSetup(packet_type=PacketType.CALL_ACCEPTED, lcn=1, addresses=Addresses()),
        ),
        (
            "D0 01 0B 03 00 1230 00",
            CallSetup(
                lcn=1, d=True, addresses=Addresses(typed=True, called="123"), facilities=()
            ),
        ),
        ("10 01 13 05", Clear(lcn=1, cause=5)),
        (
            "10 01 13 00 F1 00 00 AABB",
            Clear(lcn=1, diagnostic=0xF1, addresses=Addresses(), facilities=(), user_data=b"\xaa\xbb"),
        ),
        ("10 01 1B 05 01", Reset(lcn=1, cause=5, diagnostic=1)),
        ("20 00 FB 07", Reset(packet_type=PacketType.RESTART, lcn=0, modulo=128, cause=7)),
        ("10 01 23 AA", Other(packet_type=PacketType.INTERRUPT, lcn=1, contents=b"\xaa")),
        ("10 00 F1 2400", Other(packet_type=PacketType.DIAGNOSTIC, lcn=0, contents=b"\x24\0")),
    ],
)  # fmt: skip
def test_packets_are_read_and_written(octets: str, packet: Packet) -> None:
    whole = bytes.fromhex(octets)
    assert decode(whole) == packet
    assert packet.encode() == whole


LCNS: Final = st.integers(0, 0xFFF)
MODULOS: Final = st.sampled_from([8, 128])
DIGITS: Final = st.text("0123456789", max_size=15)
ADDRESSES: Final = st.builds(Addresses, typed=st.booleans(), called=DIGITS, calling=DIGITS)
FACILITY_LISTS: Final = st.sampled_from([(), FACILITIES])


def _data(modulo: int) -> st.SearchStrategy[Data]:
    numbers = st.integers(0, modulo - 1)
    flags = st.booleans()
    return st.builds(
        Data,
        lcn=LCNS,
        modulo=st.just(modulo),
        q=flags,
        d=flags,
        p_s=numbers,
        p_r=numbers,
        m=flags,
        user_data=OCTETS,
    )


PACKETS: Final[st.SearchStrategy[Packet]] = st.one_of(
    MODULOS.flatmap(_data),
    MODULOS.flatmap(
        lambda modulo: st.builds(
            FlowControl,
            packet_type=st.sampled_from(sorted(FLOWS)),
            lcn=LCNS,
            modulo=st.just(modulo),
            p_r=st.integers(0, modulo - 1),
        )
    ),
    st.builds(
        CallSetup,
        packet_type=st.sampled_from([PacketType.CALL, PacketType.CALL_ACCEPTED]),
        lcn=LCNS,
        modulo=MODULOS,
        d=st.booleans(),
        addresses=ADDRESSES,
        facilities=FACILITY_LISTS,
        user_data=OCTETS,
    ),
    st.builds(Clear, lcn=LCNS, modulo=MODULOS, cause=U8, diagnostic=st.none() | U8),
    st.builds(
        Clear,
        lcn=LCNS,
        cause=U8,
        diagnostic=U8,
        addresses=ADDRESSES,
        facilities=FACILITY_LISTS,
        user_data=OCTETS,
    ),
    st.builds(
        Reset,
        packet_type=st.sampled_from([PacketType.RESET, PacketType.RESTART]),
        lcn=LCNS,
        modulo=MODULOS,
        cause=U8,
        diagnostic=st.none() | U8,
    ),
    st.builds(
        Other,
        packet_type=st.sampled_from(sorted(OTHERS)),
        lcn=LCNS,
        modulo=MODULOS,
        contents=OCTETS,
    ),
)


@given(PACKETS)
def test_a_packet_is_read_back(packet: Packet) -> None:
    assert decode(packet.encode()) == packet


@pytest.mark.parametrize(
    ("packet", "least"),
    [
        (CALL, len(CALL.encode()) - 1),  # user data end where they end
        (Data(lcn=1, modulo=128), 4),
        (FlowControl(lcn=1, modulo=128), 4),
        (Clear(lcn=1), 4),
        (Reset(lcn=1), 4),
        (Other(packet_type=PacketType.INTERRUPT, lcn=1, contents=b"A"), 3),
    ],
)
def test_a_packet_cut_short_is_truncated(packet: Packet, least: int) -> None:
    octets = packet.encode()
    for cut in range(least):
        error = fault_of(decode, octets[:cut])
        assert type(error) is Truncated
        assert error.counted_as == "x25_truncated"
        assert error.offset <= cut
    assert fault_of(decode, octets[:least]) is None


@pytest.mark.parametrize(
    ("octets", "kind", "field", "offset"),
    [
        ("00 01 00", Unsupported, "format", 0),
        ("30 01 00", Unsupported, "format", 0),
        ("10 01 F5", Unsupported, "packet_type", 2),  # XOT's, not X.25's
        ("20 01 21 00", Unsupported, "packet_type", 2),  # RR of modulo 8
        ("10 01 01 00", DecodeError, "end", 3),
        ("10 01 1B 00 00 00", DecodeError, "diagnostic", 5),
        ("10 01 0B 00 01 42", DecodeError, "facilities", 5),
        ("10 01 13 00 00 00 01 42", DecodeError, "facilities", 7),
    ],
)
def test_an_odd_packet_is_refused(
    octets: str, kind: type[DecodeError], field: str, offset: int
) -> None:
    error = fault_of(decode, bytes.fromhex(octets))
    assert error is not None
    assert (type(error), error.field, error.offset) == (kind, field, offset)


@given(st.sampled_from([0x10, 0x20, 0x90]), st.binary(max_size=30))
def test_any_octets_are_a_packet_or_refused(first: int, rest: bytes) -> None:
    for octets in (rest, bytes([first]) + rest, bytes([first, 1, 0x0B]) + rest):
        error = fault_of(decode, octets)
        if error is None:
            packet = decode(octets)
            assert decode(packet.encode()) == packet
        else:
            assert error.offset <= len(octets)


@pytest.mark.parametrize(
    "packet",
    [
        Data(lcn=0x1000),
        Data(lcn=1, modulo=9),
        Data(lcn=1, p_s=8),
        Data(lcn=1, modulo=128, p_r=128),
        FlowControl(lcn=1, p_r=8),
        FlowControl(packet_type=PacketType.CALL_ACCEPTED | 0x20, lcn=1),
        CallSetup(lcn=1),
        CallSetup(lcn=1, addresses=Addresses()),
        CallSetup(packet_type=PacketType.CALL_ACCEPTED, lcn=1, facilities=()),
        CallSetup(
            packet_type=PacketType.CALL_ACCEPTED, lcn=1, addresses=Addresses(), user_data=b"A"
        ),
        Clear(lcn=1, cause=256),
        Clear(lcn=1, addresses=Addresses()),
        Reset(lcn=1, diagnostic=256),
        Reset(packet_type=256, lcn=1),
        Other(packet_type=-1, lcn=1),
    ],
)
def test_a_packet_that_cannot_be_is_the_callers_fault(packet: Packet) -> None:
    with pytest.raises(EncodeError):
        packet.encode()


# What tshark reads.
READ: Final[tuple[Packet, ...]] = (
    CALL,
    CallSetup(packet_type=PacketType.CALL_ACCEPTED, lcn=1, addresses=Addresses(), facilities=()),
    Data(lcn=1, p_s=5, p_r=6, m=True, user_data=b"A"),
    Data(lcn=1, q=True, d=True, p_s=6, p_r=7, user_data=b"B"),
    Data(lcn=1, modulo=128, p_s=100, p_r=3, m=True, user_data=b"C"),
    Data(lcn=1, modulo=128, p_s=101, p_r=4, user_data=b"D"),
    FlowControl(lcn=1, p_r=7),
    FlowControl(packet_type=PacketType.RNR, lcn=1, modulo=128, p_r=77),
    FlowControl(packet_type=PacketType.REJ, lcn=1, p_r=2),
    Reset(lcn=1, cause=5, diagnostic=1),
    Reset(packet_type=PacketType.RESTART, lcn=0, cause=7, diagnostic=2),
    Other(packet_type=PacketType.INTERRUPT, lcn=1, contents=b"A"),
    Other(packet_type=PacketType.DIAGNOSTIC, lcn=0, contents=b"\x24"),
    Clear(lcn=1, cause=9, diagnostic=3),
    Other(packet_type=PacketType.CLEAR_CONFIRMATION, lcn=1),
)


@pytest.mark.tshark
def test_tshark_finds_the_same_fields() -> None:
    """Faults of tshark 4.0.17.

    1. Of modulo 128 data it shows P(S) as P(R) and P(R) as P(S).
    2. It joins data with the Q bit to data without it, where an M bit says that more follows.
    """
    packets = in_tcp([Message(packet.encode()).encode() for packet in READ], XOT_PORT)
    joined = dissect(packets, RAW_IP)[3]["data.data"]
    assert joined == ["41:42"]  # fault 2
    for packet, read in zip(READ, dissect(packets, RAW_IP), strict=True):
        assert read.get("x25.lcn", ["0"]) == [str(packet.lcn)]  # it leaves 0 out
        match packet:
            case CallSetup(addresses=Addresses() as addresses):
                assert "".join(read.get("x25.called_address", [])) == addresses.called
                assert "".join(read.get("x25.calling_address", [])) == addresses.calling
            case Data():
                p_s, p_r = (packet.p_s, packet.p_r)
                if packet.modulo == 128:
                    p_s, p_r = p_r, p_s  # fault 1
                assert read["x25.p_s"] == [str(p_s)]
                assert read["x25.p_r"] == [str(p_r)]
                assert read["x25.m"] == [str(int(packet.m))]
                assert read["x25.q"] == [str(int(packet.q))]
                assert read["x25.d"] == [str(int(packet.d))]
            case FlowControl():
                assert read["x25.p_r"] == [str(packet.p_r)]
            case Clear():
                assert [int(each, 0) for each in read["x25.clear_cause"]] == [packet.cause]
                assert read["x25.diagnostic"] == [str(packet.diagnostic)]
            case Reset():
                name = "restart" if packet.packet_type == PacketType.RESTART else "reset"
                assert [int(each, 0) for each in read[f"x25.{name}_cause"]] == [packet.cause]
                assert read["x25.diagnostic"] == [str(packet.diagnostic)]
        kind = getattr(packet, "packet_type", PacketType.DATA)
        kind = PacketType.CLEAR if isinstance(packet, Clear) else kind
        assert [int(each, 0) for each in read["x25.type"]] == [kind]
