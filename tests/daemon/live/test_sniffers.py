"""An interface sniffed into the whole daemon: what passes on loopback, not addressed to us."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

import pytest
from structlog.testing import capture_logs

from clonewatch.addresses import Address
from clonewatch.errors import InputError
from clonewatch.links import Connector, Listener
from clonewatch.live.lines import Counts
from clonewatch.live.telling import status_of, values_of
from daemons import MAKERS, daemon, settings
from is41.layers import Layer
from live import regnot
from network import HOST, FarEnd, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from clonewatch.app import App
    from clonewatch.registrations import Batch

pytestmark = pytest.mark.sniff


def sniffer(name: str, interface: str, expression: str) -> str:
    return f'[[sniffers]]\nname = "{name}"\ninterface = "{interface}"\nfilter = "{expression}"\n'


@asynccontextmanager
async def sniffing(folder: Path) -> AsyncIterator[tuple[App, FarEnd]]:
    """A daemon that sniffs what two others say to each other on loopback, and one of these."""
    there, here = FarEnd(), FarEnd()
    listener = Listener(Address(HOST, 0), MAKERS["tali"], there)
    await listener.start()
    async with daemon(folder, sniffer("s", "lo", f"tcp port {listener.where.port}")) as app:
        connector = Connector(listener.where, MAKERS["tali"], here)
        await connector.start()
        await until(lambda: here.connections and here.connection.link.is_open)
        yield app, here
        await connector.stop("over", patience_s=5)
    await listener.stop("over", patience_s=5)


def test_what_others_say_is_found_and_judged(tmp_path: Path) -> None:
    async def main() -> None:
        async with sniffing(tmp_path) as (app, here):
            assert here.connection.send(regnot(), Layer.SCCP)
            await until(lambda: app.judge.registrations >= 1)
            (told,) = status_of(app).sources
            assert (told.kind, told.state, told.registrations) == ("sniffer lo", "open", 1)
            await until(lambda: app.links.counts("s").messages >= 1)
            told_of = values_of(app)["messages"]
            assert told_of == {("s", "RegistrationNotification", "taken"): 1}
            assert values_of(app)["packets_dropped"] == {"s": 0}
            await app.reload(settings(tmp_path))
            assert not app.sniffers.sniffers

    asyncio.run(main())


class Watched(Counts):
    """Counts that know which threads change them."""

    by: ClassVar[set[int]] = set()

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        self.by.add(threading.get_ident())


def test_counts_change_in_the_loop_which_reckons_with_them(tmp_path: Path) -> None:
    """What was taken are all messages less the others: one without the other runs backwards."""

    async def main() -> None:
        async with sniffing(tmp_path) as (app, here):
            counts = app.sniffers.sniffers["s"].counts = Watched()
            assert here.connection.send(regnot(), Layer.SCCP)
            await until(lambda: counts.messages)
            assert counts.by == {threading.get_ident()}

    asyncio.run(main())


def test_a_sniffer_that_ends_by_a_fault_of_ours_is_seen_to(tmp_path: Path) -> None:
    def fail(batch: Batch) -> None:
        raise ZeroDivisionError(len(batch))

    async def main() -> None:
        async with sniffing(tmp_path) as (app, here):
            app.judge.take = fail  # type: ignore[method-assign]
            with capture_logs() as logged:
                assert here.connection.send(regnot(), Layer.SCCP)
                await until(lambda: app.sniffers.sniffers["s"].is_failing)
                await until(lambda: any(each["event"] == "sniffer_ended" for each in logged))
            assert [each.state for each in status_of(app).sources] == ["failing"]

    asyncio.run(main())


def test_an_interface_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path) as app:
            with pytest.raises(InputError, match="nosuch0"):
                await app.reload(settings(tmp_path, sniffer("s", "nosuch0", "tcp")))

    asyncio.run(main())
