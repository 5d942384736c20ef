"""The outbox, as couriers see it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.alarms.mail import Mail
from clonewatch.store.outbox import Outcome
from couriers import raise_alarms
from stores import conflict, follower, opened

if TYPE_CHECKING:
    from pathlib import Path


def test_items_are_read_put_off_and_ended(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        raise_alarms(store, 2, ["out"])

        async def scenario() -> None:
            mail = Mail(store, lambda _: ["out"])
            one, two = await mail.pending("out", 9)
            await mail.put_off(one.id, mail.now_ms() + 5, "down")
            (head,) = await mail.pending("out", 1)
            assert (head.id, head.attempts, head.reason) == (one.id, 1, "down")
            await mail.end([one.id, two.id], Outcome.DELIVERED)
            assert await mail.pending("out", 9) == []

        asyncio.run(scenario())


def test_an_output_is_told_again_only_what_goes_there(tmp_path: Path) -> None:
    with opened(tmp_path, consequences=follower()) as store:
        store.submit([conflict()], 1)
        store.flush()
        raise_alarms(store, 1, [])

        async def raised(*outputs: str) -> set[str]:
            mail = Mail(store, lambda kind: outputs if kind is Kind.LINK_DOWN else ())
            return {alarm.key for alarm in await mail.raised("out")}

        assert asyncio.run(raised("out")) == {"link_down-1"}
        assert asyncio.run(raised("other")) == set()
