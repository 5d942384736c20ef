"""REGNOTs of an MSC are answered, once they are kept, as an HLR says."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import structlog

from clonewatch.live.intake import Intake
from clonewatch.live.lines import Counts
from clonewatch.roles.answerer import Answerer
from clonewatch.roles.asker import Asker
from far_ends import joined
from is41.answering import answer
from is41.layers import Layer
from is41.map.codes import AuthorizationDenied, SystemMyTypeCode
from is41.map.components import failure_of, invoke_of, result_of
from is41.map.messages import (
    QualificationRequest,
    QualificationRequestResult,
    RegistrationCancellation,
    RegistrationNotificationResult,
    body_of,
)
from is41.map.operations import ErrorCode, Operation, error_of
from is41.reading import Reading, read
from is41.tcap.codes import PackageType, Problem
from is41.tcap.messages import Component, Invoke, Package, Reject, ReturnError, ReturnResult
from live import MIN, MSCS, ROUTE, Bench, bench, regnot
from network import FarEnd, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def answering(
    directory: Path, **options: Any
) -> AsyncIterator[tuple[Answerer, Bench, FarEnd]]:
    """An answerer, what is behind it, and an MSC that has connected."""
    with bench(directory) as of:
        intake = Intake(MSCS, of.judge)
        answers = Answerer(intake, 0, Counts(), structlog.get_logger(), **{"hlr": None, **options})
        answers.is_open = True

        async def keep() -> None:
            while True:
                intake.kept()
                await asyncio.sleep(0.002)

        keeping = asyncio.create_task(keep())
        async with joined(answers) as msc:
            yield answers, of, msc
        keeping.cancel()


async def answered(far_end: FarEnd) -> tuple[int | None, Component]:
    """What comes back: the transaction it answers, and its component."""
    await until(lambda: far_end.messages)
    package = read(far_end.messages.pop(0), Layer.SCCP).tcap
    assert isinstance(package, Package)
    (component,) = package.components or ()
    return package.responding_id, component


def result(component: Component) -> RegistrationNotificationResult:
    assert isinstance(component, ReturnResult)
    body = body_of(component, Operation.REGISTRATION_NOTIFICATION)
    assert isinstance(body, RegistrationNotificationResult)
    return body


def test_without_an_hlr_everybody_is_let_in_once_it_is_written(tmp_path: Path) -> None:
    async def main() -> None:
        async with answering(tmp_path) as (answers, of, msc):
            assert msc.connection.send(regnot(transaction_id=7), Layer.SCCP)
            transaction_id, component = await answered(msc)
            assert transaction_id == 7
            assert result(component) == RegistrationNotificationResult(
                system_my_type_code=SystemMyTypeCode.LUCENT
            )
            assert of.record.written == 1
            assert answers.answers_sent == 1

    asyncio.run(main())


def test_a_suspended_subscriber_is_denied_as_a_duplicate_unit(tmp_path: Path) -> None:
    async def main() -> None:
        options = {"is_suspended": lambda msid: msid == int(MIN)}
        async with answering(tmp_path, **options) as (answers, of, msc):
            assert msc.connection.send(regnot(), Layer.SCCP)
            _, component = await answered(msc)
            assert result(component).authorization_denied == AuthorizationDenied.DUPLICATE_UNIT
            assert of.judge.registrations == 1
            assert answers.answers_denied == 1

    asyncio.run(main())


def test_what_is_no_registration_is_rejected(tmp_path: Path) -> None:
    async def main() -> None:
        async with answering(tmp_path) as (answers, _, msc):
            invoke = invoke_of(RegistrationCancellation(mobile_identification_number=MIN))
            query = Package(
                package_type=PackageType.QUERY_WITH_PERMISSION,
                originating_id=9,
                components=(invoke,),
            )
            assert msc.connection.send(ROUTE.write(query), Layer.SCCP)
            _, component = await answered(msc)
            assert isinstance(component, Reject)
            assert component.problem == Problem.INVOKE_UNRECOGNIZED_OPERATION
            two = Package(
                package_type=PackageType.QUERY_WITH_PERMISSION,
                originating_id=10,
                components=(invoke, invoke),
            )
            assert msc.connection.send(ROUTE.write(two), Layer.SCCP)
            await until(lambda: answers.questions_refused == 2)
            assert not msc.messages

    asyncio.run(main())


def test_a_registration_of_nobody_is_an_error(tmp_path: Path) -> None:
    async def main() -> None:
        async with answering(tmp_path) as (_, of, msc):
            nobody = regnot(None)
            assert msc.connection.send(nobody, Layer.SCCP)
            _, component = await answered(msc)
            assert isinstance(component, ReturnError)
            assert error_of(component) == ErrorCode.MISSING_PARAMETER
            assert of.judge.registrations == 0

    asyncio.run(main())


class TestWithAnHlr:
    """The HLR's answer is the MSC's."""

    @staticmethod
    @asynccontextmanager
    async def asking(directory: Path) -> AsyncIterator[tuple[Answerer, FarEnd, FarEnd]]:
        asker = Asker(ROUTE, 0.5, structlog.get_logger())
        async with (
            answering(directory, hlr=asker) as (answers, _, msc),
            joined(asker) as hlr,
        ):
            yield answers, msc, hlr

    @staticmethod
    async def question(hlr: FarEnd) -> tuple[Reading, Package, Invoke]:
        await until(lambda: hlr.messages)
        reading = read(hlr.messages.pop(0), Layer.SCCP)
        assert isinstance(reading.tcap, Package)
        (invoke,) = reading.tcap.components or ()
        assert isinstance(invoke, Invoke)
        return reading, reading.tcap, invoke

    @classmethod
    async def reply(cls, hlr: FarEnd, *, denied: bool | None) -> QualificationRequest:
        """Answer as an HLR: let in, deny, or (None) know nothing of the subscriber."""
        reading, package, invoke = await cls.question(hlr)
        body = body_of(invoke)
        assert isinstance(body, QualificationRequest)
        said: Component
        if denied is None:
            said = failure_of(invoke, ErrorCode.UNRECOGNIZED_MIN)
        else:
            said = result_of(
                invoke,
                QualificationRequestResult(
                    system_my_type_code=SystemMyTypeCode.ERICSSON,
                    authorization_denied=AuthorizationDenied.STOLEN_UNIT if denied else None,
                    carrier_digits=None,
                ),
            )
        response = Package(
            package_type=PackageType.RESPONSE,
            responding_id=package.originating_id,
            components=(said,),
        )
        hlr.connection.send(answer(reading, response), Layer.SCCP)
        return body

    def test_it_is_asked_the_same_and_its_answer_passed_on(self, tmp_path: Path) -> None:
        async def main() -> None:
            async with self.asking(tmp_path) as (answers, msc, hlr):
                msc.connection.send(regnot(transaction_id=7), Layer.SCCP)
                body = await self.reply(hlr, denied=True)
                assert body.mobile_identification_number == MIN
                assert body.electronic_serial_number is not None
                assert body.electronic_serial_number.number == 0x82123456
                transaction_id, component = await answered(msc)
                assert transaction_id == 7
                assert result(component).authorization_denied == AuthorizationDenied.STOLEN_UNIT
                assert result(component).system_my_type_code == SystemMyTypeCode.LUCENT
                assert answers.answers_denied == 1
                msc.connection.send(regnot(transaction_id=8), Layer.SCCP)
                await self.reply(hlr, denied=None)
                _, component = await answered(msc)
                assert isinstance(component, ReturnError)
                assert error_of(component) == ErrorCode.UNRECOGNIZED_MIN

        asyncio.run(main())

    def test_an_hlr_that_does_not_answer_or_is_not_there_is_a_failure(self, tmp_path: Path) -> None:
        async def main() -> None:
            async with self.asking(tmp_path) as (answers, msc, hlr):
                msc.connection.send(regnot(), Layer.SCCP)
                _, component = await answered(msc)
                assert isinstance(component, ReturnError)
                assert error_of(component) == ErrorCode.SYSTEM_FAILURE
                hlr.connection.abort("a cut line")
                await until(lambda: hlr.lost)
                msc.connection.send(regnot(transaction_id=2), Layer.SCCP)
                _, component = await answered(msc)
                assert isinstance(component, ReturnError)
                assert answers.answers_failed == 2

        asyncio.run(main())
