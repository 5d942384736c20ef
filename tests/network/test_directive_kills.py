"""``kill -9`` between writing a directive down, sending it, and its answer: each is gone through.

A directive of which nobody knows whether it arrived is sent anew, under another transaction ID.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Final

import pytest

from clonewatch.actions.alarms import book
from clonewatch.cases import showing
from clonewatch.store.database import read_only
from network import until
from oddhlr import OddHlr, done_in_silence, error, keep, listening, yes
from processes import STARTED_WITHIN_S

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from oddhlr import Question

PHONE: Final = ("6145551234", 0x82123456)
TOLD: Final = (
    "SELECT json_extract(payload, '$.change'), ifnull(outcome, 'pending'), attempts FROM outbox "
    "WHERE output = 'the HLR' ORDER BY id"
)
PROGRAM: Final = (
    "import asyncio, sys; from pathlib import Path; from oddhlr import serve; "
    "asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))"
)


@asynccontextmanager
async def killed_after(folder: Path, port: int, restores: str = "") -> AsyncIterator[None]:
    """A process that suspends, or restores, until it is killed at the end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, str(folder), str(port), restores),
        stdout=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL)
        await process.wait()


def actions(folder: Path) -> list[tuple[str, str, int]]:
    """What was told the HLR, what became of it, and after how many tries."""
    try:
        with closing(sqlite3.connect(f"file:{folder}/clonewatch.sqlite?mode=ro", uri=True)) as it:
            return list(it.execute(TOLD))
    except sqlite3.OperationalError:
        return []  # it is being made


async def so(folder: Path, *expected: tuple[str, str, int]) -> None:
    """Wait until this was told the HLR."""
    await until(lambda: actions(folder) == list(expected), STARTED_WITHIN_S)


def test_what_was_written_and_not_sent_is_sent_after_a_start(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([yes])
        async with listening(hlr) as port:
            pass
        async with killed_after(tmp_path, port):  # nobody is there to send it to
            await so(tmp_path, ("suspend", "pending", 0))
        async with listening(hlr, port), killed_after(tmp_path, port):
            await so(tmp_path, ("suspend", "delivered", 1))
        assert hlr.suspends == [True]
        assert hlr.denied == {PHONE}

    asyncio.run(main())


@pytest.mark.parametrize("way", [keep, done_in_silence])
@pytest.mark.parametrize("restores", ["", "restores"])
def test_what_was_sent_and_not_answered_is_sent_anew(
    tmp_path: Path, way: Callable[[OddHlr, Question], None], restores: str
) -> None:
    """Whether the HLR has done it, or not."""

    async def main() -> None:
        before = [yes] if restores else []
        hlr = OddHlr([*before, way, yes])
        done = [("suspend", "delivered", 1)] if restores else []
        what = "restore" if restores else "suspend"
        async with listening(hlr) as port:
            async with killed_after(tmp_path, port, restores):
                await until(lambda: len(hlr.told) == len(before) + 1, STARTED_WITHIN_S)
                assert actions(tmp_path) == [*done, (what, "pending", 1)]
            async with killed_after(tmp_path, port):
                await so(tmp_path, *done, (what, "delivered", 2))
        assert hlr.suspends == [*(True for _ in before), *[not restores] * 2]
        ids = [directive.transaction_id for directive in hlr.told]
        assert len(set(ids)) == len(ids)
        assert hlr.denied == (set() if restores else {PHONE})
        with read_only(tmp_path / "clonewatch.sqlite") as connection:
            told = showing.shown(connection, 1)
        assert told is not None
        assert told["state"] == ("restored" if restores else "suspended")
        words = [event["what"] for event in told["history"]]
        assert words[-1] == told["state"]
        assert words.count(told["state"]) == 1

    asyncio.run(main())


def test_a_refused_restoration_goes_on_after_a_start_and_so_does_its_alarm(tmp_path: Path) -> None:
    def alarms() -> list[str]:
        with read_only(tmp_path / "clonewatch.sqlite") as connection:
            raised = book.raised(connection, about_subscribers=False)
        return [alarm.key for alarm in raised]

    async def main() -> None:
        hlr = OddHlr([yes, error])
        async with listening(hlr) as port:
            async with killed_after(tmp_path, port, "restores"):
                await until(lambda: len(hlr.told) > 4, STARTED_WITHIN_S)
                await until(alarms)
            (_, (_, outcome, tries)) = actions(tmp_path)
            assert (outcome, alarms()) == ("pending", ["restorations"])
            async with killed_after(tmp_path, port):
                await until(lambda: actions(tmp_path)[1][2] > tries + 1, STARTED_WITHIN_S)
                assert alarms() == ["restorations"]
                hlr.script = [yes]
                await until(lambda: actions(tmp_path)[1][1] == "delivered")
        assert alarms() == []
        assert hlr.denied == set()

    asyncio.run(main())
