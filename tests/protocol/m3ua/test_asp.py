"""RFC 4666 §4.3.4, the ASP's side."""

from __future__ import annotations

import pytest

from associations import data, error_codes, give, kinds, sent, settled
from is41.adaptation.messages import Parameter
from is41.link import (
    Finished,
    ManagementReceived,
    MessageRefused,
    MessagesReceived,
    ProtocolViolated,
    StateChanged,
)
from is41.m3ua.asp import ASKED_MAX, TRANSITIONS, Asp
from is41.m3ua.association import ALWAYS, Act, Input, State
from is41.m3ua.codes import (
    Aspsm,
    Asptm,
    ErrorCode,
    MessageClass,
    ParameterTag,
    TrafficMode,
)
from is41.m3ua.messages import Message
from is41.m3ua.settings import Settings
from links import events_of

UP = (MessageClass.ASPSM, Aspsm.UP)
DOWN = (MessageClass.ASPSM, Aspsm.DOWN)
ACTIVE = (MessageClass.ASPTM, Asptm.ACTIVE)
INACTIVE = (MessageClass.ASPTM, Asptm.INACTIVE)
PATHS = {
    State.ASP_DOWN: [],
    State.ASP_INACTIVE: [Input.UP_ACK],
    State.ACTIVATING: [Input.UP_ACK, Input.ALLOW],
    State.ASP_ACTIVE: [Input.UP_ACK, Input.ALLOW, Input.ACTIVE_ACK],
    State.INACTIVATING: [Input.UP_ACK, Input.ALLOW, Input.ACTIVE_ACK, Input.PROHIBIT],
    State.CLOSING: [Input.UP_ACK, Input.CLOSE],
}
QUESTIONS = {
    Act.ASK_UP: UP,
    Act.ASK_DOWN: DOWN,
    Act.ASK_ACTIVE: ACTIVE,
    Act.ASK_INACTIVE: INACTIVE,
}
LOCAL = [Input.ALLOW, Input.PROHIBIT, Input.CLOSE]
NO_TIMERS = [what for what in Input if not what.name.endswith("EXPIRED")]
PLAIN = Settings()


def asp_in(state: State, settings: Settings = PLAIN) -> Asp:
    asp = Asp(0.0, settings, allowed=False)
    give(asp, *PATHS[state])
    settled(asp, state)
    return asp


@pytest.mark.parametrize("what", NO_TIMERS)
@pytest.mark.parametrize("state", PATHS)
def test_every_state_and_input_goes_where_the_table_says(state: State, what: Input) -> None:
    asp = asp_in(state)
    give(asp, what)
    after, acts = TRANSITIONS.get((state, what), (state, ALWAYS.get(what, (Act.REFUSE,))))
    events, answers = events_of(asp), sent(asp)
    assert asp.state is (State.FINISHED if Act.FINISH in acts else after)
    assert (StateChanged(asp.state) in events) == (asp.state is not state)
    assert any(isinstance(event, MessageRefused) for event in events) == bool(
        {Act.REFUSE, Act.DISCARD} & set(acts)
    )
    assert any(isinstance(event, MessagesReceived) for event in events) == (Act.DELIVER in acts)
    assert any(isinstance(event, ManagementReceived) for event in events) == (Act.TELL in acts)
    assert error_codes(answers) == [ErrorCode.UNEXPECTED_MESSAGE] * (Act.REFUSE in acts)
    assert [kind for kind in kinds(answers) if kind in QUESTIONS.values()] == [
        QUESTIONS[act] for act in acts if act in QUESTIONS
    ]


@pytest.mark.parametrize("state", [s for s, what in TRANSITIONS if what is Input.T_ACK_EXPIRED])
def test_t_ack_asks_again_or_ends_a_close(state: State) -> None:
    asp = asp_in(state)
    give(asp, Input.T_ACK_EXPIRED)
    asked = {
        State.ASP_DOWN: UP,
        State.ACTIVATING: ACTIVE,
        State.INACTIVATING: INACTIVE,
    }
    assert kinds(sent(asp)) == ([asked[state]] if state in asked else [])
    assert asp.is_finished == (state is State.CLOSING)


@pytest.mark.parametrize("what", LOCAL)
@pytest.mark.parametrize("state", PATHS)
def test_our_own_side_may_ask_for_anything_in_any_state(state: State, what: Input) -> None:
    assert (state, what) in TRANSITIONS


