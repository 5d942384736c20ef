"""How much comes from each source, and which of them have fallen silent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from clonewatch.actions.alarms.kinds import Kind
from clonewatch.live.watch import RATE_OVER_S, Rates
from daemons import daemon, link, sender
from is41.layers import Layer
from live import regnot
from network import until

if TYPE_CHECKING:
    from pathlib import Path


def test_a_rate_is_taken_over_the_last_seconds() -> None:
    rates = Rates()
    assert rates.per_s("a") == 0.0
    rates.look(0.0, {})
    rates.look(5.0, {"a": 50})
    assert rates.per_s("a") == 10.0
    rates.look(5.0 + RATE_OVER_S, {"a": 50})
    assert rates.per_s("a") == pytest.approx(0.0)


def test_a_source_that_falls_silent_is_told_until_it_speaks_again(tmp_path: Path) -> None:
    async def main() -> None:
        soon = link("a", "tali", "silent_after_minutes = 1")
        async with daemon(tmp_path, soon, link("b")) as app, sender(app, "a") as far_end:
            watch, now = app.watch, asyncio.get_running_loop().time()
            watch.look(now)
            with capture_logs() as log:
                watch.look(now + 61)
                assert watch.silences["a"].is_silent
                assert not watch.silences["b"].is_silent  # nobody is connected
                assert app.office.selves.is_raised(Kind.SOURCE_SILENT, "a")
                assert far_end.connection.send(regnot(), Layer.SCCP)
                await until(lambda: watch.counts()["a"].messages)
                watch.look(now + 62)
            assert [line["event"] for line in log if "source" in line] == [
                "source_silent",
                "source_heard_again",
            ]
            assert not app.office.selves.is_raised(Kind.SOURCE_SILENT, "a")

    asyncio.run(main())


def test_links_that_are_down_are_troubles(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path, link("a")) as app:
            now = asyncio.get_running_loop().time()
            app.watch.look(now)
            app.watch.look(now + 31)
            assert app.office.selves.is_raised(Kind.LINK_DOWN, "a")

    asyncio.run(main())
