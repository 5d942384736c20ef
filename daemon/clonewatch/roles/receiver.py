"""Links that bring REGNOTs: every connection is a line of the intake. As it stands, a tap."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from clonewatch.roles.notes import Notes, forget
from is41.link import MessagesReceived

if TYPE_CHECKING:
    from collections.abc import Callable

    from structlog.typing import FilteringBoundLogger

    from clonewatch.links import Connection
    from clonewatch.live.intake import Intake
    from clonewatch.live.lines import Counts, Line
    from clonewatch.roles.notes import Keep
    from is41.link import Event


class Receiver:
    """The handler of a link's connections (`clonewatch.links.Handler`).

    *acknowledges*: whether the link's protocol acknowledges messages (XOT), once they are kept,
    which is written, or *synced*. *keep* is given what the link refuses. Until `open`, far ends are
    connected and send nothing.
    """

    def __init__(
        self,
        intake: Intake,
        source: int,
        counts: Counts,
        log: FilteringBoundLogger,
        *,
        keep: Keep = forget,
        acknowledges: bool = False,
        synced: bool = False,
    ) -> None:
        self.counts = counts
        self.is_open = False
        self.lines: dict[Connection, Line] = {}
        self._intake = intake
        self._source = source
        self._log = log
        self._notes = Notes(log, keep)
        self.link_counts = self._notes.counts
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
            self._notes.take(connection, event)

    def disconnected(self, connection: Connection, reason: str) -> None:
        """End its line."""
        self._intake.close_line(self.lines.pop(connection))
        self._log.info("link_disconnected", peer=connection.peer, reason=reason)

    def _when_kept(
        self, connection: Connection, event: MessagesReceived
    ) -> Callable[[], None] | None:
        """What is to be done once the messages are kept."""
        return partial(connection.acknowledge, event.count) if self._acknowledges else None
