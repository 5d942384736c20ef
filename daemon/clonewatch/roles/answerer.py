"""In an RVCD's place: each REGNOT of an MSC is answered, once its registration is kept.

What the answer says comes from the HLR, which is asked the same (QualificationRequest). Without an
HLR it is SystemMyTypeCode alone, and every subscriber is let in. A suspended subscriber is denied
as a duplicate unit in either case.

Not in the standard: where the HLR cannot be asked, or does not answer, the MSC gets SystemFailure
and may try again.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from clonewatch.roles.asker import layer_of
from clonewatch.roles.receiver import Receiver
from is41.answering import answer
from is41.errors import DecodeError, EncodeError
from is41.layers import Layer
from is41.map.codes import AuthorizationDenied, SystemMyTypeCode
from is41.map.components import failure_of, invoke_of, result_of
from is41.map.messages import (
    QualificationRequest,
    QualificationRequestResult,
    RegistrationNotification,
    RegistrationNotificationResult,
    body_of,
)
from is41.map.operations import ErrorCode, Operation
from is41.msid import msid_of_imsi, msid_of_min
from is41.reading import read
from is41.tcap.codes import PackageType, Problem
from is41.tcap.dialogues import Asked, Dialogues, Failed, Succeeded, rejected
from is41.tcap.messages import Package, ReturnError, ReturnResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from clonewatch.links import Connection
    from clonewatch.roles.asker import Asker
    from is41.link import MessagesReceived
    from is41.map.body import Body
    from is41.reading import Reading
    from is41.tcap.dialogues import Outcome
    from is41.tcap.messages import Component, Invoke, ParameterSet

OURS: Final = SystemMyTypeCode.LUCENT  # of some maker it must be


class Answerer(Receiver):
    """The handler of links whose REGNOTs are answered.

    *hlr* is asked; None lets everybody in. *is_suspended* tells of an MSID whether it is to be
    denied.
    """

    def __init__(
        self,
        *args: Any,
        hlr: Asker | None,
        is_suspended: Callable[[int], bool] = lambda _: False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.answers_sent = 0
        self.answers_denied = 0
        self.answers_failed = 0  # SystemFailure: the HLR could not say
        self.answer_s = 0.0  # from reading each question to its answer, summed. Monotonic
        self.questions_refused = 0  # rejected, or not even that
        self._hlr = hlr
        self._is_suspended = is_suspended
        self._dialogues: Dialogues[None] = Dialogues(first_id=secrets.randbits(32))

    def _when_kept(self, connection: Connection, event: MessagesReceived) -> Callable[[], None]:
        frames = event.frames
        messages = [
            (event.octets[frames.start[at] : frames.end[at]].tobytes(), Layer(frames.layer[at]))
            for at in range(event.count)
        ]
        return partial(self._answer_all, connection, messages, time.monotonic())

    def _answer_all(
        self, connection: Connection, messages: list[tuple[bytes, Layer]], read_at: float
    ) -> None:
        if self._acknowledges:
            connection.acknowledge(len(messages))
        for octets, layer in messages:
            try:
                reading = read(octets, layer)
            except DecodeError:
                continue  # the collector has counted it
            if isinstance(reading.tcap, Package):
                self._take(connection, reading, reading.tcap, read_at)

    def _take(
        self, connection: Connection, reading: Reading, package: Package, read_at: float
    ) -> None:
        """Take a query; anything else is no question."""
        if package.responding_id is not None or (
            package.package_type is PackageType.UNIDIRECTIONAL
        ):
            return
        asked = Asked(package)
        if len(asked.invokes) != 1:
            self.questions_refused += 1
            return
        self._take_invoke(_Question(connection, reading, asked, asked.invokes[0], read_at))

    def _take_invoke(self, question: _Question) -> None:
        try:
            body = body_of(question.invoke)
        except DecodeError:
            self.questions_refused += 1
            self._reply(question, rejected(question.invoke, Problem.INVOKE_INCORRECT_PARAMETER))
            return
        if not isinstance(body, RegistrationNotification):
            self.questions_refused += 1
            self._reply(question, rejected(question.invoke, Problem.INVOKE_UNRECOGNIZED_OPERATION))
        elif (msid := _msid_of(body)) is None:
            self.questions_refused += 1
            self._reply(question, failure_of(question.invoke, ErrorCode.MISSING_PARAMETER))
        elif self._is_suspended(msid):
            self.answers_denied += 1
            self._reply_with(
                question,
                RegistrationNotificationResult(
                    system_my_type_code=OURS,
                    authorization_denied=AuthorizationDenied.DUPLICATE_UNIT,
                ),
            )
        elif self._hlr is None:
            self._reply_with(question, RegistrationNotificationResult(system_my_type_code=OURS))
        elif not self._hlr.ask(invoke_of(_asking(body)), partial(self._told, question)):
            self._fail(question)

    def _fail(self, question: _Question) -> None:
        self.answers_failed += 1
        self._reply(question, failure_of(question.invoke, ErrorCode.SYSTEM_FAILURE))

    def _told(self, question: _Question, outcome: Outcome) -> None:
        """Pass on what the HLR says."""
        match outcome:
            case Succeeded(parameters):
                body = _qualification(parameters)
                if body is None:
                    self._fail(question)
                    return
                self.answers_denied += body.authorization_denied is not None
                self._reply_with(question, _passed_on(body))
            case Failed(error, parameters):
                ids = (question.invoke.component_ids or b"")[:1]
                self._reply(
                    question, ReturnError(component_ids=ids, error=error, parameters=parameters)
                )
            case _:
                self._fail(question)

    def _reply_with(self, question: _Question, body: Body) -> None:
        self._reply(question, result_of(question.invoke, body))

    def _reply(self, question: _Question, component: Component) -> None:
        """Answer, if the far end is still there and the question has a way back."""
        try:
            package = self._dialogues.answer(question.asked, component)
            octets = answer(question.reading, package)
        except EncodeError as error:
            self._log.warning("answer_refused", reason=str(error))
            return
        if question.connection.send(octets, layer_of(question.reading)):
            self.answers_sent += 1
            self.answer_s += time.monotonic() - question.read_at


class _Question(NamedTuple):
    connection: Connection
    reading: Reading
    asked: Asked
    invoke: Invoke
    read_at: float  # s, of the steady clock


def _msid_of(body: RegistrationNotification) -> int | None:
    if body.mobile_identification_number is not None:
        return msid_of_min(body.mobile_identification_number)
    return None if body.imsi is None else msid_of_imsi(body.imsi)


def _asking(body: RegistrationNotification) -> QualificationRequest:
    """The same question for the HLR: what both tables have."""
    return QualificationRequest(**_shared(body, QualificationRequest))


def _passed_on(body: QualificationRequestResult) -> RegistrationNotificationResult:
    """The HLR's answer for the MSC: what both tables have, in our name."""
    shared = _shared(body, RegistrationNotificationResult)
    return RegistrationNotificationResult(**shared | {"system_my_type_code": OURS})


def _shared(body: Body, kind: type[Body]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)} - {"others"}
    return {name: getattr(body, name) for name in names & {field.name for field in fields(body)}}


def _qualification(parameters: ParameterSet | None) -> QualificationRequestResult | None:
    """Read the HLR's answer; None where it cannot be."""
    result = ReturnResult(component_ids=None, parameters=parameters)
    try:
        body = body_of(result, Operation.QUALIFICATION_REQUEST)
    except DecodeError:
        return None
    return body if isinstance(body, QualificationRequestResult) else None
