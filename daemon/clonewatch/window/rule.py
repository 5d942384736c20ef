"""The rule: which registrations conflict (FIG. 4), which are copies, and in what order they stand."""

from __future__ import annotations

from typing import Final

from clonewatch.registrations import Flags
from is41.kernel import helper, part

from .layout import (
    COPY_SPAN_ANY_MS,
    COPY_SPAN_MS,
    ENTRY_WORDS,
    FOUND,
    FOUND_AT,
    FOUND_FIRST,
    FOUND_MSID,
    FOUND_NEWEST,
    FOUND_SECOND,
    JUDGING,
    KEY,
    KEY_MASK,
    MOMENT,
    MSC_BITS,
    MSC_SHIFT,
    NEWEST,
    ORIGIN,
    PAIRS_UNKNOWN,
    ROW_WORDS,
    U16_MASK,
    U32_MASK,
    WINDOW,
    Kept,
    Seen,
    Tables,
)
from .rows import base_of, seen, time_of, word_of

NO_TRANSACTION_ID: Final = int(Flags.NO_TRANSACTION_ID)
NO_COPY: Final = -1
RUN_MAX: Final = 256  # registrations compared before anything is made of it


@part
def msc_of(x: Seen) -> int:
    """Index of the MSC."""
    return (x.origin >> MSC_SHIFT) & U16_MASK


@part
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


@part
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


@part
def are_copies(a: Seen, b: Seen, apart_ms: int) -> bool:
    """Whether two registrations of one MSID, at most COPY_SPAN_MS apart, are one REGNOT."""
    if a.esn != b.esn or msc_of(a) != msc_of(b):
        return False
    if apart_ms <= COPY_SPAN_ANY_MS:
        return True
    identified = (a.origin | b.origin) & NO_TRANSACTION_ID == 0
    return identified and a.origin >> 32 == b.origin >> 32


@part
def copied_before(tables: Tables, row: int, kept: Kept, place: int, x: Seen) -> bool:
    """Whether *x*, which belongs at *place*, is a copy of one that stands before it."""
    base, oldest = base_of(tables, row), x.time - COPY_SPAN_MS
    if place == 0 or time_of(tables, base, kept, place - 1) < oldest:
        return False
    since = older_than(tables, row, kept, oldest)
    return first_copy(tables, row, first_of(kept, place), since, x) != NO_COPY


@part
def copied_after(tables: Tables, row: int, kept: Kept, place: int, x: Seen) -> int:
    """The first registration from *place* on that is a copy of *x*; NO_COPY when none is."""
    base, newest = base_of(tables, row), x.time + COPY_SPAN_MS
    if place == kept.length or time_of(tables, base, kept, place) > newest:
        return NO_COPY
    until = older_than(tables, row, kept, newest + 1)
    return first_copy(tables, row, first_of(kept, until), place, x)


@part
def first_of(kept: Kept, count: int) -> Kept:
    """The oldest *count* registrations alone."""
    return Kept(kept.start, kept.head, count, kept.mask)


@part
def older_than(tables: Tables, row: int, kept: Kept, time: int) -> int:
    """How many of the registrations are older than *time*."""
    base, low, high = base_of(tables, row), 0, kept.length
    while low < high:
        middle = (low + high) >> 1
        if time_of(tables, base, kept, middle) < time:
            low = middle + 1
        else:
            high = middle
    return low


@helper
def first_copy(tables: Tables, row: int, kept: Kept, since: int, x: Seen) -> int:
    """The first from *since* on that is one REGNOT with *x*; all are COPY_SPAN_MS from it at most.

    One MSID may come with thousands of ESNs, so runs that lie together are looked through for
    anything alike at once.
    """
    base, at = base_of(tables, row), since
    while at < kept.length:
        places_left = kept.mask + 1 - ((kept.head + at) & kept.mask)
        run = min(kept.length - at, places_left, RUN_MAX)
        if any_alike(tables, word_of(kept, at), run, x):
            for one in range(at, at + run):
                other = seen(tables, base, kept, one)
                if are_copies(other, x, abs(x.time - other.time)):
                    return one
        at += run
    return NO_COPY


@part
def any_alike(tables: Tables, word: int, count: int, x: Seen) -> bool:
    """Whether one of *count* registrations that lie together has the ESN and MSC of *x*."""
    together = tables.memory[word : word + count * ENTRY_WORDS]
    alike = 0
    for at in range(count):  # no early exit: the compiler makes this eight at a time
        unlike = (together[at * ENTRY_WORDS + MOMENT] ^ x.esn) & U32_MASK
        unlike |= (together[at * ENTRY_WORDS + ORIGIN] ^ x.origin) & MSC_BITS
        alike += unlike == 0
    return alike > 0


@part
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
    finding[FOUND_NEWEST] = tables.state[NEWEST]


# What follows reports the pairs that are no more before those that are new. Where phones register
# at one MSC at one time, both have the same clone record, and the new one must have the last word.


@part
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
