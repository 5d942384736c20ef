"""RFC 4666 §4.3.4, the SGP's side."""

from __future__ import annotations

import pytest

from associations import data, error_codes, give, kinds, sent, settled
from is41.adaptation.messages import Parameter
from is41.link import (
    Finished,
    ManagementReceived,
    MessageRefused,
    MessagesReceived,
    StateChanged,
)
from is41.m3ua.association import ALWAYS, Act, Input, State
from is41.m3ua.codes import Aspsm, Asptm, ErrorCode, MessageClass, Mgmt, ParameterTag, Ssnm
from is41.m3ua.messages import Message
from is41.m3ua.settings import Settings
from is41.m3ua.sgp import TRANSITIONS, Sgp
from links import events_of

UP_ACK = (MessageClass.ASPSM, Aspsm.UP_ACK)
DOWN_ACK = (MessageClass.ASPSM, Aspsm.DOWN_ACK)
ACTIVE_ACK = (MessageClass.ASPTM, Asptm.ACTIVE_ACK)
INACTIVE_ACK = (MessageClass.ASPTM, Asptm.INACTIVE_ACK)
NTFY = (MessageClass.MGMT, Mgmt.NTFY)
PATHS = {
    State.ASP_DOWN: [],
    State.ASP_INACTIVE: [Input.UP],
    State.ASP_ACTIVE: [Input.UP, Input.ACTIVE],
    State.INACTIVATING: [Input.UP, Input.ACTIVE, Input.PROHIBIT, Input.ALLOW],
    State.CLOSING: [Input.UP, Input.ACTIVE, Input.CLOSE],
}
ANSWERS = {
    Act.ACK_UP: UP_ACK,
    Act.ACK_DOWN: DOWN_ACK,
    Act.ACK_ACTIVE: ACTIVE_ACK,
    Act.ACK_INACTIVE: INACTIVE_ACK,
    Act.NOTIFY_ACTIVE: NTFY,
    Act.NOTIFY_INACTIVE: NTFY,
    Act.ANSWER_AUDIT: (MessageClass.SSNM, Ssnm.DAVA),
    Act.SEND_BEAT_ACK: (MessageClass.ASPSM, Aspsm.BEAT_ACK),
    Act.REFUSE: (MessageClass.MGMT, Mgmt.ERR),
}
LOCAL = [Input.ALLOW, Input.PROHIBIT, Input.CLOSE]
NO_TIMERS = [what for what in Input if not what.name.endswith("EXPIRED")]
PLAIN = Settings()


def sgp_in(state: State, settings: Settings = PLAIN) -> Sgp:
    sgp = Sgp(0.0, settings, allowed=True)
    give(sgp, *PATHS[state])
    settled(sgp, state)
    return sgp


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (state, what)
        for state in PATHS
        for what in NO_TIMERS
        if (state, what) != (State.CLOSING, Input.ACTIVE)  # refused as blocked, see below
    ],
)
def test_every_state_and_input_goes_where_the_table_says(state: State, what: Input) -> None:
    sgp = sgp_in(state)
    give(sgp, what)
    after, acts = TRANSITIONS.get((state, what), (state, ALWAYS.get(what, (Act.REFUSE,))))
    events, answers = events_of(sgp), sent(sgp)
    assert sgp.state is (State.FINISHED if Act.FINISH in acts else after)
    assert (StateChanged(sgp.state) in events) == (sgp.state is not state)
    assert any(isinstance(event, MessageRefused) for event in events) == (Act.REFUSE in acts)
    assert any(isinstance(event, MessagesReceived) for event in events) == (Act.DELIVER in acts)
    assert any(isinstance(event, ManagementReceived) for event in events) == (Act.TELL in acts)
    assert error_codes(answers) == [ErrorCode.UNEXPECTED_MESSAGE] * (Act.REFUSE in acts)
    if (state, what) != (State.CLOSING, Input.DAUD):
        assert kinds(answers) == [ANSWERS[act] for act in acts if act in ANSWERS]


@pytest.mark.parametrize("what", LOCAL)
@pytest.mark.parametrize("state", PATHS)
def test_our_own_side_may_ask_for_anything_in_any_state(state: State, what: Input) -> None:
    assert (state, what) in TRANSITIONS


def test_it_says_nothing_until_it_is_asked() -> None:
    assert sent(Sgp(0.0, Settings(), allowed=True)) == []


