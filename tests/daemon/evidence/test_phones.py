"""Phones of one MSID told apart by what they say. TIA-41.5, TerminalType."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.evidence.network import Network
from clonewatch.evidence.phones import ABOUT_MS, own_type, second_phone, type_about, types_of
from clonewatch.registrations import Batch, Registration
from fig4 import HOUR, MSC_A, MSC_B, MSC_C, TRAVEL_MS, registration

NETWORK = Network(travel_ms=TRAVEL_MS)


def heard(*told: tuple[float, int, int]) -> tuple[Batch, list[Registration]]:
    """Registrations at hours, at MSCs, with TerminalTypes."""
    rows = [registration(int(at * HOUR), msc) for at, msc, _ in told]
    batch = Batch.of(rows)
    batch.terminal_type[:] = [each[2] for each in told]
    return batch, rows


def of_types(*types: int) -> Batch:
    return heard(*((at, MSC_A, told) for at, told in enumerate(types)))[0]


@pytest.mark.parametrize(
    ("types", "row"),
    [
        ((), None),
        ((2, 2, 2), None),
        ((2, 2, 33, 33), None),  # an exchange of phones
        ((2, 2, 33, 2), 2),
        ((2, 0, 33, 1, 2), 2),  # what does not tell is no change
        ((2, 33, 36, 33), 2),  # an exchange, then two in use
        ((1, 0, 1), None),
    ],
)
def test_a_second_phone_shows_by_a_change_to_and_fro(types: tuple[int, ...], row: int) -> None:
    assert second_phone(of_types(*types)) == row


def test_a_second_phone_shows_by_its_esn_whichever_is_sooner() -> None:
    batch = of_types(2, 2, 2, 33, 2)
    batch.esn[1] += 1
    assert second_phone(batch) == 1
    batch.esn[:] = 7
    assert second_phone(batch) == 3


@given(st.lists(st.sampled_from([0, 1, 2, 33]), max_size=9))
def test_the_first_that_tells_is_never_the_second_phone(types: list[int]) -> None:
    row = second_phone(of_types(*types))
    if row is not None:
        assert types[row] in types_of(of_types(*types))
        assert any(told >= 2 and told != types[row] for told in types[:row])
        assert any(told in types[:row] for told in types[row + 1 :])


def test_a_registrations_own_type_is_that_of_its_time_place_and_esn() -> None:
    batch, rows = heard((1, MSC_A, 2), (2, MSC_A, 1), (2, MSC_C, 33))
    assert [own_type(row, batch) for row in rows] == [2, 0, 33]


def test_where_it_does_not_tell_those_next_to_it_do_if_they_agree() -> None:
    batch, rows = heard((1, MSC_B, 2), (2, MSC_A, 0), (3, MSC_A, 2), (4, MSC_C, 0))
    assert type_about(rows[1], batch, NETWORK) == 2
    batch.terminal_type[2] = 33
    assert type_about(rows[1], batch, NETWORK) == 0
    assert type_about(rows[1], batch, Network()) == 33  # who touches whom is not known


def test_what_was_told_too_long_ago_or_by_another_esn_says_nothing() -> None:
    batch, rows = heard((0, MSC_A, 2), (ABOUT_MS / HOUR + 1, MSC_A, 0))
    assert type_about(rows[1], batch, NETWORK) == 0
    batch, rows = heard((0, MSC_A, 2), (1, MSC_A, 0))
    batch.esn[0] = 7
    assert type_about(rows[1], batch, NETWORK) == 0
