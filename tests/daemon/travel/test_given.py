"""Entries that a person gives, in both shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from clonewatch.errors import InputError
from clonewatch.travel.given import load_given
from places import equator

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MSCS = equator(0, 100, 200)
N = np.nan


def given(folder: Path, text: str) -> NDArray[np.float64]:
    path = folder / "given.csv"
    path.write_text(text, encoding="utf-8")
    return load_given(path, MSCS)


def same(a: NDArray[np.float64], b: list[list[float]]) -> bool:
    return np.array_equal(a, np.array(b), equal_nan=True)


def test_a_table_of_some_mscs(tmp_path: Path) -> None:
    found = given(tmp_path, "# by hand\nminutes,A,C\nA,0,5.5\nC,,0\n")
    assert same(found, [[N, N, 5.5], [N, N, N], [N, N, N]])


def test_a_list_of_pairs_with_columns_of_its_own(tmp_path: Path) -> None:
    text = "# proposed\nfirst,second,minutes,subscribers\nA,B,0,12\nC,0-1,7,9\n"
    assert same(given(tmp_path, text), [[N, 0, N], [N, N, N], [7, N, N]])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("A,X,1", "column 'second': no MSC of the name 'X' in mscs.csv"),
        ("A,A,1", "an MSC is 0 minutes from itself"),
        ("A,B,", "column 'minutes': blank"),
        ("A,B,-1", "minutes must be 0 or more, not '-1'"),
        ("A,B,x", "minutes must be a number or blank, not 'x'"),
        ("B,C,2", "B to C stands twice"),
    ],
)
def test_a_fault_is_named_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        given(tmp_path, f"first,second,minutes\nB,C,1\n{row}\n")
    assert caught.value.line == 3


@pytest.mark.parametrize("text", ["", "# nothing\n", "first,second\nA,B\n", "who,what\n1,2\n"])
def test_a_file_of_neither_shape_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        given(tmp_path, text)
