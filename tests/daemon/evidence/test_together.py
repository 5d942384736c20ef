"""All conflicts of some records, weighed."""

from __future__ import annotations

import itertools
from dataclasses import replace

from clonewatch.detector import Conflict
from clonewatch.evidence.findings import Side
from clonewatch.evidence.history import History
from clonewatch.evidence.marks import Mark
from clonewatch.evidence.network import Network
from clonewatch.evidence.together import standing, weigh_together
from clonewatch.evidence.weigh import weigh
from clonewatch.registrations import Batch, Registration
from fig4 import HOUR, MINUTE, MSC_A, MSC_C, TRAVEL_MS, registration


def conflict(first: Registration, second: Registration) -> Conflict:
    return Conflict(
        msid=first.msid,
        first=first,
        second=second,
        elapsed_ms=second.time - first.time,
        travel_time_ms=80 * MINUTE,
        found_at=second.time,
    )


BEFORE = [registration(at * HOUR, MSC_A) for at in range(6)]
CHAIN = [registration(10 * HOUR + at * 20 * MINUTE, (MSC_A, MSC_C)[at % 2]) for at in range(6)]
FOUND = [conflict(*pair) for pair in itertools.pairwise(CHAIN)]
OTHERS = [registration(at * HOUR, MSC_C, msid=7) for at in range(9)]
NETWORK = Network(travel_ms=TRAVEL_MS)


def test_each_is_weighed_by_what_was_known_by_then() -> None:
    batches = [Batch.of([*OTHERS, *CHAIN]), Batch.of(BEFORE)]
    weighed = list(weigh_together(FOUND, batches, NETWORK))
    assert [each for each, _ in weighed] == FOUND
    for at, (each, evidence) in enumerate(weighed):
        known = Batch.of([*BEFORE, *CHAIN[: at + 2]])
        history = History(conflicts=tuple(FOUND[:at]), registrations=known)
        assert evidence == weigh(each, history, NETWORK)
    assert weighed[0][1].clone is Side.SECOND
    assert Mark.PING_PONG in {found.mark for found in weighed[-1][1].found}


def test_nothing_found_reads_nothing_into_it() -> None:
    assert list(weigh_together([], [Batch.of(OTHERS)], NETWORK)) == []


def test_what_was_superseded_does_not_stand() -> None:
    again = replace(FOUND[1], superseded=True)
    assert standing([*FOUND, again]) == [FOUND[0], *FOUND[2:]]
    assert standing([FOUND[1], again, FOUND[1]]) == [FOUND[1]]
