"""What links tell beside messages is counted, logged and kept."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog
from structlog.testing import capture_logs

from clonewatch.links import Connection
from clonewatch.roles.notes import Notes
from far_ends import joined
from is41.errors import DecodeError
from is41.layers import Layer
from is41.link import (
    ManagementReceived,
    MessageRefused,
    MessageSkipped,
    ProtocolViolated,
    RoundTripMeasured,
)
from network import FarEnd

if TYPE_CHECKING:
    from is41.link import Event

ERROR = DecodeError("is odd", what="tali", field="opcode", clause="RFC 3094 §3")
KEPT = list[tuple[bytes, Layer | None]]


def noted(*events: Event) -> tuple[Notes, KEPT, list[str]]:
    """What is counted, kept and logged of *events*."""
    kept: KEPT = []
    notes = Notes(structlog.get_logger(), lambda _, octets, layer: kept.append((octets, layer)))

    async def main() -> None:
        async with joined(FarEnd()) as far_end:
            assert isinstance(far_end.connection, Connection)
            for event in events:
                notes.take(far_end.connection, event)

    with capture_logs() as logs:
        asyncio.run(main())
    return notes, kept, [log["event"] for log in logs]


def test_what_a_link_tells_is_counted_and_logged() -> None:
    notes, _, names = noted(
        RoundTripMeasured(0.25),
        MessageSkipped("MGMT"),
        MessageRefused(ERROR, b"odd"),
        ManagementReceived("NTFY", "AS-ACTIVE"),
        ProtocolViolated(ERROR, b"odder"),
    )
    counts = notes.counts
    assert counts.round_trip_s == 0.25
    assert (counts.skipped, counts.refused, counts.violations) == (1, {"tali_malformed": 1}, 1)
    assert names == [
        "link_message_skipped",
        "link_message_refused",
        "link_management_received",
        "link_protocol_violated",
    ]


def test_what_is_refused_is_kept_as_far_as_there_are_octets() -> None:
    _, kept, _ = noted(
        MessageRefused(ERROR, b"odd", Layer.SCCP),
        MessageRefused(ERROR, b""),
        ProtocolViolated(ERROR, b"odder"),
        ProtocolViolated(ERROR),
    )
    assert kept == [(b"odd", Layer.SCCP), (b"odder", None)]
