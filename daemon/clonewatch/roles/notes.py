"""What the connections of a link did beside bringing messages: counted, logged, and kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from is41.link import (
    ManagementReceived,
    MessageRefused,
    MessageSkipped,
    ProtocolViolated,
    RoundTripMeasured,
    StateChanged,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import FilteringBoundLogger

    from clonewatch.links import Connection
    from is41.errors import DecodeError
    from is41.layers import Layer
    from is41.link import Event

# Keeps octets that were refused, from a layer on; None: a message of the link's own.
Keep: TypeAlias = "Callable[[DecodeError, bytes, Layer | None], None]"


def forget(error: DecodeError, octets: bytes, layer: Layer | None) -> None:
    """Keep nothing."""


@dataclass(slots=True)
class LinkCounts:
    """Monotonic."""

    violations: int = 0  # connections that ended because the far end broke the protocol
    refused: Counter[str] = field(default_factory=Counter)  # and the connection went on
    skipped: int = 0  # link messages that are none of our business
    round_trip_s: float | None = None  # the last one measured


class Notes:
    """Takes note of what links tell. *keep* is given what they refuse."""

    def __init__(self, log: FilteringBoundLogger, keep: Keep = forget) -> None:
        self.counts = LinkCounts()
        self._log = log
        self._keep = keep

    def take(self, connection: Connection, event: Event) -> None:
        """Take note of anything but messages received."""
        log = self._log.bind(peer=connection.peer)
        match event:
            case StateChanged(state):
                log.info("link_state_changed", state=state.name.lower())
            case RoundTripMeasured(seconds):
                self.counts.round_trip_s = seconds
            case ProtocolViolated(error, octets):
                self.counts.violations += 1
                log.warning("link_protocol_violated", reason=str(error))
                if octets:
                    self._keep(error, octets, None)
            case MessageRefused(error, octets, layer):
                self.refuse(connection, error, octets, layer)
            case ManagementReceived(name, says):
                log.info("link_management_received", name=name, says=says)
            case MessageSkipped(name):
                self.counts.skipped += 1
                log.debug("link_message_skipped", name=name)

    def refuse(
        self, connection: Connection, error: DecodeError, octets: bytes, layer: Layer | None
    ) -> None:
        """Take note of a message that could not be used."""
        self.counts.refused[error.counted_as] += 1
        self._log.warning("link_message_refused", peer=connection.peer, reason=str(error))
        if octets:
            self._keep(error, octets, layer)
