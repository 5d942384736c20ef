"""Subscribers who are cloned, suspended, denied and restored, whatever becomes of the daemon."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from clonewatch.errors import ControlError
from clonewatch.lab.nodes.happenings import Kind, Phone
from network import until

if TYPE_CHECKING:
    from clonewatch.lab.scenario import Scenario
    from story import Story

AT_ONCE: Final = 8
AGAIN_S: Final = 4.0  # phones register by themselves again
RETRY_S: Final = 0.02
RESTORED_EVERY: Final = 2  # of so many lives one ends out of service
ESN_FIRST: Final = 0x8200_0000


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

    What the daemon had not read when it was killed is said again, as phones do.
    """

    def __init__(self, of: Story) -> None:
        self.is_ending = False
        self.steps = 0  # of all lives: suspensions and restorations
        self.begun = 0
        self.out_of_service: set[Phone] = set()  # for good
        self._of = of
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
            with suppress(TimeoutError):
                await until(lambda: self._is_denied(phone), AGAIN_S)

    async def _restored(self, phone: Phone, number: int) -> None:
        """An operator who goes on until the HLR is told."""
        while self._is_denied(phone):
            with suppress(ControlError):  # it was killed, or has the order already
                (case,) = await self._of.ask("GET", "/cases", {"msid": phone.min})
                note = f"life {number}"
                await self._of.ask("POST", f"/cases/{case['case']}/restore", note=note)
            await asyncio.sleep(RETRY_S)
