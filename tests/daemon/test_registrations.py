"""Registrations: REGNOT records (318) in columns."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.registrations import (
    DTYPES,
    MSC_UNKNOWN,
    Batch,
    Flags,
    Registration,
    mscid_text,
    terminal_type_text,
    time_text,
)
from is41.flags import RegnotFlag
from recordfiles import message_for, same, with_messages
from recordfiles import registrations as any_registrations

registrations = st.lists(
    st.builds(
        Registration,
        time=st.integers(-(2**62), 2**62),
        msid=st.integers(0, 2**58 - 1),
        esn=st.integers(0, 2**32 - 1),
        msc=st.integers(0, 2**16 - 1),
        mscid=st.integers(0, 2**24 - 1),
        transaction_id=st.integers(0, 2**32 - 1),
        source=st.integers(0, 255),
        flags=st.integers(0, 255).map(Flags),
    ),
    max_size=5,
)


@given(registrations)
def test_single_registrations_survive_the_columns(rows: list[Registration]) -> None:
    batch = Batch.of(rows)
    assert list(batch.registrations()) == rows
    assert {name: getattr(batch, name).dtype for name in DTYPES} == DTYPES


@given(registrations, registrations)
def test_batches_are_joined_one_after_another(a: list[Registration], b: list[Registration]) -> None:
    joined = Batch.joined([Batch.of(a), Batch.empty(), Batch.of(b)])
    assert list(joined.registrations()) == a + b


def test_rows_are_taken_by_slice_by_number_and_by_mask() -> None:
    batch = Batch.empty(3)
    batch.time[:] = [10, 20, 30]
    assert batch[1:].time.tolist() == [20, 30]
    assert batch[np.array([2, 0])].time.tolist() == [30, 10]
    assert batch[batch.time > 10].time.tolist() == [20, 30]
    assert batch.msc.tolist() == [MSC_UNKNOWN] * 3


def test_messages_follow_their_rows_until_they_are_left_out() -> None:
    batch = with_messages(any_registrations(5))
    for some in (batch[1:3], batch[np.array([1, 2])]):
        assert some.messages is not None
        assert [some.messages.of(row).octets for row in (0, 1)] == [
            message_for(esn) for esn in batch.esn[1:3].tolist()
        ]
    assert batch.without_messages().messages is None
    assert same(batch.without_messages(), batch)
    assert Batch.joined([batch, batch]).messages is None


def test_the_first_flags_are_the_librarys() -> None:
    for flag in RegnotFlag:
        assert flag.name is not None
        assert Flags[flag.name].value == flag.value
    assert Flags.TIME_UNCERTAIN | Flags.CLOCK_SUSPECT | Flags.LATE == 0xE0


@pytest.mark.parametrize(
    ("time_ms", "text"),
    [
        (1_795_341_600_000, "2026-11-22T10:00:00.000Z"),
        (1_795_341_600_999, "2026-11-22T10:00:00.999Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (2**62, f"{2**62} ms"),
    ],
)
def test_times_are_told_in_utc_to_the_millisecond(time_ms: int, text: str) -> None:
    assert time_text(time_ms) == text


def test_a_terminal_type_is_told_by_name_or_else_by_number() -> None:
    assert terminal_type_text(32) == "IS_95"
    assert terminal_type_text(200) == "200"


def test_an_mscid_is_told_as_market_and_switch() -> None:
    assert mscid_text(0x1234 << 8 | 1) == "4660-1"
