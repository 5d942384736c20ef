"""Lines of any file are bounded; those that are not too long are as they were."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.sources.lines import CUT, LINE_LENGTH_MAX, BoundedLines, text_of


class Bits(io.BytesIO):
    """Octets that come a few at a time."""

    def __init__(self, octets: bytes, most: int) -> None:
        super().__init__(octets)
        self._most = most

    def readinto(self, buffer: object) -> int:
        return super().readinto(memoryview(buffer)[: self._most])  # type: ignore[arg-type]


def cut(octets: bytes) -> bytes:
    """What is left, line by line."""
    pieces = re.split(rb"([\r\n])", octets)
    for at in range(0, len(pieces), 2):
        if len(pieces[at]) > LINE_LENGTH_MAX:
            pieces[at] = pieces[at][:LINE_LENGTH_MAX] + CUT.encode()
    return b"".join(pieces)


@given(
    st.lists(st.tuples(st.integers(0, 3 * LINE_LENGTH_MAX), st.sampled_from(["\n", "\r", "\r\n"]))),
    st.integers(0, 2 * LINE_LENGTH_MAX),
    st.integers(1, 5000),
)
def test_lines_are_cut_however_they_come(
    lines: list[tuple[int, str]], rest: int, most: int
) -> None:
    octets = ("".join("x" * length + end for length, end in lines) + "y" * rest).encode()
    assert io.BufferedReader(BoundedLines(Bits(octets, most)), 4096).read() == cut(octets)


def test_a_line_without_end_takes_no_memory() -> None:
    with text_of(Bits(b"x" * 10_000_000 + b"\nbehind\n", 1 << 16)) as text:
        assert [len(line) for line in text] == [LINE_LENGTH_MAX + 2, len("behind\n")]


@pytest.mark.parametrize("most", [1, 7, 1 << 16])
def test_text_is_as_it_was_but_for_its_ends(most: int) -> None:
    octets = "\ufefféa\r\nb\rc\n\n".encode() + b"\xff\n"
    with text_of(Bits(octets, most)) as text:
        assert list(text) == ["éa\n", "b\n", "c\n", "\n", "\ufffd\n"]


def test_closing_it_closes_the_file() -> None:
    inner = io.BytesIO(b"x")
    text_of(inner).close()
    assert inner.closed
