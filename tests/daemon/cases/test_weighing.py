"""Conflicts put to their cases."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from clonewatch.cases.life import State
from clonewatch.cases.policy import DAY_MS
from clonewatch.evidence.findings import Severity, severity_of
from clonewatch.messages import Message
from clonewatch.recordfile.keys import Kept, Row, key_of
from clonewatch.store.tables import clone_records
from is41.layers import Layer
from is41.map.codes import TerminalType
from stores import HOUR, MIN, MINUTE, TEN, Desk, conflict, desk, follower

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from clonewatch.actions.consequences import Consequences
    from clonewatch.cases.case import Case
    from clonewatch.recordfile.keys import Key
    from clonewatch.registrations import Registration


def test_conflicts_of_one_msid_are_one_case_with_one_alarm() -> None:
    with desk() as it:
        it.found(conflict(), conflict(at=TEN + HOUR, first="C", second="A"))
        it.found(conflict(at=TEN + 2 * HOUR), conflict(MIN + 1))
        one, other = it.cases()
        assert (one.msid, one.conflicts, one.state) == (MIN, 3, State.OPEN)
        assert (one.first_at, one.last_at) == (TEN + 45 * MINUTE, TEN + 2 * HOUR)
        assert one.seen == {
            "mscs": {"MSC A": 3, "MSC C": 3},
            "esns": {"82123456": 6},
            "terminal_types": {},
        }
        assert (other.msid, other.conflicts) == (MIN + 1, 1)
        assert [key for key, change, _ in it.told() if change == "raised"] == ["case-1", "case-2"]


def test_each_clone_record_has_its_case_and_its_evidence() -> None:
    with desk() as it:
        it.found(conflict(second_esn=0x82999999))
        (row,) = it.connection.execute(select(clone_records)).mappings()
        assert row["case_id"] == 1
        marks = [each["mark"] for each in row["evidence"]["found"]]
        assert marks == ["too_soon", "esn_differs"]
        assert it.cases()[0].confidence == row["confidence"]
        assert it.cases()[0].severity is severity_of(row["confidence"])


def test_earlier_conflicts_weigh_with_the_new_one() -> None:
    with desk() as it:
        it.found(conflict())
        it.found(conflict(at=TEN + 3 * HOUR), conflict(at=TEN + 6 * HOUR))
        rows = it.connection.execute(select(clone_records)).mappings()
        found = [{each["mark"] for each in row["evidence"]["found"]} for row in rows]
        assert "conflicts_repeated" not in found[0]
        assert "conflicts_repeated" in found[1]
        assert "conflicts_repeated" in found[2]


def test_the_same_conflict_again_changes_nothing() -> None:
    with desk() as it:
        it.found(conflict())
        before, told = it.cases(), it.told()
        it.found(conflict(), conflict())
        assert (it.cases(), it.told(), it.history()) == (before, told, ["conflict"])


def test_a_severity_that_rises_is_told_once() -> None:
    with desk() as it:
        it.found(conflict(took=79 * MINUTE))
        assert it.cases()[0].severity is Severity.WARNING
        it.found(conflict(at=TEN + 2 * HOUR, took=MINUTE, second_esn=1))
        it.found(conflict(at=TEN + 2 * HOUR + 1, took=79 * MINUTE))
        assert it.cases()[0].severity is Severity.CRITICAL
        assert it.history() == ["conflict", "severity"]
        assert it.told() == [
            ("case-1", "raised", "warning"),
            ("case-1", "changed", "critical"),
        ]


def test_a_superseded_conflict_acquits() -> None:
    with desk() as it:
        it.found(conflict())
        it.found(replace(conflict(), superseded=True))
        (case,) = it.cases()
        assert (case.state, case.conflicts) == (State.CLOSED, 0)
        assert it.told() == [("case-1", "raised", "minor"), ("case-1", "cleared", "cleared")]
        it.found(replace(conflict(), superseded=True), conflict())
        assert it.history() == ["conflict", "acquitted"]


def test_what_is_superseded_before_it_is_stored_is_no_case() -> None:
    with desk() as it:
        it.found(conflict(), replace(conflict(), superseded=True))
        assert it.cases() == []
        assert it.told() == []


def test_a_case_with_a_conflict_left_is_weighed_again() -> None:
    grave = conflict(at=TEN + 2 * HOUR, took=MINUTE, second_esn=1)
    with desk() as it:
        it.found(conflict(), grave)
        it.found(replace(grave, superseded=True))
        (case,) = it.cases()
        assert (case.state, case.conflicts, case.severity) == (State.OPEN, 1, Severity.MINOR)
        assert it.told()[-1] == ("case-1", "changed", "minor")
        assert it.history() == ["conflict", "severity", "superseded"]


def test_a_late_arrival_puts_another_conflict_in_the_place_of_one() -> None:
    with desk() as it:
        it.found(conflict())
        it.found(replace(conflict(), superseded=True), conflict(second="B", at=TEN + 20 * MINUTE))
        (case,) = it.cases()
        assert (case.state, case.conflicts) == (State.OPEN, 1)
        assert [change for _, change, _ in it.told()].count("cleared") == 0


def test_a_new_conflict_after_the_end_is_a_new_case() -> None:
    with desk() as it:
        it.found(conflict())
        it.found(replace(conflict(), superseded=True))
        it.found(conflict(at=TEN + 3 * HOUR))
        assert [(case.id, case.state) for case in it.cases()] == [
            (1, State.CLOSED),
            (2, State.OPEN),
        ]
        assert it.told()[-1][:2] == ("case-2", "raised")


def dismissed(it: Desk) -> None:
    """Case 1, dismissed for a week."""
    it.connection.exec_driver_sql(
        "UPDATE cases SET state = 'dismissed', dismissed_as = 'minor', silent_until = ?",
        (it.now_ms + 7 * DAY_MS,),
    )


def test_a_dismissed_case_counts_in_silence() -> None:
    with desk() as it:
        it.found(conflict())
        dismissed(it)
        told = it.told()
        it.found(conflict(at=TEN + 50 * MINUTE))
        (case,) = it.cases()
        assert (case.state, case.conflicts) == (State.DISMISSED, 2)
        assert it.told() == told


def test_something_graver_opens_a_dismissed_case() -> None:
    with desk() as it:
        it.found(conflict())
        dismissed(it)
        it.found(conflict(at=TEN + 50 * MINUTE, took=MINUTE, second_esn=1))
        (case,) = it.cases()
        assert (case.state, case.conflicts) == (State.OPEN, 2)
        assert it.history() == ["conflict", "graver"]


def test_after_the_silence_there_is_a_new_case() -> None:
    with desk() as it:
        it.found(conflict())
        dismissed(it)
        it.now_ms += 7 * DAY_MS
        it.found(conflict(at=TEN + 50 * MINUTE))
        assert [case.state for case in it.cases()] == [State.DISMISSED, State.OPEN]


steps = st.lists(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 3), st.booleans()), min_size=1, max_size=5
    ),
    max_size=6,
)


@given(steps)
def test_counts_agree_with_the_records_whatever_comes(
    batches: list[list[tuple[int, int, bool]]],
) -> None:
    with desk() as it:
        for batch in batches:
            it.found(
                *(
                    replace(conflict(MIN + who, at=TEN + at * HOUR), superseded=gone)
                    for who, at, gone in batch
                )
            )
        rows = it.connection.execute(select(clone_records)).mappings().all()
        open_cases: dict[int, Case] = {}
        for case in it.cases():
            mine = [r for r in rows if r["case_id"] == case.id and not r["superseded"]]
            assert case.conflicts == len(mine)
            assert (case.state is State.OPEN) == bool(mine)
            assert case.confidence == max((r["confidence"] for r in mine), default=0.0)
            if case.state is State.OPEN:
                assert open_cases.setdefault(case.msid, case) is case
        raised = {k for k, _, severity in it.told() if severity != "cleared"}
        raised -= {k for k, change, _ in it.told() if change == "cleared"}
        assert raised == {f"case-{case.id}" for case in open_cases.values()}


class RecordFile:
    """Gives terminal types, and messages, of registrations at MSCs; remembers what was asked."""

    def __init__(self, **of_msc: int) -> None:
        self.asked: list[Collection[Registration]] = []
        self._of_msc = {ord(name) - ord("A"): code for name, code in of_msc.items()}

    def __call__(self, registrations: Collection[Registration]) -> Mapping[Key, Kept]:
        self.asked.append(registrations)
        return {
            key_of(each): Kept(
                Row(7, self._of_msc[each.msc], 0, 0),
                Message(Layer.MTP3, bytes([each.msc])) if each.msc else None,
            )
            for each in registrations
            if each.msc in self._of_msc
        }


def with_record_file(find: RecordFile) -> Consequences:
    consequences = follower("log")
    consequences.find = find
    return consequences


def marks_of(it: Desk) -> list[set[str]]:
    rows = it.connection.execute(select(clone_records.c.evidence)).scalars()
    return [{found["mark"] for found in evidence["found"]} for evidence in rows]


def test_what_the_record_file_knows_of_the_phones_is_evidence_and_seen() -> None:
    find = RecordFile(A=TerminalType.IS_95, B=0, C=TerminalType.IS_136, D=200)
    with desk(with_record_file(find)) as it:
        it.found(
            conflict(),
            conflict(at=TEN + 2 * HOUR, first="C", second="D"),
            conflict(MIN + 1, first="A", second="B"),
            conflict(MIN + 2, first="A", second="E"),
        )
        assert len(find.asked) == 1
        marks = marks_of(it)
        assert ["terminal_type_differs" in each for each in marks] == [True, True, False, False]
        one, other, third = it.cases()
        assert one.seen["terminal_types"] == {"IS_95": 1, "IS_136": 2, "200": 1}
        assert other.seen["terminal_types"] == third.seen["terminal_types"] == {"IS_95": 1}
        (row,) = it.connection.execute(
            select(clone_records).where(clone_records.c.msid == MIN + 1)
        ).mappings()
        assert (row["first_terminal_type"], row["second_terminal_type"]) == (32, 0)
        assert (row["first_octets"], row["second_octets"]) == (None, b"\1")
        assert row["second_layer"] == "mtp3"


def test_a_message_that_came_with_the_conflict_needs_no_record_file() -> None:
    with desk() as it:
        it.found(replace(conflict(), second_message=Message(Layer.TCAP, b"second")))
        (row,) = it.connection.execute(select(clone_records)).mappings()
        assert (row["first_octets"], row["second_octets"]) == (None, b"second")
        assert row["first_terminal_type"] is row["second_terminal_type"] is None


def test_what_counts_for_no_case_is_not_looked_up() -> None:
    find = RecordFile(A=1, C=2)
    with desk(with_record_file(find)) as it:
        it.found(replace(conflict(), superseded=True))
        assert list(map(list, find.asked)) == [[]]
