"""The least C's answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import yardstick
from bench.yardstick import Answer


def test_its_answer_is_two_numbers() -> None:
    assert yardstick.told("200000 regnot, 132 conflicts\n") == Answer(200_000, 132)


def test_another_answer_ends_the_run() -> None:
    with pytest.raises(SystemExit, match="the yardstick says"):
        yardstick.told("1 regnot\n")


@pytest.mark.parametrize(("subscribers", "slots_log2"), [(1, 16), (40_000, 17), (2_500_000, 23)])
def test_its_table_is_at_most_half_full(subscribers: int, slots_log2: int) -> None:
    *_, slots = yardstick.command(Path("a.pcap"), Path("travel.csv"), subscribers)
    assert slots == str(slots_log2)
    assert 2 * subscribers <= 1 << slots_log2
