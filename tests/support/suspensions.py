"""Suspension to test with: rules that let everything through, an HLR that says what a test says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.actions.consequences import Consequences
from clonewatch.actions.suspension import items
from clonewatch.actions.suspension.desk import Desk
from clonewatch.actions.suspension.rules import Mode, Rules
from clonewatch.actions.suspension.sending import Sending
from clonewatch.cases.case import events_of
from clonewatch.store.tables import outbox
from is41.tcap.dialogues import Outcome, Succeeded
from stores import WORDS
from stores import Desk as Stored

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import Connection

    from is41.tcap.messages import Invoke

LOOSE: Final = Rules(mode=Mode.AUTO, hlr="hlr", settle_ms=0, conflicts_min=1, confidence_min=0.0)
YES: Final = Succeeded(None)


def consequences(rules: Rules = LOOSE) -> Consequences:
    """What follows from conflicts, by *rules*."""
    return Consequences(words=WORDS, outputs=("log",), suspension=rules)


def decide_due(it: Stored, flying: Collection[int] = ()) -> None:
    """Do at the desk what is due."""
    do_due(it.consequences, it.connection, it.now_ms, flying)


def do_due(
    follows: Consequences, connection: Connection, now_ms: int, flying: Collection[int] = ()
) -> None:
    """Do what is due at the desk of *follows*."""
    it = Desk(follows)
    results = it.decide_due(connection, now_ms) | it.end_due(connection, now_ms, flying)
    assert set(results.values()) <= {None}


def send(it: Stored, answer: Outcome = YES) -> bool:
    """Try the oldest item, and let the HLR answer so; whether it was sent."""
    sending = Sending(it.consequences)
    (item, *_) = items.oldest(it.connection, 9)
    if sending.begin(it.connection, item.id, it.now_ms) is None:
        return False
    sending.ended(it.connection, item.id, answer, it.now_ms, 1000)
    return True


def history_of(it: Stored, case_id: int = 1) -> list[str]:
    """What the audit trail says was done, with the notes."""
    return [f"{each['what']}: {each['note']}" for each in events_of(it.connection, case_id)]


def box(it: Stored) -> list[tuple[str, str | None, int]]:
    """What is told to the HLR, its outcome, and how often it was tried."""
    where = outbox.c.output == items.OUTPUT
    rows = it.connection.execute(outbox.select().where(where).order_by(outbox.c.id)).mappings()
    return [(row["payload"]["change"], row["outcome"], row["attempts"]) for row in rows]


class FakeHlr:
    """Answers what a test says; without an answer it keeps the question."""

    def __init__(self, *answers: Outcome, is_open: bool = True) -> None:
        self.is_open = is_open
        self.answers = list(answers)
        self.asked: list[Invoke] = []
        self.waiting: list[Callable[[Outcome], None]] = []
        self.waiting_late: list[Callable[[Outcome], None]] = []
        self.changed: Callable[[], None] = lambda: None

    def ask(
        self,
        invoke: Invoke,
        told: Callable[[Outcome], None],
        told_late: Callable[[Outcome], None] | None = None,
    ) -> bool:
        if not self.is_open:
            return False
        self.asked.append(invoke)
        if self.answers:
            told(self.answers.pop(0))
        else:
            self.waiting.append(told)
            if told_late is not None:
                self.waiting_late.append(told_late)
        return True
