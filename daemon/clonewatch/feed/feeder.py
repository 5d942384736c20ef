"""One connection to a far end, over which captured messages go in their time."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from clonewatch.feed.conversion import Unsendable
from clonewatch.links import Connection
from clonewatch.links.endpoints import CONNECT_TIMEOUT_S
from clonewatch.links.urls import link_maker
from is41.link import MessagesReceived

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from clonewatch.feed.conversion import Conversion
    from clonewatch.feed.messages import Message
    from clonewatch.feed.pace import Pace
    from clonewatch.links.urls import Url
    from is41.link import Event

PATIENCE_S: Final = 60.0  # for a far end that takes nothing: ours
LOOK_EVERY_S: Final = 0.005  # whether it takes something again: ours
CLOSE_WITHIN_S: Final = 10.0  # as the protocol asks; then at once: ours


@dataclass(slots=True)
class Fed:
    """What became of the messages."""

    frames: int = 0
    sent: int = 0
    answered: int = 0  # messages that came back over the link
    refused: Counter[str] = field(default_factory=Counter)  # not sent, by reason


class FeedError(Exception):
    """The far end cannot be reached, or takes nothing more."""


class Feeder:
    """Sends to *url* what *conversion* makes of messages, as *pace* says. Used once."""

    def __init__(self, url: Url, conversion: Conversion, pace: Pace) -> None:
        self.fed = Fed()
        self._url = url
        self._conversion = conversion
        self._pace = pace
        self._lost: str | None = None  # why there is no connection any more
        self._over = asyncio.Event()

    async def run(self, batches: Iterator[list[Message]]) -> None:
        """Connect, send everything, and close. Raises FeedError, RouteMissing, OSError."""
        connection = await self._connected()
        try:
            await self._until("link did not open", lambda: connection.link.is_open)
            # Captures are read outside the loop, which has a link to keep alive.
            while (batch := await asyncio.to_thread(next, batches, None)) is not None:
                for message in batch:
                    await self._send(connection, message)
            await self._until(
                "takes no more", lambda: connection.is_taking and connection.link.is_drained
            )
            connection.close("all is sent")
            await self._closed()
        finally:
            connection.abort("the replay is over")

    def connected(self, connection: Connection) -> None:
        """Take note of the connection."""

    def received(self, connection: Connection, event: Event) -> None:
        """Count what comes back; its sender may forget it."""
        if isinstance(event, MessagesReceived):
            self.fed.answered += event.count
            connection.acknowledge(event.count)

    def disconnected(self, connection: Connection, reason: str) -> None:  # noqa: ARG002
        """Take note that the connection is no more."""
        self._lost = reason
        self._over.set()

    async def _connected(self) -> Connection:
        loop = asyncio.get_running_loop()
        make_link = link_maker(self._url.transport, begins=True)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, connection = await loop.create_connection(
                    lambda: Connection(make_link, self),
                    self._url.address.host,
                    self._url.address.port,
                )
        except (OSError, TimeoutError) as error:
            raise FeedError(f"{self._url}: cannot connect: {error or 'no answer'}") from None
        return connection

    async def _send(self, connection: Connection, message: Message) -> None:
        self.fed.frames += 1
        try:
            octets, layer = self._conversion.convert(message.octets, message.layer)
        except Unsendable as refusal:
            self.fed.refused[refusal.reason] += 1
            return
        wait_s = self._pace.wait_s(message.time_ms, asyncio.get_running_loop().time())
        if wait_s or self.fed.frames % 64 == 0:  # the link has timers and answers of its own
            await asyncio.sleep(wait_s)
        await self._until("takes no more", lambda: connection.is_taking)
        await self._until("takes no more", lambda: connection.send(octets, layer))
        self.fed.sent += 1

    async def _until(self, otherwise: str, is_so: Callable[[], bool]) -> None:
        """Wait until something is so. Raises FeedError if that takes too long, or cannot be."""
        if is_so():
            return
        give_up_at = asyncio.get_running_loop().time() + PATIENCE_S
        while self._lost is None and not is_so():
            if asyncio.get_running_loop().time() > give_up_at:
                self._lost = otherwise
            await asyncio.sleep(LOOK_EVERY_S)
        if self._lost is not None:
            raise FeedError(f"{self._url}: {self._lost}, after {self.fed.sent:,} messages")

    async def _closed(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._over.wait()
        except TimeoutError:
            raise FeedError(
                f"{self._url}: did not close in {CLOSE_WITHIN_S:g} s what it was told to"
            ) from None
