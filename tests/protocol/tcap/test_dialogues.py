"""T1.114.3, transactions: what is asked, what comes back, and what comes back wrongly."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import EncodeError
from is41.tcap.codes import AbortCause, ErrorCode, PackageType, ParameterTag, Problem, Tag
from is41.tcap.dialogues import (
    ENDED_MAX,
    INTERVAL,
    INVOKE_ID,
    Aborted,
    Answered,
    AnsweredLate,
    Asked,
    Dialogues,
    Failed,
    Outcome,
    Rejected,
    Returned,
    Succeeded,
    TimedOut,
    Unanswered,
    rejected,
)
from is41.tcap.messages import (
    Abort,
    Component,
    Invoke,
    Package,
    ParameterSet,
    Reject,
    ReturnError,
    ReturnResult,
    decode,
)
from messages import ABORTS, COMPONENTS, REGNOT_OPERATION, packages

NOW: Final = 100.0
FIRST: Final = 0xFFFF_FFFF  # so that the second ID is 0
SET: Final = ParameterSet(ParameterTag.SET, b"\x96\1\1")
INVOKE: Final = Invoke(component_ids=INVOKE_ID, operation=REGNOT_OPERATION, parameters=SET)
RESULT: Final = ReturnResult(component_ids=INVOKE_ID, parameters=SET)
ERROR: Final = ReturnError(component_ids=INVOKE_ID, error=ErrorCode(Tag.PRIVATE_ERROR, b"\x81"))
REJECT: Final = Reject(component_ids=INVOKE_ID, problem=Problem.INVOKE_INCORRECT_PARAMETER)
PEERS_ID: Final = 0x0A0B0C0D
CWP: Final = PackageType.CONVERSATION_WITH_PERMISSION
CWOP: Final = PackageType.CONVERSATION_WITHOUT_PERMISSION


def dialogues(open_max: int = 4) -> Dialogues[str]:
    return Dialogues(first_id=FIRST, open_max=open_max)


def response(*components: Component, to: int = FIRST) -> Package:
    return Package(
        package_type=PackageType.RESPONSE, responding_id=to, components=components or None
    )


def conversation(package_type: PackageType, *components: Component, to: int = FIRST) -> Package:
    return Package(
        package_type=package_type,
        originating_id=PEERS_ID,
        responding_id=to,
        components=components or None,
    )


def query(package_type: PackageType = PackageType.QUERY_WITH_PERMISSION) -> Package:
    return Package(package_type=package_type, originating_id=PEERS_ID, components=(INVOKE,))


def asked(one: Dialogues[str], package: Package) -> Asked:
    assert one.receive(package) is None
    event = one.next_event()
    assert isinstance(event, Asked)
    return event


def test_a_question_is_a_query_with_one_invoke() -> None:
    package = dialogues().begin(INVOKE, "first", NOW)
    assert package.encode() == bytes.fromhex(
        "E216 C704FFFFFFFF E80E E90C CF0101 D102090D F203960101"
    )


def test_each_question_has_a_transaction_id_of_its_own_and_0_follows_the_last() -> None:
    one = dialogues()
    ids = [one.begin(INVOKE, name, NOW).originating_id for name in "abc"]
    assert ids == [FIRST, 0, 1]
    assert len(one) == 3


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        (response(RESULT), Succeeded(SET)),
        (response(ERROR), Failed(ERROR.error, None)),
        (response(REJECT), Rejected(Problem.INVOKE_INCORRECT_PARAMETER)),
        (response(replace(REJECT, component_ids=b"")), Rejected(REJECT.problem)),
        (response(INVOKE, RESULT), Succeeded(SET)),
        (Abort(responding_id=FIRST, cause=AbortCause.RESOURCE_UNAVAILABLE), Aborted(6, None)),
        (Abort(responding_id=FIRST, user_information=b"\x28\0"), Aborted(None, b"\x28\0")),
        (response(), Unanswered(None)),
        (
            response(replace(RESULT, component_ids=b"\2")),
            Unanswered(Problem.RETURN_RESULT_UNRECOGNIZED_CORRELATION_ID),
        ),
        (
            response(replace(ERROR, component_ids=None)),
            Unanswered(Problem.RETURN_ERROR_UNRECOGNIZED_CORRELATION_ID),
        ),
        (
            response(replace(REJECT, component_ids=b"\2")),
            Unanswered(Problem.GENERAL_INCORRECT_COMPONENT_PORTION),
        ),
        (response(replace(RESULT, last=False)), Unanswered(Problem.RETURN_RESULT_UNEXPECTED)),
        (response(INVOKE), Unanswered(Problem.INVOKE_UNRECOGNIZED_OPERATION)),
    ],
)
def test_what_ends_a_transaction_is_told_once(message: Package | Abort, outcome: Outcome) -> None:
    one = dialogues()
    one.begin(INVOKE, "context", NOW)
    assert one.receive(message) is None
    assert one.next_event() == Answered("context", FIRST, outcome)
    assert one.next_event() is None
    assert len(one) == 0
    assert one.next_deadline() is None
    assert one.answers_unusable == isinstance(outcome, Unanswered)


def test_answers_are_matched_in_any_order() -> None:
    one = dialogues()
    ids = [one.begin(INVOKE, name, NOW).originating_id for name in "abc"]
    for transaction_id in reversed(ids):
        assert transaction_id is not None
        one.receive(response(RESULT, to=transaction_id))
    told = [one.next_event() for _ in "abc"]
    assert [each.context for each in told if isinstance(each, Answered)] == ["c", "b", "a"]


def test_time_runs_out_for_each_question_by_itself() -> None:
    one = dialogues()
    one.begin(INVOKE, "first", NOW)
    one.begin(INVOKE, "second", NOW + 1)
    assert one.next_deadline() == NOW + INTERVAL
    one.expire(NOW + INTERVAL - 0.001)
    assert one.next_event() is None
    one.expire(NOW + INTERVAL)
    assert one.next_event() == Answered("first", FIRST, TimedOut())
    assert one.next_event() is None
    assert one.next_deadline() == NOW + INTERVAL + 1


def test_a_late_answer_is_told_as_such_a_doubled_and_an_unknown_one_are_counted() -> None:
    one = dialogues()
    one.begin(INVOKE, "late", NOW)
    one.expire(NOW + INTERVAL)
    one.begin(INVOKE, "doubled", NOW)
    one.receive(response(RESULT, to=0))
    while one.next_event():
        pass
    for to in (0, 0, 77):
        assert one.receive(response(ERROR, to=to)) is None
    one.receive(Abort(responding_id=78, cause=4))
    assert one.next_event() is None
    assert (one.answers_late, one.answers_doubled, one.answers_unknown) == (0, 2, 2)
    one.receive(response(RESULT, to=FIRST))
    one.receive(response(RESULT, to=FIRST))
    assert one.next_event() == AnsweredLate("late", FIRST, Succeeded(SET))
    assert one.next_event() is None
    assert (one.answers_late, one.answers_doubled, one.answers_unknown) == (1, 3, 2)


@pytest.mark.parametrize("package_type", [CWP, CWOP])
def test_an_answer_in_a_late_conversation_is_told_and_the_conversation_aborted(
    package_type: PackageType,
) -> None:
    one = dialogues()
    one.begin(INVOKE, "late", NOW)
    one.expire(NOW + INTERVAL)
    assert isinstance(one.next_event(), Answered)
    assert isinstance(one.receive(conversation(package_type, RESULT)), Abort)
    assert one.next_event() == AnsweredLate("late", FIRST, Succeeded(SET))


def test_a_returned_question_is_told_with_its_cause() -> None:
    one = dialogues()
    package = one.begin(INVOKE, "context", NOW)
    one.returned(package, 4)
    assert one.next_event() == Answered("context", FIRST, Returned(4))
    one.returned(package, 4)
    one.returned(response(RESULT, to=9), 4)
    one.returned(Abort(responding_id=9, cause=4), 4)
    assert one.next_event() is None
    assert one.answers_doubled == 1


@pytest.mark.parametrize(
    ("package_type", "reply"),
    [
        (CWP, Package(package_type=PackageType.RESPONSE, responding_id=PEERS_ID)),
        (CWOP, Package(package_type=CWP, originating_id=FIRST, responding_id=PEERS_ID)),
    ],
)
def test_an_answer_in_a_conversation_is_taken_and_the_transaction_ended(
    package_type: PackageType, reply: Package
) -> None:
    one = dialogues()
    one.begin(INVOKE, "context", NOW)
    assert one.receive(conversation(package_type, RESULT)) == reply
    assert one.next_event() == Answered("context", FIRST, Succeeded(SET))


def test_a_question_inside_our_own_transaction_is_rejected_and_the_answer_awaited() -> None:
    one = dialogues()
    one.begin(INVOKE, "context", NOW)
    reply = one.receive(conversation(CWP, INVOKE))
    reject = Reject(component_ids=INVOKE_ID, problem=Problem.INVOKE_UNRECOGNIZED_OPERATION)
    assert reply == Package(
        package_type=CWP, originating_id=FIRST, responding_id=PEERS_ID, components=(reject,)
    )
    assert one.next_event() is None
    one.receive(response(RESULT))
    assert one.next_event() == Answered("context", FIRST, Succeeded(SET))


def test_a_conversation_of_nobody_is_aborted() -> None:
    one = dialogues()
    abort = Abort(responding_id=PEERS_ID, cause=AbortCause.UNASSIGNED_RESPONDING_TRANSACTION_ID)
    assert one.receive(conversation(CWP, RESULT, to=5)) == abort
    assert one.answers_unknown == 1


def test_a_query_is_told_and_answered_in_a_response() -> None:
    one = dialogues()
    event = asked(one, query())
    assert event.invokes == (INVOKE,)
    assert one.answer(event, RESULT) == response(RESULT, to=PEERS_ID)
    assert one.answer(event) == response(to=PEERS_ID)


def test_who_may_not_end_the_transaction_answers_in_a_conversation_that_the_other_ends() -> None:
    one = dialogues()
    answer = one.answer(asked(one, query(PackageType.QUERY_WITHOUT_PERMISSION)), RESULT)
    assert answer == Package(
        package_type=CWP, originating_id=FIRST, responding_id=PEERS_ID, components=(RESULT,)
    )
    assert one.receive(response()) is None
    assert one.next_event() is None
    assert one.answers_unknown == one.answers_doubled == 0
    one.receive(response())
    assert one.answers_unknown == 1


def test_nothing_answers_a_unidirectional_package() -> None:
    one = dialogues()
    event = asked(one, Package(package_type=PackageType.UNIDIRECTIONAL, components=(INVOKE,)))
    with pytest.raises(EncodeError, match="unidirectional"):
        one.answer(event, RESULT)


def test_an_invoke_without_an_id_is_rejected_without_one() -> None:
    reject = rejected(replace(INVOKE, component_ids=None), Problem.INVOKE_UNRECOGNIZED_OPERATION)
    assert reject.component_ids == b""


def test_questions_are_bounded() -> None:
    one = dialogues(open_max=1)
    one.begin(INVOKE, "first", NOW)
    with pytest.raises(EncodeError, match="1 questions wait"):
        one.begin(INVOKE, "second", NOW)
    one.receive(response(RESULT))
    one.begin(INVOKE, "third", NOW)


def test_another_invoke_id_is_refused() -> None:
    with pytest.raises(EncodeError, match="invoke ID"):
        dialogues().begin(replace(INVOKE, component_ids=b"\2"), "context", NOW)


def test_what_ended_long_ago_is_forgotten() -> None:
    one = Dialogues[int](first_id=0)
    for number in range(ENDED_MAX + 1):
        one.begin(INVOKE, number, NOW)
        one.receive(response(RESULT, to=number))
    one.receive(response(RESULT, to=0))
    one.receive(response(RESULT, to=1))
    assert (one.answers_unknown, one.answers_doubled) == (1, 1)


IDS: Final = st.integers(0, 5)
ANSWERING: Final = st.one_of(
    st.builds(lambda to, components: response(*components, to=to), IDS, st.lists(COMPONENTS)),
    st.builds(
        lambda kind, to, components: conversation(kind, *components, to=to),
        st.sampled_from([CWP, CWOP]),
        IDS,
        st.lists(COMPONENTS | st.just(RESULT)),
    ),
    st.builds(lambda to: Abort(responding_id=to, cause=1), IDS),
    packages(),
    ABORTS,
)


@given(st.lists(st.sampled_from(["ask", "wait"]) | ANSWERING, max_size=30))
def test_whatever_comes_each_question_ends_once(steps: list[str | Package | Abort]) -> None:
    one: Dialogues[int] = Dialogues(first_id=0, open_max=3)
    begun: list[int] = []
    ended: Counter[int] = Counter()
    now = NOW
    for step in steps:
        if step == "ask" and len(one) < 3:
            begun.append(len(begun))
            one.begin(INVOKE, begun[-1], now)
        elif step == "wait":
            now += INTERVAL / 2
            one.expire(now)
        elif not isinstance(step, str):
            reply = one.receive(step)
            assert reply is None or decode(reply.encode()) == reply
        while event := one.next_event():
            if isinstance(event, Answered):
                ended[event.context] += 1
        assert len(one) + len(ended) == len(begun)
    one.expire(now + INTERVAL)
    while event := one.next_event():
        if isinstance(event, Answered):
            ended[event.context] += 1
    assert ended == Counter(begun)
