"""Octets between a socket and a link machine, over real sockets; TALI is the link."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from clonewatch.links.connection import Connection
from is41.layers import Layer
from is41.link import MessageSkipped, ProtocolViolated
from is41.machine import SINGLES_MAX
from is41.tali.codes import Opcode
from is41.tali.link import Link, Timers
from is41.tali.messages import Message
from network import HOST, Remembers, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from is41.link import Event
    from is41.link import Link as AnyLink

FAST = Timers(t1=0.2, t2=0.1, t3=0.1, t4=0)


def tali(now: float) -> AnyLink:
    return Link(now, allowed=True)


@asynccontextmanager
async def served(handler: Remembers, **options: Any) -> AsyncIterator[int]:
    """A listener whose every connection is one of ours; its port."""
    loop = asyncio.get_running_loop()
    make_link = options.pop("make_link", tali)
    server = await loop.create_server(lambda: Connection(make_link, handler, **options), HOST, 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        for connection in handler.connections:
            connection.abort("the test is over")
        await until(lambda: len(handler.lost) == len(handler.connections))


def test_messages_go_both_ways() -> None:
    async def main() -> None:
        here, there = Remembers(), Remembers()
        async with served(there) as port:
            loop = asyncio.get_running_loop()
            _, ours = await loop.create_connection(lambda: Connection(tali, here), HOST, port)
            await until(lambda: ours.link.is_open and there.connections[0].link.is_open)
            for number in range(1000):
                assert ours.send(b"\x09" + number.to_bytes(2) * 20, Layer.SCCP)
            assert there.connections[0].send(b"\x09an answer ...", Layer.SCCP)
            await until(lambda: len(there.messages) == 1000 and here.messages)
            assert here.messages == [b"\x09an answer ..."]
            assert there.messages == [b"\x09" + n.to_bytes(2) * 20 for n in range(1000)]
            assert there.connections[0].octets_received > 1000 * 41
            ours.close("enough")
            await until(lambda: here.lost and there.lost)
            assert here.lost == ["enough"]
            assert not ours.send(b"\x09", Layer.SCCP)

    asyncio.run(main())


def test_a_link_that_is_not_open_takes_no_message() -> None:
    async def main() -> None:
        there = Remembers()
        async with served(there) as port:
            reader, writer = await asyncio.open_connection(HOST, port)
            await until(lambda: there.connections)
            assert not there.connections[0].send(b"\x09", Layer.SCCP)
            assert await reader.readexactly(10) == Message(Opcode.ALLO).encode()
            writer.close()
            await until(lambda: there.lost)
            assert there.lost == ["closed by the far end"]

    asyncio.run(main())


def test_octets_that_are_no_message_end_the_connection_and_say_why() -> None:
    async def main() -> None:
        there = Remembers()
        async with served(there) as port:
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
            assert (await reader.read()).startswith(b"TALI")
            await until(lambda: there.lost)
            assert any(isinstance(event, ProtocolViolated) for event in there.events)
            assert "is not b'TALI'" in there.lost[0]
            writer.close()

    asyncio.run(main())


def test_the_links_timers_run() -> None:
    async def main() -> None:
        there = Remembers()
        async with served(
            there, make_link=lambda now: Link(now, allowed=True, timers=FAST)
        ) as port:
            _, writer = await asyncio.open_connection(HOST, port)
            await until(lambda: there.lost)
            assert "T2_EXPIRED" in there.lost[0]
            writer.close()

    asyncio.run(main())


def test_an_answer_that_we_have_not_read_is_not_late() -> None:
    class Holds(Remembers):
        def connected(self, connection: Connection) -> None:
            super().connected(connection)
            connection.hold("no room")

    async def main() -> None:
        there = Holds()
        async with served(
            there, make_link=lambda now: Link(now, allowed=True, timers=FAST)
        ) as port:
            _, writer = await asyncio.open_connection(HOST, port)
            writer.write(Message(Opcode.ALLO).encode())
            await until(lambda: there.connections)
            await asyncio.sleep(2 * FAST.t2)
            assert not there.lost
            there.connections[0].release("no room")
            await until(lambda: there.lost)  # for it does not answer the next test
            assert there.states == ["NEA_FEA", "FINISHED"]
            assert "T2_EXPIRED" in there.lost[0]
            writer.close()

    asyncio.run(main())


def test_a_far_end_that_says_nothing_is_left() -> None:
    async def main() -> None:
        there = Remembers()
        async with served(there, patience_s=0.05) as port:
            _, writer = await asyncio.open_connection(HOST, port)
            await until(lambda: there.lost)
            assert there.lost == ["waited 0.05 s for a whole message"]
            writer.close()

    asyncio.run(main())


def test_a_far_end_that_says_nothing_may_stay_while_we_want_nothing() -> None:
    class Patient(Remembers):
        def connected(self, connection: Connection) -> None:
            super().connected(connection)
            connection.is_patient = True

    async def main() -> None:
        there = Patient()
        async with served(there, patience_s=0.02) as port:
            _, writer = await asyncio.open_connection(HOST, port)
            await asyncio.sleep(0.2)
            assert not there.lost
            there.connections[0].is_patient = False
            await until(lambda: there.lost)
            writer.close()

    asyncio.run(main())


def test_a_far_end_that_stops_inside_a_message_is_left() -> None:
    async def main() -> None:
        there = Remembers()
        async with served(there, patience_s=0.05) as port:
            _, writer = await asyncio.open_connection(HOST, port)
            octets = Message(Opcode.ALLO).encode() + Message(Opcode.SCCP, b"\x09" * 50).encode()
            writer.write(octets[:-1])
            await until(lambda: there.lost)
            assert there.states == ["NEA_FEA"]
            assert there.lost == ["waited 0.05 s for a whole message"]
            writer.close()

    asyncio.run(main())


def test_what_is_held_is_read_later_and_known_to_have_waited() -> None:
    async def main() -> None:
        there = Remembers()
        async with served(there) as port:
            _, writer = await asyncio.open_connection(HOST, port)
            writer.write(Message(Opcode.ALLO).encode())
            await until(lambda: there.states)
            connection = there.connections[0]
            connection.hold("one")
            connection.hold("another")
            writer.write(Message(Opcode.SCCP, b"\x09held for long").encode())
            await writer.drain()
            connection.release("one")
            connection.release("never held")
            await asyncio.sleep(0.05)
            assert not there.messages
            assert not connection.was_held_back
            connection.release("another")
            await until(lambda: there.messages)
            assert there.messages == [b"\x09held for long"]
            writer.close()

    asyncio.run(main())


def test_a_far_end_that_takes_no_answers_is_not_read_either() -> None:
    async def main() -> None:
        there = Remembers()
        async with served(there) as port:
            reader, writer = await asyncio.open_connection(HOST, port, limit=1)
            writer.transport.set_write_buffer_limits(high=1)
            writer.write(Message(Opcode.ALLO).encode())
            moni = Message(Opcode.MONI, b"m" * 200).encode()  # each is echoed
            with_room = True
            sent = 0
            while with_room and sent < 200_000:
                writer.write(moni * 50)
                sent += 50
                try:
                    async with asyncio.timeout(0.5):
                        await writer.drain()
                except TimeoutError:
                    with_room = False
            assert not with_room
            assert there.connections[0].octets_received < sent * len(moni)
            writer.transport.abort()
            assert reader is not None

    asyncio.run(main())


def test_a_flood_of_messages_that_take_long_lets_others_have_their_turn() -> None:
    async def main() -> None:
        there = Remembers()
        async with served(there) as port:
            _, writer = await asyncio.open_connection(HOST, port)
            writer.write(Message(Opcode.ALLO).encode() + Message(Opcode.MGMT, b"").encode() * 2000)
            most = before = 0
            while before < 2000:
                await asyncio.sleep(0)
                seen = sum(isinstance(event, MessageSkipped) for event in there.events)
                most, before = max(most, seen - before), seen
            assert most <= SINGLES_MAX
            writer.write(Message(Opcode.SCCP, b"\x09 afterwards ...").encode())
            await until(lambda: there.messages)
            writer.close()

    asyncio.run(main())


def test_what_is_held_is_not_taken_out_of_the_buffer_either() -> None:
    """Whoever holds all connections has room for one reading more, not for what each has read."""

    class Holds(Remembers):
        def received(self, connection: Connection, event: Event) -> None:
            super().received(connection, event)
            if isinstance(event, MessageSkipped):
                connection.hold("no room")

    async def main() -> None:
        there = Holds()
        async with served(there) as port:
            _, writer = await asyncio.open_connection(HOST, port)
            skipped = Message(Opcode.MGMT, b"not for us").encode() * (3 * SINGLES_MAX)
            message = Message(Opcode.SCCP, b"\x09 afterwards ...").encode()
            writer.write(Message(Opcode.ALLO).encode() + skipped + message)
            await until(lambda: there.connections and there.connections[0].link.is_behind)
            connection = there.connections[0]
            for _ in range(10):
                await asyncio.sleep(0)
            assert connection.link.is_behind
            while not there.messages:
                connection.release("no room")
                await asyncio.sleep(0)
            writer.close()

    asyncio.run(main())
