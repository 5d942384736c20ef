"""An interface sniffed into the whole daemon: what passes on loopback, not addressed to us."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, ClassVar

import pytest
from structlog.testing import capture_logs

from clonewatch.addresses import Address
from clonewatch.errors import InputError
from clonewatch.links import Connector, Listener
from clonewatch.live.lines import Counts
from clonewatch.live.telling import status_of, values_of
from daemons import MAKERS, daemon, settings
from is41.reading import Layer
from live import regnot
from network import HOST, FarEnd, until

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.registrations import Batch


def sniffer(name: str, interface: str, expression: str) -> str:
    return f'[[sniffers]]\nname = "{name}"\ninterface = "{interface}"\nfilter = "{expression}"\n'


def test_what_others_say_is_found_and_judged(tmp_path: Path) -> None:
    async def main() -> None:
        there, here = FarEnd(), FarEnd()
        listener = Listener(Address(HOST, 0), MAKERS["tali"], there)
        await listener.start()
        port = listener.where.port
        ours = f"tcp port {port}"
        async with daemon(tmp_path, sniffer("s", "lo", ours)) as app:
            connector = Connector(listener.where, MAKERS["tali"], here)
            await connector.start()
            await until(lambda: here.connections and here.connection.link.is_open)
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
            await connector.stop("over", patience_s=5)
        await listener.stop("over", patience_s=5)

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
        there, here = FarEnd(), FarEnd()
        listener = Listener(Address(HOST, 0), MAKERS["tali"], there)
        await listener.start()
        ours = f"tcp port {listener.where.port}"
        async with daemon(tmp_path, sniffer("s", "lo", ours)) as app:
            counts = app.sniffers.sniffers["s"].counts = Watched()
            connector = Connector(listener.where, MAKERS["tali"], here)
            await connector.start()
            await until(lambda: here.connections and here.connection.link.is_open)
            assert here.connection.send(regnot(), Layer.SCCP)
            await until(lambda: counts.messages)
            assert counts.by == {threading.get_ident()}
            await connector.stop("over", patience_s=5)
        await listener.stop("over", patience_s=5)

    asyncio.run(main())


def test_a_sniffer_that_ends_by_a_fault_of_ours_is_seen_to(tmp_path: Path) -> None:
    def fail(batch: Batch) -> None:
        raise ZeroDivisionError(len(batch))

    async def main() -> None:
        there, here = FarEnd(), FarEnd()
        listener = Listener(Address(HOST, 0), MAKERS["tali"], there)
        await listener.start()
        ours = f"tcp port {listener.where.port}"
        async with daemon(tmp_path, sniffer("s", "lo", ours)) as app:
            app.judge.take = fail  # type: ignore[method-assign]
            connector = Connector(listener.where, MAKERS["tali"], here)
            await connector.start()
            await until(lambda: here.connections and here.connection.link.is_open)
            with capture_logs() as logged:
                assert here.connection.send(regnot(), Layer.SCCP)
                await until(lambda: app.sniffers.sniffers["s"].is_failing)
                await until(lambda: any(each["event"] == "sniffer_ended" for each in logged))
            assert [each.state for each in status_of(app).sources] == ["failing"]
            await connector.stop("over", patience_s=5)
        await listener.stop("over", patience_s=5)

    asyncio.run(main())


def test_an_interface_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path) as app:
            with pytest.raises(InputError, match="nosuch0"):
                await app.reload(settings(tmp_path, sniffer("s", "nosuch0", "tcp")))

    asyncio.run(main())
