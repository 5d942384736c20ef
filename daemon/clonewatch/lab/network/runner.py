"""One node on sockets: what its links tell goes in, what it says goes out, one timer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from clonewatch.lab.nodes.happenings import Happening, Kind
from clonewatch.lab.nodes.msc import Msc
from clonewatch.lab.nodes.rvcd import Rvcd
from is41.layers import Layer
from is41.link import MessagesReceived, ProtocolViolated, StateChanged
from is41.xot.link import Link as Xot

if TYPE_CHECKING:
    from collections.abc import Callable

    from clonewatch.lab.nodes.groups import Groups
    from clonewatch.lab.nodes.happenings import Phone
    from clonewatch.lab.nodes.station import Station
    from clonewatch.links import Connection
    from is41.link import Event


class Runner:
    """Runs a station. *told* gets its happenings; *groups* its copies, where it sends none.

    What a circuit to the neighbour *repeats* did not acknowledge is sent again over the next one.
    *clock_ms* is the wall's, ms since 1970 UTC: groups say when each of their rows was heard.
    """

    def __init__(
        self,
        station: Station,
        told: Callable[[Happening], None],
        clock_ms: Callable[[], int],
        groups: Groups | None = None,
        repeats: str | None = None,
    ) -> None:
        self.station = station
        self.messages_lost = 0  # for a link that closed meanwhile
        self._told = told
        self._clock_ms = clock_ms
        self._groups = groups
        self._repeats = repeats
        self._again: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self._connections: dict[str, Connection] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._is_dead = False

    def hear(self, phone: Phone) -> None:
        """Let an MSC hear a phone."""
        assert isinstance(self.station, Msc)
        self.station.register(phone, self._loop.time())
        self.turn()

    def opened(self, neighbour: str, layer: Layer, connection: Connection) -> None:
        """A link can be used."""
        self._connections[neighbour] = connection
        if neighbour == self._repeats:
            again, self._again = self._again, []
            self.messages_lost += sum(not connection.send(octets, layer) for octets in again)
        self.station.link_opened(neighbour, layer, self._loop.time())
        self.turn()

    def closed(self, neighbour: str, connection: Connection) -> None:
        """A link cannot be used any more, unless another took its place."""
        if self._connections.get(neighbour) is connection:
            del self._connections[neighbour]
            if neighbour == self._repeats and isinstance(connection.link, Xot):
                self._again += connection.link.unacknowledged
            self.station.link_closed(neighbour, self._loop.time())
            self.turn()

    def receive(self, neighbour: str, octets: bytes, layer: Layer) -> None:
        """A message came."""
        if not self._is_dead:
            self.station.receive(neighbour, octets, layer, self._loop.time())

    def refused(self, neighbour: str, why: str) -> None:
        """A neighbour broke the link's protocol."""
        self._tell(Kind.REFUSED, f"from {neighbour}: {why}")

    def turn(self) -> None:
        """Send what the station says, tell what happened to it, set the timer."""
        if self._is_dead:
            return
        while (message := self.station.next_message()) is not None:
            connection = self._connections.get(message.neighbour)
            if connection is None or not connection.send(message.octets, message.layer):
                self.messages_lost += 1
        self._keep_copies()
        while (happening := self.station.next_happening()) is not None:
            self._told(happening)
        self._set_timer()

    def kill(self) -> None:
        """End the station without a word."""
        self._is_dead = True
        if self._timer is not None:
            self._timer.cancel()

    def _keep_copies(self) -> None:
        if self._groups is None:
            return
        assert isinstance(self.station, Rvcd)
        now_ms = self._clock_ms()
        try:
            self._groups.turn(now_ms)
            while (copy := self.station.next_copy()) is not None:
                self._groups.take(copy, now_ms)
        except OSError as error:
            self._tell(Kind.REFUSED, f"{error.filename}: {error.strerror}")

    def _tell(self, kind: Kind, detail: str) -> None:
        self._told(Happening(self.station.me.name, kind, detail=detail))

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadlines = [self.station.next_deadline()]
        if self._groups is not None and (at_ms := self._groups.next_at_ms()) is not None:
            # Not before its time: the wall's clock may run a little behind the loop's.
            deadlines.append(self._loop.time() + max(1, at_ms - self._clock_ms()) / 1000)
        deadline = min((each for each in deadlines if each is not None), default=None)
        if deadline is not None:
            self._timer = self._loop.call_at(deadline, self._rung)

    def _rung(self) -> None:
        self._timer = None
        self.station.expire(self._loop.time())
        self.turn()


class End:
    """The handler of a runner's end of a link to *neighbour*, which carries *layer*."""

    def __init__(self, runner: Runner, neighbour: str, layer: Layer) -> None:
        self._runner = runner
        self._neighbour = neighbour
        self._layer = layer
        self._open: Connection | None = None

    @property
    def is_open(self) -> bool:
        """Whether messages can be sent."""
        return self._open is not None

    def connected(self, connection: Connection) -> None:
        """Wait for the link to open."""

    def received(self, connection: Connection, event: Event) -> None:
        """Take messages, and note when the link opens and closes."""
        match event:
            case MessagesReceived(octets, frames, count):
                for at in range(count):
                    message = octets[frames.start[at] : frames.end[at]].tobytes()
                    self._runner.receive(self._neighbour, message, Layer(frames.layer[at]))
                connection.acknowledge(count)
                self._runner.turn()
            case StateChanged():
                self._look(connection)
            case ProtocolViolated(error):
                self._runner.refused(self._neighbour, str(error))
            case _:
                pass

    def disconnected(self, connection: Connection, reason: str) -> None:  # noqa: ARG002  # it is the same whatever the reason
        """Let the node turn elsewhere."""
        if self._open is connection:
            self._open = None
        self._runner.closed(self._neighbour, connection)

    def _look(self, connection: Connection) -> None:
        is_open = connection.link.is_open
        if is_open and self._open is not connection:
            self._open = connection
            self._runner.opened(self._neighbour, self._layer, connection)
        elif not is_open and self._open is connection:
            self._open = None
            self._runner.closed(self._neighbour, connection)
