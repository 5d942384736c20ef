"""The kernel looks ahead in its block; what it saw there may have changed when it arrives."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clonewatch.registrations import Batch
from clonewatch.window import Window
from clonewatch.window.layout import BLOCK, GROUP
from fig4 import HOUR, MINUTE, MSC_C, MSCID_OF, TRAVEL_MS, registration, told

START = 1_700_000_000_000
TESTS = Path(__file__).parents[2]


def window(seed: int = 1) -> Window:
    return Window(
        TRAVEL_MS.astype(np.int32),
        MSCID_OF,
        subscribers_max=10_000,
        segments=4,
        segment_slots=2,
        seed=seed,
    )


@pytest.mark.parametrize(
    "between", [0, 1, GROUP - 2, GROUP - 1, GROUP, 2 * GROUP, 3 * GROUP, 4 * GROUP, BLOCK]
)
def test_the_second_of_an_msid_finds_the_row_that_the_first_has_made(between: int) -> None:
    # Those between make segments double while both are on their way.
    a = registration(START, msid=0)
    others = [registration(START + 1, msid=msid) for msid in range(1, between + 1)]
    c = registration(START + MINUTE, MSC_C, msid=0)
    assert told(window().take(Batch.of([a, *others, c]))) == [(False, (a, c))]


def test_a_row_that_has_a_new_owner_is_not_the_old_ones() -> None:
    of = window()
    of.take(Batch.of([registration(START + n, msid=n) for n in range(1000)]))
    later = START + 100 * HOUR
    for n in range(3):
        of.take(Batch.of([registration(later + n, msid=5000)]))
    assert of.subscribers == 1
    owners = [registration(later + MINUTE, msid=n) for n in range(1000, 2000)]
    assert len(of.take(Batch.of(owners))) == 0
    returning = [registration(later + 2 * MINUTE, MSC_C, msid=n) for n in range(2000)]
    found = told(of.take(Batch.of(returning)))
    assert found == [
        (False, (owner, replace(back, msid=owner.msid)))
        for owner, back in zip(owners, returning[1000:], strict=True)
    ]


@pytest.mark.parametrize("seed", range(12))
def test_no_msid_gets_two_rows_where_slots_are_dead_or_move(seed: int) -> None:
    random, of = np.random.default_rng(seed), window(seed)
    of.take(Batch.of([registration(START + n, msid=n) for n in range(700)]))
    later = START + 100 * HOUR
    news = np.arange(1000, 2500)
    twice = np.concatenate([news, news])
    order = np.argsort(np.concatenate([news, news + random.integers(1, 30, len(news))]))
    seen: set[int] = set()
    batch = Batch.empty(len(twice))
    batch.msid[:] = twice[order]
    batch.time[:] = later + np.arange(len(batch))
    for row, msid in enumerate(batch.msid.tolist()):
        batch.msc[row] = MSC_C if msid in seen else 0
        seen.add(msid)
    found = sum(len(of.take(batch[first : first + 50])) for first in range(0, len(batch), 50))
    assert found == len(news)


def history() -> Batch:
    """Some thousand registrations, a part of them late."""
    random = np.random.default_rng(7)
    batch = Batch.empty(3000)
    time = START + np.sort(random.integers(0, 30 * HOUR, len(batch)))
    batch.time[:] = time - random.integers(0, 40 * MINUTE, len(batch)) * random.integers(
        0, 2, len(batch)
    )
    batch.msid[:] = random.integers(0, 30, len(batch)) ** 3 + 15 * 10**16
    batch.esn[:] = random.integers(0, 2**32, 9)[random.integers(0, 9, len(batch))]
    batch.msc[:] = random.integers(0, len(MSCID_OF), len(batch))
    batch.transaction_id[:] = random.integers(0, 2**32, len(batch))
    batch.source[:] = random.integers(0, 3, len(batch))
    return batch


def answer(seed: int) -> str:
    of, batch = window(seed), history()
    found = [of.take(batch[first : first + 100]) for first in range(0, len(batch), 100)]
    return repr((np.concatenate(found).tolist(), of.counts, of.subscribers))


def test_the_seed_of_the_hash_does_not_show() -> None:
    assert len({answer(seed) for seed in range(10)}) == 1
    assert answer(1).count("True") > 100


def test_plain_python_says_the_same() -> None:
    environment = os.environ | {
        "NUMBA_DISABLE_JIT": "1",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(TESTS / "support")]),
    }
    script = "import test_kernels; print(test_kernels.answer(5))"
    plain = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert plain.stdout.strip() == answer(1)
