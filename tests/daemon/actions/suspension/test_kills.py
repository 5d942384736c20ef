"""kill -9 at random instants through suspensions: the HLR's state and ours agree at the end."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from clonewatch.addresses import Address
from clonewatch.lab.network.network import Network, Outside
from clonewatch.lab.nodes.happenings import Happening, Kind
from clonewatch.lab.scenario import load_scenario
from clonewatch.links.urls import Transport, Url
from clonewatch.store.tables import cases, outbox
from is41.msid import msid_digits
from network import HOST
from stores import MIN, opened
from suspending import SUBSCRIBERS

if TYPE_CHECKING:
    from pathlib import Path

KILLS: Final = 4
ESN: Final = 0x82123456
PROGRAM: Final = (
    "import asyncio, sys; from pathlib import Path; from suspending import suspending; "
    "asyncio.run(suspending(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))"
)


async def lived(folder: Path, port: int, seed: int, steps: int) -> None:
    """A process that is killed after so many steps, at any instant; with seed 0 it settles."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        str(folder),
        str(port),
        str(seed),
        stdout=PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    if seed:
        assert process.stdout is not None
        for _ in range(steps):
            assert await process.stdout.readline()
        await asyncio.sleep(random.Random(seed).random() * 0.01)
        process.send_signal(signal.SIGKILL)
    await process.communicate()
    assert process.returncode == (-signal.SIGKILL if seed else 0)


def test_the_hlr_and_we_agree_after_any_kill(tmp_path: Path) -> None:
    fig6 = load_scenario("fig6")
    subscriber = fig6.subscribers[0]
    scenario = fig6.model_copy(
        update={
            "subscribers": tuple(
                subscriber.model_copy(update={"min": msid_digits(MIN + at), "esn": ESN})
                for at in range(SUBSCRIBERS)
            )
        }
    )
    happenings: list[Happening] = []

    async def main() -> None:
        outside = Outside(hlr=Url(Transport.TALI, Address(HOST, 0)))
        network = Network(scenario, outside, told=happenings.append, clock_ms=lambda: 0, speed=1.0)
        await network.start()
        try:
            where = next(wire.address for wire in network.wires if wire.connecting == "PSMS")
            assert where is not None
            chance = random.Random(11)
            for kill in range(KILLS):
                await lived(tmp_path, where.port, kill + 1, chance.randrange(1, 60))
            await lived(tmp_path, where.port, 0, 0)
            denied = {int(digits) for digits, _ in network.homes.denials()}
        finally:
            await network.stop()
        with opened(tmp_path) as store, store.read() as connection:
            suspended = select(cases.c.msid).where(cases.c.state == "suspended")
            assert set(connection.execute(suspended).scalars()) == denied
            pending = select(func.count()).where(
                outbox.c.output == "the HLR", outbox.c.outcome.is_(None)
            )
            assert connection.execute(pending).scalar_one() == 0
        assert denied
        assert {each.kind for each in happenings} >= {Kind.SUSPENDED, Kind.RESTORED}

    asyncio.run(main())
