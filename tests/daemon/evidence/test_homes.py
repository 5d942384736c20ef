"""`homes.csv`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clonewatch.errors import InputError
from clonewatch.evidence.homes import NO_HOMES, Homes
from clonewatch.mscs import Msc, Mscs
from is41.msid import msid_of_imsi, msid_of_min

if TYPE_CHECKING:
    from pathlib import Path

MSCS = Mscs(
    [
        Msc(mscid=4660 << 8 | 1, name="MSC A"),
        Msc(mscid=4660 << 8 | 2, name="MSC B"),
        Msc(mscid=9000 << 8 | 1, name="MSC A"),
    ]
)


def homes(folder: Path, text: str) -> Homes:
    path = folder / "homes.csv"
    path.write_text(text)
    return Homes.load(path, MSCS)


def test_the_longest_prefix_says_where_home_is(tmp_path: Path) -> None:
    found = homes(tmp_path, "prefix,mscid\n614,4660-1\n\n6145551,MSC B\n310,4660-2\n")
    assert len(found) == 3
    assert found.of(msid_of_min("6145550000")) == (0, 2)
    assert found.of(msid_of_min("6145551000")) == (1,)
    assert found.of(msid_of_min("2125551000")) == ()
    assert found.of(msid_of_imsi("310006145551000")) == (1,)
    assert NO_HOMES.of(msid_of_min("6145550000")) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("prefix\n", "csv:1: the headings must be prefix,mscid"),
        ("prefix,mscid\n614\n", "csv:2: 1 cells under 2 headings"),
        ("prefix,mscid\n614x,4660-1\n", "csv:2: a prefix is 1 to 15 digits, not '614x'"),
        ("prefix,mscid\n614,MSC C\n", "csv:2: no MSC 'MSC C': define it in mscs.csv"),
        ("prefix,mscid\n614,4660-1\n614,4660-2\n", "csv:3: prefix 614 stands in two rows"),
        ("prefix,mscid\n614," + "x" * 200_000, "not a CSV file"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as told:
        homes(tmp_path, text)
    assert words in str(told.value)
