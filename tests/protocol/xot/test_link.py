"""RFC 1613 and X.25 §4: one end of a virtual circuit, and two of them joined."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carriers import RAW_IP, XOT_PORT, in_tcp
from circuits import (
    PATHS,
    PVC,
    REGNOT,
    SVC,
    give,
    link_in,
    packet_of,
    packets_in,
    sent,
    timers,
    types,
    xot,
)
from is41.errors import EncodeError
from is41.layers import Layer
from is41.link import (
    Event,
    Finished,
    ManagementReceived,
    MessageRefused,
    MessageSkipped,
    MessagesReceived,
    ProtocolViolated,
    StateChanged,
)
from is41.machine import REFUSED_MAX
from is41.x25.codes import Diagnostic, PacketType
from is41.x25.packets import CallSetup, Clear, Data, FlowControl, Other, Reset
from is41.xot.link import Link, Packet
from is41.xot.pvc import PACKET_TYPE as PVC_SETUP
from is41.xot.pvc import PvcSetup
from is41.xot.settings import Settings
from is41.xot.setup import call, pvc_request
from is41.xot.states import ALWAYS, TRANSITIONS, Act, Input, State
from links import Wire, events_of, payloads
from tshark import dissect

ACCEPTED = PacketType.CALL_ACCEPTED
CALLS = [Input.CALL, Input.CALL_ACCEPTED, Input.CLEAR, Input.CLEAR_CONFIRMATION]
LOCAL = [Input.ALLOW, Input.PROHIBIT, Input.CLOSE]
PACKETS = [
    *CALLS,
    Input.DATA,
    Input.FLOW,
    Input.RESET,
    Input.RESET_CONFIRMATION,
    Input.INTERRUPT,
    Input.INTERRUPT_CONFIRMATION,
    Input.PVC_SETUP,
    Input.LOCAL,
]
ANSWERS = {
    Act.SEND_CALL: PacketType.CALL,
    Act.SEND_CALL_ACCEPTED: ACCEPTED,
    Act.SEND_PVC_SETUP: PVC_SETUP,
    Act.SEND_PVC_ANSWER: PVC_SETUP,
    Act.SEND_CLEAR: PacketType.CLEAR,
    Act.SEND_CLEAR_CONFIRMATION: PacketType.CLEAR_CONFIRMATION,
    Act.SEND_RESET: PacketType.RESET,
    Act.SEND_RESET_CONFIRMATION: PacketType.RESET_CONFIRMATION,
    Act.SEND_INTERRUPT_CONFIRMATION: PacketType.INTERRUPT_CONFIRMATION,
}


def regnot(number: int, length: int = 0) -> bytes:
    return REGNOT + number.to_bytes(2) + bytes(length)


def open_link(configured: Settings = SVC) -> Link:
    link = Link(0.0, configured, calling=False, allowed=True)
    link.receive(xot(call(configured)), 0.0)
    assert link.is_open
    link.octets_to_send()
    events_of(link)
    return link


def data(
    p_s: int, octets: bytes = REGNOT, *, p_r: int = 0, m: bool = False, q: bool = False
) -> Data:
    return Data(lcn=1, p_s=p_s, p_r=p_r, m=m, q=q, user_data=octets)


def diagnostics(link: Link) -> list[int | None]:
    return [packet.diagnostic for packet in sent(link) if isinstance(packet, Clear | Reset)]


def acts_of(state: State, what: Input) -> tuple[State, list[Act]]:
    """Where the table leads, and what is done on the way, faults and answers that agree included."""
    if (state, what) in TRANSITIONS:
        after, acts = TRANSITIONS[state, what]
    elif what in ALWAYS:
        after, acts = state, ALWAYS[what]
    else:
        return acts_of(state, Input.FAULT)
    done = list(acts)
    if Act.CHECK_CALL_ACCEPTED in acts or Act.CHECK_PVC_ANSWER in acts:
        after, more = acts_of(after, Input.AGREED)
        done += more
    if Act.RESUME in acts:
        after, more = acts_of(after, Input.ALLOW)
        done += more
    return (State.FINISHED if {Act.FINISH, Act.VIOLATE} & set(done) else after), done


@pytest.mark.parametrize("what", [*PACKETS, *LOCAL])
@pytest.mark.parametrize("state", PATHS)
def test_every_state_and_input_goes_where_the_table_says(state: State, what: Input) -> None:
    link = link_in(state)
    give(link, what)
    if what is Input.CLOSE and state.name.startswith("PVC"):
        what = Input.DISCONNECT
    on_pvc = state.name.startswith("PVC") and what in CALLS
    after, acts = acts_of(state, Input.FAULT if on_pvc else what)
    events = events_of(link)
    assert link.state is after
    assert [type_ for type_ in types(sent(link)) if type_ not in {1, 5}] == [
        ANSWERS[act] for act in acts if act in ANSWERS
    ]
    for act, event in (
        (Act.REFUSE, MessageRefused),
        (Act.VIOLATE, ProtocolViolated),
        (Act.FINISH, Finished),
        (Act.SKIP, MessageSkipped),
        (Act.TELL, ManagementReceived),
    ):
        assert any(isinstance(each, event) for each in events) == (act in acts)


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (state, what)
        for state in PATHS
        for what in Input
        if what.name.endswith("EXPIRED") and ((state, what) in TRANSITIONS or what in ALWAYS)
    ],
)
def test_every_timer_leads_where_the_table_says(state: State, what: Input) -> None:
    link = link_in(state)
    give(link, what)
    after, acts = acts_of(state, what)
    assert link.state is after
    assert types(sent(link)) == [ANSWERS[act] for act in acts if act in ANSWERS]
    refused = [e for e in events_of(link) if isinstance(e, MessageRefused | ProtocolViolated)]
    assert len(refused) == len({Act.REFUSE, Act.VIOLATE} & set(acts))


@pytest.mark.parametrize("what", [*PACKETS, *LOCAL])
def test_a_finished_link_does_nothing_more(what: Input) -> None:
    link = link_in(State.FINISHED)
    give(link, what)
    assert (link.octets_to_send(), events_of(link), link.next_deadline()) == (b"", [], None)


def test_a_caller_calls_at_once_and_may_send_when_accepted() -> None:
    link = Link(0.0, SVC, calling=True, allowed=True)
    assert types(sent(link)) == [PacketType.CALL]
    assert not link.is_open
    give(link, Input.CALL_ACCEPTED)
    assert link.is_open


def test_a_caller_that_is_not_allowed_waits_with_its_call() -> None:
    link = Link(0.0, SVC, calling=True, allowed=False)
    assert (sent(link), link.next_deadline()) == ([], None)
    link.allow(5.0)
    assert types(sent(link)) == [PacketType.CALL]


def test_a_call_waits_until_our_side_takes_messages() -> None:
    link = link_in(State.CALL_WAITING)
    assert link.next_deadline() is None
    link.allow(5.0)
    (answered,) = sent(link)
    assert isinstance(answered, CallSetup)
    assert answered.packet_type == ACCEPTED
    assert link.is_open


def test_a_call_with_other_user_data_is_cleared() -> None:
    link = Link(0.0, Settings(user_data=b"\xc0"), calling=False, allowed=True)
    link.receive(xot(call(Settings(user_data=b"\xc1"))), 0.0)
    assert (link.state, diagnostics(link)) == (
        State.CLEAR_REQUESTED,
        [Diagnostic.UNKNOWN_PROTOCOL],
    )
    (refused,) = (e for e in events_of(link) if isinstance(e, MessageRefused))
    assert "c1, not c0" in refused.error.reason


def test_a_call_is_cleared_in_its_own_modulo() -> None:
    link = Link(0.0, Settings(user_data=b"\xc0"), calling=False, allowed=True)
    link.receive(xot(call(Settings(modulo=128))), 0.0)
    assert [packet.modulo for packet in sent(link)] == [128]


def test_a_call_that_is_cleared_is_told_with_its_cause() -> None:
    link = link_in(State.CALL_REQUESTED)
    link.receive(xot(Clear(lcn=1, cause=9, diagnostic=67)), 0.0)
    assert events_of(link) == [
        ManagementReceived("CLEAR", "cause 9, diagnostic 67"),
        Finished(),
        StateChanged(State.FINISHED),
    ]
    assert types(sent(link)) == [PacketType.CLEAR_CONFIRMATION]


def test_the_far_ends_logical_channel_is_used() -> None:
    link = Link(0.0, SVC, calling=False, allowed=True)
    link.receive(xot(replace(call(SVC), lcn=77)), 0.0)
    link.close(0.0)
    assert {packet.lcn for packet in sent(link)} == {77}


def test_a_message_is_acknowledged_once_it_is_kept() -> None:
    link = open_link()
    link.receive(xot(data(0), data(1)), 0.0)
    assert payloads(events_of(link)) == [REGNOT, REGNOT]
    assert sent(link) == []
    link.acknowledge(1, 0.0)
    assert sent(link) == [FlowControl(lcn=1, p_r=1)]
    link.acknowledge(1, 0.0)
    assert sent(link) == [FlowControl(lcn=1, p_r=2)]


def test_what_was_not_acknowledged_is_known_when_the_circuit_is_cleared() -> None:
    link = open_link()
    messages = [REGNOT, REGNOT + b"second", REGNOT + b"third"]
    for message in messages:
        link.send(message, Layer.TCAP, 0.0)
    link.receive(xot(FlowControl(lcn=1, p_r=1), Clear(lcn=1)), 0.0)
    assert link.is_finished
    assert link.unacknowledged == messages[1:]


def test_packets_that_complete_no_message_are_acknowledged_on_receipt() -> None:
    link = open_link()
    link.receive(xot(data(0, REGNOT[:3], m=True)), 0.0)
    assert sent(link) == [FlowControl(lcn=1, p_r=1)]
    link.receive(xot(data(1, REGNOT[3:])), 0.0)
    assert sent(link) == []
    assert payloads(events_of(link)) == [REGNOT]
    link.acknowledge(1, 0.0)
    link.receive(xot(data(2, b"control", q=True), data(3, b"")), 0.0)
    assert [packet.p_r for packet in sent(link) if isinstance(packet, FlowControl)] == [2, 4]
    assert events_of(link) == [MessageSkipped("QUALIFIED_DATA"), MessageSkipped("NO_DATA")]


def test_data_that_begin_with_no_layer_of_ours_are_refused_and_acknowledged() -> None:
    link = open_link()
    link.receive(xot(data(0, b"\0\1\2\3\4")), 0.0)
    (refused,) = events_of(link)
    assert isinstance(refused, MessageRefused)
    assert (refused.octets, refused.layer) == (b"\0\1\2\3\4", Layer.TCAP)
    assert sent(link) == [FlowControl(lcn=1, p_r=1)]


def test_a_long_message_goes_in_packets_as_the_window_allows() -> None:
    link, message = open_link(), REGNOT + bytes(300)
    link.send(message, Layer.TCAP, 0.0)
    first, second = sent(link)
    assert isinstance(first, Data)
    assert isinstance(second, Data)
    assert [(p.p_s, p.m, len(p.user_data)) for p in (first, second)] == [
        (0, True, 128),
        (1, True, 128),
    ]
    link.receive(xot(FlowControl(lcn=1, p_r=1)), 0.0)
    (third,) = sent(link)
    assert isinstance(third, Data)
    assert (third.p_s, third.m) == (2, False)
    assert first.user_data + second.user_data + third.user_data == message
    assert not link.is_drained
    link.receive(xot(FlowControl(lcn=1, p_r=3)), 0.0)
    assert link.is_drained


def test_data_that_go_acknowledge_too() -> None:
    link = open_link()
    link.receive(xot(data(0)), 0.0)
    link._receiver.keep(1)  # noqa: SLF001  # kept, and nothing said yet
    link.send(REGNOT, Layer.TCAP, 0.0)
    assert sent(link) == [data(0, p_r=1)]


def test_a_far_end_that_is_not_ready_is_sent_nothing_until_it_is() -> None:
    link = open_link()
    link.receive(xot(FlowControl(packet_type=PacketType.RNR, lcn=1)), 0.0)
    link.send(REGNOT, Layer.TCAP, 0.0)
    assert sent(link) == []
    link.receive(xot(FlowControl(lcn=1)), 0.0)
    assert types(sent(link)) == [PacketType.DATA]


def test_our_side_says_when_it_takes_no_more() -> None:
    link = open_link()
    link.prohibit(0.0)
    assert types(sent(link)) == [PacketType.RNR]
    link.receive(xot(data(0)), 0.0)
    assert payloads(events_of(link)) == [REGNOT]
    link.acknowledge(1, 0.0)
    assert sent(link) == [FlowControl(packet_type=PacketType.RNR, lcn=1, p_r=1)]
    give(link, Input.RESET)
    assert types(sent(link)) == [PacketType.RESET_CONFIRMATION, PacketType.RNR]
    link.allow(0.0)
    assert types(sent(link)) == [PacketType.RR]


@pytest.mark.parametrize(
    ("packet", "diagnostic"),
    [
        (data(1), Diagnostic.INVALID_P_S),
        (data(0, p_r=1), Diagnostic.INVALID_P_R),
        (FlowControl(lcn=1, p_r=3), Diagnostic.INVALID_P_R),
        (data(0, REGNOT + bytes(124)), Diagnostic.TOO_LONG),
        (replace(data(0), modulo=128), Diagnostic.INVALID_FORMAT),
        (call(SVC), Diagnostic.INVALID_IN_D1),
        (pvc_request(PVC), Diagnostic.INVALID_IN_D1),
        (packet_of(Input.INTERRUPT_CONFIRMATION), Diagnostic.INVALID_IN_D1),
    ],
)
def test_a_fault_resets_the_circuit(
    packet: Data | FlowControl | CallSetup | PvcSetup | Other, diagnostic: int
) -> None:
    link = open_link()
    link.receive(xot(packet), 0.0)
    assert (link.state, diagnostics(link)) == (State.RESET_REQUESTED, [diagnostic])
    give(link, Input.DATA)
    assert payloads(events_of(link)) == []
    give(link, Input.RESET_CONFIRMATION, Input.DATA)
    assert payloads(events_of(link)) == [REGNOT]


def test_octets_that_are_no_packet_reset_the_circuit() -> None:
    link = open_link()
    link.receive(bytes.fromhex("0000 0003 10010D"), 0.0)
    assert diagnostics(link) == [Diagnostic.UNIDENTIFIABLE]


def test_a_reset_loses_what_was_begun_and_says_so() -> None:
    link = open_link()
    link.receive(xot(data(0, m=True)), 0.0)
    events_of(link)
    give(link, Input.RESET)
    told, refused = events_of(link)
    assert told == ManagementReceived("RESET", "cause 0, diagnostic 0")
    assert isinstance(refused, MessageRefused)
    assert (refused.octets, refused.layer) == (REGNOT, Layer.TCAP)
    give(link, Input.DATA)
    assert payloads(events_of(link)) == [REGNOT]


def test_messages_of_before_a_reset_are_acknowledged_to_nobody() -> None:
    link = open_link()
    link.receive(xot(data(0), data(1)), 0.0)
    give(link, Input.RESET)
    link.receive(xot(data(0)), 0.0)
    sent(link)
    link.acknowledge(2, 0.0)
    assert sent(link) == []
    link.acknowledge(1, 0.0)
    assert sent(link) == [FlowControl(lcn=1, p_r=1)]


def test_an_interrupt_is_confirmed_and_told() -> None:
    link = open_link()
    link.receive(xot(Other(packet_type=PacketType.INTERRUPT, lcn=1, contents=b"\x07")), 0.0)
    assert events_of(link) == [ManagementReceived("INTERRUPT", "07")]
    assert types(sent(link)) == [PacketType.INTERRUPT_CONFIRMATION]


def test_what_concerns_one_interface_only_is_skipped() -> None:
    link = open_link()
    rej = FlowControl(packet_type=PacketType.REJ, lcn=1, p_r=5)
    link.receive(xot(rej, Reset(packet_type=PacketType.RESTART, lcn=0, modulo=128)), 0.0)
    assert events_of(link) == [MessageSkipped("REJ"), MessageSkipped("RESTART")]
    assert sent(link) == []


def test_packets_before_a_call_are_discarded() -> None:
    link = link_in(State.READY)
    unreadable = bytes.fromhex("0000 0003 10010D")
    link.receive(unreadable + xot(data(0)), 0.0)
    refused = [event for event in events_of(link) if isinstance(event, MessageRefused)]
    assert [(event.octets, event.layer) for event in refused] == [
        (unreadable, None),
        (xot(data(0)), None),
    ]
    assert (sent(link), link.state) == ([], State.READY)


def test_a_permanent_circuit_is_set_up_and_reset() -> None:
    initiator = Link(0.0, PVC, calling=True, allowed=True)
    responder = Link(0.0, PVC, calling=False, allowed=False)
    responder.receive(initiator.octets_to_send(), 0.0)
    assert sent(responder) == []
    responder.allow(1.0)
    octets = responder.octets_to_send()
    initiator.receive(octets, 1.0)
    assert types(sent(initiator)) == [PacketType.RESET]
    give(responder, Input.RESET)
    assert (initiator.is_open, responder.is_open) == (True, True)


def test_a_permanent_circuit_that_does_not_fit_is_answered_and_ended() -> None:
    link = Link(0.0, PVC, calling=False, allowed=True)
    link.receive(xot(replace(pvc_request(PVC), responder_lcn=99)), 0.0)
    (answered,) = sent(link)
    assert isinstance(answered, PvcSetup)
    assert answered.status == 0x16
    initiator = link_in(State.PVC_REQUESTED)
    initiator.receive(xot(answered), 0.0)
    for end in (link, initiator):
        (violated,) = (e for e in events_of(end) if isinstance(e, ProtocolViolated))
        assert "NO_SUCH_DESTINATION_PVC" in violated.error.reason


def test_a_permanent_circuit_is_not_cleared() -> None:
    link = Link(0.0, PVC, calling=False, allowed=True)
    give(link, Input.PVC_SETUP, Input.RESET)
    assert link.is_open
    sent(link)
    give(link, Input.CLEAR)
    assert (link.state, diagnostics(link)) == (State.RESET_REQUESTED, [Diagnostic.INVALID_ON_PVC])
    link.close(0.0)
    assert events_of(link)[-2:] == [Finished(), StateChanged(State.FINISHED)]
    assert sent(link) == []


def test_t21_clears_a_call_that_nobody_answers() -> None:
    link = Link(0.0, timers(t21=200), calling=True, allowed=True)
    assert link.next_deadline() == 200.0
    sent(link)
    link.expire(200.0)
    assert diagnostics(link) == [Diagnostic.TIME_EXPIRED_FOR_CALL]
    assert link.next_deadline() == 205.0
    link.expire(205.0)
    assert events_of(link)[-2:] == [Finished(), StateChanged(State.FINISHED)]


def test_t22_resets_again_and_then_gives_up() -> None:
    link = link_in(State.RESET_REQUESTED)
    assert link.next_deadline() == 180.0
    link.expire(180.0)
    assert diagnostics(link) == [Diagnostic.TIME_EXPIRED_FOR_RESET]
    link.expire(360.0)
    assert isinstance(events_of(link)[-2], ProtocolViolated)


def test_t25_resets_when_data_go_unacknowledged() -> None:
    link = open_link()
    link.send(REGNOT, Layer.TCAP, 0.0)
    link.send(REGNOT, Layer.TCAP, 10.0)
    sent(link)
    assert link.next_deadline() == 200.0
    link.receive(xot(FlowControl(lcn=1, p_r=1)), 50.0)
    assert link.next_deadline() == 250.0
    link.expire(250.0)
    assert diagnostics(link) == [Diagnostic.TIME_EXPIRED]
    give(link, Input.RESET_CONFIRMATION)
    assert link.next_deadline() is None


def test_who_connects_and_does_not_call_is_cut_off() -> None:
    link = Link(0.0, SVC, calling=False, allowed=True)
    link.expire(60.0)
    assert isinstance(events_of(link)[0], ProtocolViolated)


def test_a_packet_in_slow_octets_is_not_waited_for() -> None:
    link, octets = open_link(), xot(data(0))
    link.receive(octets + octets[:1], 0.0)
    for step in range(1, 5):
        link.receive(octets[step : step + 1], 5.0 * step)
    assert link.next_deadline() == 30.0
    link.receive(octets[5:], 25.0)
    assert link.next_deadline() is None or link.state is State.RESET_REQUESTED
    slow = open_link()
    slow.receive(octets[:3], 0.0)
    slow.expire(30.0)
    assert isinstance(events_of(slow)[0], ProtocolViolated)


@pytest.mark.parametrize("octets", ["0001", "0100 0003", "0000 0002 1001", "0000 1005", "47455420"])
@pytest.mark.parametrize("state", [State.READY, State.FLOW_CONTROL_READY])
def test_a_header_that_cannot_be_ends_the_connection(state: State, octets: str) -> None:
    link = link_in(state)
    link.receive(bytes.fromhex(octets).ljust(4, b"\0"), 0.0)
    violated, changed = events_of(link)
    assert isinstance(violated, ProtocolViolated)
    assert changed == StateChanged(State.FINISHED)


@pytest.mark.parametrize("state", [State.READY, State.FLOW_CONTROL_READY, State.CLEAR_REQUESTED])
def test_a_flood_of_small_packets_is_cut_off_or_dropped(state: State) -> None:
    link = link_in(state)
    link.receive(bytes.fromhex("0000 0003 10010D") * 30_000, 0.0)
    assert len(events_of(link)) <= REFUSED_MAX + 5
    assert len(link.octets_to_send()) < 100
    assert link.is_finished == (state is not State.CLEAR_REQUESTED)


def test_who_resets_for_ever_is_cut_off() -> None:
    link = open_link()
    for _ in range(2 * REFUSED_MAX):
        give(link, Input.FAULT, Input.RESET_CONFIRMATION)
    assert link.is_finished
    assert len(sent(link)) == REFUSED_MAX


def test_sending_on_a_circuit_that_is_not_there_is_our_own_fault() -> None:
    with pytest.raises(EncodeError, match="READY"):
        link_in(State.READY).send(REGNOT, Layer.TCAP, 0.0)
    with pytest.raises(EncodeError, match="one octet"):
        open_link().send(b"", Layer.TCAP, 0.0)


def told(events: list[Event]) -> list[Event | str]:
    """All but messages, which come in other runs; errors by their words."""
    return [
        str(event.error) if isinstance(event, MessageRefused) else event
        for event in events
        if not isinstance(event, MessagesReceived)
    ]


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PACKETS)), st.lists(st.integers(1, 30)), st.integers(0, 6))
def test_the_cut_of_the_stream_does_not_matter(
    whats: list[Input], cuts: list[int], messages: int
) -> None:
    configured = Settings(window=7)
    runs = xot(*(data(p_s, REGNOT, m=p_s % 3 == 2) for p_s in range(messages)))
    stream = xot(call(configured)) + runs + xot(*map(packet_of, whats))
    whole, pieces = (Link(0.0, configured, calling=False, allowed=True) for _ in range(2))
    whole.receive(stream, 0.0)
    found: list[Event] = []
    heard: list[bytes] = []
    for cut in [*cuts, len(stream)]:
        pieces.receive(stream[:cut], 0.0)
        stream = stream[cut:]
        events = events_of(pieces)
        heard += payloads(events)
        found += events
    expected = events_of(whole)
    assert heard == payloads(expected)
    assert told(found) == told(expected)
    assert pieces.state is whole.state


steps = st.lists(st.tuples(st.sampled_from([*PACKETS, *LOCAL]), st.floats(0, 90)))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(list(PATHS)), steps)
def test_no_order_of_inputs_crashes_a_link(state: State, whats: list[tuple[Input, float]]) -> None:
    link, now = link_in(state), 0.0
    for what, wait in whats:
        now += wait
        link.expire(now)
        give(link, what, now=now)
        told_now = payloads(events_of(link))
        if link.is_open:
            link.send(REGNOT, Layer.TCAP, now)
        link.acknowledge(len(told_now), now)
        assert link.next_deadline() is None or not link.is_finished


@given(st.binary(max_size=60), st.sampled_from([*PATHS, State.FINISHED]))
def test_no_octets_crash_a_link(octets: bytes, state: State) -> None:
    link = link_in(state)
    link.receive(octets, 0.0)
    link.receive(len(octets).to_bytes(4) + octets, 0.0)
    link.expire(1000.0)
    assert all(event is not None for event in events_of(link))


@pytest.mark.parametrize(
    "configured",
    [
        Settings(),
        Settings(modulo=128, window=127, user_data=b"\xc0"),
        Settings(window=7, packet_length=16),
        PVC,
    ],
)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_two_ends_on_a_fake_wire_come_up_talk_and_close(configured: Settings, seed: int) -> None:
    chance = random.Random(seed)
    wire = Wire(
        Link(0.0, configured, calling=True, allowed=False),
        Link(0.0, configured, calling=False, allowed=False),
    )
    spoken: tuple[list[bytes], list[bytes]] = ([], [])
    kept = [0, 0]
    for step in range(80):
        now = step * 0.1
        for side, end in enumerate(wire.ends):
            if chance.random() < 0.2:
                (end.allow if chance.random() < 0.8 else end.prohibit)(now)
            if end.is_open and chance.random() < 0.4:
                message = regnot(step, chance.choice([0, 20, 150]))
                end.send(message, Layer.TCAP, now)
                spoken[side].append(message)
            count = chance.randint(0, len(wire.heard[side]) - kept[side])
            end.acknowledge(count, now)
            kept[side] += count
        wire.carry(now, chance)
    for end in wire.ends:
        end.allow(20.0)
    while wire.carry(20.0) or kept != [len(heard) for heard in wire.heard]:
        for side, end in enumerate(wire.ends):
            end.acknowledge(len(wire.heard[side]) - kept[side], 20.0)
            kept[side] = len(wire.heard[side])
    assert all(end.is_open for end in wire.ends)
    assert wire.heard == (spoken[1], spoken[0])
    assert not any(isinstance(e, MessageRefused) for events in wire.events for e in events)
    wire.ends[chance.randint(0, 1)].close(21.0)
    wire.settle(21.0)
    assert any(Finished() in events for events in wire.events)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_what_was_acknowledged_was_kept_when_the_connection_drops(seed: int) -> None:
    """The far end sends again what is not acknowledged: nothing is lost."""
    chance = random.Random(seed)
    configured = Settings(window=4)
    kept: list[bytes] = []
    to_send = [regnot(number, chance.choice([0, 200])) for number in range(20)]
    while to_send:
        wire = Wire(
            Link(0.0, configured, calling=True, allowed=True),
            Link(0.0, configured, calling=False, allowed=True),
        )
        wire.settle(0.0)
        sender = wire.ends[0]
        assert isinstance(sender, Link)
        for message in to_send:
            sender.send(message, Layer.TCAP, 0.0)
        told = 0
        for _ in range(chance.randint(1, 8)):
            wire.carry(0.0, chance)
            some = chance.randint(told, len(wire.heard[1]))
            kept += wire.heard[1][told:some]
            wire.ends[1].acknowledge(some - told, 0.0)
            told = some
        wire.carry(0.0)  # and then the connection drops
        packets, acknowledged = sender._sender.arrived, 0  # noqa: SLF001
        for message in to_send:
            packets -= -(-len(message) // 128)
            acknowledged += packets >= 0
        assert acknowledged <= told
        to_send = to_send[acknowledged:]
    assert list(dict.fromkeys(kept)) == [
        regnot(n, len(kept_one) - 7) for n, kept_one in enumerate(dict.fromkeys(kept))
    ]
    assert len(set(kept)) == 20


@pytest.mark.tshark
@pytest.mark.parametrize("configured", [SVC, Settings(modulo=128, window=100), PVC])
def test_tshark_reads_what_a_caller_sends(configured: Settings) -> None:
    caller = Link(0.0, configured, calling=True, allowed=True)
    called = Link(0.0, configured, calling=False, allowed=True)
    packets: list[Packet] = []

    def turn() -> None:
        octets = caller.octets_to_send()
        packets.extend(packets_in(octets))
        called.receive(octets, 0.0)
        caller.receive(called.octets_to_send(), 0.0)

    turn()
    turn()
    caller.send(regnot(1, 150), Layer.TCAP, 0.0)
    called.send(regnot(2), Layer.TCAP, 0.0)
    turn()
    caller.acknowledge(1, 0.0)
    turn()
    caller.prohibit(0.0)
    turn()
    caller.close(0.0)
    turn()
    segments = in_tcp([xot(packet) for packet in packets], XOT_PORT)
    for packet_type, read in zip(types(packets), dissect(segments, RAW_IP), strict=True):
        assert [int(each, 0) for each in read["x25.type"]] == [packet_type]
        assert "_ws.malformed" not in read
    assert types(packets)[-4:] == (
        [PacketType.DATA, PacketType.DATA, PacketType.RR, PacketType.RNR]
        if configured is PVC
        else [PacketType.DATA, PacketType.RR, PacketType.RNR, PacketType.CLEAR]
    )
