"""Registrations looked up in the record file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from clonewatch.messages import Message
from clonewatch.recordfile import Recorder
from clonewatch.recordfile.finding import Finder
from clonewatch.recordfile.groups import groups_in
from clonewatch.recordfile.keys import Key, Row, key_of
from clonewatch.recordfile.searching import Budget, search_sealed
from is41.layers import Layer
from recordfiles import (
    AT_10,
    HALF_HOUR,
    Told,
    message_for,
    open_group,
    registrations,
    with_messages,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from clonewatch.registrations import Batch

HALVES = 4


class Hours:
    """A record file of two hours, with messages, whose clock is that of its registrations."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.now_ms = AT_10
        self.batches: list[Batch] = []
        self.record = self._opened()

    def _opened(self) -> Recorder:
        return Recorder(self.directory, tell=Told(), clock=lambda: self.now_ms / 1000, octets=True)

    def seal(self) -> None:
        """Have every group sealed."""
        self.record.close(seal=True)
        self.record = self._opened()

    def receive(self, count: int = 100, *, late_ms: int = 0) -> Batch:
        """Registrations received now, of some time ago."""
        batch = registrations(count, len(self.batches))
        batch.time[:] = self.now_ms - late_ms - np.arange(count)[::-1]
        self.batches.append(with_messages(batch))
        self.record.append(self.batches[-1])
        assert self.record.flush()
        return batch


@pytest.fixture
def hours(tmp_path: Path) -> Iterator[Hours]:
    it = Hours(tmp_path)
    for _ in range(HALVES):
        it.receive()
        it.now_ms += HALF_HOUR // 2
        it.receive()
        it.now_ms += HALF_HOUR // 2
    yield it
    it.record.close()


def finder(directory: Path, told: Told | None = None, **options: int) -> Finder:
    options.setdefault("lateness_ms", 45 * 60_000)
    return Finder(directory, tell=Told() if told is None else told, **options)


def assert_all_found(of: Finder, batch: Batch) -> None:
    """Every registration is found, with what it tells of its phone, and its message."""
    wanted = list(batch.registrations())
    found = of.find(wanted)
    assert set(found) == {key_of(each) for each in wanted}
    for row, each in enumerate(wanted):
        kept = found[key_of(each)]
        assert kept.row[1:] == tuple(getattr(batch, name)[row] for name in Row._fields[1:])
        assert kept.message == Message(Layer.MTP3, message_for(each.esn))


def test_registrations_of_any_group_are_found_with_their_messages(hours: Hours) -> None:
    of = finder(hours.directory)
    for batch in hours.batches:
        assert_all_found(of, batch)
    hours.seal()
    assert all(group.is_sealed for group in groups_in(hours.directory))
    for batch in hours.batches:  # those that were open are sealed
        assert_all_found(of, batch)


def test_what_comes_while_somebody_looks_is_found(hours: Hours) -> None:
    of = finder(hours.directory)
    for _ in range(3):
        assert_all_found(of, hours.receive())


def test_what_came_late_is_found_within_the_lateness(hours: Hours) -> None:
    late = hours.receive(late_ms=44 * 60_000)
    hours.now_ms += HALF_HOUR
    hours.receive()
    assert_all_found(finder(hours.directory), late)
    assert finder(hours.directory, lateness_ms=0).find(late.registrations()) == {}


def test_what_came_later_than_that_is_found_in_the_newest_group(hours: Hours) -> None:
    assert_all_found(finder(hours.directory), hours.receive(late_ms=20 * HALF_HOUR))


def test_nobody_is_found_for_nothing_and_strangers_are_not(hours: Hours) -> None:
    of = finder(hours.directory)
    assert of.find([]) == {}
    strangers = registrations(10, 99, time_ms=AT_10 + HALF_HOUR)
    assert of.find(strangers.registrations()) == {}


def test_only_groups_of_its_time_are_searched_for_a_registration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    it = Hours(tmp_path)
    for _ in range(4):  # groups of one half hour, as a busy one has
        it.receive()
        it.seal()
        it.now_ms += 1000
    it.receive()
    searched: list[Path] = []

    def search(path: Path, keys: set[Key], budget: Budget) -> dict[Key, Row]:
        searched.append(path)
        return search_sealed(path, keys, budget)

    monkeypatch.setattr(Finder.__module__ + ".search_sealed", search)
    of = finder(tmp_path)
    groups = groups_in(tmp_path)
    assert [group.is_sealed for group in groups] == [True] * 4 + [False]
    assert_all_found(of, it.batches[4])
    assert searched == []
    assert_all_found(of, it.batches[1])
    assert set(searched) == {groups[1].sealed_path}
    it.record.close()


def test_without_messages_the_rest_is_found(tmp_path: Path) -> None:
    batch = registrations(10)
    open_group(tmp_path, batch)
    found = finder(tmp_path).find(batch.registrations())
    assert len(found) == 10
    assert {kept.message for kept in found.values()} == {None}


def test_a_look_up_is_bounded(hours: Hours) -> None:
    wanted = [each for batch in hours.batches for each in batch.registrations()]
    assert 0 < len(finder(hours.directory, rows_max=300).find(wanted)) < len(wanted)


def test_what_cannot_be_read_is_told_once_and_costs_no_other(hours: Hours) -> None:
    hours.seal()
    first, second, *_ = groups_in(hours.directory)
    first.sealed_path.write_bytes(b"PAR1 and nothing else")
    second.messages_sealed_path.write_bytes(b"PAR1 and nothing else")
    told = Told()
    of = finder(hours.directory, told)
    for _ in range(2):
        found = of.find(each for batch in hours.batches for each in batch.registrations())
        assert len(found) == 600
        assert sum(kept.message is None for kept in found.values()) == 200
    assert told.kinds == ["Damaged", "Damaged"]


def test_a_record_file_that_is_gone_is_told_of(tmp_path: Path) -> None:
    told = Told()
    (tmp_path / "records").touch()
    of = finder(tmp_path / "records", told)
    assert of.find(registrations(1).registrations()) == {}
    assert told.kinds == ["Damaged"]
