"""A sender in a process of its own: TALI connections that send REGNOTs at a pace, or at full speed.

Messages are made beforehand; what the daemon asks of a link (`test`, `moni`) is answered in between.
"""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from bench.live_traffic import GROUP_FIRST, Traffic, clone_pairs, for_grammars
from is41.tali.link import Link, Timers

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from numpy.typing import NDArray

    from bench.live_traffic import Clones

CHUNK: Final = 1024  # messages, at full speed; a tenth of a megabyte
CHUNK_RARE: Final = 64  # of those that take the daemon long
SEND_BUFFER: Final = 1 << 20  # octets
SEND_BUFFER_RARE: Final = 1 << 16
READY_S: Final = 60.0  # until all connections are open
GRACE_S: Final = 60.0  # how long sending may take longer than planned
END_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a sender sends."""

    ports: tuple[int, ...]  # of the daemon; a connection each
    seconds: float
    per_s: float | None = None  # of all connections together; None: as fast as they are taken
    tick_s: float = 0.1  # between two writings of a connection
    count_max: int | None = None  # at full speed
    subscribers: int = 1_000_000
    group: int = GROUP_FIRST
    rare: bool = False  # messages for the grammars
    clones: int = 0  # whose second REGNOTs end a writing; one connection only


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of it."""

    count: int
    clones: tuple[tuple[int, float], ...] = ()  # MSID, when its second REGNOT began to be written


class Sender:
    """A process that sends by *plan*: it is open when this is made, and ends with the block."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_main, args=(plan, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._told(READY_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._pipe.send("end")
        self._process.join(END_S)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._pipe.close()

    def begin(self) -> None:
        """Let it send."""
        self._pipe.send("begin")

    def sent(self) -> Sent:
        """What it has sent; waits for it."""
        told = self._told(self._plan.seconds + GRACE_S)
        assert isinstance(told, Sent)
        return told

    def _told(self, within_s: float) -> Any:
        try:
            if self._pipe.poll(within_s):
                return self._pipe.recv()
        except EOFError:
            pass
        self._process.kill()
        raise SystemExit(f"bench: a sender told nothing within {within_s:g} s")


class _End:
    """The sender's end of a connection."""

    def __init__(self, sock: socket.socket) -> None:
        self.opened = asyncio.Event()
        self.sent = 0  # messages
        self._loop = asyncio.get_running_loop()
        self._sock = sock
        self._link = Link(self._loop.time(), allowed=True, timers=Timers(t4=0))
        self._lock = asyncio.Lock()  # around whole messages

    async def listen(self) -> None:
        """Answer, until the far end closes."""
        await self.send(np.empty((0, 0), np.uint8))
        while octets := await self._loop.sock_recv(self._sock, 1 << 16):
            self._link.receive(octets, self._loop.time())
            while self._link.next_event() is not None:
                pass
            await self.send(np.empty((0, 0), np.uint8))
            if self._link.is_open:
                self.opened.set()

    async def send(self, rows: NDArray[np.uint8]) -> None:
        """Send what the link has to say, then messages, a row each."""
        async with self._lock:
            if answers := self._link.octets_to_send():
                await self._loop.sock_sendall(self._sock, answers)
            if len(rows):
                await self._loop.sock_sendall(self._sock, rows.reshape(-1).data)
        self.sent += len(rows)


def _main(plan: Plan, pipe: Connection) -> None:
    asyncio.run(_run(plan, pipe))


async def _run(plan: Plan, pipe: Connection) -> None:
    traffic = Traffic(plan.subscribers, group=plan.group)
    clones = clone_pairs(plan.clones)
    socks = [
        _connected(port, SEND_BUFFER_RARE if plan.rare else SEND_BUFFER) for port in plan.ports
    ]
    ends = [_End(sock) for sock in socks]
    listening = [asyncio.create_task(end.listen()) for end in ends]
    await asyncio.gather(*(end.opened.wait() for end in ends))
    pipe.send("open")
    await asyncio.to_thread(pipe.recv)
    begun = time.monotonic()
    sent_at: list[tuple[int, float]] = []
    with contextlib.suppress(TimeoutError):  # what was not sent is not counted
        async with asyncio.timeout(plan.seconds + GRACE_S / 2):
            if plan.per_s is None:
                sending = [_at_full_speed(plan, end, traffic, begun) for end in ends]
            else:
                sending = [
                    _at_a_pace(plan, end, traffic, begun + plan.tick_s * at / len(ends))
                    for at, end in enumerate(ends)
                ]
            if plan.clones:
                sending.append(_clones(plan, ends[0], clones, sent_at))
            await asyncio.gather(*sending)
    count = sum(end.sent for end in ends)
    pipe.send(Sent(count=count, clones=tuple(sent_at)))
    await asyncio.to_thread(pipe.recv)
    for task in listening:
        task.cancel()
    for sock in socks:
        sock.close()


async def _at_full_speed(plan: Plan, end: _End, traffic: Traffic, begun: float) -> None:
    chunk = CHUNK_RARE if plan.rare else CHUNK
    most = None if plan.count_max is None else plan.count_max // len(plan.ports)
    while time.monotonic() < begun + plan.seconds and (most is None or end.sent < most):
        rows = traffic.take(chunk if most is None else min(chunk, most - end.sent))
        await end.send(for_grammars(rows) if plan.rare else rows)
        await asyncio.sleep(0)


async def _at_a_pace(plan: Plan, end: _End, traffic: Traffic, begun: float) -> None:
    assert plan.per_s is not None
    per_s = plan.per_s / len(plan.ports)
    most = round(per_s * plan.seconds)
    done = tick = 0
    while done < most:
        await _until(begun + tick * plan.tick_s)
        tick = max(tick, int((time.monotonic() - begun) / plan.tick_s)) + 1
        due = min(most, round(tick * plan.tick_s * per_s)) - done
        await end.send(traffic.take(due))
        done += due


async def _clones(plan: Plan, end: _End, clones: Clones, at: list[tuple[int, float]]) -> None:
    """Send clones one after another, the first REGNOT of each well ahead of the second."""
    begun, every_s = time.monotonic(), plan.seconds / (plan.clones + 1)
    for number in range(plan.clones):
        await end.send(clones.firsts[number : number + 1])
        await _until(begun + (number + 1) * every_s)
        now = time.monotonic()
        await end.send(clones.seconds[number : number + 1])
        at.append((int(clones.msids[number]), now))


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


def _connected(port: int, buffer: int) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", port))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setblocking(False)
    return sock
