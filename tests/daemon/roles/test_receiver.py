"""Connections of a tap are lines of the intake; TCAP is never answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from structlog.testing import capture_logs

from clonewatch.live.intake import Intake
from clonewatch.live.lines import Counts
from clonewatch.roles.receiver import Receiver
from far_ends import joined
from is41.errors import DecodeError
from is41.link import (
    ManagementReceived,
    MessageRefused,
    MessageSkipped,
    ProtocolViolated,
    RoundTripMeasured,
)
from is41.reading import Layer
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
                assert len(taking.lines) == taking.link_counts.connections == 1
                taking.prohibit()
                await until(lambda: not far_end.connection.link.is_open)
                assert not far_end.lost
            assert not taking.lines

    asyncio.run(main())


def test_what_a_link_tells_is_counted_and_logged(tmp_path: Path) -> None:
    error = DecodeError("is odd", what="tali", field="opcode", clause="RFC 3094 §3")

    async def main() -> None:
        with bench(tmp_path) as of, capture_logs() as logs:
            taking = receiver(of)
            async with joined(taking):
                (connection,) = taking.lines
                for event in (
                    RoundTripMeasured(0.25),
                    MessageSkipped("MGMT"),
                    MessageRefused(error),
                    ManagementReceived("NTFY", "AS-ACTIVE"),
                    ProtocolViolated(error),
                ):
                    taking.received(connection, event)
            counts = taking.link_counts
            assert counts.round_trip_s == 0.25
            assert (counts.skipped, counts.refused, counts.violations) == (1, 1, 1)
        names = [log["event"] for log in logs]
        assert names[0] == "link_connected"
        assert names[-1] == "link_disconnected"
        assert {
            "link_state_changed",
            "link_message_skipped",
            "link_message_refused",
            "link_management_received",
            "link_protocol_violated",
        } <= set(names)

    asyncio.run(main())
