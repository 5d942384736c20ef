"""Messages by operation and fate, out of codes."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.fates import CODES, OTHER, Fate, by_operation, code_of, counted
from is41.map.operations import Operation

CODE = st.builds(code_of, st.sampled_from(Fate), st.integers(0, 255))


@given(st.lists(CODE, max_size=50))
def test_every_code_is_counted_as_often_as_it_stands_there(codes: list[int]) -> None:
    found = counted(np.array(codes, np.uint16))
    assert found == {code: codes.count(code) for code in codes}
    assert all(code < CODES for code in codes)


def test_what_is_not_among_the_others_gave_registrations() -> None:
    others = {
        code_of(Fate.READ, Operation.REGISTRATION_CANCELLATION): 2,
        code_of(Fate.REFUSED, Operation.REGISTRATION_NOTIFICATION): 1,
    }
    assert by_operation(10, others) == {
        ("RegistrationNotification", "taken"): 7,
        ("RegistrationNotification", "refused"): 1,
        ("RegistrationCancellation", "read"): 2,
    }


@given(
    st.dictionaries(CODE.filter(lambda code: code < code_of(Fate.TAKEN, 0)), st.integers(0, 100)),
    st.integers(0, 1000),
)
def test_there_are_no_more_names_than_the_table_has(others: dict[int, int], taken: int) -> None:
    told = by_operation(taken + sum(others.values()), others)
    assert sum(told.values()) == taken + sum(others.values())
    names = {operation.standard_name for operation in Operation} | {OTHER}
    assert {operation for operation, _ in told} <= names


def test_unknown_operations_are_together() -> None:
    unknown = {code_of(Fate.READ, 0): 1, code_of(Fate.READ, 0xFE): 2}
    assert by_operation(3, unknown)[OTHER, "read"] == 3
