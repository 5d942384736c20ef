"""RFC 1613 and X.25 §4: messages out of a connection that others have."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scapy.layers.inet import TCP
from scapy.utils import rdpcap

from carriers import RAW_IP, in_tcp
from is41.errors import DecodeError
from is41.x25.addresses import Addresses
from is41.x25.codes import PacketType
from is41.x25.packets import CallSetup, Clear, Data, FlowControl, Other, Packet, Reset
from is41.xot.joining import MESSAGE_LENGTH_MAX
from is41.xot.messages import PACKET_LENGTH_MAX, PORT, Message
from is41.xot.pvc import PvcSetup
from is41.xot.tap import (
    BEGINNINGS,
    T_CONFIRM,
    T_PACKET,
    CallReceived,
    Event,
    MessageReceived,
    OctetsRefused,
    PvcSetupReceived,
    Tap,
)
from messages import TESTS, vectors
from tshark import dissect

REGNOT: Final = vectors("tcap_regnot_inv_min")["tcap_regnot_inv_min"]
ANSWER: Final = vectors("tcap_regnot_rr_ok")["tcap_regnot_rr_ok"]
CALL: Final = CallSetup(lcn=1, addresses=Addresses(), facilities=(), user_data=b"\xcd")
CLEAR: Final = Clear(lcn=1, cause=0, diagnostic=0)
RR: Final = FlowControl(lcn=1, p_r=1)


def stream(*packets: Packet) -> bytes:
    return b"".join(Message(packet.encode()).encode() for packet in packets)


def data(*messages: bytes, size: int = 128, modulo: int = 8, first: int = 0) -> list[Packet]:
    """Data packets of *size* octets at most, numbered on from *first*."""
    packets: list[Packet] = []
    for message in messages:
        pieces = [message[at : at + size] for at in range(0, len(message), size)] or [b""]
        for number, piece in enumerate(pieces):
            p_s = (first + len(packets)) % modulo
            more = number < len(pieces) - 1
            packets.append(Data(lcn=1, modulo=modulo, p_s=p_s, m=more, user_data=piece))
    return packets


def events_of(tap: Tap) -> list[Event]:
    return list(iter(tap.next_event, None))


def tapped(*runs: bytes, aligned: bool = True) -> list[Event]:
    tap = Tap(aligned=aligned)
    for octets in runs:
        tap.receive(octets, 0.0)
    while (deadline := tap.next_deadline()) is not None:
        tap.expire(deadline)
    return [replace(event, at=0.0) for event in events_of(tap)]


def received(octets: bytes, *, q: bool = False, headless: bool = False) -> MessageReceived:
    return MessageReceived(q, octets, headless, 0.0)


def messages_of(events: list[Event]) -> list[bytes]:
    return [event.octets for event in events if isinstance(event, MessageReceived)]


def faults_of(events: list[Event]) -> list[tuple[str, str]]:
    return [
        (event.error.counted_as, event.error.field)
        for event in events
        if isinstance(event, OctetsRefused)
    ]


# X.25 §4.3, joining.
def test_a_call_and_its_messages_come_out() -> None:
    events = tapped(stream(CALL, *data(REGNOT, ANSWER), RR, CLEAR))
    assert events == [CallReceived(CALL, 0.0), received(REGNOT), received(ANSWER)]


def test_a_capture_holds_a_conversation() -> None:
    taps = {True: Tap(), False: Tap()}
    for packet in rdpcap(str(TESTS / "captures" / "xot_tcap_direct.pcap")):
        octets = bytes(packet[TCP].payload)[: packet["IP"].len - 40]
        taps[packet[TCP].dport == PORT].receive(octets, 0.0)
    called, calling = events_of(taps[True]), events_of(taps[False])
    assert messages_of(called) == [REGNOT]
    assert [octets[0] for octets in messages_of(calling)] == [0xE4]
    assert isinstance(called[0], CallReceived)
    assert called[0].packet.user_data == b"\xcd"
    assert isinstance(calling[0], CallReceived)
    assert faults_of(called + calling) == []


@pytest.mark.parametrize("modulo", [8, 128])
def test_data_are_joined_by_the_m_bit_whatever_the_modulo(modulo: int) -> None:
    messages = [bytes([number]) * (number * 10) for number in range(1, 30)]
    packets = data(*messages, size=16, modulo=modulo)
    assert messages_of(tapped(stream(*packets))) == messages


def test_other_packets_may_stand_between_joined_data() -> None:
    first, second = data(b"AB", size=1)
    interrupt = Other(packet_type=PacketType.INTERRUPT, lcn=1, contents=b"!")
    assert tapped(stream(first, RR, interrupt, second)) == [received(b"AB")]


def test_the_q_bit_comes_with_the_message() -> None:
    qualified = Data(lcn=1, q=True, user_data=b"A")
    assert tapped(stream(qualified)) == [received(b"A", q=True)]


def test_the_q_bit_may_not_change_within_a_message() -> None:
    first = Data(lcn=1, m=True, user_data=b"A")
    events = tapped(stream(first, Data(lcn=1, q=True, p_s=1, user_data=b"B")))
    assert faults_of(events) == [("xot_message_malformed", "user_data")]
    assert events[1] == received(b"B", q=True)


def test_a_missing_packet_loses_its_message_and_no_other() -> None:
    packets = data(b"ABC", b"DEF", b"GHI", size=1)
    events = tapped(stream(*packets[:4], *packets[5:]))
    assert faults_of(events) == [("xot_message_malformed", "user_data")]
    assert [each for each in events if isinstance(each, MessageReceived)] == [
        received(b"ABC"),
        received(b"F", headless=True),
        received(b"GHI"),
    ]


@pytest.mark.parametrize(
    "packet",
    [
        CALL,
        replace(CALL, packet_type=PacketType.CALL_ACCEPTED),
        CLEAR,
        Other(packet_type=PacketType.CLEAR_CONFIRMATION, lcn=1),
        Reset(lcn=1, diagnostic=0),
        Other(packet_type=PacketType.RESET_CONFIRMATION, lcn=1),
    ],
)
def test_a_circuit_that_begins_again_loses_what_was_begun(packet: Packet) -> None:
    begun = Data(lcn=1, p_s=0, m=True, user_data=b"A")
    events = tapped(stream(begun, packet, *data(REGNOT)))
    assert faults_of(events) == [("xot_message_malformed", "user_data")]
    assert events[-1] == received(REGNOT)
    assert len(BEGINNINGS) == 6


def test_restart_has_no_meaning_on_xot() -> None:
    first, second = data(b"AB", size=1)
    restart = Reset(packet_type=PacketType.RESTART, lcn=0)
    assert tapped(stream(first, restart, second)) == [received(b"AB")]


def test_after_a_call_p_s_begins_at_0() -> None:
    (packet,) = data(REGNOT, first=1)
    assert tapped(stream(CALL, packet))[1:] == [received(REGNOT, headless=True)]


def test_a_message_too_long_is_lost_and_the_next_one_is_not() -> None:
    longest, longer = bytes(MESSAGE_LENGTH_MAX), bytes(3 * MESSAGE_LENGTH_MAX)
    events = tapped(stream(*data(longest, longer, REGNOT, size=1024)))
    assert messages_of(events) == [longest, REGNOT]
    assert faults_of(events) == [("xot_message_malformed", "user_data")]


def test_a_pvc_is_set_up() -> None:
    setup = PvcSetup(
        initiator=b"A",
        initiator_lcn=1,
        responder=b"B",
        responder_lcn=2,
        incoming_window=2,
        outgoing_window=2,
        incoming_packet_size=7,
        outgoing_packet_size=7,
    )
    octets = Message(setup.encode()).encode() + stream(Reset(lcn=1), *data(REGNOT))
    assert tapped(octets) == [PvcSetupReceived(setup, 0.0), received(REGNOT)]
    damaged = octets[:7] + b"\x80" + octets[8:]
    refused = tapped(damaged)[0]
    assert isinstance(refused, OctetsRefused)
    assert (refused.error.counted_as, refused.error.offset) == ("xot_pvc_malformed", 8)


def test_a_packet_that_cannot_be_costs_itself_alone() -> None:
    good = data(REGNOT, ANSWER)
    octets = stream(good[0]) + bytes.fromhex("0000 0003 3001 00") + stream(good[1])
    events = tapped(octets)
    assert messages_of(events) == [REGNOT, ANSWER]
    assert faults_of(events) == [("x25_unsupported", "format")]
    refused = events[1]
    assert isinstance(refused, OctetsRefused)
    assert refused.error.offset == 4


# Where no header stands.
MANY: Final = [bytes([0xE2, number]) * 20 for number in range(6)]
LENGTHS: Final = [len(stream(packet)) for packet in data(*MANY, REGNOT)]


@given(st.lists(st.integers(1, 60)), st.booleans(), st.integers(0, 40))
def test_the_cut_of_the_stream_does_not_matter(
    cuts: list[int],
    aligned: bool,  # noqa: FBT001
    skipped: int,
) -> None:
    octets = stream(CALL, *data(*MANY, size=16), CLEAR)
    octets = octets[skipped:] if not aligned else octets[:60] + b"\xff" + octets[61:]
    runs, at = [], 0
    for cut in cuts:
        runs.append(octets[at : at + cut])
        at += cut
    in_pieces = tapped(*runs, octets[at:], aligned=aligned)
    assert list(map(str, in_pieces)) == list(map(str, tapped(octets, aligned=aligned)))


@pytest.mark.parametrize("skipped", range(1, 50))
def test_a_stream_may_begin_anywhere(skipped: int) -> None:
    octets = stream(*data(*MANY, REGNOT), RR)[skipped:]
    events = tapped(octets, aligned=False)
    begun = 1 if skipped <= 47 else 2  # octets of one message, header and all
    assert messages_of(events) == [*MANY[begun:], REGNOT]
    assert faults_of(events) == []
    headless = [event.headless for event in events if isinstance(event, MessageReceived)]
    assert headless == [True] + [False] * (len(events) - 1)


def test_a_packet_without_another_behind_it_waits() -> None:
    tap = Tap(aligned=False)
    tap.receive(b"\x01\x02" + stream(*data(REGNOT)), 10.0)
    assert events_of(tap) == []
    assert tap.octets_skipped == 2
    assert tap.next_deadline() == 10.0 + T_CONFIRM
    tap.expire(10.0 + T_CONFIRM - 0.1)
    assert events_of(tap) == []
    tap.expire(10.0 + T_CONFIRM)
    assert messages_of(events_of(tap)) == [REGNOT]
    assert tap.next_deadline() is None


def test_half_a_packet_that_waits_is_given_up() -> None:
    tap = Tap(aligned=False)
    tap.receive(bytes.fromhex("0000 0100 100100") + stream(*data(REGNOT)), 0.0)
    assert events_of(tap) == []
    tap.expire(T_CONFIRM)
    assert messages_of(events_of(tap)) == [REGNOT]


def test_a_packet_that_stays_incomplete_has_the_wrong_length() -> None:
    tap = Tap()
    tap.receive(stream(*data(REGNOT)), 0.0)
    assert tap.next_deadline() is None
    tap.receive(b"\0\0\0", 1.0)
    tap.receive(b"\x77\x10\1\2\xe2" + stream(*data(ANSWER, first=2), RR), 2.0)
    assert tap.next_deadline() == 1.0 + T_PACKET
    assert messages_of(events_of(tap)) == [REGNOT]
    tap.expire(1.0 + T_PACKET)
    events = events_of(tap)
    assert faults_of(events) == [("xot_message_malformed", "user_data")]
    assert messages_of(events) == [ANSWER]


@pytest.mark.parametrize("swallowed", [1, 3])
def test_a_length_that_swallows_whole_messages_loses_none_of_them(swallowed: int) -> None:
    octets = bytearray(stream(*data(*MANY, REGNOT), RR))
    octets[3] += swallowed * LENGTHS[0]
    events = tapped(bytes(octets))
    assert messages_of(events) == [*MANY[1:], REGNOT]
    assert faults_of(events) == [("xot_message_malformed", "user_data")]


def test_a_gap_loses_what_was_begun() -> None:
    octets = stream(*data(*MANY, REGNOT), RR)
    tap = Tap()
    tap.receive(octets[:60], 0.0)
    tap.gap(0.0)
    tap.receive(octets[100:], 0.0)
    events = events_of(tap)
    assert messages_of(events) == [MANY[0], *MANY[3:], REGNOT]
    assert faults_of(events) == [("xot_message_malformed", "user_data")]


def test_a_gap_between_messages_loses_none() -> None:
    octets = stream(*data(*MANY[:3]))
    tap = Tap()
    tap.receive(octets, 0.0)
    tap.gap(0.0)
    tap.receive(stream(*data(*MANY[3:], first=5), RR), 0.0)
    events = events_of(tap)
    assert messages_of(events) == MANY
    assert faults_of(events) == []


M_BIT: Final = (6, 0x10)  # the place within a message, and the bit


@given(st.integers(1, 4), st.integers(0, 46), st.integers(1, 255))
def test_one_damaged_octet_costs_its_message_and_no_other(
    number: int, place: int, change: int
) -> None:
    """But for the M bit: set where none was, it joins the next message to the damaged one."""
    assume(place != M_BIT[0] or not change & M_BIT[1])
    octets = bytearray(stream(*data(*MANY, REGNOT), RR))
    octets[sum(LENGTHS[:number]) + place] ^= change
    kept = messages_of(tapped(bytes(octets)))
    assert [each for each in kept if each in [*MANY, REGNOT] and each != MANY[number]] == [
        *MANY[:number],
        *MANY[number + 1 :],
        REGNOT,
    ]


@given(st.lists(st.binary(max_size=80), max_size=5), st.booleans())
def test_any_octets_do_no_harm(runs: list[bytes], aligned: bool) -> None:  # noqa: FBT001
    tap = Tap(aligned=aligned)
    for octets in runs:
        tap.receive(octets, 0.0)
    tap.expire(T_CONFIRM)
    for event in events_of(tap):
        assert not isinstance(event, OctetsRefused) or isinstance(event.error, DecodeError)


def test_the_octets_kept_are_bounded() -> None:
    tap = Tap(aligned=False)
    longest = Message(bytes.fromhex("100100") + bytes(PACKET_LENGTH_MAX - 3)).encode()
    most = 0
    for octets in (longest[:-1], b"\1", *[b"\0" * 100] * 100, longest, longest, longest[:-1]):
        tap.receive(octets, 0.0)
        most = max(most, len(tap._received))  # noqa: SLF001
    assert most <= 2 * len(longest)


# What tshark reads.
@pytest.mark.tshark
@pytest.mark.parametrize("modulo", [8, 128])
def test_tshark_joins_the_same_messages(modulo: int) -> None:
    packets = [CALL, *data(REGNOT, ANSWER, *MANY, size=16, modulo=modulo), CLEAR]
    read = dissect(in_tcp([stream(packet) for packet in packets], PORT), RAW_IP)
    joined = [octets.replace(":", "") for each in read for octets in each.get("data.data", [])]
    assert joined == [octets.hex() for octets in messages_of(tapped(stream(*packets)))]
