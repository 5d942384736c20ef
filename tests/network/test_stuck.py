"""What waits to leave the machine, or to be stored: nothing is lost, and it is told what and why."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from structlog.testing import capture_logs

from clonewatch.cases import showing
from clonewatch.live.telling import problems_of, status_of, values_of
from clonewatch.store.outbox import backlogs
from clonewatch.store.tables import alarms, set_aside
from daemons import AT_ONCE, daemon, found, hlr_link, link, sender, suspension
from is41.layers import Layer
from lines import whole_records
from live import regnot
from network import HOST, until
from notices import WebServer
from oddhlr import OddHlr, keep, listening, yes
from stores import MIN, empty_disk, fill_disk, refuse, refuse_no_more

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from clonewatch.app import App

FILE: Final = '[[alarms]]\nname = "log"\nkind = "file"\nfile = "alarms.jsonl"\n'


MANY: Final = "[cases]\nsuspect_msids = 1000\n"  # all conflict on one pair of MSCs


def webhook(name: str, url: str) -> str:
    return f'[[alarms]]\nname = "{name}"\nkind = "webhook"\nurl = "{url}"\n'


def shown(app: App, case_id: int = 1) -> dict[str, Any] | None:
    with app.store.read() as connection:
        return showing.shown(connection, case_id)


def sent(app: App, case_id: int = 1) -> dict[str, tuple[str, str]]:
    """What became of a case's alarm, by output, and why."""
    told = shown(app, case_id)
    actions = [] if told is None else told["actions"]
    return {each["to"]: (each["outcome"], each["reason"] or "") for each in actions}


def waiting(app: App) -> dict[str, int]:
    """How much waits, by output."""
    with app.store.read() as connection:
        return {each.output: each.pending for each in backlogs(connection)}


def logged(folder: Path) -> list[tuple[str, str]]:
    """Alarms in the file, and what is told of each: that it is raised, or cleared."""
    told = [json.loads(line) for line in whole_records(folder / "alarms.jsonl")]
    return [(line["alarm"], line["change"]) for line in told]


def alarms_in(folder: Path) -> list[str]:
    return [alarm for alarm, _ in logged(folder)]


@asynccontextmanager
async def suspending(folder: Path, hlr: OddHlr) -> AsyncIterator[App]:
    """A daemon that suspends at once, and tells a file of alarms."""
    async with listening(hlr) as port:
        tables = (AT_ONCE, link(), FILE, hlr_link(port), suspension())
        async with daemon(folder, *tables, mode="active") as app:
            yield app


@asynccontextmanager
async def mute() -> AsyncIterator[str]:
    """A server that takes everything and never answers; its URL."""
    open_: list[asyncio.StreamWriter] = []

    async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_.append(writer)

    server = await asyncio.start_server(take, HOST, 0)
    try:
        yield f"http://{HOST}:{server.sockets[0].getsockname()[1]}"
    finally:
        for writer in open_:
            writer.close()
        server.close()