def test_an_asp_that_is_allowed_comes_up_and_becomes_active() -> None:
    asp = Asp(0.0, Settings(), allowed=True)
    assert kinds(sent(asp)) == [UP]
    give(asp, Input.UP_ACK)
    assert kinds(sent(asp)) == [ACTIVE]
    give(asp, Input.ACTIVE_ACK)
    assert asp.is_open
    states = [event.state for event in events_of(asp) if isinstance(event, StateChanged)]
    assert states == [State.ASP_INACTIVE, State.ACTIVATING, State.ASP_ACTIVE]


def test_an_asp_that_is_not_allowed_stays_inactive_until_it_is() -> None:
    asp = asp_in(State.ASP_INACTIVE)
    assert Input.T_ACK_EXPIRED not in asp._deadlines  # noqa: SLF001
    asp.allow(1.0)
    assert (asp.state, kinds(sent(asp))) == (State.ACTIVATING, [ACTIVE])


def test_requests_say_what_is_configured() -> None:
    settings = Settings(routing_context=7, traffic_mode=TrafficMode.LOADSHARE, asp_identifier=4)
    asp = Asp(0.0, settings, allowed=True)
    (up,) = sent(asp)
    assert up.parameters == (Parameter.of(ParameterTag.ASP_IDENTIFIER, 4),)
    give(asp, Input.UP_ACK)
    (active,) = sent(asp)
    assert active.parameters == (
        Parameter.of(ParameterTag.TRAFFIC_MODE_TYPE, 2),
        Parameter.of(ParameterTag.ROUTING_CONTEXT, 7),
    )


def test_t_ack_asks_again_until_the_far_end_counts_as_gone() -> None:
    asp = Asp(0.0, Settings(t_beat=0), allowed=True)
    asked = kinds(sent(asp))
    while (deadline := asp.next_deadline()) is not None:
        asp.expire(deadline - 0.1)
        assert asp.octets_to_send() == b""
        asp.expire(deadline)
        asked += kinds(sent(asp))
    assert asked == [UP] * ASKED_MAX
    violated, finished = events_of(asp)
    assert isinstance(violated, ProtocolViolated)
    assert "UP goes unanswered" in violated.error.reason
    assert finished == StateChanged(State.FINISHED)


def test_a_gateway_that_is_locked_is_asked_for_as_long_as_it_takes() -> None:
    asp = asp_in(State.ACTIVATING, Settings(t_beat=0))
    for turn in range(3 * ASKED_MAX):
        give(asp, Input.BLOCKED)
        asp.expire(2.0 * turn + 2.0)
        assert kinds(sent(asp)) == [ACTIVE]
    assert ManagementReceived("ERR", "REFUSED_MANAGEMENT_BLOCKING") in events_of(asp)
    give(asp, Input.ACTIVE_ACK)
    assert asp.is_open


def test_an_asp_that_was_taken_down_comes_back_as_it_was() -> None:
    asp = Asp(0.0, Settings(), allowed=True)
    give(asp, Input.UP_ACK, Input.ACTIVE_ACK, Input.DOWN_ACK)
    sent(asp)
    give(asp, Input.UP_ACK)
    assert kinds(sent(asp)) == [ACTIVE]


def test_a_close_takes_leave_and_waits_no_longer_than_t_ack() -> None:
    asp = asp_in(State.ASP_ACTIVE)
    asp.close(10.0)
    assert kinds(sent(asp)) == [DOWN]
    give(asp, data())
    asp.expire(12.0)
    events = events_of(asp)
    assert [type(event) for event in events] == [
        StateChanged,
        MessagesReceived,
        Finished,
        StateChanged,
    ]


@pytest.mark.parametrize("what", NO_TIMERS)
def test_a_finished_asp_does_nothing_more(what: Input) -> None:
    asp = Asp(0.0, Settings(), allowed=True)
    asp.close(0.0)
    settled(asp, State.FINISHED)
    give(asp, what)
    assert (asp.octets_to_send(), events_of(asp), asp.next_deadline()) == (b"", [], None)


def test_err_of_another_kind_leaves_the_request_to_t_ack() -> None:
    asp = asp_in(State.ACTIVATING)
    code = Parameter.of(ParameterTag.ERROR_CODE, ErrorCode.INVALID_ROUTING_CONTEXT)
    give(asp, Message(MessageClass.MGMT, 0, (code,)))
    assert events_of(asp) == [ManagementReceived("ERR", "INVALID_ROUTING_CONTEXT")]
    assert (asp.state, sent(asp)) == (State.ACTIVATING, [])
