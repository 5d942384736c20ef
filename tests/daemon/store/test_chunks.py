"""Long lists in pieces."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clonewatch.store.chunks import PARAMETERS_MAX, chunks


@given(st.integers(0, 3 * PARAMETERS_MAX))
def test_all_are_given_in_their_order_and_never_too_many(count: int) -> None:
    parts = list(chunks(range(count)))
    assert [each for part in parts for each in part] == list(range(count))
    assert all(0 < len(part) <= PARAMETERS_MAX for part in parts)
