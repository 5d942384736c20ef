"""What is known of clocks."""

from __future__ import annotations

from clonewatch.clocks.offsets import ALL_RIGHT, Clocks, Offset
from fig4 import MSC_A, MSC_B, MSC_C, registration

SECOND = 1_000
CLOCKS = Clocks(
    mscs={
        MSC_A: Offset(ahead_ms=600 * SECOND, either_way_ms=20 * SECOND, subscribers=50),
        MSC_B: Offset(ahead_ms=-130 * SECOND, either_way_ms=20 * SECOND, subscribers=50),
    },
    sources={2: Offset(ahead_ms=-5 * SECOND, either_way_ms=SECOND, subscribers=9)},
)


def test_a_registration_is_ahead_by_its_msc_and_its_source() -> None:
    assert CLOCKS.ahead_ms(registration(0, MSC_A, source=2)) == 595 * SECOND
    assert CLOCKS.ahead_ms(registration(0, MSC_C, source=1)) == 0
    assert ALL_RIGHT.ahead_ms(registration(0, MSC_A, source=2)) == 0


def test_a_clock_runs_away_when_it_is_surely_off_by_too_much() -> None:
    assert CLOCKS.is_runaway(registration(0, MSC_A))
    assert not CLOCKS.is_runaway(registration(0, MSC_B))  # it may be off by 110 s only
    assert not CLOCKS.is_runaway(registration(0, MSC_C, source=2))
    assert not ALL_RIGHT.is_runaway(registration(0, MSC_A))
