"""A collector that tells the lines apart."""

from __future__ import annotations

import numpy as np
import pytest

from clonewatch.fates import Fate, code_of
from clonewatch.live.lines import LINES_MAX, Counts, Line, LinesCollector
from clonewatch.registrations import Batch, Flags
from is41.layers import Layer
from live import MSCS, received, regnot
from messages import vectors


def opened(collector: LinesCollector, source: int) -> Line:
    return collector.open_line(source, Counts(), None, 0.0)


def take(collector: LinesCollector, *messages: tuple[Line, bytes]) -> list[Batch]:
    of = received(*(octets for _, octets in messages))
    of.frames.packet[:] = [line.number for line, _ in messages]
    of.frames.time[:] = 1000
    return list(collector.take(of.octets, of.frames, of.count))


def test_each_registration_bears_the_source_and_flags_of_its_line() -> None:
    collector = LinesCollector(MSCS)
    one, other = opened(collector, 7), opened(collector, 9)
    collector.flags_of[other.number] = Flags.TIME_UNCERTAIN
    (batch,) = take(collector, (one, regnot()), (other, regnot()), (one, regnot()))
    assert batch.source.tolist() == [7, 9, 7]
    uncertain = batch.flags & Flags.TIME_UNCERTAIN != 0
    assert uncertain.tolist() == [False, True, False]
    assert (one.counts.registrations, other.counts.registrations) == (2, 1)


def test_what_the_grammars_read_is_counted_on_its_line() -> None:
    collector = LinesCollector(MSCS)
    one, other = opened(collector, 7), opened(collector, 9)
    (batch,) = take(collector, (one, regnot()), (other, regnot()[:-3]), (other, regnot()))
    assert batch.source.tolist() == [7, 9]
    assert (one.handed_over, other.handed_over) == (0, 1)
    assert other.counts.through_grammars == 1
    assert collector.grammar_s > 0


def test_messages_without_registration_are_counted_on_their_line() -> None:
    collector = LinesCollector(MSCS)
    one, other = opened(collector, 7), opened(collector, 9)
    answer = next(iter(vectors("sccp_udt_regnot_rr_ok").values()))
    take(collector, (one, regnot()), (other, answer), (one, answer), (other, regnot()[:-3]))
    assert dict(one.counts.others) == {code_of(Fate.READ, 0): 1}
    assert dict(other.counts.others) == {
        code_of(Fate.READ, 0): 1,
        code_of(Fate.REFUSED, 0): 1,
    }


def test_a_number_is_used_again_when_its_line_is_closed() -> None:
    collector = LinesCollector(MSCS)
    lines = [opened(collector, 1) for _ in range(3)]
    assert [line.number for line in lines] == [0, 1, 2]
    collector.close_line(lines[1])
    again = opened(collector, 5)
    assert again.number == 1
    assert collector.line(1) is again
    (batch,) = take(collector, (again, regnot()))
    assert batch.source.tolist() == [5]


def test_lines_are_bounded() -> None:
    collector = LinesCollector(MSCS)
    for _ in range(LINES_MAX):
        opened(collector, 0)
    with pytest.raises(RuntimeError, match=f"more than {LINES_MAX} lines"):
        opened(collector, 0)


def test_vectors_of_other_operations_give_no_registration() -> None:
    collector = LinesCollector(MSCS)
    line = opened(collector, 0)
    others = [octets for name, octets in vectors("tcap").items() if "regnot" not in name]
    assert others
    of = received(*others, layer=Layer.TCAP)
    of.frames.packet[:] = line.number
    of.frames.time[:] = 0
    batches = list(collector.take(of.octets, of.frames, of.count))
    assert np.sum([len(batch) for batch in batches]) == line.counts.registrations
