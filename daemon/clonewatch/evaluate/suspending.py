"""Suspension tried on a trial: who is taken out of service, by an HLR that obeys at once.

All of it is the daemon's own: the store's transaction, suspect travel times, cases, the desk that
decides, and what is written around each directive. Only the store is in memory, and the clock is
the trial's, in steps.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.actions.consequences import Consequences
from clonewatch.actions.suspension import plan
from clonewatch.actions.suspension.desk import Desk
from clonewatch.actions.suspension.items import Order
from clonewatch.actions.suspension.rules import Mode, Rules
from clonewatch.actions.suspension.sending import Sending
from clonewatch.actions.suspension.stuck import Stuck
from clonewatch.cases import suspects
from clonewatch.clonerecords import CloneRecords
from clonewatch.recordfile.keys import Kept, Key, Row, key_of
from clonewatch.store.database import in_memory
from clonewatch.store.following import store
from is41.tcap.dialogues import Succeeded

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

    from clonewatch.detector import Conflict
    from clonewatch.evidence.network import Network
    from clonewatch.mscs import Mscs
    from clonewatch.recordfile.keys import Find
    from clonewatch.registrations import Batch, Registration

STEP_MS: Final = 900_000  # in which time goes: a third of what a conflict settles, at least
SOURCES: Final = ("trial",) * 256  # a source is an octet
WITHOUT_BOUND: Final = 1_000_000


class Rails(StrEnum):
    """Guard rails that are tried; by themselves, without any operator."""

    DEFAULT = "default"
    BOUNDLESS = "boundless"  # no ceilings, no breaker: what evidence and doubts alone come to


RULES: Final = {
    Rails.DEFAULT: Rules(mode=Mode.AUTO, hlr="hlr"),
    Rails.BOUNDLESS: Rules(
        mode=Mode.AUTO,
        hlr="hlr",
        per_hour_max=WITHOUT_BOUND,
        per_day_max=WITHOUT_BOUND,
        breaker_subscribers=WITHOUT_BOUND,
    ),
}


def suspended(
    found: Sequence[Conflict], batch: Batch, mscs: Mscs, network: Network, rails: Rails
) -> dict[int, int]:
    """When each MSID was taken out of service, ms since 1970.

    *found*: everything that the detector told, in order of finding, superseded ones included;
    *batch*: the registrations that it was found in.
    """
    consequences = Consequences(
        words=CloneRecords(mscs, SOURCES),
        find=_finder(batch, {conflict.msid for conflict in found}),
        network=network,
        suspension=RULES[rails],
    )
    with in_memory() as connection:
        consequences.begin(connection)
        service = _Service(connection, consequences)
        for now_ms, some in groupby(found, lambda conflict: _step_after(conflict.found_at)):
            service.pass_time(now_ms)
            store(connection, list(some), consequences.words, consequences, now_ms)
        service.pass_time(None)
        return service.suspended


class _Service:
    """What the daemon does between transactions."""

    def __init__(self, connection: Connection, consequences: Consequences) -> None:
        self.suspended: dict[int, int] = {}  # MSID -> when
        self._connection = connection
        self._consequences = consequences
        self._desk = Desk(consequences)
        self._sending = Sending(consequences)
        self._now_ms = 0

    def pass_time(self, until_ms: int | None) -> None:
        """Do what becomes due before then; None: until nothing more will."""
        next_at = self._act()
        while next_at is not None and (until_ms is None or _step_after(next_at) < until_ms):
            self._now_ms = _step_after(next_at)
            next_at = self._act()
        if until_ms is not None:
            self._now_ms = until_ms
            policy = self._consequences.policy
            self._consequences.end_suspicion(
                self._connection, until_ms, lambda to: suspects.expire(to, until_ms, policy)
            )

    def _act(self) -> int | None:
        """Do what is due; when there is more, ms since 1970."""
        while True:
            stands = plan.read(self._connection, self._consequences.suspension, self._now_ms)
            if stands.is_due:
                self._do_due()
            elif stands.ready:
                for item in stands.ready:
                    self._sending.begin(self._connection, item.id, self._now_ms)
                    answer = Succeeded(None)
                    self._sending.ended(self._connection, item.id, answer, self._now_ms, 0)
                    self.suspended.setdefault(Order.of(item.payload).msid, self._now_ms)
            else:
                return stands.next_at

    def _do_due(self) -> None:
        """Decide, restore and give up; a fault of ours would spoil what is measured."""
        decided = self._desk.decide_due(self._connection, self._now_ms)
        ended = self._desk.end_due(self._connection, self._now_ms, ())
        for due, fault in (decided | ended).items():
            if fault is not None:
                raise RuntimeError(str(Stuck(due, fault)))


def _finder(batch: Batch, msids: set[int]) -> Find:
    """What finds registrations of *msids*, as the record file does."""
    rows = np.flatnonzero(np.isin(batch.msid, np.array(sorted(msids), np.uint64)))
    columns = (
        getattr(batch, name)[rows].tolist()
        for name in (
            *Key._fields,
            "terminal_type",
            "system_capabilities",
            "transaction_capability",
        )
    )
    kept = {
        Key(*cells[:4]): Kept(row=Row(sequence, *cells[4:]), message=None)
        for sequence, *cells in zip(rows.tolist(), *columns, strict=True)
    }

    def find(wanted: Collection[Registration]) -> Mapping[Key, Kept]:
        keys = {key_of(each) for each in wanted}
        return {key: kept[key] for key in keys & kept.keys()}

    return find


def _step_after(time_ms: int) -> int:
    """When the step ends in which something happens."""
    return -(-time_ms // STEP_MS) * STEP_MS
