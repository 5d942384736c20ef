"""Connections of a tap are lines of the intake; TCAP is never answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from clonewatch.live.intake import Intake
from clonewatch.live.lines import Counts
from clonewatch.roles.receiver import Receiver
from far_ends import joined
from is41.layers import Layer
from live import MSCS, Bench, bench, regnot
from network import until

if TYPE_CHECKING:
    from pathlib import Path


def receiver(of: Bench) -> Receiver:
    return Receiver(Intake(MSCS, of.judge), 3, Counts(), structlog.get_logger())


def test_a_far_end_may_send_once_it_is_open_and_gets_no_answer(tmp_path: Path) -> None:
    async def main() -> None:
        with bench(tmp_path) as of:
            taking = receiver(of)
            async with joined(taking, allowed=lambda: taking.is_open) as far_end:
                assert not far_end.connection.send(regnot(), Layer.SCCP)
                taking.open()
                await until(lambda: far_end.connection.link.is_open)
                assert far_end.connection.send(regnot(), Layer.SCCP)
                await until(lambda: of.judge.registrations == 1)
                assert taking.counts.messages == 1
                assert not far_end.messages
                assert len(taking.lines) == 1
                taking.prohibit()
                await until(lambda: not far_end.connection.link.is_open)
                assert not far_end.lost
            assert not taking.lines

    asyncio.run(main())
