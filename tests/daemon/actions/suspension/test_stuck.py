"""What is left since a fault of ours, and for how long."""

from __future__ import annotations

from clonewatch.actions.suspension.stuck import AGAIN_MS, NOTHING_LEFT, Due, Pile, Task
from clonewatch.store.apart import Fault
from stores import TEN

WHY = Fault("ValueError: so there", "Traceback")
DECIDE = Due(task=Task.DECIDE, id=5, case_id=5, at=TEN)
RESTORE = Due(task=Task.RESTORE, id=5, case_id=5, at=TEN)


def test_what_fails_is_news_once_and_left_until_it_is_done() -> None:
    pile = Pile()
    assert [each.due for each in pile.take({DECIDE: WHY, RESTORE: None}, TEN)] == [DECIDE]
    assert pile.take({DECIDE: WHY}, TEN) == []
    assert pile.left(TEN + 9 * AGAIN_MS) == {**NOTHING_LEFT, Task.DECIDE: {5: TEN}}
    assert pile.problems() == ["case 5 cannot be decided, by a fault of ours: ValueError: so there"]
    assert pile.take({DECIDE: None}, TEN) == []
    assert pile.left(TEN) == NOTHING_LEFT
    assert pile.problems() == []


def test_another_fault_is_news() -> None:
    pile = Pile()
    assert pile.take({DECIDE: WHY}, TEN)
    assert pile.take({DECIDE: Fault("KeyError: 'esn'", "")}, TEN)


def test_a_restoration_is_tried_again_and_told_once() -> None:
    pile = Pile()
    assert pile.take({RESTORE: WHY}, TEN)
    assert pile.left(TEN + AGAIN_MS - 1) == {**NOTHING_LEFT, Task.RESTORE: {5: TEN}}
    assert pile.left(TEN + AGAIN_MS) == NOTHING_LEFT
    assert pile.take({RESTORE: WHY}, TEN + AGAIN_MS) == []
    assert pile.left(TEN + AGAIN_MS)[Task.RESTORE] == {5: TEN}


def test_a_few_are_named_and_the_others_counted() -> None:
    pile = Pile()
    pile.take({Due(task=Task.DECIDE, id=at, case_id=at, at=TEN): WHY for at in range(9)}, TEN)
    pile.take({Due(task=Task.ALARM, id=0): WHY}, TEN)
    assert [each.split(" cannot")[0] for each in pile.problems()] == [
        "case 0",
        "case 1",
        "case 2",
        "and 7 more cases like these",
    ]


def test_what_people_took_in_hand_is_forgotten() -> None:
    pile = Pile()
    other = Due(task=Task.DECIDE, id=6, case_id=6, at=TEN)
    pile.take({DECIDE: WHY, other: WHY}, TEN)
    pile.forget_decided(pile.left(TEN), {6})
    assert pile.left(TEN)[Task.DECIDE] == {6: TEN}
