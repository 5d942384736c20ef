"""Two ends of a real connection: ours, with a handler under test, and one that remembers."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from clonewatch.addresses import Address
from clonewatch.links import Connector, Listener
from is41.tali.link import Link as Tali
from network import HOST, FarEnd, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from clonewatch.links import Handler
    from is41.link import Link

ANYWHERE = Address(HOST, 0)


@asynccontextmanager
async def joined(
    handler: Handler, *, allowed: Callable[[], bool] = lambda: True
) -> AsyncIterator[FarEnd]:
    """A listener with *handler*, and a far end that has connected to it over TALI."""

    def ours(now: float) -> Link:
        return Tali(now, allowed=allowed())

    def theirs(now: float) -> Link:
        return Tali(now, allowed=True)

    far_end = FarEnd()
    listener = Listener(ANYWHERE, ours, handler)
    await listener.start()
    connector = Connector(listener.where, theirs, far_end)
    await connector.start()
    try:
        await until(lambda: far_end.connections and listener.ends.open)
        if allowed():
            await until(lambda: far_end.connection.link.is_open)
        yield far_end
    finally:
        await connector.stop("the test is over", patience_s=5)
        await listener.stop("the test is over", patience_s=5)
