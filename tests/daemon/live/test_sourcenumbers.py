"""A source keeps its number for good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clonewatch.errors import InputError
from clonewatch.live.sourcenumbers import FILE, SourceNumbers
from clonewatch.registrations import SOURCES_MAX

if TYPE_CHECKING:
    from pathlib import Path


def test_names_keep_their_numbers_through_changes_and_starts(tmp_path: Path) -> None:
    assert SourceNumbers(tmp_path).number(["a", "b"]) == {"a": 0, "b": 1}
    again = SourceNumbers(tmp_path)
    assert again.number(["c", "b"]) == {"c": 2, "b": 1}
    assert again.names == ["a", "b", "c"]
    assert SourceNumbers(tmp_path).number(["a"]) == {"a": 0}


def test_more_names_than_numbers_are_refused_and_nothing_is_given(tmp_path: Path) -> None:
    numbers = SourceNumbers(tmp_path)
    numbers.number(str(at) for at in range(SOURCES_MAX))
    with pytest.raises(InputError, match="use old names again"):
        numbers.number(["1", "one more"])
    assert len(SourceNumbers(tmp_path).names) == SOURCES_MAX


@pytest.mark.parametrize("octets", [b"", b"{}", b"[1]", b"\xff", b'["a"'])
def test_a_file_that_is_no_list_of_names_is_refused(tmp_path: Path, octets: bytes) -> None:
    (tmp_path / FILE).write_bytes(octets)
    with pytest.raises(InputError, match=FILE):
        SourceNumbers(tmp_path)
