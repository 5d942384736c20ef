"""The whole daemon: what it does with FIG. 6, over a start, a reload and a stop."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select
from structlog.testing import capture_logs

from clonewatch.app import App
from clonewatch.errors import InputError
from clonewatch.registrations import Flags
from clonewatch.settings import Settings, read
from clonewatch.store.tables import clone_records
from daemons import (
    AT_ONCE,
    TRAVEL,
    daemon,
    found,
    hlr_link,
    link,
    sender,
    settings,
    suspension,
)
from is41.layers import Layer
from lines import whole_records
from live import regnot
from network import HOST, until

if TYPE_CHECKING:
    from pathlib import Path

# FIG4's MSCs by their place: 4660-1, 4660-2, and 4660-3 is the fifth.
A, C = 0, 4


def stored(app: App) -> int:
    """How many clone records the store holds."""
    app.record.flush()
    app.judge.kept()
    app.store.flush()
    with app.store.read() as connection:
        return int(connection.execute(select(func.count()).select_from(clone_records)).scalar_one())


async def one_is_taken(folder: Path) -> None:
    """A whole life of the daemon, in which it takes one REGNOT, at A."""
    async with daemon(folder, link()) as app, sender(app) as far_end:
        assert far_end.connection.send(regnot(msc=A), Layer.SCCP)
        await until(lambda: app.judge.registrations)


@pytest.mark.parametrize(
    ("transport", "layer"),
    [("tali", Layer.SCCP), ("tali", Layer.MTP3), ("m3ua", Layer.MTP3), ("xot", Layer.TCAP)],
)
def test_a_clone_is_found_live_and_written_down(
    tmp_path: Path, transport: str, layer: Layer
) -> None:
    async def main() -> None:
        async with daemon(tmp_path, link("a", transport)) as app:
            async with sender(app) as far_end:
                for at, msc in enumerate((A, C)):
                    message = regnot(msc=msc, transaction_id=at, layer=layer)
                    assert far_end.connection.send(message, layer)
                    await until(lambda: app.judge.registrations == at + 1)  # noqa: B023
            assert app.judge.conflicts == stored(app) == 1
            (rows,) = app.record.batches()
            assert rows.batch.flags.tolist() == [Flags.TIME_UNCERTAIN] * 2

    asyncio.run(main())


def test_a_clone_found_live_is_a_case_and_an_alarm(tmp_path: Path) -> None:
    output = '[[alarms]]\nname = "log"\nkind = "file"\nfile = "alarms.jsonl"\n'
    path = tmp_path / "alarms.jsonl"

    async def main() -> None:
        async with daemon(tmp_path, link(), output, mode="active") as app:
            async with sender(app) as far_end:
                for at, msc in enumerate((A, C)):
                    message = regnot(msc=msc, transaction_id=at)
                    assert far_end.connection.send(message, Layer.SCCP)
                    await until(lambda: app.judge.registrations == at + 1)  # noqa: B023
                await until(lambda: whole_records(path))
            (line,) = whole_records(path)
            alarm = json.loads(line)
            assert (alarm["change"], alarm["kind"], alarm["case"]) == ("raised", "clone", 1)
            assert alarm["details"]["mscs"] == ["4660-1", "4660-3"]
            assert "1 of cases; see `cases list`" in app.office.alarm_lines()

    asyncio.run(main())


def test_two_phones_with_one_min_are_a_case_though_no_way_is_too_long(tmp_path: Path) -> None:
    output = '[[alarms]]\nname = "log"\nkind = "file"\nfile = "alarms.jsonl"\n'
    path = tmp_path / "alarms.jsonl"
    never_fresh = "[window]\nfresh_seconds = 0\n"

    async def main() -> None:
        async with daemon(tmp_path, never_fresh, link(), output, mode="active") as app:
            async with sender(app) as far_end:
                for at, esn in enumerate((0x82123456, 0x82999999, 0x82123456)):
                    message = regnot(msc=A, transaction_id=at, esn=esn)
                    assert far_end.connection.send(message, Layer.SCCP)
                    await until(lambda: app.judge.registrations == at + 1)  # noqa: B023
                await until(lambda: whole_records(path))
            (line,) = whole_records(path)
            alarm = json.loads(line)
            assert (alarm["change"], alarm["severity"]) == ("raised", "major")
            assert alarm["details"]["esns"] == ["82123456", "82999999"]
            assert alarm["details"]["mscs"] == ["4660-1"]
            assert app.judge.conflicts == 0

    asyncio.run(main())


def test_a_start_goes_on_where_the_last_one_stopped(tmp_path: Path) -> None:
    async def second() -> None:
        async with daemon(tmp_path, link()) as app:
            assert app.judge.end == 1
            async with sender(app) as far_end:
                assert far_end.connection.send(regnot(msc=C, transaction_id=2), Layer.SCCP)
                await until(lambda: app.judge.registrations)
            assert app.judge.conflicts == stored(app) == 1

    asyncio.run(one_is_taken(tmp_path))
    asyncio.run(second())


def test_a_block_that_a_kill_has_torn_is_cut_off_and_no_error(tmp_path: Path) -> None:
    async def second() -> None:
        async with daemon(tmp_path, link()) as app:
            assert app.judge.end == 1

    asyncio.run(one_is_taken(tmp_path))
    (group,) = (tmp_path / "state" / "records").glob("*.open")
    with group.open("ab") as file:
        file.write(b"torn")
    with capture_logs() as logs:
        asyncio.run(second())
    told = [
        (line["log_level"], line["detail"]) for line in logs if line["event"] == "file_cut_back"
    ]
    assert told == [("warning", f"{group}: 4 octets of a torn block cut off")]


def test_a_reload_brings_new_travel_times_and_mscs(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path, link()) as app, sender(app) as far_end:
            new = settings(tmp_path, link())
            (tmp_path / "travel.csv").write_text(TRAVEL.replace("80", "0"))
            await app.reload(settings_as_they_are(tmp_path))
            for at, msc in enumerate((A, C)):
                assert far_end.connection.send(regnot(msc=msc, transaction_id=at), Layer.SCCP)
                await until(lambda: app.judge.registrations == at + 1)  # noqa: B023
            assert app.judge.conflicts == 0
            await app.reload(new)
            for at, msc in enumerate((A, C)):
                other = regnot("6145550002", msc=msc, transaction_id=at)
                assert far_end.connection.send(other, Layer.SCCP)
                await until(lambda: app.judge.registrations == at + 3)  # noqa: B023
            assert app.judge.conflicts == 1

    asyncio.run(main())


def settings_as_they_are(folder: Path) -> Settings:
    return read(folder / "clonewatch.toml")


def test_a_reload_that_cannot_be_leaves_all_as_it_was(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path, link()) as app:
            before, live = app.settings, app.links.links["a"]
            (tmp_path / "travel.csv").write_text("minutes,4660-3,4660-1\n4660-3,0,1\n4660-1,1,0\n")
            with pytest.raises(InputError, match="stand no longer in the same order"):
                await app.reload(settings_as_they_are(tmp_path))
            other = link("b", listen=f"127.0.0.1:{live.endpoint.where.port}")
            with pytest.raises(OSError, match="in use"):
                await app.reload(settings(tmp_path, link(), other))
            assert app.settings is before
            assert app.links.links == {"a": live}

    asyncio.run(main())


@pytest.mark.parametrize(
    ("mode", "change", "keys"),
    [
        ("test", {"mode": "active"}, []),
        ("active", {"mode": "test"}, []),
        ("test", {"mode": "learn"}, ["mode"]),
        ("active", {"mode": "active", "window": "hours = 3\nlateness_minutes = 0"}, ["window"]),
    ],
)
def test_what_needs_a_restart_is_told_and_stays(
    tmp_path: Path, mode: str, change: dict[str, str], keys: list[str]
) -> None:
    async def main() -> None:
        async with daemon(tmp_path, link(), mode=mode) as app:
            before = app.settings.config
            new = settings(tmp_path, f"[window]\n{change.pop('window', '')}\n", link(), **change)
            for _ in range(2):
                with capture_logs() as logs:
                    await app.reload(new)
                told = [line["keys"] for line in logs if line["event"] == "restart_needed"]
                assert told == ([keys] if keys else [])
            config = app.settings.config
            assert config.window == before.window
            assert config.mode == (mode if keys else change["mode"])
            assert app.consequences.suspension.settle_ms == before.settle_ms
            assert app.consequences.suspension.sends == (config.mode == "active")
            assert app.consequences.alarms_leave == (config.mode == "active")

    asyncio.run(main())


def test_two_daemons_do_not_share_a_state(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path, link()):
            with pytest.raises(InputError, match="somebody else"):
                App(settings(tmp_path, link()), {})

    asyncio.run(main())


def test_in_mode_learn_nothing_is_judged(tmp_path: Path) -> None:
    async def main() -> None:
        of = settings(tmp_path, link())
        (tmp_path / "clonewatch.toml").write_text(
            'mode = "learn"\nstate_directory = "s"\n' + link()
        )
        app = App(settings_as_they_are(tmp_path), {})
        await app.start()
        async with sender(app) as far_end:
            for at, msc in enumerate((A, C)):
                assert far_end.connection.send(regnot(msc=msc, transaction_id=at), Layer.SCCP)
            await until(lambda: app.judge.registrations == 2)
        await app.stop("the test is over")
        assert app.judge.conflicts == 0
        assert of.travel is not None

    asyncio.run(main())


def test_other_rules_of_suspension_wait_for_a_store_that_takes_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        with socket.create_server((HOST, 0)) as nobody:
            hlr = hlr_link(nobody.getsockname()[1])
        async with daemon(tmp_path, link(), hlr, suspension(), AT_ONCE, mode="active") as app:
            found(app)
            await until(lambda: app.suspension.status()["waiting"] == 1)
            app.store.do(lambda to: to.exec_driver_sql("PRAGMA busy_timeout = 0").close()).result()
            backup = sqlite3.connect(app.settings.config.store_file, isolation_level=None)
            backup.execute("BEGIN IMMEDIATE")
            tables = link(), hlr, suspension("off"), AT_ONCE
            await app.reload(settings(tmp_path, *tables, mode="active"))
            assert app.suspension.status()["waiting"] == 1
            backup.close()
            await until(lambda: app.suspension.status()["waiting"] == 0)

    asyncio.run(main())
