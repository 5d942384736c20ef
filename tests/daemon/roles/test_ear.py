"""What a relay overhears, in every carrier, however the stream is cut."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from clonewatch.live.intake import Intake
from clonewatch.live.lines import Counts, Line
from clonewatch.registrations import Flags
from clonewatch.roles.ear import WAITING_LENGTH_MAX, Hearing
from is41.adaptation.messages import Parameter
from is41.m3ua.codes import MessageClass, ParameterTag, Transfer
from is41.m3ua.messages import Message, ProtocolData
from is41.sigtran import Carrier
from is41.tali.codes import Opcode
from is41.tali.messages import Message as TaliMessage
from live import MSCS, Bench, bench, received, regnot
from network import until
from recordfiles import SlowFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path


def tali(octets: bytes) -> bytes:
    return TaliMessage(Opcode.SCCP, octets).encode()


def m3ua(octets: bytes) -> bytes:
    data = ProtocolData(opc=1, dpc=2, data=octets)
    parameter = Parameter(ParameterTag.PROTOCOL_DATA, data.encode())
    return Message(
        message_class=MessageClass.TRANSFER, message_type=Transfer.DATA, parameters=(parameter,)
    ).encode()


@asynccontextmanager
async def hearing(
    directory: Path,
    carrier: Carrier = Carrier.TALI,
    *,
    is_open: bool = True,
    record: Mapping[str, Any] | None = None,
) -> AsyncIterator[tuple[Hearing, Bench, Counts]]:
    with bench(directory, **record or {}) as of:
        counts = Counts()
        intake = Intake(MSCS, of.judge, fresh_s=0.0)
        hears = Hearing(intake, 4, counts, carrier)
        if is_open:
            hears.open()
        yield hears, of, counts


async def read(of: Hearing) -> None:
    """Let what waits be read, decoded and judged."""
    of.read()
    await asyncio.sleep(0)
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("carrier", "wrap"), [(Carrier.TALI, tali), (Carrier.M3UA, m3ua)], ids=["tali", "m3ua"]
)
def test_messages_are_heard_however_the_stream_is_cut(
    tmp_path: Path, carrier: Carrier, wrap: object
) -> None:
    assert callable(wrap)
    octets = b"".join(wrap(regnot(f"614555{number:04}")) for number in range(500))

    async def main() -> None:
        async with hearing(tmp_path, carrier) as (of, behind, counts):
            ear, cut = of.ear(), random.Random(7)
            at = 0
            while at < len(octets):
                step = cut.randint(1, 400)
                ear.hear(octets[at : at + step], from_caller=True)
                ear.hear(b"\x00answers nobody reads" * 3, from_caller=False)
                at += step
                if cut.random() < 0.2:
                    await read(of)
            await read(of)
            assert behind.judge.registrations == counts.registrations == 500
            assert of.octets_dropped == 0
            ear.close()

    asyncio.run(main())


def test_each_splice_is_a_line_of_its_own(tmp_path: Path) -> None:
    async def main() -> None:
        async with hearing(tmp_path) as (of, behind, counts):
            one, other = of.ear(), of.ear()
            first, second = tali(regnot()), tali(regnot("6145550002"))
            one.hear(first[:20], from_caller=True)
            other.hear(second[:30], from_caller=True)
            one.hear(first[20:], from_caller=True)
            other.hear(second[30:], from_caller=True)
            one.close()
            await read(of)
            assert behind.judge.registrations == 2
            assert counts.messages == 2

    asyncio.run(main())


def test_what_comes_too_fast_is_dropped_and_hearing_goes_on(tmp_path: Path) -> None:
    message = tali(regnot())

    async def main() -> None:
        async with hearing(tmp_path) as (of, behind, _):
            ear = of.ear()
            ear.hear(message * (2 * WAITING_LENGTH_MAX // len(message)), from_caller=True)
            assert of.octets_dropped > 0
            await read(of)
            before = behind.judge.registrations
            assert before > 0
            fresh = of.ear()
            fresh.hear(message, from_caller=True)
            await read(of)
            assert behind.judge.registrations == before + 1

    asyncio.run(main())


def test_what_is_heard_before_it_is_open_waits_and_is_uncertain(tmp_path: Path) -> None:
    async def main() -> None:
        async with hearing(tmp_path, is_open=False) as (of, behind, counts):
            gone, stays = of.ear(), of.ear()
            gone.hear(tali(regnot()), from_caller=True)
            stays.hear(tali(regnot("6145550002")), from_caller=True)
            gone.close()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert behind.judge.registrations == counts.messages == 0
            of.open()
            await asyncio.sleep(0)
            assert behind.judge.registrations == counts.messages == 2
            stays.hear(tali(regnot("6145550003")), from_caller=True)
            await read(of)
            (rows,) = behind.record.batches()
            uncertain = (rows.batch.flags & Flags.TIME_UNCERTAIN).astype(bool)
            assert uncertain.tolist() == [True, True, False]

    asyncio.run(main())


def test_what_finds_no_room_in_the_intake_is_dropped_and_hearing_goes_on(tmp_path: Path) -> None:
    message = tali(regnot())

    async def main() -> None:
        SlowFile.ready.clear()
        slow = {"open_file": SlowFile, "pending_rows_max": 1}
        async with hearing(tmp_path, is_open=False, record=slow) as (of, behind, _):
            ears = [of.ear() for _ in range(8)]
            stream = message * (WAITING_LENGTH_MAX // 10 // len(message))
            for at in range(0, len(stream), 4000):  # messages that have to be put together
                for ear in ears:
                    ear.hear(stream[at : at + 4000], from_caller=True)
            assert of.octets_dropped == 0
            other = Intake(MSCS, behind.judge)
            line = other.open_line(0, Counts())
            for _ in range(2):  # one is being written when the other comes
                await until(lambda: behind.judge.has_room(1))
                other.take(line, received(regnot()))
                other.flush()
            of.open()
            assert of.octets_dropped > 0
            SlowFile.ready.set()
            await until(lambda: behind.judge.has_room(1))

    asyncio.run(main())


def test_octets_that_are_nothing_hurt_nobody(tmp_path: Path) -> None:
    async def main() -> None:
        async with hearing(tmp_path) as (of, behind, _):
            ear = of.ear()
            ear.hear(random.Random(3).randbytes(100_000), from_caller=True)
            ear.hear(tali(regnot()), from_caller=True)
            ear.hear(tali(regnot("6145550002")), from_caller=True)
            await read(of)
            assert behind.judge.registrations == 2

    asyncio.run(main())


class Failing(Intake):
    """Takes nothing, by a fault of ours."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.closed: list[Line] = []

    def take(self, *_: object, **__: object) -> None:
        raise ZeroDivisionError

    def close_line(self, line: Line) -> None:
        self.closed.append(line)


def test_a_line_is_closed_even_where_reading_what_is_left_of_it_fails(tmp_path: Path) -> None:
    async def main() -> None:
        with bench(tmp_path) as of:
            intake = Failing(MSCS, of.judge)
            hears = Hearing(intake, 4, Counts(), Carrier.TALI)
            hears.open()
            ear = hears.ear()
            ear.hear(tali(regnot()), from_caller=True)
            with pytest.raises(ZeroDivisionError):
                ear.close()
            assert [line.source for line in intake.closed] == [4]

    asyncio.run(main())
