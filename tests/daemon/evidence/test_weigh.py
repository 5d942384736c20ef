"""Marks of one conflict, and what they come to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.clocks.offsets import Clocks, Offset
from clonewatch.detector import Conflict
from clonewatch.evidence.findings import Evidence, Side, confidence_of
from clonewatch.evidence.history import History
from clonewatch.evidence.marks import TABLE, Mark
from clonewatch.evidence.network import Network
from clonewatch.evidence.weigh import weigh
from clonewatch.registrations import Batch, Flags, Registration
from fig4 import HOUR, MINUTE, MSC_A, MSC_B, MSC_C, MSC_D, MSC_E, registration

TRAVEL = 100 * MINUTE


def conflict(minutes: float = 20, at: int = 0, first: int = MSC_A, second: int = MSC_C) -> Conflict:
    elapsed_ms = int(minutes * MINUTE)
    return Conflict(
        msid=6145551234,
        first=registration(at, first, flags=0),
        second=registration(at + elapsed_ms, second, flags=0),
        elapsed_ms=elapsed_ms,
        travel_time_ms=TRAVEL,
        found_at=at + elapsed_ms,
    )


def flagged(**flags: Flags) -> Conflict:
    plain = conflict()
    sides = {name: replace(getattr(plain, name), flags=value) for name, value in flags.items()}
    return replace(plain, **sides)


def marks(evidence: Evidence) -> list[Mark]:
    return [each.mark for each in evidence.found]


@pytest.mark.parametrize(
    ("minutes", "mark"),
    [
        (0, Mark.FAR_TOO_SOON),
        (49.9, Mark.FAR_TOO_SOON),
        (50, Mark.TOO_SOON),
        (89.9, Mark.TOO_SOON),
        (90, Mark.BARELY_TOO_SOON),
        (99.9, Mark.BARELY_TOO_SOON),
    ],
)
def test_how_impossible_it_is(minutes: float, mark: Mark) -> None:
    evidence = weigh(conflict(minutes))
    assert marks(evidence) == [mark]
    assert evidence.confidence == pytest.approx(confidence_of(TABLE[mark].is_clone))
    assert evidence.clone is Side.UNKNOWN


def test_a_table_that_was_changed_to_0_since_is_no_fault() -> None:
    assert marks(weigh(replace(conflict(), travel_time_ms=0))) == [Mark.BARELY_TOO_SOON]


def test_two_esns_and_a_pseudo_esn() -> None:
    plain = conflict()
    two = replace(plain, second=replace(plain.second, esn=1))
    assert marks(weigh(two)) == [Mark.FAR_TOO_SOON, Mark.ESN_DIFFERS]
    pseudo = replace(two, second=replace(two.second, esn=0x80000001, flags=Flags.PSEUDO_ESN))
    assert marks(weigh(pseudo))[1:] == [Mark.ESN_DIFFERS, Mark.PSEUDO_ESN]


def looked_up(found: Conflict, **columns: tuple[int, int]) -> History:
    batch = Batch.of([found.first, found.second])
    for name, values in columns.items():
        getattr(batch, name)[:] = values
    return History(registrations=batch)


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"terminal_type": (2, 33)}, [Mark.TERMINAL_TYPE_DIFFERS]),
        ({"terminal_type": (0, 33)}, []),
        ({"terminal_type": (33, 33)}, []),
        ({"system_capabilities": (1, 3)}, [Mark.CAPABILITIES_DIFFER]),
        ({"transaction_capability": (1, 3)}, [Mark.CAPABILITIES_DIFFER]),
        (
            {"system_capabilities": (1, 3), "transaction_capability": (1, 3)},
            [Mark.CAPABILITIES_DIFFER],
        ),
        ({"system_capabilities": (0, 3)}, []),
    ],
)
def test_two_models_of_phone(columns: dict[str, tuple[int, int]], found: list[Mark]) -> None:
    plain = conflict()
    assert marks(weigh(plain, looked_up(plain, **columns)))[1:] == found


def test_conflicts_before_it_add_up() -> None:
    one = conflict()
    again = conflict(at=2 * HOUR)
    assert marks(weigh(again, History(conflicts=(one,))))[1:] == [Mark.CONFLICTS_REPEATED]
    soon = conflict(at=HOUR // 2)
    assert marks(weigh(soon, History(conflicts=(one,))))[1:] == []
    many = (one, conflict(), conflict(first=MSC_B), conflict(second=MSC_D))
    assert marks(weigh(again, History(conflicts=many)))[1:] == [
        Mark.CONFLICTS_REPEATED,
        Mark.CONFLICTS_MANY,
        Mark.MSCS_MANY,
    ]


def test_ping_pong_is_a_b_a_b() -> None:
    there, back = conflict(), conflict(first=MSC_C, second=MSC_A)
    assert Mark.PING_PONG in marks(weigh(there, History(conflicts=(there, back))))
    assert Mark.PING_PONG not in marks(weigh(back, History(conflicts=(there,))))
    elsewhere = conflict(first=MSC_C, second=MSC_E)
    assert Mark.PING_PONG not in marks(weigh(there, History(conflicts=(there, elsewhere))))
    assert Mark.PING_PONG not in marks(weigh(there, History(conflicts=(back, back))))


def test_border_cells_weaken_it() -> None:
    evidence = weigh(flagged(first=Flags.BORDER_CELL_ACCESS, second=Flags.BORDER_CELL_ACCESS))
    assert marks(evidence)[1:] == [Mark.BORDER_CELL, Mark.BORDER_CELL]
    assert evidence.confidence < weigh(conflict()).confidence
    assert evidence.holds == ()


@pytest.mark.parametrize(
    ("flag", "mark"),
    [
        (Flags.TIME_UNCERTAIN, Mark.TIME_UNCERTAIN),
        (Flags.CLOCK_SUSPECT, Mark.TIME_UNCERTAIN),
        (Flags.TIME_UNCERTAIN | Flags.CLOCK_SUSPECT, Mark.TIME_UNCERTAIN),
        (Flags.LATE, Mark.CAME_LATE),
    ],
)
def test_flags_weaken_it_and_hold_suspension(flag: Flags, mark: Mark) -> None:
    evidence = weigh(flagged(second=flag))
    assert evidence.holds == (mark,)
    assert evidence.found[-1].side is Side.SECOND
    assert evidence.confidence < weigh(conflict()).confidence


def clocks(**ahead_s: int) -> Network:
    indices = {"a": MSC_A, "c": MSC_C}
    offsets = {
        indices[name]: Offset(ahead_ms=ahead * 1000, either_way_ms=0, subscribers=30)
        for name, ahead in ahead_s.items()
    }
    return Network(clocks=Clocks(mscs=offsets))


def test_a_clock_that_accounts_for_it_speaks_against() -> None:
    barely = conflict(95)
    assert marks(weigh(barely, network=clocks(c=-100))) == [Mark.BARELY_TOO_SOON]
    evidence = weigh(barely, network=clocks(a=60, c=-240))
    assert marks(evidence) == [Mark.BARELY_TOO_SOON, Mark.CLOCK_EXPLAINS, Mark.CLOCK_RUNAWAY]
    assert evidence.holds == (Mark.CLOCK_RUNAWAY,)
    assert evidence.confidence < 0.01


def test_a_clock_may_turn_the_order_round() -> None:
    evidence = weigh(conflict(10), network=clocks(c=120 * 60))
    assert Mark.CLOCK_EXPLAINS in marks(evidence)


def test_a_clock_that_does_not_account_for_it_still_holds() -> None:
    evidence = weigh(conflict(10), network=clocks(c=-300))
    assert marks(evidence)[1:] == [Mark.CLOCK_RUNAWAY]
    assert evidence.holds == (Mark.CLOCK_RUNAWAY,)


registrations = st.builds(
    Registration,
    time=st.integers(0, 10 * HOUR),
    msid=st.just(1),
    esn=st.integers(0, 3),
    msc=st.integers(0, 4),
    mscid=st.integers(0, 4),
    flags=st.integers(0, 255).map(Flags),
)


@given(registrations, registrations, st.lists(registrations, max_size=12), st.data())
def test_any_conflict_is_weighed_and_the_parts_add_up(
    first: Registration, second: Registration, others: list[Registration], data: st.DataObject
) -> None:
    any_conflict = Conflict(
        msid=1,
        first=first,
        second=second,
        elapsed_ms=data.draw(st.integers(0, HOUR)),
        travel_time_ms=data.draw(st.integers(0, HOUR)),
        found_at=0,
    )
    batch = Batch.of([*others, first, second])
    rng = np.random.default_rng(data.draw(st.integers(0, 9)))
    batch.terminal_type[:] = rng.integers(0, 3, len(batch))
    batch.system_capabilities[:] = rng.integers(0, 3, len(batch))
    history = History(conflicts=(any_conflict,) * data.draw(st.integers(0, 6)), registrations=batch)
    evidence = weigh(any_conflict, history, clocks(a=300))
    assert 0 <= evidence.confidence <= 1
    assert evidence.confidence == pytest.approx(
        confidence_of(sum(each.is_clone for each in evidence.found))
    )
    assert bool(evidence.reasons) == (evidence.clone is not Side.UNKNOWN)
    assert evidence.as_record()["found"]
