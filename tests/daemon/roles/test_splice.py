"""Two connections spliced: not one octet is changed, whatever the ear does."""

from __future__ import annotations

import asyncio
import random
import socket
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from clonewatch.roles.splice import Splice
from network import HOST, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from clonewatch.roles.splice import Ear

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Listens:
    """An ear that remembers."""

    def __init__(self, *, fails: bool = False, fails_at_end: bool = False) -> None:
        self.heard = {True: b"", False: b""}
        self.is_closed = False
        self._fails = fails
        self._fails_at_end = fails_at_end

    def hear(self, octets: bytes, *, from_caller: bool) -> None:
        if self._fails:
            raise RuntimeError("deaf")
        self.heard[from_caller] += octets

    def close(self) -> None:
        if self._fails_at_end:
            raise RuntimeError("deaf")
        self.is_closed = True


class Spliced:
    """A caller, a splice, and who is called."""

    def __init__(self, ear: Ear) -> None:
        self.whys: list[str] = []
        self.errors: list[Exception] = []
        self.splice = Splice(
            ear, ended=lambda _, why: self.whys.append(why), deafened=self.errors.append
        )
        self.called: list[Stream] = []


@asynccontextmanager
async def spliced(ear: Ear) -> AsyncIterator[tuple[Spliced, Stream]]:
    of = Spliced(ear)
    loop = asyncio.get_running_loop()
    upstream = await asyncio.start_server(lambda r, w: of.called.append((r, w)), HOST, 0)
    near = await loop.create_server(lambda: of.splice.caller, HOST, 0)
    async with upstream, near:
        caller = await asyncio.open_connection(HOST, near.sockets[0].getsockname()[1])
        await until(lambda: of.splice.caller.transport)
        await of.splice.connect(HOST, upstream.sockets[0].getsockname()[1])
        await until(lambda: of.called)
        yield of, caller
        of.splice.abort("the test is over")
        for _, writer in (caller, *of.called):
            writer.close()
        await asyncio.sleep(0.02)


def test_every_octet_passes_as_it_is_both_ways() -> None:
    async def main() -> None:
        random_octets = random.Random(1).randbytes
        ear = Listens()
        async with spliced(ear) as (of, (reader, writer)):
            there, back = random_octets(3_000_000), random_octets(2_000_000)
            (far_reader, far_writer), *_ = of.called
            writer.write(there)
            far_writer.write(back)
            far, near = await asyncio.gather(
                far_reader.readexactly(len(there)), reader.readexactly(len(back))
            )
            assert far == there == ear.heard[True]
            assert near == back == ear.heard[False]
            assert of.splice.is_spliced
            assert (of.splice.octets_received, of.splice.octets_sent) == (len(there), len(back))

    asyncio.run(main())


def test_one_side_may_end_before_the_other() -> None:
    async def main() -> None:
        ear = Listens()
        async with spliced(ear) as (of, (reader, writer)):
            (far_reader, far_writer), *_ = of.called
            writer.write(b"a question")
            writer.write_eof()
            assert await far_reader.read() == b"a question"
            far_writer.write(b"an answer")
            far_writer.close()
            assert await reader.read() == b"an answer"
            await until(lambda: of.whys)
            assert of.whys == ["closed by both"]
            assert ear.is_closed

    asyncio.run(main())


def test_an_ear_that_fails_at_the_end_does_not_keep_it_from_ending() -> None:
    async def main() -> None:
        async with spliced(Listens(fails_at_end=True)) as (of, _):
            of.splice.close("over")
            assert of.whys == ["over"]
            assert [str(error) for error in of.errors] == ["deaf"]

    asyncio.run(main())


def test_a_connection_lost_ends_the_other() -> None:
    async def main() -> None:
        async with spliced(Listens()) as (of, (reader, _)):
            (_, far_writer), *_ = of.called
            sock = far_writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            far_writer.transport.abort()
            await until(lambda: of.whys)
            assert of.whys[0].startswith("the called's connection was lost")
            assert not of.splice.is_spliced
            with suppress(ConnectionResetError):
                assert await reader.read() == b""

    asyncio.run(main())


def test_an_ear_that_fails_is_left_and_the_splice_goes_on() -> None:
    async def main() -> None:
        ear = Listens(fails=True)
        async with spliced(ear) as (of, (_, writer)):
            (far_reader, _), *_ = of.called
            for _ in range(3):
                writer.write(b"unchanged")
                assert await far_reader.readexactly(9) == b"unchanged"
            assert [str(error) for error in of.errors] == ["deaf"]
            assert ear.is_closed
            assert not of.whys

    asyncio.run(main())


def test_a_slow_side_holds_the_other_back() -> None:
    async def main() -> None:
        async with spliced(Listens()) as (of, (_, writer)):
            sent = 0
            while sent < 200_000_000:
                writer.write(bytes(1_000_000))
                sent += 1_000_000
                try:
                    async with asyncio.timeout(0.3):
                        await writer.drain()
                except TimeoutError:
                    break
            assert sent < 200_000_000
            assert of.splice.octets_received < sent

    asyncio.run(main())
