"""Memory that is used again for each group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clonewatch.recordfile.room import Room
from clonewatch.recordfile.sealing import seal
from recordfiles import Told, open_group, registrations

if TYPE_CHECKING:
    from pathlib import Path


def test_the_same_words_are_given_again_for_as_much_or_less() -> None:
    room = Room()
    words = room.words("rows", 100)
    assert len(words) == 100
    assert np.shares_memory(words, room.words("rows", 100))
    fewer = room.words("rows", 7)
    assert len(fewer) == 7
    assert np.shares_memory(words, fewer)


def test_for_more_there_are_others() -> None:
    room = Room()
    words = room.words("rows", 100)
    more = room.words("rows", 101)
    assert len(more) == 101
    assert not np.shares_memory(words, more)


def test_what_has_another_purpose_lies_elsewhere() -> None:
    room = Room()
    assert not np.shares_memory(room.words("rows", 9), room.numbers("keys", 9))
    assert room.numbers("keys", 9).dtype == np.int64


def test_groups_sealed_in_one_room_are_as_each_by_itself(tmp_path: Path) -> None:
    alone, together, room = tmp_path / "alone", tmp_path / "together", Room()
    for directory in (alone, together):
        directory.mkdir()
    first = 0
    for count in (5000, 9000, 1, 4096, 300):  # larger ones, then smaller
        batch = registrations(count)
        seal(open_group(alone, batch, first), Told())
        seal(open_group(together, batch, first), Told(), room)
        first += count
    sealed = sorted(path.name for path in alone.iterdir())
    assert len(sealed) == 5
    for name in sealed:
        assert (together / name).read_bytes() == (alone / name).read_bytes()
