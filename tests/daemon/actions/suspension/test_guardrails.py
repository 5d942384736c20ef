"""Every guard rail holds by itself, and says on the case why: what `cases show` has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from clonewatch.actions.suspension import standing, switch
from clonewatch.actions.suspension.deciding import CHECKS, Reason
from clonewatch.actions.suspension.rules import Mode, Rules
from clonewatch.actions.suspension.switch import Position, Switch
from clonewatch.cases import showing
from clonewatch.cli.cases import lines_of
from clonewatch.registrations import Flags
from stores import DAY, HOUR, MIN, MINUTE, TEN, conflict, desk
from stores import Desk as Stored
from suspensions import LOOSE, box, consequences, decide_due, send

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def last_line(it: Stored, case_id: int = 1) -> str:
    """The last line of the history in `cases show`, without its time."""
    case = showing.shown(it.connection, case_id)
    assert case is not None
    lines = list(lines_of(case))
    begins = lines.index("history") + 1
    return lines[begins + len(case["history"]) - 1].split("Z  ", 1)[1]


def nothing(_: Stored) -> None:
    """A scene without anything further."""


def turned(what: Switch) -> Callable[[Stored], None]:
    def scene(it: Stored) -> None:
        switch.turn(it.connection, Position(what=what, who="ann", note="odd"))

    return scene


def restored_by_hand(it: Stored) -> None:
    standing.put(it.connection, [1], by_hand=True)


def held(it: Stored) -> None:
    it.connection.exec_driver_sql(
        "UPDATE clone_records SET second_flags = ?", (int(Flags.CLOCK_SUSPECT),)
    )


def closed(it: Stored) -> None:
    it.connection.exec_driver_sql("UPDATE cases SET state = 'dismissed'")


def two_phones(it: Stored) -> None:
    it.connection.exec_driver_sql("UPDATE clone_records SET second_esn = 1")


def others_suspended(it: Stored) -> None:
    """Two others, within the hour."""
    it.found(conflict(MIN + 1), conflict(MIN + 2))
    standing.put(it.connection, [1], look_at=None)
    decide_due(it)
    assert len(box(it)) == 2
    standing.put(it.connection, [1], look_at=it.now_ms)


def others_in_conflict(it: Stored) -> None:
    it.found(conflict(MIN + 1), conflict(MIN + 2))
    standing.put(it.connection, [2, 3], look_at=None)


EXEMPT: Final = replace(LOOSE, exempt_until={MIN: TEN + DAY})
SCENES: Final[Mapping[Reason, tuple[Rules, Callable[[Stored], None], str]]] = {
    Reason.EXEMPT: (EXEMPT, nothing, "exempt until 2026-11-23T10:00:00.000Z"),
    Reason.RESTORED: (
        LOOSE,
        restored_by_hand,
        "an operator restored it: another suspension is an operator's",
    ),
    Reason.HELD: (
        LOOSE,
        held,
        "all 1 conflicts are held by uncertain times or clocks, or came too late",
    ),
    Reason.TOO_FEW: (replace(LOOSE, conflicts_min=2), nothing, "1 of 2 conflicts"),
    Reason.TOO_UNSURE: (replace(LOOSE, confidence_min=0.99), nothing, "confidence 0."),
    Reason.SETTLING: (
        replace(LOOSE, settle_ms=45 * MINUTE),
        nothing,
        "until 2026-11-22T11:45:00.000Z something may come that acquits the subscriber",
    ),
    Reason.ESN_UNCLEAR: (
        LOOSE,
        two_phones,
        "several ESNs, and none judged to be the clone's: say which with `cases suspend --esn`",
    ),
    Reason.PAUSED: (LOOSE, turned(Switch.PAUSED), "suspension is paused"),
    Reason.TRIPPED: (LOOSE, turned(Switch.TRIPPED), "the breaker stopped suspension by itself"),
    Reason.HOUR_FULL: (
        replace(LOOSE, per_hour_max=2),
        others_suspended,
        "2 suspensions within the last hour, and 2 are allowed",
    ),
    Reason.DAY_FULL: (
        replace(LOOSE, per_day_max=2),
        others_suspended,
        "2 suspensions within the last day, and 2 are allowed",
    ),
    Reason.BREAKER: (
        replace(LOOSE, breaker_subscribers=2),
        others_in_conflict,
        (
            "3 subscribers came into conflict within an hour; 0.0 are usual, and beyond 2 something "
            "else than clones is the matter"
        ),
    ),
    Reason.TEST: (
        replace(LOOSE, sends=False),
        nothing,
        "ESN 82123456: in mode active it would be suspended",
    ),
    Reason.PROPOSED: (
        replace(LOOSE, mode=Mode.PROPOSE),
        nothing,
        "ESN 82123456: say yes with `cases suspend`",
    ),
}
TOLD: Final = {Reason.TEST: "would be suspended", Reason.PROPOSED: "suspension proposed"}


@pytest.mark.parametrize("reason", SCENES)
def test_each_holds_and_says_why(reason: Reason) -> None:
    rules, scene, words = SCENES[reason]
    with desk(consequences(rules)) as it:
        it.found(conflict())
        scene(it)
        before = len(box(it))
        decide_due(it)
        assert len(box(it)) == before
        told = TOLD.get(reason, "not suspended")
        assert last_line(it).startswith(f"clonewatch  {told}, open: {reason}: {words}")


@pytest.mark.parametrize("scene", [nothing, others_suspended, others_in_conflict])
def test_by_other_rules_the_same_scenes_suspend(scene: Callable[[Stored], None]) -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        scene(it)
        decide_due(it)
        assert last_line(it).startswith("clonewatch  suspension asked, open: ESN 82123456")


def test_a_case_that_is_over_is_not_decided() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        closed(it)
        decide_due(it)
        assert box(it) == []
        assert standing.of(it.connection, 1)["verdict"] == str(Reason.NOT_OPEN)


def test_every_guard_rail_has_its_scene() -> None:
    assert {check.reason for check in CHECKS} == {*SCENES, Reason.NOT_OPEN}


def test_what_has_settled_goes_by_itself() -> None:
    with desk(consequences(SCENES[Reason.SETTLING][0])) as it:
        it.found(conflict())
        decide_due(it)
        it.now_ms += 45 * MINUTE - 1
        decide_due(it)
        assert box(it) == []
        it.now_ms += 1
        decide_due(it)
        assert box(it) == [("suspend", None, 0)]


def test_an_exemption_ends_with_its_day() -> None:
    with desk(consequences(EXEMPT)) as it:
        it.found(conflict())
        decide_due(it)
        it.now_ms = TEN + DAY - 1
        it.found(conflict(at=it.now_ms))
        decide_due(it)
        assert box(it) == []
        it.now_ms = TEN + DAY
        it.found(conflict(at=it.now_ms))
        decide_due(it)
        assert box(it) == [("suspend", None, 0)]


def test_a_day_full_has_room_again_a_day_later() -> None:
    with desk(consequences(SCENES[Reason.DAY_FULL][0])) as it:
        it.found(conflict())
        others_suspended(it)
        it.now_ms += DAY - 1
        it.found(conflict(at=it.now_ms))
        decide_due(it)
        assert len(box(it)) == 2
        it.now_ms += 1
        it.found(conflict(at=it.now_ms))
        decide_due(it)
        assert len(box(it)) == 3


def test_after_a_resumption_the_breaker_counts_anew_and_nobody_is_suspended_in_a_burst() -> None:
    with desk(consequences(replace(LOOSE, breaker_subscribers=2))) as it:
        it.found(*(conflict(MIN + number) for number in range(3)))
        decide_due(it)
        position = switch.position(it.connection)
        assert (position.what, position.who) == (Switch.TRIPPED, "clonewatch")
        it.now_ms += MINUTE
        it.found(conflict(at=it.now_ms))
        decide_due(it)
        assert last_line(it).startswith("clonewatch  not suspended, open: tripped")
        switch.turn(it.connection, Position(what=Switch.ON, at=it.now_ms + 1, who="ann"))
        it.now_ms += MINUTE
        decide_due(it)
        assert box(it) == []
        it.found(conflict(at=it.now_ms))
        decide_due(it)
        assert box(it) == [("suspend", None, 0)]


def test_conflicts_on_suspect_travel_times_count_for_nothing() -> None:
    with desk(consequences()) as it:
        it.consequences.policy = replace(it.consequences.policy, suspect_msids=3)
        it.found(*(conflict(MIN + number) for number in range(2)))
        decide_due(it)
        assert len(box(it)) == 2
        it.found(conflict(MIN + 2))
        decide_due(it)
        assert box(it) == [("suspend", "cancelled", 0)] * 2
        assert last_line(it, 2).startswith("clonewatch  suspension cancelled, closed: the case is")
        assert "acquitted" in it.history(1)


def test_a_suspension_ends_by_itself_where_that_is_configured() -> None:
    with desk(consequences(replace(LOOSE, restore_after_ms=6 * HOUR))) as it:
        it.found(conflict())
        decide_due(it)
        assert send(it)
        it.now_ms += 6 * HOUR
        decide_due(it)
        assert last_line(it) == "clonewatch  restoration asked, suspended: its time is over"
        assert send(it)
        assert last_line(it) == "clonewatch  restored, restored: by the HLR, with ESN 82123456"
