"""What must hold of the numbers in the layout, whoever changes one."""

from __future__ import annotations

from clonewatch.window import layout
from is41.msid import msid_of_imsi


def test_a_row_is_one_cache_line_and_holds_three_registrations() -> None:
    assert layout.ROW_WORDS * 8 == 64
    assert layout.ENTRIES + layout.INLINE_MAX * layout.ENTRY_WORDS == layout.ROW_WORDS


def test_the_smallest_ring_is_one_cache_line_and_holds_more() -> None:
    assert layout.RING_OCTETS_MIN == 64
    assert layout.RING_PLACES_MIN > layout.INLINE_MAX


def test_every_msid_fits_beside_the_kind() -> None:
    assert msid_of_imsi("9" * 15) <= layout.MSID_MAX < layout.NOBODY
    assert layout.KEY_MASK | layout.SPILLED << layout.KIND_SHIFT < 2**63


def test_three_windows_fit_before_and_behind_the_time_a_row_is_rebased_for() -> None:
    # Kept times are from two windows before the newest of all to one behind it.
    assert 3 * layout.WINDOW_MS_MAX < layout.OFFSET_FRESH
    assert layout.OFFSET_FRESH + 3 * layout.WINDOW_MS_MAX < layout.OFFSET_END
    assert layout.TIME_END <= layout.BASE_MASK


def test_words_of_a_spilled_row_do_not_meet() -> None:
    words = [layout.KEY, layout.BASE, layout.RING, layout.HEAD, layout.COUNT, layout.ORDER]
    assert sorted(words) == list(range(6))
