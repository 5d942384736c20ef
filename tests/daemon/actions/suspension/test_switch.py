"""The kill switch."""

from __future__ import annotations

from clonewatch.actions.suspension import switch
from clonewatch.actions.suspension.switch import UNTOUCHED, Position, Switch
from clonewatch.store.database import in_memory


def test_its_last_turn_is_how_it_stands() -> None:
    with in_memory() as connection:
        assert switch.position(connection) == UNTOUCHED
        for at, what in enumerate((Switch.PAUSED, Switch.ON, Switch.TRIPPED)):
            position = Position(what=what, at=at, who="ann", note="why")
            switch.turn(connection, position)
            assert switch.position(connection) == position
        assert str(position) == "tripped by ann: why"
        assert str(UNTOUCHED) == "on"


def test_a_pause_holds_all_and_the_breaker_what_nobody_ordered() -> None:
    holds = {
        (what, automatic): Position(what=what).holds(automatic=automatic)
        for what in Switch
        for automatic in (False, True)
    }
    assert {key for key, held in holds.items() if held} == {
        (Switch.PAUSED, False),
        (Switch.PAUSED, True),
        (Switch.TRIPPED, True),
    }
