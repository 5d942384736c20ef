"""Links that bring REGNOTs: every connection is a line of the intake. As it stands, a tap."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from is41.link import (
    ManagementReceived,
    MessageRefused,
    MessageSkipped,
    MessagesReceived,
    ProtocolViolated,
    RoundTripMeasured,
    StateChanged,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import FilteringBoundLogger

    from clonewatch.links import Connection
    from clonewatch.live.intake import Intake
    from clonewatch.live.lines import Counts, Line
    from is41.link import Event


@dataclass(slots=True)
class LinkCounts:
    """What the connections of a link did beside bringing messages. Monotonic."""

    connections: int = 0
    violations: int = 0  # connections that ended because the far end broke the protocol
    refused: int = 0  # link messages that were refused, and the connection went on
    skipped: int = 0  # link messages that are none of our business
    round_trip_s: float | None = field(default=None)  # the last one measured


class Receiver:
    """The handler of a link's connections (`clonewatch.links.Handler`).

    *acknowledges*: whether the link's protocol acknowledges messages (XOT), once they are kept,
    which is written, or *synced*. Until `open`, far ends are connected and send nothing.
    """

    def __init__(
        self,
        intake: Intake,
        source: int,
        counts: Counts,
        log: FilteringBoundLogger,
        *,
        acknowledges: bool = False,
        synced: bool = False,
    ) -> None:
        self.counts = counts
        self.link_counts = LinkCounts()
        self.is_open = False
        self.lines: dict[Connection, Line] = {}
        self._intake = intake
        self._source = source
        self._log = log
        self._acknowledges = acknowledges
        self._synced = synced

    def open(self) -> None:
        """Let far ends send, those that are there and those to come."""
        self.is_open = True
        for connection in list(self.lines):
            connection.is_patient = False
            connection.allow()

    def prohibit(self) -> None:
        """Let them send no more, and stay connected where the protocol can."""
        self.is_open = False
        for connection in list(self.lines):
            connection.prohibit()

    def connected(self, connection: Connection) -> None:
        """Begin a line."""
        self.link_counts.connections += 1
        connection.is_patient = not self.is_open
        self.lines[connection] = self._intake.open_line(self._source, self.counts, connection)
        self._log.info("link_connected", peer=connection.peer)

    def received(self, connection: Connection, event: Event) -> None:
        """Take messages in; note whatever else happened."""
        if isinstance(event, MessagesReceived):
            self._intake.take(
                self.lines[connection],
                event,
                waited=connection.was_held_back,
                drained=connection.drained,
                then=self._when_kept(connection, event),
                synced=self._synced,
            )
        else:
            self._note(connection, event)

    def disconnected(self, connection: Connection, reason: str) -> None:
        """End its line."""
        self._intake.close_line(self.lines.pop(connection))
        self._log.info("link_disconnected", peer=connection.peer, reason=reason)

    def _when_kept(
        self, connection: Connection, event: MessagesReceived
    ) -> Callable[[], None] | None:
        """What is to be done once the messages are kept."""
        return partial(connection.acknowledge, event.count) if self._acknowledges else None

    def _note(self, connection: Connection, event: Event) -> None:
        log = self._log.bind(peer=connection.peer)
        match event:
            case StateChanged(state):
                log.info("link_state_changed", state=state.name.lower())
            case RoundTripMeasured(seconds):
                self.link_counts.round_trip_s = seconds
            case ProtocolViolated(error):
                self.link_counts.violations += 1
                log.warning("link_protocol_violated", reason=str(error))
            case MessageRefused(error):
                self.link_counts.refused += 1
                log.warning("link_message_refused", reason=str(error))
            case ManagementReceived(name, says):
                log.info("link_management_received", name=name, says=says)
            case MessageSkipped(name):
                self.link_counts.skipped += 1
                log.debug("link_message_skipped", name=name)
