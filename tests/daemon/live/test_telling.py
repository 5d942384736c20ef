"""What the daemon tells of itself."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from clonewatch.live.holdings import Holdings
from clonewatch.live.telling import problems_of, status_of, values_of
from clonewatch.metrics import FAMILIES, Metrics
from daemons import daemon, link, sender
from is41.layers import Layer
from live import regnot
from network import until

if TYPE_CHECKING:
    from pathlib import Path

SPOOL = '[[spools]]\nname = "s"\ndirectory = "spool"\n'
SNIFFER = '[[sniffers]]\nname = "lo"\ninterface = "lo"\nfilter = "tcp port 1"\n'
ANSWER = link("msc", "tali", 'role = "answer"', "authorise_unasked = true")


def test_status_and_metrics_say_what_came(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path, link(), ANSWER, SPOOL) as app:
            assert [source.state[:7] for source in status_of(app).sources] == [
                "waiting",
                "waiting",
                "0 group",
            ]
            async with sender(app, "a") as far_end, sender(app, "msc") as msc:
                for message in (regnot(), regnot()[:-1]):
                    assert far_end.connection.send(message, Layer.SCCP)
                assert msc.connection.send(regnot(transaction_id=5), Layer.SCCP)
                await until(lambda: msc.messages and app.links.counts("a").messages == 2)
                status = status_of(app)
                assert status.state == "ready"
                tap = status.sources[0]
                assert (tap.name, tap.kind, tap.state) == ("a", "tali tap", "open")
                assert (tap.connections, tap.messages, tap.registrations, tap.refused) == (
                    1,
                    2,
                    1,
                    1,
                )
                assert tap.newest is not None
                assert asdict(status)["counts"]["registrations"] == 2
                values = values_of(app)
                holdings = Holdings(app.store, lambda: app.consequences.outputs)
                await holdings.look()
                assert not set(values) & set(holdings.values)
                assert set(values) | set(holdings.values) == set(FAMILIES)
                assert isinstance(values["answer_seconds"], dict)
                assert values["answer_seconds"]["msc"] > 0
                assert values["registrations"] == {"a": 1, "msc": 1, "s": 0}
                assert values["links_up"] == {"a": 1.0, "msc": 1.0}
                answers = values["answers_sent"]
                assert isinstance(answers, dict)
                assert answers["msc", "accepted"] == 1
                metrics = Metrics("0")
                metrics.add(lambda: values_of(app))
                octets, _ = metrics.exposition("")
                assert b'clonewatch_messages_total{operation="RegistrationNotification"' in octets
                assert values["messages"] == {
                    ("a", "RegistrationNotification", "taken"): 1,
                    ("a", "other", "refused"): 1,
                    ("msc", "RegistrationNotification", "taken"): 1,
                }
                assert status.messages == {"RegistrationNotification taken": 2, "other refused": 1}
                assert b"6145551234" not in octets

    asyncio.run(main())


@pytest.mark.sniff
def test_problems_are_told_in_words(tmp_path: Path) -> None:
    async def main() -> None:
        async with daemon(tmp_path, link(), SPOOL, SNIFFER) as app:
            assert problems_of(app) == []
            app.watch.silences["a"].is_silent = True
            assert problems_of(app) == ["link a is silent beyond its habit"]
            app.spools.spools["s"].spool.is_failing = True
            app.sniffers.sniffers["lo"].is_failing = True
            assert problems_of(app)[:2] == [
                "spool s takes nothing; groups wait in its directory",
                "sniffer lo has ended; its interface is read no more",
            ]

    asyncio.run(main())
