"""Links as the configuration has them, and as another one does."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from clonewatch.addresses import Address
from clonewatch.errors import InputError
from clonewatch.links import Connector, Listener
from clonewatch.live.intake import Intake
from clonewatch.live.linkset import LinkSet
from clonewatch.roles.answerer import Answerer
from clonewatch.roles.asker import Asker
from clonewatch.roles.receiver import Receiver
from daemons import MAKERS, daemon, link, settings
from is41.layers import Layer
from live import MSCS, bench, regnot
from network import HOST, FarEnd, until

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.settings import Settings

HLR = """[[links]]
name = "hlr"
transport = "tali"
role = "hlr"
connect = "127.0.0.1:9"
query = { layer = "sccp" }
"""


def numbered(of: Settings) -> dict[str, int]:
    return {source.name: at for at, source in enumerate(of.config.sources)}


def test_links_that_are_as_they_were_go_on(tmp_path: Path) -> None:
    async def main() -> None:
        with bench(tmp_path / "records") as of:
            links = LinkSet(Intake(MSCS, of.judge), {})
            first = settings(tmp_path, link("a"), link("b"), link("c"))
            await links.use(first, numbered(first))
            links.open()
            before = dict(links.links)
            counts = links.counts("b")
            second = settings(tmp_path, link("a"), link("b", "m3ua"), link("d"))
            await links.use(second, numbered(second))
            assert set(links.links) == {"a", "b", "d"}
            assert links.links["a"] is before["a"]
            assert links.links["b"] is not before["b"]
            assert links.counts("b") is counts
            handlers = [live.handler for live in links.links.values()]
            assert all(isinstance(each, Receiver) and each.is_open for each in handlers)
            await links.stop("the test is over")
            assert not links.links

    asyncio.run(main())


def test_a_relay_passes_on_and_hands_nothing_to_the_judge_until_links_open(tmp_path: Path) -> None:
    """Else the loop would judge what it overhears while another thread fills the window."""
    msc, rvcd = FarEnd(), FarEnd()

    async def main() -> None:
        listener = Listener(Address(HOST, 0), MAKERS["tali"], rvcd)
        await listener.start()
        relay = link("r", "tali", 'role = "relay"', f'connect = "{listener.where}"')
        with bench(tmp_path / "records") as of:
            links = LinkSet(Intake(MSCS, of.judge), {})
            first = settings(tmp_path, relay)
            await links.use(first, numbered(first))
            connector = Connector(links.links["r"].endpoint.where, MAKERS["tali"], msc)
            await connector.start()
            await until(lambda: msc.connections and msc.connection.link.is_open)
            assert msc.connection.send(regnot(), Layer.SCCP)
            await until(lambda: rvcd.messages)
            assert of.judge.registrations == 0
            links.open()
            await until(lambda: of.judge.registrations == 1)
            await connector.stop("the test is over", patience_s=5)
            await links.stop("the test is over")
        await listener.stop("the test is over", patience_s=5)

    asyncio.run(main())


def test_who_answers_asks_the_hlr_that_is_named_and_changes_with_it(tmp_path: Path) -> None:
    async def main() -> None:
        with bench(tmp_path / "records") as of:
            links = LinkSet(Intake(MSCS, of.judge), {})
            answer = link("msc", "tali", 'role = "answer"', 'hlr = "hlr"')
            first = settings(tmp_path, answer, HLR)
            await links.use(first, numbered(first))
            before = links.links["msc"]
            assert isinstance(before.handler, Answerer)
            assert isinstance(links.links["hlr"].handler, Asker)
            changed = settings(tmp_path, answer, HLR.replace(":9", ":10"))
            await links.use(changed, numbered(changed))
            assert links.links["msc"] is not before
            await links.stop("the test is over")

    asyncio.run(main())


def test_far_ends_that_say_nothing_are_cut_off_after_as_long_as_configured(tmp_path: Path) -> None:
    ended: list[str] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionResetError):
            await reader.read()
        ended.append(str(writer.get_extra_info("peername")))
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(silent, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        soon = "message_within_seconds = 0.05"
        calling = HLR.replace(":9", f":{port}") + soon + "\n"
        async with daemon(tmp_path, link("a", "tali", soon), calling) as app:
            where = app.links.links["a"].endpoint.where
            await silent(*await asyncio.open_connection(where.host, where.port))
            await until(lambda: len(ended) >= 2)
        server.close()
        await server.wait_closed()

    asyncio.run(main())


def test_a_link_listens_on_what_systemd_passed(tmp_path: Path) -> None:
    async def main() -> None:
        with bench(tmp_path / "records") as of, socket.create_server(("127.0.0.1", 0)) as passed:
            of_systemd = settings(tmp_path, link("a", listen="systemd:mscs"))
            links = LinkSet(Intake(MSCS, of.judge), {"mscs": [passed]})
            await links.use(of_systemd, numbered(of_systemd))
            assert links.links["a"].endpoint.where.port == passed.getsockname()[1]
            await links.stop("the test is over")
            without = LinkSet(Intake(MSCS, of.judge), {})
            with pytest.raises(InputError, match="passed no socket named 'mscs'"):
                await without.use(of_systemd, numbered(of_systemd))

    asyncio.run(main())
