"""``clonewatch replay --to``."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from clonewatch.addresses import Address
from clonewatch.links import Listener
from clonewatch.links.urls import Transport, Url, link_maker
from command import clonewatch
from network import HOST, Remembers

if TYPE_CHECKING:
    from collections.abc import Iterator

PCAPS = Path(__file__).parents[3] / "pcaps"


@contextmanager
def peer(transport: Transport, handler: Remembers) -> Iterator[Url]:
    """A far end in a thread of its own."""
    ready, done = threading.Event(), asyncio.Event()
    where: list[Address] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def main() -> None:
        listener = Listener(Address(HOST, 0), link_maker(transport, begins=False), handler)
        await listener.start()
        where.append(listener.where)
        loops.append(asyncio.get_running_loop())
        ready.set()
        await done.wait()
        await listener.stop("the test is over", patience_s=1)

    thread = threading.Thread(target=asyncio.run, args=(main(),))
    thread.start()
    ready.wait()
    try:
        yield Url(transport, where[0])
    finally:
        loops[0].call_soon_threadsafe(done.set)
        thread.join()


def test_a_capture_goes_to_a_peer(tmp_path: Path) -> None:
    handler, summary = Remembers(), tmp_path / "summary.json"
    with peer(Transport.TALI, handler) as url:
        to = ("--to", str(url), "--speed", "0", "--summary", summary)
        ran = clonewatch("replay", PCAPS / "fig6-tali.pcap", *to)
    assert ran.exit_code == 0
    assert ran.output == ""
    assert ran.errors.startswith(f"14 of 14 messages sent to {url} in ")
    assert len(handler.messages) == 14
    numbers = json.loads(summary.read_text(encoding="utf-8"))
    assert (numbers["frames"], numbers["sent"], numbers["refused"]) == (14, 14, {})


def test_the_layer_and_the_point_codes_may_be_told() -> None:
    handler = Remembers()
    with peer(Transport.M3UA, handler) as url:
        to = ("--to", str(url), "--speed", "0", "--route", "10-20-1,10-20-50")
        ran = clonewatch("replay", PCAPS / "fig6-tali.pcap", *to)
        assert ran.exit_code == 0, ran.errors
        assert {octets[:8].hex() for octets in handler.messages} == {"8332140a01140a00"}
        without = clonewatch("replay", PCAPS / "fig6-tali.pcap", *to[:4])
        assert without.exit_code == 1
        assert "give --route OPC,DPC" in without.errors


def test_a_peer_that_is_not_there_is_1() -> None:
    with peer(Transport.TALI, Remembers()) as url:
        pass
    ran = clonewatch("replay", PCAPS / "fig6-tali.pcap", "--to", str(url))
    assert ran.exit_code == 1
    assert f"clonewatch: {url}: cannot connect" in ran.errors


def test_what_is_no_capture_is_65() -> None:
    ran = clonewatch("replay", PCAPS / "travel.csv", "--to", "tali://127.0.0.1:1")
    assert ran.exit_code == 65
    assert "not a capture" in ran.errors


@pytest.mark.parametrize(
    "words",
    [
        ("--to", "smtp://127.0.0.1:25"),
        ("--to", "tali://127.0.0.1"),
        ("--to", "m3ua://127.0.0.1:1", "--as", "sccp"),
        ("--to", "m3ua://127.0.0.1:1", "--route", "10-20-1"),
        ("--to", "tali://127.0.0.1:1", "--speed", "-1"),
        (),
    ],
)
def test_wrong_usage_is_2(words: tuple[str, ...]) -> None:
    assert clonewatch("replay", PCAPS / "fig6-tali.pcap", *words).exit_code == 2
