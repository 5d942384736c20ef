"""Subscribers who are cloned, suspended, denied and restored, whatever becomes of the daemon."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from afterwards import clone_records, stored, undisturbed
from clonewatch.errors import ControlError
from clonewatch.lab.nodes.happenings import Kind, Phone
from network import until
from outputs import told_by

if TYPE_CHECKING:
    from clonewatch.lab.scenario import Scenario
    from story import Story

AT_ONCE: Final = 8
AGAIN_S: Final = 4.0  # phones register by themselves again
NOT_AGAIN_S: Final = 300.0  # for those who do not, and for informs: a bound on a broken test
WAITING: Final = "SELECT id FROM outbox WHERE outcome IS NULL"
RETRY_S: Final = 0.02
RESTORED_EVERY: Final = 2  # of so many lives one ends out of service
ESN_FIRST: Final = 0x8200_0000
MANY: Final = "1000000"
# Nothing is waited for, and no guard rail stands in the way of so many clones between two MSCs.
LOOSE: Final = {
    "CLONEWATCH_WINDOW__FRESH_SECONDS": "0",
    "CLONEWATCH_WINDOW__LATENESS_MINUTES": "0",
    "CLONEWATCH_WINDOW__SETTLE_MINUTES": "0",
    "CLONEWATCH_CASES__SUSPECT_MSIDS": MANY,
    "CLONEWATCH_SUSPENSION__CONFLICTS_MIN": "1",
    "CLONEWATCH_SUSPENSION__CONFIDENCE_MIN": "0",
    "CLONEWATCH_SUSPENSION__PER_HOUR_MAX": MANY,
    "CLONEWATCH_SUSPENSION__PER_DAY_MAX": MANY,
    "CLONEWATCH_SUSPENSION__BREAKER_SUBSCRIBERS": MANY,
}


def phone_of(number: int) -> Phone:
    """The phone of a life."""
    return Phone(f"{614 + number // 10_000}555{number % 10_000:04d}", ESN_FIRST + number)


def with_lives(scenario: Scenario, count: int) -> Scenario:
    """A scenario whose subscribers are the first so many lives'."""
    home = scenario.mscs[0].name
    subscribers = tuple(
        scenario.subscribers[0].model_copy(update={"min": min_, "esn": esn, "home": home})
        for min_, esn in map(phone_of, range(count))
    )
    return scenario.model_copy(update={"subscribers": subscribers})


class Lives:
    """Life after life, AT_ONCE together, until `is_ending`.

    What the daemon had not read when it was killed is said again after *again_s*, as phones do;
    where that is None, it must not have been lost.
    """

    def __init__(self, of: Story, again_s: float | None = AGAIN_S) -> None:
        self.is_ending = False
        self.steps = 0  # of all lives: suspensions and restorations
        self.begun = 0
        self.out_of_service: set[Phone] = set()  # for good
        self._of = of
        self._again_s = again_s
        self._homes = of.place.network.homes

    async def run(self) -> None:
        """Live."""
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(self._live_on())

    async def _live_on(self) -> None:
        while not self.is_ending:
            self.begun += 1
            number = self.begun - 1
            phone = phone_of(number)
            await self._suspended(phone)
            self.steps += 1
            assert await self._of.place.hear("MSC C", phone) is Kind.DENIED
            if number % RESTORED_EVERY:
                await self._restored(phone, number)
                self.steps += 1
                assert await self._of.place.hear("MSC B", phone) is Kind.REGISTERED
            else:
                self.out_of_service.add(phone)

    def _is_denied(self, phone: Phone) -> bool:
        return self._homes.denial(phone) is not None

    async def _suspended(self, phone: Phone) -> None:
        """Be heard at two places, until the HLR is told."""
        while not self._is_denied(phone):
            for msc in ("MSC A", "MSC C"):
                await self._of.place.hear(msc, phone)
            try:
                await until(lambda: self._is_denied(phone), self._again_s or NOT_AGAIN_S)
            except TimeoutError:
                assert self._again_s is not None, phone

    async def _restored(self, phone: Phone, number: int) -> None:
        """An operator who goes on until the HLR is told."""
        while self._is_denied(phone):
            with suppress(ControlError):  # it was killed, or has the order already
                told = {"msid": phone.min, "state": "all"}  # restored, if only the answer was lost
                (case,) = await self._of.ask("GET", "/cases", told)
                note = f"life {number}"
                await self._of.ask("POST", f"/cases/{case['case']}/restore", note=note)
            await asyncio.sleep(RETRY_S)


async def agree(of: Story, lives: Lives) -> None:
    """What the phones saw, the HLR, our cases, their alarms and those who were told."""
    folder = of.process.folder
    await until(lambda: not stored(folder, WAITING), NOT_AGAIN_S)
    raised = stored(folder, "SELECT key, severity FROM alarms WHERE cleared_at IS NULL")
    await of.outputs.until_alerts(dict(raised))
    await of.ended()

    cases = stored(folder, "SELECT id, msid, state FROM cases")
    msids = Counter(msid for _, msid, _ in cases)
    assert set(msids.values()) == {1}
    assert len(msids) == lives.begun
    suspended = {msid for _, msid, state in cases if state == "suspended"}
    assert suspended == {int(phone.min) for phone in lives.out_of_service}
    assert of.place.network.homes.denials() == lives.out_of_service

    assert clone_records(folder) == undisturbed(folder)
    of_cases = stored(folder, "SELECT DISTINCT case_id FROM clone_records WHERE NOT superseded")
    assert sorted(of_cases) == [(case,) for case, _, _ in cases]
    keys = {f"case-{case}" for case, _, _ in cases}
    for told in told_by(folder).values():
        assert {each.alarm for each in told if each.change == "raised"} >= keys
    faults = [line for line in of.process.log if line["level"] == "error"]
    assert faults == []