def test_a_webhook_that_fails_or_never_answers_delays_nobody_and_loses_nothing(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        async with WebServer() as web, mute() as silent:
            web.status = 500
            outputs = FILE + webhook("fails", web.url) + webhook("mute", silent)
            async with daemon(tmp_path, link(), outputs, mode="active") as app:
                found(app)
                found(app, MIN + 1)
                await until(lambda: alarms_in(tmp_path) == ["case-1", "case-2"])
                why = f"{web.url}: 500 Internal Server Error: so there"
                await until(lambda: sent(app)["fails"] == ("pending", why))
                await until(lambda: sent(app, 2)["fails"] == ("pending", why))
                assert sent(app)["mute"][0] == "pending"
                assert f"alarms to fails wait: {why}" in problems_of(app)
                await until(lambda: waiting(app) == {"fails": 2, "mute": 2})
                web.status = 200
                await until(
                    lambda: sent(app)["fails"][0] == sent(app, 2)["fails"][0] == "delivered"
                )
                taken = [each["alarm"] for each in web.posted[-2:]]
                assert taken == ["case-1", "case-2"]
                keys = [each["Idempotency-Key"] for each in web.headers]
                assert set(keys) == {"clonewatch-1", "clonewatch-2"}
        # What the other one never took goes to it after a start, once, when it answers.
        async with WebServer() as web:
            outputs = FILE + webhook("mute", web.url)
            async with daemon(tmp_path, link(), outputs, mode="active") as app:
                await until(lambda: len(web.posted) == 2)
                await until(lambda: sent(app, 2)["mute"] == ("delivered", ""))
            assert [each["alarm"] for each in web.posted] == ["case-1", "case-2"]
            assert alarms_in(tmp_path) == ["case-1", "case-2"]

    asyncio.run(main())


def test_a_full_disk_of_the_store_suspends_nobody_loses_nothing_and_is_told(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        hlr = OddHlr([yes])
        async with listening(hlr) as port:
            few = suspension("auto", "breaker_subscribers = 1000", "per_hour_max = 3")
            tables = (AT_ONCE, link(), FILE, hlr_link(port), few, MANY)
            async with daemon(tmp_path, *tables, mode="active") as app:
                fill_disk(app.store)
                for at in range(400):
                    found(app, MIN + at)
                await until(lambda: app.store.is_failing)
                why = "database or disk is full"
                words = f"the store cannot be written; conflicts wait in memory: {why}"
                await until(lambda: any(each.startswith(words) for each in problems_of(app)))
                await until(lambda: ("store_failing-store", "raised") in logged(tmp_path))
                assert hlr.told == []
                assert app.store.pending == 400
                empty_disk(app.store)
                await until(lambda: ("store_failing-store", "cleared") in logged(tmp_path))
                await until(lambda: shown(app, 400))
                await until(lambda: len(logged(tmp_path)) == 402)
                assert len(set(alarms_in(tmp_path))) == 401
                await until(lambda: len(hlr.denied) == 3)
                await until(lambda: not problems_of(app))
                assert hlr.suspends == [True] * 3

    asyncio.run(main())


def test_a_conflict_that_we_cannot_store_is_told_and_the_next_is_suspended(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([yes])
        async with suspending(tmp_path, hlr) as app:
            refuse(app.store, f"INSERT ON clone_records WHEN NEW.msid = {MIN}")
            with capture_logs() as logs:
                found(app)
                found(app, MIN + 1)
                await until(lambda: len(hlr.denied) == 1)
            (line,) = [each for each in logs if each["event"] == "conflict_set_aside"]
            assert (line["log_level"], line["msid"]) == ("error", str(MIN))
            assert "IntegrityError) stuck\n" in line["exception"]
            await until(lambda: set(alarms_in(tmp_path)) == {"conflict_set_aside-store", "case-1"})
            with app.store.read() as connection:
                rows = connection.execute(select(set_aside.c.id, set_aside.c.msid)).all()
            assert rows == [(line["id"], str(MIN))]
            assert status_of(app).counts["conflicts_set_aside"] == 1
            assert values_of(app)["conflicts_set_aside"] == 1
            await until(lambda: not problems_of(app))
            told = shown(app)
            assert told is not None
            assert (told["msid"], told["state"]) == (str(MIN + 1), "suspended")

    asyncio.run(main())


def test_a_case_that_we_cannot_decide_is_told_and_the_next_is_suspended(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([yes])
        async with suspending(tmp_path, hlr) as app:
            refuse(app.store, "INSERT ON outbox WHEN NEW.kind = 'suspension' AND NEW.case_id=1")
            with capture_logs() as logs:
                found(app)
                found(app, MIN + 1)
                await until(lambda: len(hlr.denied) == 1)
            (line,) = [each for each in logs if each["event"] == "case_set_aside"]
            assert (line["log_level"], line["case"]) == ("error", 1)
            assert "IntegrityError) stuck\n" in line["exception"]
            at = "conflict_set_aside-suspension"
            await until(lambda: set(alarms_in(tmp_path)) == {at, "case-1", "case-2"})
            await until(lambda: len(problems_of(app)) == 1)
            assert problems_of(app)[0].startswith("case 1 cannot be decided, by a fault of")
            await until(lambda: (shown(app, 2) or {})["state"] == "suspended")
            assert (shown(app) or {})["state"] == "open"

    asyncio.run(main())


def test_an_answer_that_cannot_be_stored_is_asked_for_again_when_it_can(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        hlr = OddHlr([keep, yes])
        async with listening(hlr) as port:
            tables = (AT_ONCE, link(), hlr_link(port), suspension())
            async with daemon(tmp_path, *tables, mode="active") as app:
                found(app)
                await until(lambda: hlr.kept)
                refuse(app.store, "UPDATE ON outbox")
                with capture_logs() as logs:
                    yes(hlr, hlr.kept.pop())
                    await until(lambda: logs)
                assert logs[0]["event"] == "suspension_failed"
                assert "stuck" in logs[0]["reason"]
                told = shown(app)
                assert told is not None
                assert (told["state"], sent(app)["the HLR"][0]) == ("open", "pending")
                refuse_no_more(app.store)
                await until(lambda: sent(app)["the HLR"][0] == "delivered")
                assert hlr.suspends == [True, True]
                assert len({each.transaction_id for each in hlr.told}) == 2
                told = shown(app)
                assert told is not None
                events = [event["what"] for event in told["history"]]
                assert events == ["conflict", "suspension asked", "suspended"]

    asyncio.run(main())


def test_a_registration_of_an_identity_that_was_given_up_alarms(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path, link(), mode="active") as app, sender(app) as far_end:
            orders = app.office.orders
            orders.open(MIN, who="ann", note="").result()
            orders.reissue(1, who="ann", note="", esns=[0x82123456]).result()
            other = regnot(str(MIN), esn=1, transaction_id=1)
            assert far_end.connection.send(other, Layer.SCCP)
            await until(lambda: app.judge.registrations == 1)
            assert far_end.connection.send(regnot(str(MIN), transaction_id=2), Layer.SCCP)
            await until(lambda: shown(app, 2))
            told = shown(app, 2)
            assert told is not None
            assert [event["what"] for event in told["history"]] == ["sighting"]
            with app.store.read() as connection:
                raised = select(alarms.c.key).where(alarms.c.cleared_at.is_(None))
                assert list(connection.execute(raised).scalars()) == ["case-2"]

    asyncio.run(main())
