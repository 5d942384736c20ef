"""Clocks of sources by the copies they share."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.clocks.copies import SUBSCRIBERS_MIN, source_offsets
from clonewatch.registrations import Batch, Flags

SECOND = 1_000


def copied(*ahead_s: int, count: int = 200, subscribers: int = 50) -> Batch:
    """REGNOTs that every source sees, each by its clock."""
    rng = np.random.default_rng(1)
    batches = []
    time = rng.integers(0, 10**9, count)
    for source, ahead in enumerate(ahead_s):
        batch = Batch.empty(count)
        batch.time[:] = time + ahead * SECOND + rng.integers(-200, 200, count)
        batch.msid[:] = np.arange(count) % subscribers
        batch.transaction_id[:] = np.arange(count)
        batch.source[:] = source
        batches.append(batch)
    whole = Batch.joined(batches)
    return whole[rng.permutation(len(whole))]


def test_the_middle_of_three_is_right() -> None:
    offsets = source_offsets(copied(0, 300, 2))
    told = {source: round(offset.ahead_ms / SECOND) for source, offset in offsets.items()}
    assert told == {0: -2, 1: 298, 2: 0}
    assert all(offset.either_way_ms == SECOND for offset in offsets.values())


def test_of_two_each_is_half_as_far_off() -> None:
    offsets = source_offsets(copied(0, 100))
    assert [round(offsets[source].ahead_ms / SECOND) for source in (0, 1)] == [-50, 50]
    assert offsets[0].subscribers == 50


@pytest.mark.parametrize(
    "batch",
    [
        copied(5),
        copied(0, 100, count=0),
        copied(0, 100, subscribers=SUBSCRIBERS_MIN - 1),
    ],
)
def test_one_source_no_copies_or_few_subscribers_tell_nothing(batch: Batch) -> None:
    assert source_offsets(batch) == {}


def test_without_transaction_ids_nothing_is_known_to_be_a_copy() -> None:
    batch = copied(0, 100)
    batch.flags[:] = Flags.NO_TRANSACTION_ID
    assert source_offsets(batch) == {}


def test_another_transaction_is_no_copy() -> None:
    batch = copied(0, 100)
    batch.transaction_id[batch.source == 1] += 1000
    assert source_offsets(batch) == {}
