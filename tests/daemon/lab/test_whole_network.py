"""Issue 4: a whole network on loopback, and a daemon beside it."""

from __future__ import annotations

import asyncio
from itertools import chain
from typing import TYPE_CHECKING, Final

import pytest

from besides import Both, beside
from clonewatch.lab.nodes.happenings import Kind, Phone
from clonewatch.lab.scenario import Copies, Scenario, load_scenario
from clonewatch.lab.timeline import Stopped
from clonewatch.links.urls import Transport
from network import until
from wiretaps import wiretaps

if TYPE_CHECKING:
    from pathlib import Path

OWNER: Final = Phone("6145551234", 0x82123456)
HONEST: Final = Phone("6145550010", 0x82000010)
STRANGER: Final = Phone("6145550000", 0x82999999)


def in_groups(scenario: Scenario, *names: str) -> Scenario:
    """The same, with these RVCDs sending groups and the others at once."""
    rvcds = tuple(
        rvcd.model_copy(update={"copies": Copies.GROUPS if rvcd.name in names else Copies.LINK})
        for rvcd in scenario.rvcds
    )
    return scenario.model_copy(update={"rvcds": rvcds})


async def judged(both: Both, registrations: int) -> None:
    await until(lambda: both.app.judge.registrations >= registrations)


async def found(both: Both, clones: list[tuple[str, str, str]]) -> None:
    """These clone records, and no others, once what was found is written."""
    await until(lambda: len(both.clones()) >= both.app.judge.conflicts)
    assert both.clones() == clones


@pytest.mark.parametrize("transport", Transport)
def test_fig_6_is_found_live_one_clone_record(tmp_path: Path, transport: Transport) -> None:
    async def scene() -> None:
        async with beside(tmp_path, load_scenario("fig6"), transport) as both:
            assert await both.hear("MSC A", HONEST) is Kind.REGISTERED
            assert await both.hear("MSC B", HONEST) is Kind.REGISTERED
            assert await both.hear("MSC A", OWNER) is Kind.REGISTERED
            assert await both.hear("MSC C", OWNER) is Kind.REGISTERED
            await judged(both, 4)
            await found(both, [(OWNER.min, "MSC A", "MSC C")])

    asyncio.run(scene())


@pytest.mark.parametrize("transport", Transport)
def test_a_clone_at_one_rvcd_and_its_owner_at_the_other(
    tmp_path: Path, transport: Transport
) -> None:
    async def scene() -> None:
        async with beside(tmp_path, load_scenario("fig1"), transport) as both:
            await both.hear("MSC A", OWNER)
            await judged(both, 1)
            await both.hear("MSC F", OWNER)
            await judged(both, 2)
            await found(both, [(OWNER.min, "MSC A", "MSC F")])
            sources = [rows.batch.source.tolist() for rows in both.app.record.batches()]
            assert sorted(chain(*sources)) == [0, 1]

    asyncio.run(scene())


HEARD: Final = (  # by which RVCD
    ("RVCD A", "MSC A", OWNER),
    ("RVCD B", "MSC F", OWNER),
    ("RVCD A", "MSC B", OWNER),  # touches MSC A: without what RVCD B knows, it is honest
    ("RVCD B", "MSC E", HONEST),
    ("RVCD B", "MSC F", HONEST),
)


def test_half_in_groups_finds_the_same_as_all_at_once(tmp_path: Path) -> None:
    expected = [(OWNER.min, "MSC A", "MSC F"), (OWNER.min, "MSC F", "MSC B")]

    async def scene(folder: Path, *groups: str) -> None:
        base = load_scenario("fig2")
        phones = (OWNER, HONEST)
        subscribers = tuple(
            base.subscribers[0].model_copy(update={"min": phone.min, "esn": phone.esn})
            for phone in phones
        )
        scenario = in_groups(base.model_copy(update={"subscribers": subscribers}), *groups)
        live = 0
        async with beside(folder, scenario, Transport.TALI) as both:
            for by, msc, phone in HEARD:
                assert await both.hear(msc, phone) is Kind.REGISTERED
                live += by not in groups
                await judged(both, live)
                await asyncio.sleep(0.002)  # so that no two have one time
            await both.network.stop()
            await judged(both, len(HEARD))
            await found(both, expected)

    asyncio.run(scene(tmp_path / "at once"))
    asyncio.run(scene(tmp_path / "half", "RVCD B"))
    asyncio.run(scene(tmp_path / "groups", "RVCD A", "RVCD B"))


def test_an_rvcd_dies_in_mid_traffic_and_no_regnot_is_lost_or_counted_twice(
    tmp_path: Path,
) -> None:
    scenario = load_scenario("fig1")
    phones = [Phone(f"614555{number:04d}", 0x8200_0000 + number) for number in range(3000, 3040)]
    subscribers = tuple(
        scenario.subscribers[0].model_copy(update={"min": phone.min, "esn": phone.esn})
        for phone in phones
    )
    scenario = scenario.model_copy(update={"subscribers": subscribers})

    async def scene() -> None:
        async with beside(tmp_path, scenario, Transport.TALI) as both:
            heard = [asyncio.create_task(both.hear("MSC A", phone)) for phone in phones[:20]]
            await asyncio.sleep(0.01)
            await both.network.do(Stopped("RVCD A"))
            heard += [asyncio.create_task(both.hear("MSC A", phone)) for phone in phones[20:]]
            assert set(await asyncio.gather(*heard)) == {Kind.REGISTERED}
            counts = both.counts
            await until(
                lambda: both.app.judge.registrations - counts()["duplicates"] == len(phones)
            )
            await found(both, [])

    asyncio.run(scene())


@pytest.mark.parametrize("transport", Transport)
def test_mscs_without_an_rvcd_are_answered_as_the_hlr_says(
    tmp_path: Path, transport: Transport
) -> None:
    async def scene() -> None:
        async with beside(tmp_path, load_scenario("direct"), transport) as both:
            assert await both.hear("MSC A", OWNER) is Kind.REGISTERED
            assert await both.hear("MSC B", STRANGER) is Kind.DENIED
            assert await both.hear("MSC B", OWNER) is Kind.REGISTERED
            await judged(both, 3)
            await found(both, [(OWNER.min, "MSC A", "MSC B")])

    asyncio.run(scene())


@pytest.mark.parametrize("transport", Transport)
def test_a_relay_overhears_what_mscs_tell_their_rvcds_and_changes_no_octet(
    tmp_path: Path, transport: Transport
) -> None:
    scenario = load_scenario("fig6").model_copy(update={"transport": transport})

    async def scene() -> None:
        async with (
            wiretaps() as taps,
            beside(tmp_path, scenario, transport, relay=True, taps=taps) as both,
        ):
            assert await both.hear("MSC A", OWNER) is Kind.REGISTERED
            await judged(both, 1)
            assert await both.hear("MSC C", OWNER) is Kind.REGISTERED
            await judged(both, 2)
            await found(both, [(OWNER.min, "MSC A", "MSC C")])
            assert len(taps.of) == len(scenario.mscs)
            for ours, theirs in taps.of.values():
                assert all(way for connection in ours.heard for way in connection)
                await until(lambda: ours.heard == theirs.heard)  # noqa: B023  # it is this relay's

    asyncio.run(scene())
