"""One MIN with two ESNs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.evidence.twins import CHANGES_MIN, twins
from clonewatch.registrations import Batch
from fig4 import HOUR, MSC_A, MSC_C, MSCID_OF, registration

OLD, NEW = 0x82000001, 0x82000002


def batch(*esns: int, msid: int = 1, msc: int = MSC_A) -> Batch:
    return Batch.of(
        [registration(at * HOUR, msc, msid=msid, esn=esn) for at, esn in enumerate(esns)]
    )


def test_to_and_fro_at_one_msc_is_found() -> None:
    (found,) = twins(batch(OLD, NEW, NEW, OLD, OLD))
    assert (found.msid, found.esns, found.changes) == (1, (OLD, NEW), 2)
    assert (found.first_at, found.last_at) == (HOUR, 3 * HOUR)
    assert found.mscids == (int(MSCID_OF[MSC_A]),)


def test_another_phone_for_good_is_not() -> None:
    assert not list(twins(batch(OLD, OLD, NEW, NEW)))
    assert not list(twins(batch(OLD, NEW, NEW + 1)))
    assert not list(twins(batch()))


def test_each_msid_is_by_itself_and_order_does_not_matter() -> None:
    mixed = Batch.joined([batch(OLD, NEW, OLD, msid=7), batch(OLD, NEW, msid=8, msc=MSC_C)])
    shuffled = mixed[np.random.default_rng(1).permutation(len(mixed))]
    assert [found.msid for found in twins(shuffled)] == [7]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=30))
def test_it_counts_what_walking_through_counts(rows: list[tuple[int, int]]) -> None:
    whole = Batch.of([registration(at, msid=m, esn=e) for at, (m, e) in enumerate(rows)])
    counted = {}
    for msid in {m for m, _ in rows}:
        esns = [e for m, e in rows if m == msid]
        runs = [e for at, e in enumerate(esns) if at == 0 or esns[at - 1] != e]
        if len(runs) > CHANGES_MIN and len(set(runs)) < len(runs):
            counted[msid] = len(runs) - 1
    assert {found.msid: found.changes for found in twins(whole)} == counted
