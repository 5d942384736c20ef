"""The endpoint of a relay: MSCs call us, we call their RVCD, and splice the two."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from clonewatch.links.door import Door
from clonewatch.links.ends import Ends
from clonewatch.roles.splice import Splice

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from structlog.typing import FilteringBoundLogger

    from clonewatch.addresses import Address
    from clonewatch.roles.ear import Hearing


class Relay:
    """Waits for MSCs at a `Door`, whose options *door* are, and splices each to *upstream*.

    Where the RVCD cannot be reached the MSC is disconnected, as the RVCD itself would.
    """

    def __init__(
        self,
        where: Address,
        upstream: Address,
        hearing: Hearing,
        log: FilteringBoundLogger,
        *,
        refused: Callable[[str, str], None] = lambda _peer, _why: None,
        **door: Any,
    ) -> None:
        self.ends: Ends[Splice] = Ends()
        self.hearing = hearing
        self._upstream = upstream
        self._log = log
        self._unreached = 0
        self._calls: set[asyncio.Task[None]] = set()
        self._door = Door(
            where,
            welcome=self._welcome,
            inside=lambda: len(self.ends.open),
            refused=refused,
            **door,
        )

    @property
    def where(self) -> Address:
        """Where it listens."""
        return self._door.where

    @property
    def connections_refused(self) -> int:
        """MSCs that were not let in, or could not be brought to their RVCD. Monotonic."""
        return self._door.connections_refused + self._unreached

    @property
    def is_up(self) -> bool:
        """Whether any MSC is spliced to its RVCD."""
        return any(splice.is_spliced for splice in self.ends.open)

    async def use_tls(self, tls: ssl.SSLContext | None) -> None:
        """Do nothing: a relay changes no octet, whether it could read them or not."""

    async def start(self) -> None:
        """Listen. Raises OSError."""
        await self._door.open()

    async def stop(self, why: str, *, patience_s: float) -> None:
        """Listen no more, and end all splices."""
        self._door.close()
        for call in list(self._calls):
            call.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await call
        await self.ends.close(why, patience_s)

    def _welcome(self, transport: asyncio.Transport) -> None:
        splice = Splice(self.hearing.ear(), ended=self._end, deafened=self._deafened)
        self.ends.add(splice)
        transport.set_protocol(splice.caller)
        splice.caller.connection_made(transport)
        call = asyncio.create_task(self._call(splice))
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def _call(self, splice: Splice) -> None:
        try:
            await splice.connect(self._upstream.host, self._upstream.port)
        except (OSError, TimeoutError) as error:
            self._unreached += 1
            self._log.warning("upstream_not_reached", peer=splice.peer, reason=str(error))
            splice.abort("its RVCD cannot be reached")
        else:
            self._log.info("relay_spliced", peer=splice.peer)

    def _end(self, splice: Splice, why: str) -> None:
        self.ends.remove(splice)
        self._log.info("relay_ended", peer=splice.peer, reason=why)

    def _deafened(self, error: Exception) -> None:
        self._log.error("relay_deafened", exc_info=error)
