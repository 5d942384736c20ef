"""SIGHUP while a directive is on its way: the rules that hold from then on, and what was begun."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from structlog.testing import capture_logs

from clonewatch.service import reload
from daemons import AT_ONCE, BASE, TRAVEL, daemon, found, hlr_link, link, suspension
from network import until
from oddhlr import OddHlr, keep, late, listening, silent, yes
from stores import HOUR, MIN, MINUTE, case_shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from clonewatch.app import App

DAY: Final = (datetime.now(UTC) + timedelta(days=2)).date()


@dataclass
class Scene:
    """A daemon, and its folder."""

    app: App
    folder: Path

    async def reload(self, *tables: str, mode: str = "active") -> None:
        """What SIGHUP does."""
        (self.folder / "travel.csv").write_text(TRAVEL)
        path = self.folder / "clonewatch.toml"
        path.write_text(f'mode = "{mode}"\n' + BASE + AT_ONCE + link() + "".join(tables))
        await reload(self.app, path)

    async def found(self, msid: int = MIN, *, ago: int = HOUR) -> None:
        """Store what the detector would have found, long ago."""
        found(self.app, msid, ago=ago)
        assert await asyncio.to_thread(self.app.store.flush)

    def shown(self, case_id: int = 1) -> dict[str, Any]:
        return case_shown(self.app.store, case_id)

    def told(self, case_id: int = 1) -> list[str]:
        return [f"{event['what']}: {event['note']}" for event in self.shown(case_id)["history"]]

    def actions(self, case_id: int = 1) -> list[tuple[str, str]]:
        actions = self.shown(case_id)["actions"][::-1]
        return [(each["what"], each["outcome"]) for each in actions if each["to"] == "the HLR"]

    async def is_so(self, state: str, *actions: tuple[str, str], case_id: int = 1) -> None:
        """Wait until the case is in a state, and this was told the HLR."""
        await until(
            lambda: self.actions(case_id) == list(actions) and self.shown(case_id)["state"] == state
        )


@asynccontextmanager
async def running(folder: Path, *tables: str) -> AsyncIterator[Scene]:
    async with daemon(folder, AT_ONCE, link(), *tables, mode="active") as app:
        yield Scene(app, folder)


EXEMPT: Final = f'exempt = [{{ msid = "{MIN}", until = {DAY} }}]'
SUSPENDS_NO_MORE: Final = {
    "off": ("active", suspension("off"), "suspension was switched off"),
    "test": ("test", suspension("auto"), "suspension was switched off"),
    "exempt": ("active", suspension("auto", EXEMPT), "the subscriber is exempt now"),
    "propose": ("active", suspension("propose"), "say yes with `cases suspend`"),
    "guard rail": ("active", suspension("auto", conflicts_min=5), "1 of 5"),
}


@pytest.mark.parametrize(
    ("mode", "rules", "words"), SUSPENDS_NO_MORE.values(), ids=SUSPENDS_NO_MORE
)
def test_what_is_on_its_way_is_undone_when_nobody_may_suspend_any_more(
    tmp_path: Path, mode: str, rules: str, words: str
) -> None:
    async def main() -> None:
        hlr = OddHlr([keep, late])
        async with listening(hlr) as port, running(tmp_path, hlr_link(port), suspension()) as it:
            await it.found()
            await until(lambda: hlr.kept)
            await it.reload(hlr_link(port), rules, mode=mode)
            await it.is_so("open", ("suspend", "cancelled"), ("undo", "pending"))
            cancelled = [told for told in it.told() if told.startswith("suspension cancelled")]
            assert len(cancelled) == 1
            assert words in cancelled[0]
            assert cancelled[0].endswith("; it may have arrived, and is undone")
            yes(hlr, hlr.kept.pop())
            await it.is_so("open", ("suspend", "cancelled"), ("undo", "delivered"))
            assert hlr.suspends == [True, False]
            assert hlr.denied == set()

    asyncio.run(main())


def test_what_an_operator_ordered_goes_on_with_other_rules(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([silent, yes])
        async with (
            listening(hlr) as port,
            running(tmp_path, hlr_link(port, answer_within_s=0.5), suspension("propose")) as it,
        ):
            await it.found()
            await until(lambda: any(told.startswith("suspension proposed") for told in it.told()))
            it.app.suspension.orders.suspend(1, who="ann", note="")
            await until(lambda: hlr.told)
            await it.reload(
                hlr_link(port, answer_within_s=0.5), suspension("auto", conflicts_min=5)
            )
            await it.is_so("suspended", ("suspend", "delivered"))
            assert set(hlr.suspends) == {True}

    asyncio.run(main())


def test_going_from_propose_to_auto_suspends_nobody_until_there_is_news(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([yes])
        async with (
            listening(hlr) as port,
            running(tmp_path, hlr_link(port), suspension("propose")) as it,
        ):
            await it.found()
            await until(lambda: any(told.startswith("suspension proposed") for told in it.told()))
            await it.reload(hlr_link(port), suspension("auto"))
            await it.found(MIN + 1)  # by then the first would have been asked for, too
            await it.is_so("suspended", ("suspend", "delivered"), case_id=2)
            assert it.actions(1) == []
            await it.found(ago=HOUR - MINUTE)
            await it.is_so("suspended", ("suspend", "delivered"))

    asyncio.run(main())


@pytest.mark.parametrize("name", ["hlr", "other"])
def test_a_directive_on_its_way_over_another_link_is_sent_anew(tmp_path: Path, name: str) -> None:
    async def main() -> None:
        dumb, hlr = OddHlr([silent]), OddHlr([yes])
        async with listening(dumb) as port, listening(hlr) as other_port:
            first = hlr_link(port, answer_within_s=0.5)
            async with running(tmp_path, first, suspension()) as it:
                await it.found()
                await until(lambda: dumb.told)
                await it.reload(hlr_link(other_port, name), suspension(hlr=name))
                await it.is_so("suspended", ("suspend", "delivered"))
                asked = len(dumb.told)
                assert hlr.suspends == [True]
                ids = {each.transaction_id for each in (*dumb.told, *hlr.told)}
                assert len(ids) == asked + 1
                it.app.suspension.orders.restore(1, who="ann", note="")
                await it.is_so("restored", ("suspend", "delivered"), ("restore", "delivered"))
                assert len(dumb.told) == asked
                assert hlr.denied == set()

    asyncio.run(main())


def test_without_a_link_restorations_wait_say_so_and_go_when_there_is_one(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([yes])
        async with listening(hlr) as port, running(tmp_path, hlr_link(port), suspension()) as it:
            await it.found()
            await it.is_so("suspended", ("suspend", "delivered"))
            await it.reload('[suspension]\nmode = "off"\n')
            it.app.suspension.orders.restore(1, who="ann", note="")
            words = "no link to an HLR is configured: [suspension] hlr"
            await until(lambda: words in str(it.shown()["actions"]))
            assert it.shown()["state"] == "suspended"
            await it.reload(hlr_link(port), suspension("off"))
            await it.is_so("restored", ("suspend", "delivered"), ("restore", "delivered"))
            assert hlr.denied == set()

    asyncio.run(main())


def test_a_configuration_with_a_fault_changes_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([keep, yes])
        async with listening(hlr) as port, running(tmp_path, hlr_link(port), suspension()) as it:
            await it.found()
            await until(lambda: hlr.kept)
            with capture_logs() as logs:
                await it.reload(hlr_link(port), suspension("off", "per_hour_max = 0"))
            assert "reload_refused" in [each["event"] for each in logs]
            yes(hlr, hlr.kept.pop())
            await it.is_so("suspended", ("suspend", "delivered"))
            assert hlr.suspends == [True]

    asyncio.run(main())


def test_a_lower_ceiling_holds_from_then_on(tmp_path: Path) -> None:
    async def main() -> None:
        hlr = OddHlr([yes])
        async with listening(hlr) as port, running(tmp_path, hlr_link(port), suspension()) as it:
            await it.found()
            await it.is_so("suspended", ("suspend", "delivered"))
            await it.reload(hlr_link(port), suspension("auto", "per_hour_max = 1"))
            await it.found(MIN + 1)
            full = "not suspended: hour full: 1 suspensions within the last hour, and 1 are allowed"
            await until(lambda: it.told(2)[-1] == full)
            await it.reload(hlr_link(port), suspension("auto", "per_hour_max = 2"))
            await it.found(MIN + 1, ago=HOUR - MINUTE)
            await it.is_so("suspended", ("suspend", "delivered"), case_id=2)

    asyncio.run(main())
