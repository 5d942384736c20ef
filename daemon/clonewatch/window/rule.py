"""The rule: which registrations conflict (FIG. 4), which are copies, and in what order they stand."""

from __future__ import annotations

from typing import Final

from clonewatch.jit import helper, inlined
from clonewatch.registrations import Flags

from .layout import (
    COPY_SPAN_ANY_MS,
    COPY_SPAN_MS,
    FOUND,
    FOUND_AT,
    FOUND_FIRST,
    FOUND_MSID,
    FOUND_SECOND,
    JUDGING,
    KEY,
    KEY_MASK,
    MSC_SHIFT,
    PAIRS_UNKNOWN,
    ROW_WORDS,
    U16_MASK,
    WINDOW,
    Kept,
    Seen,
    Tables,
)
from .rows import base_of, seen, time_of

NO_TRANSACTION_ID: Final = int(Flags.NO_TRANSACTION_ID)
NO_COPY: Final = -1


@inlined
def msc_of(x: Seen) -> int:
    """Index of the MSC."""
    return (x.origin >> MSC_SHIFT) & U16_MASK


@inlined
def stands_before(tables: Tables, a: Seen, b: Seen) -> bool:
    """Whether *a* sorts before *b*: by time, then MSCID, then ESN."""
    if a.time != b.time:
        return a.time < b.time
    a_mscid, b_mscid = tables.mscid_of[msc_of(a)], tables.mscid_of[msc_of(b)]
    if a_mscid != b_mscid:
        return bool(a_mscid < b_mscid)
    if a.esn != b.esn:
        return a.esn < b.esn
    return msc_of(a) < msc_of(b)  # MSCs without an MSCID


@inlined
def place_of(tables: Tables, row: int, kept: Kept, x: Seen) -> int:
    """How many of the registrations stand before *x*, or beside it."""
    base = base_of(tables, row)
    low, high = 0, kept.length
    middle = high - 1  # most registrations come in order
    while low < high:
        if stands_before(tables, x, seen(tables, base, kept, middle)):
            high = middle
        else:
            low = middle + 1
        middle = (low + high) >> 1
    return low


@inlined
def are_copies(a: Seen, b: Seen, apart_ms: int) -> bool:
    """Whether two registrations of one MSID, at most COPY_SPAN_MS apart, are one REGNOT."""
    if a.esn != b.esn or msc_of(a) != msc_of(b):
        return False
    if apart_ms <= COPY_SPAN_ANY_MS:
        return True
    identified = (a.origin | b.origin) & NO_TRANSACTION_ID == 0
    return identified and a.origin >> 32 == b.origin >> 32


@inlined
def copied_before(tables: Tables, row: int, kept: Kept, place: int, x: Seen) -> bool:
    """Whether *x*, which belongs at *place*, is a copy of one that stands before it."""
    base = base_of(tables, row)
    for at in range(place - 1, -1, -1):
        apart_ms = x.time - time_of(tables, base, kept, at)
        if apart_ms > COPY_SPAN_MS:
            return False
        if are_copies(seen(tables, base, kept, at), x, apart_ms):
            return True
    return False


@inlined
def copied_after(tables: Tables, row: int, kept: Kept, place: int, x: Seen) -> int:
    """Find the first from *place* on that is a copy of *x*; NO_COPY when none is."""
    base = base_of(tables, row)
    for at in range(place, kept.length):
        apart_ms = time_of(tables, base, kept, at) - x.time
        if apart_ms > COPY_SPAN_MS:
            return NO_COPY
        if are_copies(x, seen(tables, base, kept, at), apart_ms):
            return at
    return NO_COPY


@inlined
def judge(tables: Tables, row: int, first: Seen, second: Seen, superseded: bool) -> None:  # noqa: FBT001
    """Report two neighbours, of now or (*superseded*) of before, if they conflict."""
    elapsed_ms = second.time - first.time
    if elapsed_ms > tables.state[WINDOW]:
        return
    travel_ms = tables.travel_ms[msc_of(first), msc_of(second)]
    if travel_ms < 0:
        if not superseded:
            tables.counts[PAIRS_UNKNOWN] += 1
        return
    if elapsed_ms >= travel_ms:
        return
    finding = tables.found[tables.state[FOUND]]
    tables.state[FOUND] += 1
    finding[FOUND_AT] = tables.state[JUDGING] << 1 | superseded
    finding[FOUND_MSID] = tables.memory[row * ROW_WORDS + KEY] & KEY_MASK
    finding[FOUND_FIRST] = first.time
    finding[FOUND_FIRST + 1] = first.esn
    finding[FOUND_FIRST + 2] = first.origin
    finding[FOUND_SECOND] = second.time
    finding[FOUND_SECOND + 1] = second.esn
    finding[FOUND_SECOND + 2] = second.origin


# What follows reports the pairs that are no more before those that are new. Where phones register
# at one MSC at one time, both have the same clone record, and the new one must have the last word.


@inlined
def judge_put(tables: Tables, row: int, kept: Kept, place: int, x: Seen) -> None:
    """Report what changes when *x* is put before registration *place*."""
    base = base_of(tables, row)
    if place == 0:
        if kept.length > 0:
            judge(tables, row, x, seen(tables, base, kept, place), False)
        return
    before = seen(tables, base, kept, place - 1)
    if place == kept.length:
        judge(tables, row, before, x, False)
        return
    after = seen(tables, base, kept, place)
    judge(tables, row, before, after, True)
    judge(tables, row, before, x, False)
    judge(tables, row, x, after, False)


@helper
def judge_taken_out(tables: Tables, row: int, kept: Kept, place: int) -> None:
    """Report what changes when registration *place* is taken out."""
    base = base_of(tables, row)
    x = seen(tables, base, kept, place)
    if place > 0:
        judge(tables, row, seen(tables, base, kept, place - 1), x, True)
    if place + 1 < kept.length:
        after = seen(tables, base, kept, place + 1)
        judge(tables, row, x, after, True)
        if place > 0:
            judge(tables, row, seen(tables, base, kept, place - 1), after, False)


@helper
def judge_replaced(tables: Tables, row: int, kept: Kept, place: int, x: Seen) -> None:
    """Report what changes when *x* takes the place of registration *place*."""
    base = base_of(tables, row)
    gone = seen(tables, base, kept, place)
    if place > 0:
        judge(tables, row, seen(tables, base, kept, place - 1), gone, True)
    if place + 1 < kept.length:
        judge(tables, row, gone, seen(tables, base, kept, place + 1), True)
    if place > 0:
        judge(tables, row, seen(tables, base, kept, place - 1), x, False)
    if place + 1 < kept.length:
        judge(tables, row, x, seen(tables, base, kept, place + 1), False)
