"""A scenario's deeds come in order, and those who roam are honest."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from clonewatch.lab.nodes.happenings import Phone
from clonewatch.lab.scenario import Roaming, Standing, load_scenario
from clonewatch.lab.timeline import (
    Awaited,
    Deed,
    Heard,
    Started,
    Stopped,
    Timeline,
    roamer_phone,
)

if TYPE_CHECKING:
    from clonewatch.lab.scenario import Scenario


def alone(name: str) -> Scenario:
    return load_scenario(name).model_copy(update={"roaming": Roaming()})


def all_of(timeline: Timeline, until: float) -> list[tuple[float, Deed]]:
    found = []
    while (at := timeline.next_at()) is not None and at <= until:
        found += [(at, deed) for deed in timeline.due(at)]
    return found


def test_steps_come_at_their_times() -> None:
    timeline = Timeline(alone("fig6"))
    assert timeline.next_at() == 0.0
    (first,) = timeline.due(0.0)
    assert first == Heard("MSC A", Phone("6145551234", 0x82123456), "MIN X, its owner, at MSC A")
    times = [at for at, _ in all_of(timeline, 1e6)]
    assert times == [60, 60, 60, 120, 420, 2700, 5160, 6960, 7560]
    assert timeline.next_at() is None


def test_what_is_overdue_comes_all_at_once_in_order() -> None:
    deeds = Timeline(alone("fig6")).due(1e6)
    assert [deed.msc for deed in deeds if isinstance(deed, Heard)] == [
        *["MSC A"] * 5,
        "MSC B",
        *["MSC C"] * 2,
        *["MSC D"] * 2,
    ]


def test_nodes_die_and_come_back() -> None:
    deeds = [deed for _, deed in all_of(Timeline(alone("fig1")), 1e6)]
    assert [type(deed) for deed in deeds] == [Heard, Heard, Stopped, Heard, Started]


def test_what_the_hlr_does_is_waited_for_in_its_place() -> None:
    deeds = [deed for _, deed in all_of(Timeline(alone("suspension")), 1e6)]
    waits = [at for at, deed in enumerate(deeds) if isinstance(deed, Awaited)]
    assert waits == [5, 9]
    first, second = (deeds[at] for at in waits)
    assert isinstance(first, Awaited)
    assert isinstance(second, Awaited)
    assert first.phone == second.phone == Phone("6145551234", 0x82123456)
    assert (first.standing, second.standing) == (Standing.SUSPENDED, Standing.RESTORED)


def test_those_who_roam_move_only_where_mscs_touch() -> None:
    scenario = load_scenario("fig1")
    names = [msc.name for msc in scenario.mscs]
    where: dict[Phone, list[str]] = {}
    for _, deed in all_of(Timeline(scenario), 6 * 3600):
        if isinstance(deed, Heard) and not deed.shows:
            where.setdefault(deed.phone, []).append(deed.msc)
    assert len(where) == scenario.roaming.subscribers
    moves = [pair for heard in where.values() for pair in pairwise(heard)]
    assert all(scenario.travel[names.index(a)][names.index(b)] == 0 for a, b in moves)
    moved = sum(a != b for a, b in moves)
    assert 0 < moved < len(moves) / 2


def test_roaming_is_the_same_again() -> None:
    scenario = load_scenario("fig1")
    first, second = (all_of(Timeline(scenario), 3600) for _ in range(2))
    assert first == second


def test_roamers_have_555_numbers() -> None:
    phones = [roamer_phone(number) for number in (0, 9_999, 10_000, 99_999)]
    assert [phone.min for phone in phones] == [
        "7005550000",
        "7005559999",
        "7015550000",
        "7095559999",
    ]
