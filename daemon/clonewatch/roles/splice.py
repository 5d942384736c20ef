"""A relay: two TCP connections spliced, an MSC's and one to its RVCD. Not one octet is changed.

What passes is overheard by an `Ear`, which may fall behind, or fail, without touching the splice:
whoever relays traffic must not be a reason for it to stop.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

from clonewatch.links.connection import WRITE_LENGTH_MAX
from clonewatch.links.door import peer_text

if TYPE_CHECKING:
    from collections.abc import Callable

CONNECT_TIMEOUT_S: Final = 10.0


class Ear(Protocol):
    """Who overhears one splice."""

    def hear(self, octets: bytes, *, from_caller: bool) -> None:
        """Take octets of one direction, in order."""

    def close(self) -> None:
        """Hear no more."""


class Splice:
    """The two halves, from the moment that somebody has called us.

    *ended* is told why it is over. If the ear fails, it is `deafened`, and the splice goes on.
    """

    def __init__(
        self,
        ear: Ear,
        *,
        ended: Callable[[Splice, str], None],
        deafened: Callable[[Exception], None],
    ) -> None:
        self.octets_received = self.octets_sent = 0  # from and to the caller
        self.caller = _Half(self, from_caller=True)
        self.called = _Half(self, from_caller=False)
        self._ear: Ear | None = ear
        self._ended = ended
        self._deafened = deafened
        self._is_over = False

    @property
    def peer(self) -> str:
        """host:port of who called."""
        return self.caller.peer

    @property
    def is_spliced(self) -> bool:
        """Whether both halves are connected."""
        return not self._is_over and None not in (self.caller.transport, self.called.transport)

    async def connect(self, host: str, port: int) -> None:
        """Call the other side; nothing is read of the caller before. Raises OSError."""
        assert self.caller.transport is not None
        self.caller.transport.pause_reading()
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await loop.create_connection(lambda: self.called, host, port)
        if not self._is_over:
            self.caller.transport.resume_reading()

    def pass_on(self, octets: bytes, *, from_caller: bool) -> None:
        """Write to one half what came from the other; then let the ear hear it."""
        if from_caller:
            self.octets_received += len(octets)
        else:
            self.octets_sent += len(octets)
        self.other(from_caller=from_caller).write(octets)
        if self._ear is not None:
            try:
                self._ear.hear(octets, from_caller=from_caller)
            except Exception as error:  # noqa: BLE001  # whatever it is, the splice goes on
                self._deafened(error)
                self._close_ear()

    def other(self, *, from_caller: bool) -> _Half:
        """The half that is not the one named."""
        return self.called if from_caller else self.caller

    def close(self, why: str) -> None:
        """End both halves, when what was written has gone."""
        self.end(why)

    def abort(self, why: str) -> None:
        """End both halves at once."""
        self.end(why, at_once=True)

    def end(self, why: str, *, at_once: bool = False) -> None:
        """End both halves; what was written still goes, unless *at_once*."""
        if self._is_over:
            return
        self._is_over = True
        for half in (self.caller, self.called):
            half.close(at_once=at_once)
        self._close_ear()
        self._ended(self, why)

    def _close_ear(self) -> None:
        ear, self._ear = self._ear, None
        try:
            if ear is not None:
                ear.close()
        except Exception as error:  # noqa: BLE001  # whatever it is, it hears no more
            self._deafened(error)


class _Half(asyncio.Protocol):
    """One of the two connections."""

    def __init__(self, splice: Splice, *, from_caller: bool) -> None:
        self.transport: asyncio.Transport | None = None
        self.peer = "nobody"
        self.has_ended = False  # it says no more
        self._splice = splice
        self._from_caller = from_caller

    @property
    def _other(self) -> _Half:
        return self._splice.other(from_caller=self._from_caller)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.set_write_buffer_limits(high=WRITE_LENGTH_MAX)
        self.transport = transport
        self.peer = peer_text(transport)

    def data_received(self, data: bytes) -> None:
        self._splice.pass_on(data, from_caller=self._from_caller)

    def eof_received(self) -> bool:
        """Pass on that no more comes; the other direction may go on."""
        other = self._other
        self.has_ended = True
        if other.has_ended:
            self._splice.end("closed by both")
        elif other.transport is not None and not other.transport.is_closing():
            other.transport.write_eof()
        return True

    def pause_writing(self) -> None:
        """The far end is slow: so are we to the other."""
        if (other := self._other.transport) is not None and not other.is_closing():
            other.pause_reading()

    def resume_writing(self) -> None:
        if (other := self._other.transport) is not None and not other.is_closing():
            other.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        side = "caller" if self._from_caller else "called"
        why = f"the {side}'s connection was lost: {exc}" if exc else f"closed by the {side}"
        self._splice.end(why, at_once=exc is not None)

    def write(self, octets: bytes) -> None:
        if self.transport is not None:
            self.transport.write(octets)

    def close(self, *, at_once: bool) -> None:
        if self.transport is None:
            return
        if at_once:
            self.transport.abort()
        else:
            self.transport.close()
