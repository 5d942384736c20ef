"""Issue 5: ten thousand conflicts at once: one alarm a case, outputs keep up or queue."""

from __future__ import annotations

import asyncio
import json
import signal
from collections import Counter
from typing import TYPE_CHECKING, Final

from afterwards import stored
from daemons import far_end_at, link
from is41.layers import Layer
from live import MIN, regnot
from network import until
from notices import WebServer
from processes import STARTED_WITHIN_S, Process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFLICTS: Final = 10_000
A, C = 0, 4
GROWN_MIB_MAX: Final = 200  # what ten thousand cases and their notices take in memory, ten times
FOUND: Final = "SELECT max(id) FROM cases"
UNTOLD: Final = "SELECT id FROM outbox WHERE output = 'file' AND outcome IS NULL LIMIT 1"
TOLD_WITHIN_S: Final = 300.0  # a bound on a broken test
TABLES: Final = (
    link("tali", listen="systemd:tali")
    + """
[cases]
suspect_msids = 1000000

[[alarms]]
name = "file"
kind = "file"
file = "alarms.jsonl"

[[alarms]]
name = "up"
kind = "webhook"
url = "{up}/"

[[alarms]]
name = "down"
kind = "webhook"
url = "{down}/"
"""
)


def regnots() -> Iterator[bytes]:
    """Everybody at A, then everybody at C; made from one of each, as that is fast."""
    for msc in (A, C):
        one = regnot(MIN, msc, transaction_id=0x11223344)
        for number in range(CONFLICTS):
            transaction_id = (number << 1 | (msc == C)).to_bytes(4, "big")
            one_more = one.replace(bytes.fromhex("11223344"), transaction_id)
            yield one_more.replace(tbcd(MIN), tbcd(f"614555{number:04d}"))


def tbcd(digits: str) -> bytes:
    """Digits as they stand in a MIN: the first one in the low half."""
    return bytes.fromhex("".join(b + a for a, b in zip(digits[::2], digits[1::2], strict=True)))


def test_ten_thousand_conflicts_are_ten_thousand_alarms_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "alarms.jsonl"

    async def scene(process: Process) -> None:
        process.start()
        async with far_end_at(process.port("tali"), within_s=STARTED_WITHIN_S) as far_end:
            before = process.resident_mib_max
            for message in regnots():
                assert far_end.connection.send(message, Layer.SCCP)
            await until(lambda: stored(tmp_path, FOUND) == [(CONFLICTS,)], TOLD_WITHIN_S)
            await until(lambda: not stored(tmp_path, UNTOLD), TOLD_WITHIN_S)
            assert process.resident_mib_max < before + GROWN_MIB_MAX
        assert await asyncio.to_thread(process.end, signal.SIGTERM) == 0

    async def main() -> None:
        async with WebServer() as up, WebServer() as down:
            down.status = 503
            tables = TABLES.format(up=up.url, down=down.url)
            process = Process.of(tmp_path, tables, ("tali",), {"CLONEWATCH_MODE": "active"})
            try:
                await scene(process)
            finally:
                process.close()
            posted = {each["alarm"] for each in up.posted}
            assert down.posted

        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        alarms = {line["alarm"] for line in lines}
        assert len(alarms) == len(lines) == CONFLICTS
        assert {line["change"] for line in lines} == {"raised"}
        assert stored(tmp_path, "SELECT count(*), count(DISTINCT msid) FROM cases") == [
            (CONFLICTS, CONFLICTS)
        ]
        # What is slower takes some time, and what waits for nobody waits.
        assert posted <= alarms
        waiting = Counter(stored(tmp_path, "SELECT output FROM outbox WHERE outcome IS NULL"))
        assert 0 < CONFLICTS - waiting["up",] <= len(posted)
        assert waiting["down",] == CONFLICTS

    asyncio.run(main())
