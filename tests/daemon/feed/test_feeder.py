"""Captured messages over one connection, on loopback."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clonewatch.addresses import Address
from clonewatch.feed.conversion import CARRIED, Conversion, RouteMissing
from clonewatch.feed.feeder import Fed, Feeder, FeedError
from clonewatch.feed.messages import Message, Messages
from clonewatch.feed.pace import Pace
from clonewatch.links import Listener
from clonewatch.links.urls import Transport, Url, link_maker
from is41.layers import Layer
from is41.link import MessagesReceived
from network import HOST, Remembers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from clonewatch.links import Connection
    from is41.link import Event


class Keeps(Remembers):
    """A handler that keeps every message, and says so."""

    def received(self, connection: Connection, event: Event) -> None:
        super().received(connection, event)
        if isinstance(event, MessagesReceived):
            connection.acknowledge(event.count)


FIG6 = Path(__file__).parents[3] / "pcaps" / "fig6-mtp3.pcap"


@asynccontextmanager
async def far_end(transport: Transport, handler: Remembers) -> AsyncIterator[Url]:
    """A listening end, and where it is."""
    make_link = link_maker(transport, begins=False)
    listener = Listener(Address(HOST, 0), make_link, handler)
    await listener.start()
    try:
        yield Url(transport, listener.where)
    finally:
        await listener.stop("the test is over", patience_s=1)


def fig6() -> Iterator[list[Message]]:
    return iter(list(Messages([FIG6]).batches()))


def fed(transport: Transport, handler: Remembers, batches: Iterator[list[Message]]) -> Fed:
    async def main() -> Fed:
        async with far_end(transport, handler) as url:
            feeder = Feeder(url, Conversion(transport), Pace(0))
            await feeder.run(batches)
            return feeder.fed

    return asyncio.run(main())


@pytest.mark.parametrize("transport", Transport)
def test_a_capture_arrives_as_it_was(transport: Transport) -> None:
    handler = Keeps()
    counts = fed(transport, handler, fig6())
    sent = [message.octets for batch in fig6() for message in batch]
    conversion = Conversion(transport)
    assert handler.messages == [conversion.convert(octets, Layer.MTP3)[0] for octets in sent]
    assert (counts.frames, counts.sent, counts.refused.total()) == (14, 14, 0)


def test_x25_waits_until_the_far_end_acknowledged_all() -> None:
    kept: list[int] = []

    class Slowly(Remembers):
        def received(self, connection: Connection, event: Event) -> None:
            super().received(connection, event)
            if isinstance(event, MessagesReceived):
                loop = asyncio.get_running_loop()
                loop.call_later(0.01, connection.acknowledge, event.count)
                loop.call_later(0.01, kept.append, event.count)

    handler = Slowly()
    assert fed(Transport.XOT, handler, fig6()).sent == 14
    assert sum(kept) == len(handler.messages) == 14


def test_many_messages_wait_for_a_far_end_that_is_slow() -> None:
    class Slow(Remembers):
        def received(self, connection: Connection, event: Event) -> None:
            super().received(connection, event)
            if isinstance(event, MessagesReceived) and len(self.messages) % 7 == 0:
                connection.hold("slow")
                asyncio.get_running_loop().call_soon(connection.release, "slow")

    handler, octets = Slow(), next(fig6())[0].octets
    batches = iter([[Message(0, Layer.MTP3, octets)] * 1000] * 30)
    assert fed(Transport.TALI, handler, batches).sent == 30_000
    assert len(handler.messages) == 30_000


def test_answers_are_counted() -> None:
    class Answers(Remembers):
        def received(self, connection: Connection, event: Event) -> None:
            super().received(connection, event)
            if isinstance(event, MessagesReceived):
                connection.send(self.messages[-1], Layer.MTP3)

    counts = fed(Transport.TALI, Answers(), fig6())
    assert counts.answered > 0


def test_what_cannot_be_sent_is_counted_and_the_rest_sent() -> None:
    octets = next(fig6())[0].octets
    good, bad = Message(0, Layer.MTP3, octets), Message(0, Layer.MTP3, b"\x80" + octets[1:])
    counts = fed(Transport.TALI, Remembers(), iter([[good, bad, good]]))
    assert (counts.frames, counts.sent, dict(counts.refused)) == (3, 2, {"not_sccp": 1})


def test_missing_point_codes_end_it() -> None:
    with pytest.raises(RouteMissing):
        fed(Transport.M3UA, Remembers(), iter([[Message(0, Layer.TCAP, bytes(20))]]))


def test_messages_are_sent_when_they_are_due() -> None:
    waits: list[tuple[int, int]] = []
    handler = Remembers()

    class Told(Pace):
        def wait_s(self, time_ms: int, now: float) -> float:
            waits.append((time_ms, len(handler.messages)))
            return min(0.05, super().wait_s(time_ms, now))

    async def main() -> None:
        async with far_end(Transport.TALI, handler) as url:
            await Feeder(url, Conversion(url.transport), Told(1)).run(fig6())

    asyncio.run(main())
    times = [message.time_ms for batch in fig6() for message in batch]
    assert [time_ms for time_ms, _ in waits] == times
    assert waits[-1][1] > 0  # what was sent before had time to arrive


def test_nobody_there_is_said() -> None:
    async def main() -> None:
        async with far_end(Transport.TALI, Remembers()) as url:
            pass
        await Feeder(url, Conversion(url.transport), Pace(0)).run(fig6())

    with pytest.raises(FeedError, match=r"tali://127\.0\.0\.1:\d+: cannot connect: "):
        asyncio.run(main())


def test_a_far_end_that_goes_away_is_said_with_how_much_it_got() -> None:
    class Leaves(Remembers):
        def received(self, connection: Connection, event: Event) -> None:
            super().received(connection, event)
            if self.messages:
                connection.abort("enough")

    octets = next(fig6())[0].octets
    batches = iter([[Message(0, Layer.MTP3, octets)] * 1000] * 30)
    with pytest.raises(FeedError, match=r"tali://.*, after [\d,]+ messages"):
        fed(Transport.TALI, Leaves(), batches)


def test_every_transport_is_known() -> None:
    assert set(CARRIED) == set(Transport)
