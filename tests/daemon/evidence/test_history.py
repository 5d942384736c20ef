"""What is known of one MSID."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from clonewatch.detector import Conflict
from clonewatch.evidence.history import NOTHING_KNOWN, History, Look, usual
from clonewatch.registrations import Batch
from fig4 import HOUR, MSC_A, MSC_B, MSC_C, registration

FIRST = registration(10 * HOUR, MSC_A)
SECOND = registration(11 * HOUR, MSC_C)
CONFLICT = Conflict(
    msid=FIRST.msid,
    first=FIRST,
    second=SECOND,
    elapsed_ms=HOUR,
    travel_time_ms=2 * HOUR,
    found_at=0,
)
BATCH = Batch.of([registration(9 * HOUR, MSC_B), SECOND, FIRST])


def test_before_is_before_the_first_conflict() -> None:
    assert History(registrations=BATCH).before(CONFLICT).time.tolist() == [9 * HOUR]  # type: ignore[union-attr]
    later = replace(CONFLICT, first=SECOND, second=registration(12 * HOUR))
    known = History(registrations=BATCH, conflicts=(CONFLICT,))
    assert known.before(later).time.tolist() == [9 * HOUR]  # type: ignore[union-attr]
    assert NOTHING_KNOWN.before(CONFLICT) is None


def test_before_ends_where_a_second_phone_shows() -> None:
    rows = [registration(at * HOUR, MSC_B) for at in range(6)]
    batch = Batch.of([*reversed(rows), FIRST, SECOND])
    known = History(registrations=batch)
    assert known.second_phone is None
    assert known.before(CONFLICT).time.tolist() == [at * HOUR for at in range(6)]  # type: ignore[union-attr]
    batch.terminal_type[:6] = [2, 33, 2, 2, 2, 2]  # at 4 o'clock, and another again at 5
    known = History(registrations=batch)
    assert known.second_phone == rows[4]
    assert known.before(CONFLICT).time.tolist() == [at * HOUR for at in range(4)]  # type: ignore[union-attr]
    assert known.first_conflict_at(CONFLICT) == FIRST.time
    assert NOTHING_KNOWN.second_phone is None


def test_a_look_is_found_by_time_place_and_esn() -> None:
    BATCH.terminal_type[1] = 33
    BATCH.system_capabilities[1] = 5
    BATCH.transaction_capability[1] = 0x4F01
    known = History(registrations=BATCH)
    assert known.look(SECOND) == Look(
        terminal_type=33, system_capabilities=5, transaction_capability=0x4F01
    )
    assert known.look(FIRST) == Look(
        terminal_type=0, system_capabilities=0, transaction_capability=0
    )
    assert known.look(replace(SECOND, esn=1)) is None
    assert known.look(replace(SECOND, mscid=1)) is None
    assert NOTHING_KNOWN.look(SECOND) is None


def test_a_look_at_the_conflicts_own_registrations_is_enough() -> None:
    look = Look(terminal_type=33, system_capabilities=0, transaction_capability=0)
    known = History(looks={SECOND: look})
    assert known.look(SECOND) == look
    assert known.look(FIRST) is None
    assert known.before(CONFLICT) is None


def test_usual_is_a_good_share_of_enough() -> None:
    assert usual(np.array([1, 1, 1, 1])) == set()
    assert usual(np.array([1, 1, 1, 1, 2])) == {1, 2}
    assert usual(np.array([1] * 5 + [2])) == {1}
