"""Small CSV files with headings; `test_mscs` and others look at each fault through their formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clonewatch.csvfile import number_of, read_rows, read_text
from clonewatch.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def rows(folder: Path, text: str, **options: bool) -> list[tuple[int, dict[str, str]]]:
    path = folder / "x.csv"
    path.write_text(text, encoding="utf-8")
    return list(read_rows(path, known=("a", "b"), needed=("a",), **options))


def test_rows_come_with_their_lines(tmp_path: Path) -> None:
    text = "\ufeff# from where\n\na,b\n 1 , 2\n\n# 3,4\n"
    assert rows(tmp_path, text) == [(4, {"a": "1", "b": "2"}), (6, {"a": "# 3", "b": "4"})]


def test_columns_of_others_are_passed_over_where_that_is_asked(tmp_path: Path) -> None:
    assert rows(tmp_path, "a,c\n1,2\n", others=True) == [(2, {"a": "1", "c": "2"})]
    with pytest.raises(InputError, match="'a' stands twice"):
        rows(tmp_path, "a,a\n", others=True)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "the file is empty"),
        ("# only\nb\n", 2, "the heading 'a' is missing"),
        ("a,c\n", 1, "unknown heading 'c'; known are a, b"),
        ("a,b\n1\n", 2, "1 cells under 2 headings"),
    ],
)
def test_a_fault_is_named_with_its_line(
    tmp_path: Path, text: str, line: int | None, words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        rows(tmp_path, text)
    assert caught.value.line == line


def test_octets_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"a\n\xff\n")
    with pytest.raises(InputError, match=r"x\.csv:2: octet FF"):
        read_text(path)
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_text(tmp_path / "none")


def test_a_number_is_within_its_bounds_or_explained() -> None:
    assert number_of({"a": "-1.5"}, "a", "degrees", -2, 2) == -1.5
    assert number_of({"a": ""}, "a", "degrees", -2, 2) is None
    assert number_of({}, "a", "degrees", -2, 2) is None
    for cell in ("3", "nan", "1e1", "x"):
        with pytest.raises(ValueError, match="column 'a': degrees must be"):
            number_of({"a": cell}, "a", "degrees", -2, 2)
