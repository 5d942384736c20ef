"""A relay between an MSC and its RVCD, in the whole daemon."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from clonewatch.addresses import Address
from clonewatch.links import Connector, Listener
from clonewatch.live.telling import status_of
from daemons import MAKERS, daemon, link
from is41.layers import Layer
from live import regnot
from network import HOST, FarEnd, until

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.app import App


def relay(port: int, *lines: str) -> str:
    return link("r", "tali", 'role = "relay"', f'connect = "{HOST}:{port}"', *lines)


def where(app: App) -> Address:
    return Address(HOST, app.links.links["r"].endpoint.where.port)


def test_an_msc_talks_to_its_rvcd_and_we_overhear(tmp_path: Path) -> None:
    async def main() -> None:
        msc, rvcd = FarEnd(), FarEnd()
        listener = Listener(Address(HOST, 0), MAKERS["tali"], rvcd)
        await listener.start()
        async with daemon(tmp_path, relay(listener.where.port)) as app:
            connector = Connector(where(app), MAKERS["tali"], msc)
            await connector.start()
            await until(lambda: msc.connections and msc.connection.link.is_open)
            for at, place in enumerate((0, 4)):
                message = regnot(msc=place, transaction_id=at)
                assert msc.connection.send(message, Layer.SCCP)
                await until(lambda: app.judge.registrations == at + 1)  # noqa: B023
                await until(lambda: rvcd.messages[-1:] == [message])  # noqa: B023
            assert rvcd.connection.send(b"\x09 an answer .....", Layer.SCCP)
            await until(lambda: msc.messages)
            assert app.judge.conflicts == 1
            (told,) = status_of(app).sources
            assert (told.kind, told.state, told.registrations) == ("tali relay", "open", 2)
            await connector.stop("over", patience_s=5)
            await until(lambda: not app.links.links["r"].endpoint.ends.open)
        await listener.stop("over", patience_s=5)

    asyncio.run(main())


def test_an_msc_whose_rvcd_is_not_there_is_disconnected(tmp_path: Path) -> None:
    async def main() -> None:
        nobody = Listener(Address(HOST, 0), MAKERS["tali"], FarEnd())
        await nobody.start()
        port = nobody.where.port
        await nobody.stop("nobody listens", patience_s=1)
        async with daemon(tmp_path, relay(port)) as app:
            msc = FarEnd()
            connector = Connector(where(app), MAKERS["tali"], msc, jitter=lambda: 1.0)
            await connector.start()
            await until(lambda: msc.lost)
            assert app.links.links["r"].endpoint.connections_refused >= 1
            await connector.stop("over", patience_s=5)

    asyncio.run(main())
