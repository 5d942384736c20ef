"""What there is to see: the last of each kind, in the scenario's time; and how it went."""

from __future__ import annotations

import asyncio
from typing import Final

from clonewatch.lab.network.board import SHOWN_MAX, Board, node_rows
from clonewatch.lab.network.network import Network, Outside
from clonewatch.lab.network.play import ready
from clonewatch.lab.nodes.happenings import Happening, Kind, Phone
from clonewatch.lab.scenario import Standing, load_scenario
from clonewatch.lab.timeline import Awaited, Heard, Started, Stopped, roamer_phone

OWNER: Final = Phone("6145551234", 0x82123456)
ROAMER: Final = roamer_phone(0)


def board() -> Board:
    return Board(load_scenario("fig6"))


def test_a_registration_is_a_line_in_the_scenarios_time() -> None:
    line = board().happened(Happening("MSC A", Kind.REGISTERED, OWNER), 2700.9)
    assert str(line) == "10:45:00  MSC A       registered   6145551234 82123456"


def test_the_hlrs_word_on_a_registration_is_left_out() -> None:
    one = board()
    assert one.happened(Happening("HLR", Kind.REGISTERED, OWNER), 0) is None
    assert one.happened(Happening("HLR", Kind.DENIED, OWNER), 0) is None
    assert one.happened(Happening("HLR", Kind.SUSPENDED, OWNER), 0) is not None
    assert one.counts == {Kind.SUSPENDED: 1}


def test_those_who_roam_get_no_lines_of_their_own_unless_something_is_wrong() -> None:
    one = board()
    assert one.happened(Happening("MSC A", Kind.REGISTERED, ROAMER), 0) is None
    assert one.happened(Happening("MSC A", Kind.CANCELLED, ROAMER), 0) is None
    assert one.happened(Happening("MSC A", Kind.DENIED, ROAMER), 0) is not None
    assert len(one.registrations) == len(one.events) == 1
    assert one.did(Heard("MSC A", ROAMER), 0) is None


def test_deeds_with_a_story_are_told() -> None:
    one = board()
    line = one.did(Heard("MSC C", OWNER, "a clone"), 60)
    assert line is not None
    assert (line.clock, line.what, line.detail) == ("10:01:00", "heard", "a clone")
    assert one.did(Stopped("RVCD A"), 0) is not None
    assert one.did(Started("RVCD A"), 0) is not None
    assert [each.what for each in one.events] == ["heard", "stopped", "started"]
    assert one.heard == 1


def test_what_is_waited_for_is_told() -> None:
    line = board().did(Awaited(OWNER, Standing.SUSPENDED), 60)
    assert str(line) == (
        "10:01:00  HLR         awaited      6145551234 82123456  nothing more until it is suspended"
    )


def test_only_the_last_are_kept() -> None:
    one = board()
    for number in range(SHOWN_MAX + 1):
        one.happened(Happening("MSC A", Kind.DENIED, OWNER, str(number)), 0)
    assert one.events[0].detail == "1"
    assert len(one.events) == SHOWN_MAX


def test_nodes_are_shown_with_what_they_hold_and_the_dead_as_dead() -> None:
    async def scene() -> None:
        one = board()
        network = Network(
            load_scenario("fig6"),
            Outside(),
            told=lambda happening: one.happened(happening, 0) and None,
            clock_ms=lambda: 0,
            speed=1,
        )
        await network.start()
        try:
            assert await ready(network, 20)
            await network.do(Heard("MSC A", OWNER))
            async with asyncio.timeout(20):
                while not one.counts[Kind.REGISTERED]:  # noqa: ASYNC110  # the nodes do it
                    await asyncio.sleep(0.005)
            await network.do(Stopped("MSC B"))
            assert one.numbers(network)["copies"] == 1
            rows = {row.name: row for row in node_rows(network)}
            assert rows["HLR"].holds == "0 out of service"
            assert rows["RVCD A"].holds == "1 copies"
            assert rows["MSC A"][1:] == ("1 of 1", 1, 1, 0, "1 phones")
            assert rows["MSC B"].links == "dead"
            await network.do(Stopped("RVCD A"))
            numbers = one.numbers(network)
            assert (numbers["registered"], numbers["copies"], numbers["denied"]) == (1, 1, 0)
        finally:
            await network.stop()

    asyncio.run(scene())
