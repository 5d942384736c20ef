"""``kill -9`` at any time, while an X.25 and a TALI link deliver: nothing acknowledged is lost.

KILLS in the environment says how often; 20 times, unless it does.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING, Final

from afterwards import clone_records, stored, undisturbed
from clonewatch.decoding import told
from clonewatch.recordfile.reading import read
from clonewatch.recordfile.verify import verify
from daemons import MAKERS, link
from is41.layers import Layer
from is41.xot.link import Link as Xot
from is41.xot.settings import Settings as XotSettings
from live import regnot
from network import until
from processes import STARTED_WITHIN_S, Process
from recordfiles import messages_kept
from steady import Caller, Teller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from steady import Steady

KILLS: Final = int(os.environ.get("KILLS", "20"))
# FIG. 6, by FIG4's place: A and B touch, and from A to C it takes 80 minutes.
A, B, C = 0, 1, 4
BEHIND: Final = 40  # registrations between a subscriber's first and second: kills come between
CLONED_EVERY: Final = 3  # subscribers of whom the last is cloned
START_S: Final = 2.0  # about what a start takes; a third of the kills come in it
AFTER_S: Final = 0.4  # once it is up, the others come within
WINDOW: Final = 7
TABLES: Final = (
    "[record_file]\noctets = true\n"
    + link("x25", "xot", f"window = {WINDOW}", listen="systemd:x25")
    + link("tali", listen="systemd:tali")
)


def number_of(area: int, subscriber: int) -> str:
    return f"{area + subscriber // 10_000}555{subscriber % 10_000:04d}"


class Traffic:
    """Subscribers without end: each registers at A, and later at B, or, cloned, at C.

    A message's identity is its transaction ID.
    """

    def __init__(self, area: int, layer: Layer) -> None:
        self.clones: dict[int, str] = {}  # their MINs, by the identity of the second registration
        self._registrations = self._all(area)
        self._layer = layer

    def __call__(self) -> tuple[int, bytes]:
        identity, digits, msc = next(self._registrations)
        return identity, regnot(digits, msc, transaction_id=identity, layer=self._layer)

    def _all(self, area: int) -> Iterator[tuple[int, str, int]]:
        for number in count():
            first = area << 20 | 2 * number
            yield first, number_of(area, number), A
            if number >= BEHIND:
                second, digits = first - 2 * BEHIND + 1, number_of(area, number - BEHIND)
                is_cloned = number % CLONED_EVERY == 0
                if is_cloned:
                    self.clones[second] = digits
                yield second, digits, C if is_cloned else B


def xot(now: float) -> Xot:
    return Xot(now, XotSettings(window=WINDOW), calling=True, allowed=True)


async def killed_again_and_again(process: Process, caller: Caller, teller: Teller) -> None:
    """Kill it KILLS times; then let the last one take what is left, and end in order."""
    chance = random.Random(6)
    process.start()
    for kill in range(KILLS):
        if kill % 3 == 2:
            await asyncio.sleep(chance.uniform(0, START_S))
        else:
            begun = len(caller.acknowledged)
            await until(lambda: len(caller.acknowledged) > begun, STARTED_WITHIN_S)  # noqa: B023
            await asyncio.sleep(chance.uniform(0, AFTER_S))
        assert process.runs, process.log[-5:]
        assert process.end(signal.SIGKILL) == -signal.SIGKILL
        await until(lambda: not caller.is_open and not teller.is_open)
        assert set(caller.acknowledged) <= set(transactions(process.folder))
        process.start()
    await until(lambda: caller.is_open and teller.is_open, STARTED_WITHIN_S)
    caller.is_ending = True
    await until(lambda: caller.is_done)
    assert await asyncio.to_thread(process.end, signal.SIGTERM) == 0


def transactions(folder: Path) -> Counter[int]:
    """How often each transaction ID stands in the record file."""
    rows = read(folder / "state" / "records")
    return Counter(each for part in rows for each in part.batch.transaction_id.tolist())


def identities(folder: Path) -> Counter[int]:
    """The transaction IDs that the messages beside the record file tell."""
    messages = messages_kept(folder / "state" / "records").values()
    packages = (told(message.octets, message.layer)["tcap"] for message in messages)
    return Counter(int(package["originating_id"], 16) for package in packages)


def clones_of(folder: Path, area: int) -> Counter[tuple[int, int, int]]:
    """The clone records of subscribers of an area: both switches, and the second transaction."""
    rows = stored(
        folder, "SELECT first_mscid, second_mscid, second_transaction_id FROM clone_records"
    )
    return Counter(row for row in rows if row[2] >> 20 == area)


def test_what_was_acknowledged_is_there_once_after_any_kill(tmp_path: Path) -> None:
    process = Process.of(tmp_path, TABLES, ("x25", "tali"))
    by_x25, by_tali = Traffic(200, Layer.TCAP), Traffic(300, Layer.SCCP)

    async def main() -> tuple[Caller, Teller]:
        caller = Caller(process.port("x25"), xot, by_x25)
        teller = Teller(process.port("tali"), MAKERS["tali"], by_tali)
        far_ends: tuple[Steady, ...] = caller, teller
        tasks = [asyncio.create_task(each.run()) for each in far_ends]
        try:
            await killed_again_and_again(process, caller, teller)
        finally:
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        return caller, teller

    try:
        caller, teller = asyncio.run(main())
    finally:
        process.close()
    assert caller.connections > KILLS / 2
    recorded = transactions(tmp_path)
    assert all(recorded[each] == 1 for each, times in caller.sends.items() if times == 1)
    assert all(1 <= recorded[each] <= times for each, times in caller.sends.items())
    assert all(recorded[each] <= 1 for each in teller.sends)
    assert not set(recorded) - set(caller.sends) - set(teller.sends)
    assert [
        fault for group in verify(tmp_path / "state" / "records") for fault in group.faults
    ] == []
    assert clone_records(tmp_path) == undisturbed(tmp_path)
    assert identities(tmp_path) == +recorded
    a, c = 4660 << 8 | 1, 4660 << 8 | 3
    cloned = {(a, c, each) for each in by_x25.clones if each in caller.sends}
    assert clones_of(tmp_path, 200) == Counter(cloned)
    assert len(cloned) > KILLS
    levels = Counter(line["level"] for line in process.log)
    assert not levels["error"], [line for line in process.log if line["level"] == "error"]
