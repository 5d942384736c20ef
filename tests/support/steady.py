"""Far ends that go on sending, whatever happens to the daemon."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import Counter, deque
from typing import TYPE_CHECKING, Protocol

from clonewatch.links import Connection
from is41.layers import Layer
from network import HOST, Remembers

if TYPE_CHECKING:
    from collections.abc import Callable

    from is41.link import Link
    from is41.xot.link import Link as Xot

LOOK_EVERY_S = 0.002
IN_FLIGHT_MAX = 12  # given to a circuit: more than its window


class Plan(Protocol):
    """What is to be sent: identities and messages, without end."""

    def __call__(self) -> tuple[int, bytes]:
        """The next one."""


class Steady(ABC):
    """Sends what *plan* says to *port*, over connection after connection, while it `run`s."""

    def __init__(self, port: int, make_link: Callable[[float], Link], plan: Plan) -> None:
        self.sends: Counter[int] = Counter()  # how often each message was given to a link
        self.connections = 0
        self.is_open = False
        self._port = port
        self._make_link = make_link
        self._plan = plan

    async def run(self) -> None:
        """Connect, send, and connect again, until cancelled."""
        while True:
            handler = Remembers()
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(
                lambda: Connection(self._make_link, handler),  # noqa: B023  # it is this one's
                HOST,
                self._port,
            )
            self.connections += 1
            try:
                while not handler.lost:
                    self.is_open = connection.link.is_open
                    self._look(connection)
                    await asyncio.sleep(LOOK_EVERY_S)
                self._ended(connection)
            finally:
                self.is_open = False
                connection.abort("the test is over")

    @abstractmethod
    def _look(self, connection: Connection) -> None:
        """Send what there is to send."""

    @abstractmethod
    def _ended(self, connection: Connection) -> None:
        """Take note that a connection is over."""


class Teller(Steady):
    """Over TALI: what is sent is sent, and lost if nobody was there."""

    def _look(self, connection: Connection) -> None:
        if self.is_open:
            number, octets = self._plan()
            self.sends[number] += connection.send(octets, Layer.SCCP)

    def _ended(self, connection: Connection) -> None:
        """Do nothing: nobody knows what arrived."""


class Caller(Steady):
    """Over X.25, one packet a message: what is not acknowledged is sent again.

    *acknowledged* are the identities of those that the circuit says have arrived, in order.
    """

    def __init__(self, port: int, make_link: Callable[[float], Xot], plan: Plan) -> None:
        super().__init__(port, make_link, plan)
        self.acknowledged: list[int] = []
        self.is_ending = False  # whether only what was begun is brought to its end
        self._in_flight: deque[tuple[int, bytes]] = deque()
        self._again: deque[tuple[int, bytes]] = deque()
        self._arrived = 0  # on this connection

    @property
    def is_done(self) -> bool:
        """Whether all that was ever sent is acknowledged."""
        return not self._in_flight and not self._again

    def _look(self, connection: Connection) -> None:
        self._note(connection)
        while self.is_open and len(self._in_flight) < IN_FLIGHT_MAX:
            if self.is_ending and not self._again:
                return
            message = self._again.popleft() if self._again else self._plan()
            assert connection.send(message[1], Layer.TCAP)
            self.sends[message[0]] += 1
            self._in_flight.append(message)

    def _note(self, connection: Connection) -> None:
        arrived = connection.link._sender.arrived  # type: ignore[attr-defined]  # noqa: SLF001  # what the circuit knows
        for _ in range(arrived - self._arrived):
            self.acknowledged.append(self._in_flight.popleft()[0])
        self._arrived = arrived

    def _ended(self, connection: Connection) -> None:
        self._note(connection)
        self._again.extendleft(reversed(self._in_flight))
        self._in_flight.clear()
        self._arrived = 0
