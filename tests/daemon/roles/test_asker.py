"""An HLR is asked over a link, and its answers are told to who asked."""

from __future__ import annotations

import asyncio

import structlog

from clonewatch.roles.asker import Asker
from far_ends import joined
from is41.answering import answer
from is41.layers import Layer
from is41.map.components import invoke_of, result_of
from is41.map.messages import QualificationRequest, QualificationRequestResult
from is41.map.values import Esn
from is41.reading import Reading, read
from is41.sccp.messages import Unitdata, UnitdataService
from is41.tcap.codes import PackageType, Problem
from is41.tcap.dialogues import Outcome, Returned, Succeeded, TimedOut
from is41.tcap.messages import Package, Reject
from live import MIN, ROUTE, regnot
from network import FarEnd, until

INVOKE = invoke_of(
    QualificationRequest(electronic_serial_number=Esn(0x82123456), mobile_identification_number=MIN)
)


def asker(interval_s: float = 20.0) -> Asker:
    return Asker(ROUTE, interval_s, structlog.get_logger())


async def asked(far_end: FarEnd) -> Reading:
    """What the HLR is asked."""
    await until(lambda: far_end.messages)
    return read(far_end.messages.pop(), Layer.SCCP)


def response(reading: Reading) -> bytes:
    assert isinstance(reading.tcap, Package)
    package = Package(
        package_type=PackageType.RESPONSE,
        responding_id=reading.tcap.originating_id,
        components=(result_of(INVOKE, QualificationRequestResult()),),
    )
    return answer(reading, package)


def test_an_answer_is_told_to_who_asked() -> None:
    async def main() -> None:
        told: list[Outcome] = []
        asking = asker()
        assert not asking.ask(INVOKE, told.append)  # nobody is there
        async with joined(asking) as far_end:
            assert asking.is_open
            assert asking.ask(INVOKE, told.append)
            reading = await asked(far_end)
            assert far_end.connection.send(b"\x09" + bytes(20), Layer.SCCP)  # no message at all
            assert far_end.connection.send(response(reading), Layer.SCCP)
            await until(lambda: told)
            assert isinstance(told[0], Succeeded)
            assert asking.link_counts.refused.total() == 1
        assert not asking.is_open

    asyncio.run(main())


def test_a_question_that_comes_back_or_is_not_answered_is_told() -> None:
    async def main() -> None:
        told: list[Outcome] = []
        asking = asker(interval_s=0.2)
        async with joined(asking) as far_end:
            assert asking.ask(INVOKE, told.append)
            reading = await asked(far_end)
            assert isinstance(reading.sccp, Unitdata)
            back = UnitdataService(
                return_cause=1,
                called=reading.sccp.calling,
                calling=reading.sccp.called,
                data=reading.sccp.data,
            )
            assert far_end.connection.send(back.encode(), Layer.SCCP)
            await until(lambda: told)
            assert told == [Returned(1)]
            assert asking.ask(INVOKE, told.append)
            await until(lambda: len(told) == 2)
            assert told[1] == TimedOut()

    asyncio.run(main())


def test_an_answer_that_comes_late_is_told_to_who_still_wants_it() -> None:
    async def main() -> None:
        told: list[Outcome] = []
        told_late: list[Outcome] = []
        asking = asker(interval_s=0.05)
        async with joined(asking) as far_end:
            assert asking.ask(INVOKE, told.append, told_late.append)
            assert asking.ask(INVOKE, told.append)
            await until(lambda: len(told) == 2)
            assert told == [TimedOut(), TimedOut()]
            for message in far_end.messages:
                answer_late = response(read(message, Layer.SCCP))
                assert far_end.connection.send(answer_late, Layer.SCCP)
            await until(lambda: asking.dialogues.answers_late == 2)
            assert len(told) == 2
            (outcome,) = told_late
            assert isinstance(outcome, Succeeded)

    asyncio.run(main())


def test_what_the_hlr_asks_of_us_is_rejected() -> None:
    async def main() -> None:
        async with joined(asker()) as far_end:
            assert far_end.connection.send(regnot(transaction_id=77), Layer.SCCP)
            reading = await asked(far_end)
            assert isinstance(reading.tcap, Package)
            assert reading.tcap.responding_id == 77
            (reject,) = reading.tcap.components or ()
            assert isinstance(reject, Reject)
            assert reject.problem == Problem.INVOKE_UNRECOGNIZED_OPERATION

    asyncio.run(main())


def test_who_waits_for_the_hlr_is_told_when_it_can_be_asked() -> None:
    async def main() -> None:
        changes: list[bool] = []
        asking = asker()
        asking.changed = lambda: changes.append(asking.is_open)
        async with joined(asking):
            await until(lambda: True in changes)
        assert changes[-1] is False

    asyncio.run(main())