def test_an_asp_comes_up_and_becomes_active() -> None:
    sgp = Sgp(0.0, Settings(routing_context=7), allowed=True)
    give(sgp, Input.UP)
    up_ack, notified = sent(sgp)
    assert (up_ack.kind, notified.kind) == (UP_ACK, NTFY)
    assert notified.parameters == (
        Parameter(ParameterTag.STATUS, bytes.fromhex("0001 0002")),
        Parameter.of(ParameterTag.ROUTING_CONTEXT, 7),
    )
    mode = Parameter.of(ParameterTag.TRAFFIC_MODE_TYPE, 1)
    contexts = Parameter(ParameterTag.ROUTING_CONTEXT, bytes.fromhex("00000009 00000007"))
    give(sgp, Message(MessageClass.ASPTM, Asptm.ACTIVE, (contexts, mode)))
    active_ack, notified = sent(sgp)
    assert active_ack.kind == ACTIVE_ACK
    assert active_ack.parameters == (mode, Parameter.of(ParameterTag.ROUTING_CONTEXT, 7))
    assert notified.value(ParameterTag.STATUS) == bytes.fromhex("0001 0003")
    assert sgp.is_open


def test_another_routing_context_is_refused() -> None:
    sgp = sgp_in(State.ASP_INACTIVE, Settings(routing_context=7))
    context = Parameter.of(ParameterTag.ROUTING_CONTEXT, 8)
    give(sgp, Message(MessageClass.ASPTM, Asptm.ACTIVE, (context,)))
    (err,) = sent(sgp)
    assert error_codes([err]) == [ErrorCode.INVALID_ROUTING_CONTEXT]
    assert err.only(ParameterTag.ROUTING_CONTEXT) == (context,)
    assert sgp.state is State.ASP_INACTIVE
    assert [type(event) for event in events_of(sgp)] == [MessageRefused]


def test_without_a_routing_context_of_its_own_it_takes_any() -> None:
    sgp = sgp_in(State.ASP_INACTIVE)
    context = Parameter.of(ParameterTag.ROUTING_CONTEXT, 8)
    give(sgp, Message(MessageClass.ASPTM, Asptm.ACTIVE, (context,)))
    assert sent(sgp)[0].parameters == (context,)


@pytest.mark.parametrize("closing", [True, False])
def test_while_it_takes_no_messages_active_is_refused_as_blocked(closing: bool) -> None:  # noqa: FBT001
    sgp = sgp_in(State.CLOSING) if closing else Sgp(0.0, Settings(), allowed=False)
    if not closing:
        give(sgp, Input.UP)
        settled(sgp, State.ASP_INACTIVE)
    before = sgp.state
    give(sgp, Input.ACTIVE)
    assert error_codes(sent(sgp)) == [ErrorCode.REFUSED_MANAGEMENT_BLOCKING]
    assert sgp.state is before


def test_once_allowed_it_says_so_and_takes_active() -> None:
    sgp = Sgp(0.0, Settings(), allowed=False)
    give(sgp, Input.UP)
    sent(sgp)
    sgp.allow(1.0)
    assert kinds(sent(sgp)) == [NTFY]
    give(sgp, Input.ACTIVE)
    assert sgp.is_open


def test_prohibiting_takes_what_is_on_its_way_for_a_while() -> None:
    sgp = sgp_in(State.ASP_ACTIVE)
    sgp.prohibit(10.0)
    assert kinds(sent(sgp)) == [INACTIVE_ACK]
    give(sgp, data(), now=11.0)
    sgp.expire(12.0)
    give(sgp, data(), now=12.1)
    changed, received, inactive, refused = events_of(sgp)
    assert (changed, inactive) == (
        StateChanged(State.INACTIVATING),
        StateChanged(State.ASP_INACTIVE),
    )
    assert isinstance(received, MessagesReceived)
    assert isinstance(refused, MessageRefused)


@pytest.mark.parametrize("answered", [True, False])
def test_a_close_waits_for_the_asp_to_go_down_or_for_t_drain(answered: bool) -> None:  # noqa: FBT001
    sgp = sgp_in(State.ASP_ACTIVE)
    sgp.close(10.0)
    assert kinds(sent(sgp)) == [INACTIVE_ACK]
    if answered:
        give(sgp, Input.DOWN)
    else:
        sgp.expire(12.0)
    assert kinds(sent(sgp)) == [DOWN_ACK]
    assert events_of(sgp)[1:] == [Finished(), StateChanged(State.FINISHED)]


@pytest.mark.parametrize(("allowed", "answer"), [(True, Ssnm.DAVA), (False, Ssnm.DUNA)])
def test_an_audit_says_whether_messages_are_taken(allowed: bool, answer: Ssnm) -> None:  # noqa: FBT001
    sgp = Sgp(0.0, Settings(), allowed=allowed)
    give(sgp, Input.UP)
    sent(sgp)
    where = Parameter(ParameterTag.AFFECTED_POINT_CODE, bytes.fromhex("000A1428"))
    give(sgp, Message(MessageClass.SSNM, Ssnm.DAUD, (where,)))
    assert sent(sgp) == [Message(MessageClass.SSNM, answer, (where,))]
