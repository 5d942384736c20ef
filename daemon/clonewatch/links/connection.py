"""One connection: octets between a socket and a link machine.

Octets go from the socket straight into the link's buffer. What the far end does not take of our
answers holds back what we take of its messages, so that neither side's memory grows. A far end that
never says anything, or stops in the middle of a message, is disconnected.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import struct
import termios
from typing import TYPE_CHECKING, Final, Protocol

from clonewatch.links.door import peer_text
from is41.errors import EncodeError
from is41.link import Finished, ProtocolViolated
from is41.machine import BUFFER_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from is41.layers import Layer
    from is41.link import Event, Link

PATIENCE_S: Final = 30.0  # for the first sign of a far end, and for the rest of a message: ours
LINGER_S: Final = 5.0  # for the far end to take what was written before the connection closed: ours
HELD_BACK_S: Final = 2.0  # longer, and messages have waited for an unknown time (design 4)
WRITE_LENGTH_MAX: Final = 1 << 16  # octets written and not taken, before we stop reading: ours
UNREAD_S: Final = 0.1  # until we look again whether what waits in the socket has been read: ours

BEHIND: Final = "its link takes long"


class Handler(Protocol):
    """Who is told of connections and of what their links tell."""

    def connected(self, connection: Connection) -> None:
        """Take note of a new connection."""

    def received(self, connection: Connection, event: Event) -> None:
        """Act on an event; messages in it must be copied, for their buffer is used again."""

    def disconnected(self, connection: Connection, reason: str) -> None:
        """Take note that a connection is no more, and why."""


class Connection(asyncio.BufferedProtocol):
    """The asyncio side of one link. *ended* is called when it is over, after the handler."""

    def __init__(
        self,
        make_link: Callable[[float], Link],
        handler: Handler,
        *,
        ended: Callable[[Connection], None] = lambda _: None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.peer = "nobody"  # host:port
        self.octets_received = self.octets_sent = 0
        self.since = 0.0  # loop time of the connection
        self.is_patient = False  # whether a far end that says nothing may stay: we want nothing yet
        self.octets_at_once: int | None = None  # the most that is read in one turn of the loop
        self.drained = True  # whether the last read took all there was
        self._make_link = make_link
        self._handler = handler
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._link: Link | None = None
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._holds: set[str] = set()
        self._held_since: float | None = None
        self._held_long = False
        self._takes_soon = False  # more of what was read
        self._room = 0  # octets, at the last read
        self._events_told = 0
        self._patience_s = patience_s
        self._patience_at = 0.0  # when to see whether the far end still says whole messages
        self._before = (0, False)  # events told and whether a message had begun, then
        self._why = ""

    @property
    def link(self) -> Link:
        """The link machine. Only while connected."""
        assert self._link is not None
        return self._link

    @property
    def is_connected(self) -> bool:
        """Whether there is a far end."""
        return self._transport is not None

    @property
    def is_taking(self) -> bool:
        """Whether the far end takes what is sent."""
        return "writing" not in self._holds

    @property
    def was_held_back(self) -> bool:
        """Whether what is read now may have waited in the socket longer than HELD_BACK_S."""
        return self._held_long

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(high=WRITE_LENGTH_MAX)
        self._transport = transport
        self.peer = peer_text(transport)
        self.since = self._loop.time()
        self._patience_at = self.since + self._patience_s
        self._link = self._make_link(self.since)
        self._handler.connected(self)
        self._turn()

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002  # the link knows its room
        """Where the next octets go."""
        room = self.link.room()[: self.octets_at_once]
        self._room = len(room)
        return room

    def buffer_updated(self, nbytes: int) -> None:
        """Take octets that have come."""
        self.octets_received += nbytes
        self.drained = nbytes < self._room
        self._take(nbytes)

    def eof_received(self) -> None:
        """Let the transport close: a link has no use for half a connection."""
        self._why = self._why or "closed by the far end"

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        if self._timer is not None:
            self._timer.cancel()
        self._transport = None
        try:
            self._handler.disconnected(self, self._why or str(exc or "closed"))
        finally:
            self._ended(self)

    def pause_writing(self) -> None:
        """Take no more of what the far end says while it takes nothing of ours."""
        self.hold("writing")

    def resume_writing(self) -> None:
        """Go on."""
        self.release("writing")

    def hold(self, why: str) -> None:
        """Read nothing, and take nothing that was read, until all who said so say `release`."""
        if self._transport is not None and not self._transport.is_closing():
            if not self._holds:
                self._held_since = self._loop.time()
                self._transport.pause_reading()
            self._holds.add(why)

    def release(self, why: str) -> None:
        """Read again, unless there is another reason not to."""
        if why in self._holds:
            self._holds.remove(why)
            if not self._holds and self._transport is not None:
                now = self._loop.time()
                held_since, self._held_since = self._held_since, None
                self._held_long |= held_since is not None and now - held_since > HELD_BACK_S
                with contextlib.suppress(RuntimeError):  # it is closing
                    self._transport.resume_reading()
            elif self._holds == {BEHIND}:
                self._take_soon()

    def send(self, octets: bytes, layer: Layer) -> bool:
        """Send a message that begins with *layer*; False if the link cannot."""
        if self._transport is None:
            return False
        try:
            self.link.send(octets, layer, self._loop.time())
        except EncodeError:
            return False
        self._turn()
        return True

    def allow(self) -> None:
        """Take service messages from now on."""
        self.link.allow(self._loop.time())
        self._turn()

    def prohibit(self) -> None:
        """Take no service messages any more, but stay connected."""
        self.link.prohibit(self._loop.time())
        self._turn()

    def acknowledge(self, count: int) -> None:
        """Say that the oldest *count* messages are safely kept."""
        if self._transport is not None:
            self.link.acknowledge(count, self._loop.time())
            self._turn()

    def close(self, why: str) -> None:
        """End the link as its protocol asks."""
        self._why = self._why or why
        if self._transport is not None:
            self.link.close(self._loop.time())
            self._turn()

    def abort(self, why: str) -> None:
        """End the connection at once."""
        self._why = self._why or why
        if self._transport is not None:
            self._transport.abort()

    def _take(self, octets: int) -> None:
        """Let the link take them; between messages that take long, others have their turn."""
        self.link.received(octets, self._loop.time())
        self._turn()
        if self.link.is_behind:
            self.hold(BEHIND)
            self._take_soon()
            return
        if self.drained:
            self._held_long = False
        self.release(BEHIND)

    def _take_soon(self) -> None:
        if not self._takes_soon:
            self._takes_soon = True
            self._loop.call_soon(self._take_more)

    def _take_more(self) -> None:
        self._takes_soon = False
        if self._transport is not None and self._holds <= {BEHIND}:
            self._take(0)

    def _turn(self) -> None:
        """Tell what the link tells, write what it writes, set its timer."""
        link = self.link
        while (event := link.next_event()) is not None:
            self._events_told += 1
            if isinstance(event, ProtocolViolated):
                self._why = self._why or str(event.error)
            elif isinstance(event, Finished):
                self._why = self._why or "closed by the protocol"
            self._handler.received(self, event)
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if octets := link.octets_to_send():
            self.octets_sent += len(octets)
            transport.write(octets)
        if link.is_finished:
            self._finish(transport)
        else:
            self._set_timer()

    def _finish(self, transport: asyncio.Transport) -> None:
        """Close, but do not wait for ever until the far end has taken what was written."""
        if self._timer is not None:
            self._timer.cancel()
        transport.close()
        self._timer = self._loop.call_later(LINGER_S, transport.abort)

    def _set_timer(self) -> None:
        """Wake for what is due next. A timer that rings too early is cheaper than one moved."""
        wanted = self.link.next_deadline()
        deadline = self._patience_at if wanted is None else min(wanted, self._patience_at)
        if self._timer is None or self._timer.when() > deadline:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(deadline, self._rung)

    def _rung(self) -> None:
        self._timer = None
        now = self._loop.time()
        if now >= self._patience_at:
            self._patience_at = now + self._patience_s
            if self._is_stuck():
                self.abort(f"waited {self._patience_s:g} s for a whole message")
                return
        if self.is_taking and self._is_unread():  # what the link waits for may be there
            self._timer = self._loop.call_later(UNREAD_S, self._rung)
            return
        self.link.expire(now)
        self._turn()

    def _is_unread(self) -> bool:
        """Whether octets have come that the link has not taken yet."""
        sock = None if self._transport is None else self._transport.get_extra_info("socket")
        if sock is None or sock.fileno() < 0:
            return False
        (unread,) = struct.unpack("i", fcntl.ioctl(sock.fileno(), termios.FIONREAD, b"\0" * 4))
        return self.link.is_behind or unread > 0

    def _is_stuck(self) -> bool:
        """Whether nothing but a part of a message came since we last looked, or nothing ever."""
        begun = len(self.link.room()) < BUFFER_LENGTH
        before, self._before = self._before, (self._events_told, begun)
        if self._holds or self.is_patient:
            return False
        return not self._events_told or (begun and before == (self._events_told, True))
