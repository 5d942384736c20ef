"""What is connected at one endpoint, and what was."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Generic, Protocol, TypeVar


class End(Protocol):
    """A connection, or a pair of them."""

    octets_received: int
    octets_sent: int

    def close(self, why: str) -> None:
        """End it as its protocol asks."""

    def abort(self, why: str) -> None:
        """End it at once."""


Kind = TypeVar("Kind", bound=End)


class Ends(Generic[Kind]):
    """The connections of an endpoint. Counters are monotonic, and include those that are over."""

    def __init__(self) -> None:
        self.open: set[Kind] = set()
        self.opened = 0
        self._octets_before = [0, 0]  # received and sent by those that are over
        self._ended = asyncio.Event()  # set whenever one is over

    @property
    def octets_received(self) -> int:
        """From all far ends there ever were."""
        return self._octets_before[0] + sum(each.octets_received for each in self.open)

    @property
    def octets_sent(self) -> int:
        """To all far ends there ever were."""
        return self._octets_before[1] + sum(each.octets_sent for each in self.open)

    def add(self, end: Kind) -> None:
        """Take note of a new one."""
        self.open.add(end)
        self.opened += 1

    def remove(self, end: Kind) -> None:
        """Take note that one is over; it may never have been here."""
        if end in self.open:
            self.open.remove(end)
            self._octets_before[0] += end.octets_received
            self._octets_before[1] += end.octets_sent
        self._ended.set()

    async def close(self, why: str, patience_s: float) -> None:
        """End all as their protocol asks, and those that take too long at once."""
        for end in list(self.open):
            end.close(why)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                await self.all_ended()
        for end in list(self.open):
            end.abort(why)
        await self.all_ended()

    async def all_ended(self) -> None:
        """Wait until none is left."""
        while self.open:
            self._ended.clear()
            await self._ended.wait()
