"""Numbers by home MSC."""

from __future__ import annotations

import io

import numpy as np
import pytest

from clonewatch.lab.numbering import BLOCK, BLOCKS_MAX, numbers, write_homes
from clonewatch.lab.town import Town


def test_a_number_begins_with_a_prefix_of_its_home() -> None:
    home = np.random.default_rng(1).integers(0, 7, 20_000)
    mins, blocks = numbers(home)
    assert len(np.unique(mins)) == 20_000
    owner = dict(blocks)
    assert len(owner) == len(blocks)
    for msid, msc in zip(mins[:500].tolist(), home[:500].tolist(), strict=True):
        digits = f"{msid:010d}"
        assert digits[3:6] == "555"
        assert owner[digits[:7]] == msc


def test_blocks_run_out() -> None:
    with pytest.raises(ValueError, match="more subscribers than 8000 blocks of 1000"):
        numbers(np.zeros(BLOCK * BLOCKS_MAX + 1, np.int64))


def test_homes_as_a_file() -> None:
    stream = io.StringIO()
    town = Town.build(4, np.random.default_rng(1))
    write_homes(stream, town, [("2005551", 3), ("2005550", 0)])
    assert stream.getvalue() == "prefix,mscid\n2005550,4660-1\n2005551,4660-4\n"
