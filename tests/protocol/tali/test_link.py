"""RFC 3094 §4, both ends of a TALI connection."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from is41.errors import EncodeError
from is41.layers import Layer
from is41.link import (
    Finished,
    MessageSkipped,
    MessagesReceived,
    ProtocolViolated,
    RoundTripMeasured,
    StateChanged,
)
from is41.tali.codes import Opcode
from is41.tali.link import TRANSITIONS, Input, Link, State, Timers
from is41.tali.messages import Message
from links import Wire, events_of, payloads

REGNOT = Message(Opcode.SCCP, bytes.fromhex("090003050702C10602C10805E203C70100"))
MSU = bytes.fromhex("83 010A14 020A14 00") + REGNOT.payload
LINK_MESSAGES = {
    Input.TEST: Opcode.TEST,
    Input.ALLO: Opcode.ALLO,
    Input.PROH: Opcode.PROH,
    Input.PROA: Opcode.PROA,
    Input.MONI: Opcode.MONI,
    Input.MONA: Opcode.MONA,
    Input.EXTENSION: Opcode.MGMT,
}


def octets_of(*opcodes: Opcode) -> bytes:
    return b"".join(Message(opcode).encode() for opcode in opcodes)


def sent(link: Link) -> list[Opcode]:
    octets, opcodes = link.octets_to_send(), []
    while octets:
        length = 10 + int.from_bytes(octets[8:10], "little")
        opcodes.append(Message.decode(octets[:length]).opcode)
        octets = octets[length:]
    return opcodes


def link_in(state: State) -> Link:
    """A link that has just come to *state*, with nothing left to send or tell."""
    link = Link(0.0, allowed=state in {State.NEA_FEP, State.NEA_FEA})
    if state in {State.NEP_FEA, State.NEA_FEA}:
        link.receive(octets_of(Opcode.ALLO), 0.0)
    if state is State.FINISHED:
        link.receive(b"garbage", 0.0)
    link.octets_to_send()
    events_of(link)
    assert link.state is state
    return link


def give(link: Link, what: Input, now: float) -> None:
    match what:
        case Input.SERVICE:
            link.receive(REGNOT.encode(), now)
        case Input.ALLOW:
            link.allow(now)
        case Input.PROHIBIT:
            link.prohibit(now)
        case Input.CLOSE:
            link.close(now)
        case Input.T1_EXPIRED | Input.T2_EXPIRED | Input.T3_EXPIRED | Input.T4_EXPIRED:
            link._deadlines = {what: now}  # noqa: SLF001  # this timer alone has run out
            link.expire(now)
        case _:
            link.receive(octets_of(LINK_MESSAGES[what]), now)


def test_an_end_says_what_it_takes_and_asks_the_other() -> None:
    assert sent(Link(0.0, allowed=True)) == [Opcode.ALLO, Opcode.TEST]
    assert sent(Link(0.0, allowed=False)) == [Opcode.PROH, Opcode.TEST]


@pytest.mark.parametrize(("state", "what"), TRANSITIONS)
def test_every_state_and_input_goes_where_the_table_says(state: State, what: Input) -> None:
    link = link_in(state)
    give(link, what, 0.5)
    after, acts = TRANSITIONS[state, what]
    violated = any(isinstance(event, ProtocolViolated) for event in events_of(link))
    refused = {"VIOLATE", "FINISH_OR_VIOLATE", "DELIVER_IN_T3"} & {act.name for act in acts}
    assert violated == bool(refused)
    assert link.state is (State.FINISHED if violated else after)


def test_the_table_holds_every_state_and_every_input() -> None:
    states = [state for state in State if state is not State.FINISHED]
    assert set(TRANSITIONS) == set(itertools.product(states, Input))


@pytest.mark.parametrize("what", Input)
def test_a_finished_link_does_nothing_more(what: Input) -> None:
    link = link_in(State.FINISHED)
    give(link, what, 1.0)
    assert (link.state, link.octets_to_send(), events_of(link)) == (State.FINISHED, b"", [])


@pytest.mark.parametrize(
    ("state", "what", "answer"),
    [
        (State.NEA_FEP, Input.TEST, [Opcode.ALLO]),
        (State.NEP_FEP, Input.TEST, [Opcode.PROH]),
        (State.NEA_FEA, Input.PROH, [Opcode.PROA]),
        (State.NEA_FEA, Input.MONI, [Opcode.MONA]),
        (State.NEA_FEA, Input.PROHIBIT, [Opcode.PROH]),
        (State.NEP_FEA, Input.ALLOW, [Opcode.ALLO]),
        (State.NEA_FEA, Input.ALLO, []),
    ],
)
def test_what_is_asked_is_answered(state: State, what: Input, answer: list[Opcode]) -> None:
    link = link_in(state)
    give(link, what, 0.5)
    assert sent(link) == answer


def test_a_mona_echoes_the_moni() -> None:
    link = link_in(State.NEA_FEA)
    link.receive(Message(Opcode.MONI, b"vers 001.000 and more").encode(), 0.0)
    assert link.octets_to_send() == Message(Opcode.MONA, b"vers 001.000 and more").encode()


def test_t1_asks_again_and_an_unanswered_test_ends_the_connection() -> None:
    link = Link(0.0, allowed=True, timers=Timers(t1=4, t2=3, t4=0))
    link.receive(octets_of(Opcode.ALLO), 1.0)
    link.octets_to_send()
    assert link.next_deadline() == 4.0
    link.expire(4.0)
    assert sent(link) == [Opcode.TEST]
    assert link.next_deadline() == 7.0
    link.expire(7.0)
    assert isinstance(events_of(link)[-2], ProtocolViolated)
    assert (link.state, link.next_deadline()) == (State.FINISHED, None)


def test_t4_measures_the_round_trip() -> None:
    link = Link(0.0, allowed=True)
    link.receive(octets_of(Opcode.ALLO), 0.0)
    link.expire(10.0)
    assert Opcode.MONI in sent(link)
    link.receive(octets_of(Opcode.MONA), 10.25)
    assert RoundTripMeasured(0.25) in events_of(link)
    link.receive(octets_of(Opcode.MONA), 11.0)
    assert events_of(link) == []


def test_service_messages_are_taken_in_runs_where_both_ends_allow_them() -> None:
    link = link_in(State.NEA_FEA)
    link.receive(REGNOT.encode() * 3 + octets_of(Opcode.TEST) + REGNOT.encode(), 0.0)
    events = events_of(link)
    assert [event.count for event in events if isinstance(event, MessagesReceived)] == [3, 1]
    assert sent(link) == [Opcode.ALLO]


def test_service_messages_on_their_way_are_taken_while_t3_runs() -> None:
    link = link_in(State.NEA_FEA)
    link.prohibit(1.0)
    link.receive(REGNOT.encode(), 2.0)
    assert len(payloads(events_of(link))) == 1
    link.receive(octets_of(Opcode.PROA), 3.0)
    link.receive(REGNOT.encode() * 2, 3.1)
    violated = events_of(link)[-2]
    assert isinstance(violated, ProtocolViolated)
    assert violated.octets == REGNOT.encode()


@pytest.mark.parametrize("answered", [True, False])
def test_a_graceful_close_waits_for_proa_or_t3(answered: bool) -> None:  # noqa: FBT001
    link = link_in(State.NEA_FEA)
    link.close(0.0)
    assert sent(link) == [Opcode.PROH]
    assert link.state is State.NEP_FEA
    if answered:
        link.receive(octets_of(Opcode.PROA), 1.0)
    else:
        link.expire(5.0)
    assert events_of(link)[-2:] == [Finished(), StateChanged(State.FINISHED)]


def test_messages_of_2_0_are_skipped_by_their_length() -> None:
    link = link_in(State.NEA_FEA)
    link.receive(Message(Opcode.MGMT, b"rkrp" * 9).encode() + REGNOT.encode(), 0.0)
    events = events_of(link)
    assert events[0] == MessageSkipped("MGMT")
    assert payloads(events[1:]) == [REGNOT.payload]


@pytest.mark.parametrize(
    "octets",
    [b"TALJ", b"TALIxxxx\0\0", b"TALItest\1\0", b"TALIsccp\xff\xff", b"TALITEST\0\0", b"\0"],
)
def test_what_is_no_header_ends_the_connection(octets: bytes) -> None:
    link = link_in(State.NEA_FEA)
    link.receive(octets, 0.0)
    (violated, changed) = events_of(link)
    assert isinstance(violated, ProtocolViolated)
    assert violated.error.counted_as == "tali_malformed"
    assert violated.octets == octets
    assert changed == StateChanged(State.FINISHED)


def test_sending_is_refused_until_both_ends_allow_it() -> None:
    link = link_in(State.NEA_FEP)
    assert not link.is_open
    with pytest.raises(EncodeError, match="NEA_FEP"):
        link.send(REGNOT.payload, Layer.SCCP, 0.0)
    allowed = link_in(State.NEA_FEA)
    assert allowed.is_open
    allowed.send(REGNOT.payload, Layer.SCCP, 0.0)
    assert allowed.octets_to_send() == REGNOT.encode()


def test_the_layer_says_which_opcode_carries_a_message() -> None:
    link = link_in(State.NEA_FEA)
    link.send(MSU, Layer.MTP3, 0.0)
    assert link.octets_to_send() == Message(Opcode.MTP3, MSU).encode()
    with pytest.raises(EncodeError, match="no TCAP"):
        link.send(bytes.fromhex("E203C70100"), Layer.TCAP, 0.0)
    with pytest.raises(EncodeError, match="12 to 265"):
        link.send(bytes(266), Layer.SCCP, 0.0)


def test_acknowledging_says_nothing_to_the_far_end() -> None:
    link = link_in(State.NEA_FEA)
    link.receive(REGNOT.encode() * 3, 0.0)
    link.acknowledge(3, 0.0)
    assert link.octets_to_send() == b""


def test_a_buffer_full_of_messages_is_taken_again_and_again() -> None:
    link = link_in(State.NEA_FEA)
    count = 60_000
    told = 0
    stream = REGNOT.encode() * count
    for at in range(0, len(stream), 100_000):
        link.receive(stream[at : at + 100_000], 0.0)
        told += sum(e.count for e in events_of(link) if isinstance(e, MessagesReceived))
    assert told == count


@settings(max_examples=100)
@given(st.lists(st.integers(1, 60)), st.integers(0, 9))
def test_the_cut_of_the_stream_does_not_matter(cuts: list[int], messages: int) -> None:
    stream = octets_of(Opcode.ALLO, Opcode.TEST) + REGNOT.encode() * messages
    stream += Message(Opcode.MONI, b"x" * 40).encode() + octets_of(Opcode.PROH)
    link, found = Link(0.0, allowed=True), []
    for cut in [*cuts, len(stream)]:
        link.receive(stream[:cut], 0.0)
        found += payloads(events_of(link))
        stream = stream[cut:]
    assert found == [REGNOT.payload] * messages
    assert link.state is State.NEA_FEP


@settings(max_examples=60)
@given(st.integers(0, 10_000), st.floats(0, 0.1))  # less than T2 in any row of cuts
def test_two_ends_on_a_fake_wire_come_up_talk_and_close(seed: int, delay: float) -> None:
    chance = random.Random(seed)
    wire = Wire(Link(0.0, allowed=True), Link(0.0, allowed=True))
    now, spoken = 0.0, 0
    while now < 20.0:
        now += delay + 0.01
        for end in wire.ends:
            if end.is_open and chance.random() < 0.3:
                end.send(REGNOT.payload, Layer.SCCP, now)
                spoken += 1
        wire.carry(now, chance)
    wire.settle(now)
    assert all(end.is_open for end in wire.ends)
    assert [*wire.heard[0], *wire.heard[1]] == [REGNOT.payload] * spoken
    wire.ends[0].close(now)
    wire.settle(now)
    assert Finished() in wire.events[0]


@given(st.binary(max_size=60), st.sampled_from(State))
def test_no_octets_crash_a_link(octets: bytes, state: State) -> None:
    link = link_in(state)
    link.receive(octets, 0.0)
    link.expire(100.0)
    assert all(event is not None for event in events_of(link))
