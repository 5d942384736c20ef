"""What there is to do."""

from __future__ import annotations

from dataclasses import replace

from clonewatch.actions.suspension import plan
from clonewatch.actions.suspension.rules import UNSENT_MS
from is41.tcap.dialogues import TimedOut
from stores import MIN, MINUTE, conflict, desk
from suspensions import LOOSE, consequences, decide_due, send


def test_a_case_that_changed_is_due() -> None:
    with desk(consequences(replace(LOOSE, settle_ms=45 * MINUTE))) as it:
        assert plan.read(it.connection, LOOSE, it.now_ms) == plan.Plan(ready=[])
        it.found(conflict())
        assert plan.read(it.connection, LOOSE, it.now_ms).is_due
        decide_due(it)
        settling = plan.read(it.connection, LOOSE, it.now_ms)
        assert (settling.is_due, settling.next_at) == (False, it.now_ms + 45 * MINUTE)


def test_what_waits_is_ready_tried_again_and_given_up() -> None:
    with desk(consequences()) as it:
        it.found(conflict())
        decide_due(it)
        asked = plan.read(it.connection, LOOSE, it.now_ms)
        assert (len(asked.ready), asked.waiting, asked.is_due) == (1, 1, False)
        (item,) = asked.ready
        assert plan.read(it.connection, LOOSE, it.now_ms, {item.id}).ready == []
        send(it, TimedOut())
        again = plan.read(it.connection, LOOSE, it.now_ms)
        assert (again.ready, again.next_at) == ([], it.now_ms + 1000)
        assert again.reason == "nothing in time"
        assert plan.read(it.connection, LOOSE, it.now_ms + UNSENT_MS).is_due
        assert not plan.read(it.connection, LOOSE, it.now_ms + UNSENT_MS, {item.id}).is_due
        it.now_ms += 1000
        send(it)
        assert plan.read(it.connection, LOOSE, it.now_ms).suspended == {MIN}
