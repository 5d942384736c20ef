"""RFC 4666 §4: what ASP and SGP do alike; the two of them joined."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from associations import (
    MSU,
    data,
    error_codes,
    give,
    kinds,
    message_of,
    messages_in,
    sent,
    settled,
)
from carriers import M3UA, RAW_IP, in_sctp
from is41.adaptation.messages import Parameter
from is41.errors import EncodeError
from is41.layers import Layer
from is41.link import (
    Event,
    Finished,
    MessageRefused,
    MessageSkipped,
    MessagesReceived,
    ProtocolViolated,
    RoundTripMeasured,
    StateChanged,
)
from is41.m3ua.asp import Asp
from is41.m3ua.association import INPUTS, Association, Input, State
from is41.m3ua.codes import Aspsm, ErrorCode, MessageClass, ParameterTag, TrafficMode
from is41.m3ua.messages import Message
from is41.m3ua.settings import Settings
from is41.m3ua.sgp import Sgp
from is41.machine import REFUSED_MAX
from is41.mtp.codes import ServiceIndicator
from is41.mtp.msu import Msu
from links import Wire, events_of, payloads
from tshark import dissect

BEAT = (MessageClass.ASPSM, Aspsm.BEAT)
PLAIN = Settings()
ISUP = Msu(service_indicator=ServiceIndicator.ISUP, dpc=MSU.dpc, opc=MSU.opc, payload=b"\1\2")


def active(side: type[Association], configured: Settings = PLAIN) -> Association:
    end = side(0.0, configured, allowed=True)
    if side is Asp:
        give(end, Input.UP_ACK, Input.ACTIVE_ACK)
    else:
        give(end, Input.UP, Input.ACTIVE)
    return settled(end, State.ASP_ACTIVE)


both_sides = pytest.mark.parametrize("side", [Asp, Sgp])


@both_sides
def test_data_is_told_in_runs(side: type[Association]) -> None:
    end = active(side)
    give(end, Message(MessageClass.TRANSFER, 1))  # refused, and forgotten
    run = data().encode()
    beat = message_of(Input.BEAT).encode()
    end.receive(run * 3 + beat + run, 0.0)
    events = events_of(end)[1:]
    assert [event.count for event in events if isinstance(event, MessagesReceived)] == [3, 1]
    assert payloads(events) == [MSU.encode()] * 4


@both_sides
def test_data_that_only_the_grammar_reads_is_told_too(side: type[Association]) -> None:
    end = active(side)
    give(end, data(Parameter(ParameterTag.INFO_STRING, b"who knows")))
    assert payloads(events_of(end)) == [MSU.encode()]


@both_sides
def test_data_for_other_user_parts_is_skipped(side: type[Association]) -> None:
    end = active(side)
    give(end, data(msu=ISUP))
    assert events_of(end) == [MessageSkipped("DATA for user part 5")]
    assert sent(end) == []


@both_sides
def test_an_msu_is_sent_as_data(side: type[Association]) -> None:
    end = active(side, Settings(routing_context=7, network_appearance=3))
    end.send(MSU.encode(), Layer.MTP3, 0.0)
    appearance = Parameter.of(ParameterTag.NETWORK_APPEARANCE, 3)
    context = Parameter.of(ParameterTag.ROUTING_CONTEXT, 7)
    assert sent(end) == [data(appearance, context)]


@both_sides
def test_what_cannot_be_sent_is_our_own_fault(side: type[Association]) -> None:
    end = active(side)
    with pytest.raises(EncodeError, match="no SCCP"):
        end.send(MSU.payload, Layer.SCCP, 0.0)
    with pytest.raises(EncodeError, match="no MSU"):
        end.send(b"\x83", Layer.MTP3, 0.0)
    end.prohibit(0.0)
    with pytest.raises(EncodeError, match="INACTIVATING"):
        end.send(MSU.encode(), Layer.MTP3, 0.0)


@both_sides
def test_acknowledging_says_nothing_to_the_far_end(side: type[Association]) -> None:
    end = active(side)
    give(end, data())
    end.acknowledge(1, 0.0)
    assert end.octets_to_send() == b""


@both_sides
def test_a_heartbeat_is_echoed_with_its_data(side: type[Association]) -> None:
    end = side(0.0, Settings(), allowed=False)
    sent(end)
    number = Parameter(ParameterTag.HEARTBEAT_DATA, b"whatever")
    give(end, Message(*BEAT, (number,)))
    assert sent(end) == [Message(MessageClass.ASPSM, Aspsm.BEAT_ACK, (number,))]


@both_sides
def test_heartbeats_measure_the_round_trip(side: type[Association]) -> None:
    end = active(side)
    end.expire(30.0)
    (beat,) = sent(end)
    assert beat.kind == BEAT
    end.receive(Message(MessageClass.ASPSM, Aspsm.BEAT_ACK, beat.parameters).encode(), 30.25)
    assert events_of(end) == [RoundTripMeasured(0.25)]
    give(end, Input.BEAT_ACK)
    assert events_of(end) == []


@both_sides
@pytest.mark.parametrize("steps", [[], [Input.UP_ACK, Input.UP], [Input.CLOSE]])
def test_heartbeats_go_on_in_every_state(side: type[Association], steps: list[Input]) -> None:
    end = active(side) if Input.CLOSE in steps else side(0.0, PLAIN, allowed=True)
    give(end, *steps)
    sent(end)
    state = end.state
    give(end, Input.T_BEAT_EXPIRED)
    assert (kinds(sent(end)), end.state) == ([BEAT], state)
    give(end, Input.SILENCE_EXPIRED)
    assert end.is_finished


@both_sides
def test_a_peer_that_is_silent_for_two_heartbeats_is_gone(side: type[Association]) -> None:
    end = active(side)
    end.receive(data().encode(), 20.0)
    end.receive(data().encode()[:-1], 79.0)  # an octet a second would never complete it
    events_of(end)
    end.expire(79.9)
    assert not end.is_finished
    end.expire(80.0)
    assert isinstance(events_of(end)[0], ProtocolViolated)


def test_without_heartbeats_there_is_no_timer() -> None:
    assert active(Sgp, Settings(t_beat=0)).next_deadline() is None


@both_sides
@pytest.mark.parametrize(
    ("octets", "code", "field"),
    [
        ("0200 0301 00000008", ErrorCode.INVALID_VERSION, "version"),
        ("0100 0301 00000007", ErrorCode.PROTOCOL_ERROR, "length"),
        ("0100 0301 FFFFFFF0", ErrorCode.PROTOCOL_ERROR, "length"),
        ("0100 0301 0000000A", ErrorCode.PROTOCOL_ERROR, "length"),
    ],
)
def test_a_header_that_cannot_be_ends_the_connection(
    side: type[Association], octets: str, code: ErrorCode, field: str
) -> None:
    end = active(side)
    end.receive(bytes.fromhex(octets) + data().encode(), 0.0)
    violated, changed = events_of(end)
    assert isinstance(violated, ProtocolViolated)
    assert violated.error.field == field
    assert changed == StateChanged(State.FINISHED)
    assert error_codes(sent(end)) == [code]


@both_sides
def test_who_is_refused_too_often_is_cut_off(side: type[Association]) -> None:
    end = active(side)
    wrong = Message(MessageClass.ASPSM, 99).encode()
    end.receive((wrong * REFUSED_MAX + data().encode()) * 2, 0.0)
    assert not end.is_finished
    events_of(end)
    sent(end)
    end.receive(wrong * 30_000, 0.0)
    refused = [event for event in events_of(end) if isinstance(event, MessageRefused)]
    assert (end.is_finished, len(refused)) == (True, REFUSED_MAX + 1)
    assert {event.octets for event in refused} == {wrong}
    assert error_codes(sent(end)) == [ErrorCode.UNSUPPORTED_MESSAGE_TYPE] * (REFUSED_MAX + 1)


@both_sides
def test_err_is_never_answered_with_err(side: type[Association]) -> None:
    end = side(0.0, Settings(), allowed=True)
    sent(end)
    give(end, Input.ERR)
    assert sent(end) == []


def told(events: list[Event]) -> list[Event | str]:
    """All but messages, which come in other runs; errors by their words."""
    return [
        str(event.error) if isinstance(event, MessageRefused) else event
        for event in events
        if not isinstance(event, MessagesReceived)
    ]


inputs = st.lists(st.sampled_from(sorted(set(INPUTS.values()), key=lambda what: what.value)))


@both_sides
@settings(max_examples=60, deadline=None)
@given(inputs, st.lists(st.integers(1, 90)))
def test_the_cut_of_the_stream_does_not_matter(
    side: type[Association], whats: list[Input], cuts: list[int]
) -> None:
    stream = b"".join(message_of(what).encode() for what in whats)
    whole, pieces = (side(0.0, Settings(), allowed=True) for _ in range(2))
    whole.receive(stream, 0.0)
    found: list[Event] = []
    messages: list[bytes] = []
    for cut in [*cuts, len(stream)]:
        pieces.receive(stream[:cut], 0.0)
        stream = stream[cut:]
        events = events_of(pieces)
        messages += payloads(events)
        found += events
    expected = events_of(whole)
    assert messages == payloads(expected)
    assert told(found) == told(expected)
    assert pieces.octets_to_send() == whole.octets_to_send()
    assert pieces.state is whole.state


commands = st.sampled_from([*INPUTS.values(), Input.ALLOW, Input.PROHIBIT, Input.CLOSE])


@both_sides
@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(commands, st.floats(0, 3))))
def test_no_order_of_inputs_crashes_an_end_or_leaves_it_without_a_deadline(
    side: type[Association], steps: list[tuple[Input, float]]
) -> None:
    end, now = side(0.0, Settings(), allowed=True), 0.0
    for what, wait in steps:
        now += wait
        end.expire(now)
        give(end, what, now=now)
        assert (end.next_deadline() is None) == end.is_finished
        events_of(end)


@both_sides
@given(st.binary(max_size=80), st.sampled_from([State.ASP_DOWN, State.ASP_ACTIVE]))
def test_no_octets_crash_an_end(side: type[Association], octets: bytes, state: State) -> None:
    end = active(side) if state is State.ASP_ACTIVE else side(0.0, Settings(), allowed=True)
    end.receive(octets, 0.0)
    end.expire(100.0)
    assert all(event is not None for event in events_of(end))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.3))
def test_two_ends_on_a_fake_wire_come_up_talk_and_close(seed: int, delay: float) -> None:
    chance = random.Random(seed)
    wire = Wire(
        Asp(0.0, Settings(routing_context=7), allowed=False),
        Sgp(0.0, Settings(routing_context=7), allowed=False),
    )
    now, spoken = 0.0, [0, 0]
    while now < 12.0:
        now += delay + 0.02
        for side, end in enumerate(wire.ends):
            if chance.random() < 0.05:
                end.allow(now)
            if end.is_open and chance.random() < 0.3:
                end.send(MSU.encode(), Layer.MTP3, now)
                spoken[side] += 1
        wire.carry(now, chance)
    for end in wire.ends:
        end.allow(now)
    while not all(end.is_open for end in wire.ends):
        now += 2.0
        wire.settle(now)
    wire.settle(now)
    assert [len(heard) for heard in wire.heard] == spoken[::-1]
    events = [*wire.events[0], *wire.events[1]]
    assert not any(isinstance(event, ProtocolViolated) for event in events)
    wire.ends[chance.randint(0, 1)].close(now)
    wire.settle(now)
    wire.settle(now + 2.0)
    assert any(Finished() in events for events in wire.events)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_an_end_whose_far_end_went_away_notices(seed: int) -> None:
    chance = random.Random(seed)
    wire = Wire(Asp(0.0, Settings(), allowed=True), Sgp(0.0, Settings(), allowed=True))
    for step in range(chance.randint(0, 20)):
        wire.carry(step * 0.1, chance)
    for end in wire.ends:
        while (deadline := end.next_deadline()) is not None:
            assert deadline < 70.0
            end.expire(deadline)
            end.octets_to_send()
        assert end.is_finished


@pytest.mark.tshark
def test_tshark_reads_what_both_sides_send() -> None:
    configured = Settings(
        routing_context=7,
        network_appearance=3,
        asp_identifier=4,
        traffic_mode=TrafficMode.OVERRIDE,
    )
    ends = Asp(0.0, configured, allowed=True), Sgp(0.0, configured, allowed=True)
    messages: list[Message] = []

    def settle() -> None:
        for this in (0, 1) * 4:
            octets = ends[this].octets_to_send()
            messages.extend(messages_in(octets))
            ends[1 - this].receive(octets, 0.0)

    settle()
    for end in ends:
        end.send(MSU.encode(), Layer.MTP3, 0.0)
        end.expire(30.0)
        give(end, Message(MessageClass.RKM, 1))
    settle()
    ends[0].close(30.0)
    settle()
    packets = [in_sctp(message.encode(), M3UA) for message in messages]
    for message, read in zip(messages, dissect(packets, RAW_IP), strict=True):
        assert read["m3ua.message_class"] == [str(int(message.message_class))]
        assert read["m3ua.message_type"] == [str(int(message.message_type))]
        assert "_ws.malformed" not in read
    assert set(INPUTS) - set(kinds(messages)) == {
        (MessageClass.ASPTM, 2),  # an ASP that is not prohibited says nothing of being inactive
        (MessageClass.ASPTM, 4),
        (MessageClass.SSNM, 3),
    }


def test_the_two_sides_agree_on_kinds_of_messages() -> None:
    asp, sgp = active(Asp), active(Sgp)
    asp.close(0.0)
    sgp.receive(asp.octets_to_send(), 0.0)
    assert kinds(sent(sgp)) == [(MessageClass.ASPSM, Aspsm.DOWN_ACK)]
