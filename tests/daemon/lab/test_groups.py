"""Registrations as Parquet."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from clonewatch.lab.groups import GroupsWriter
from clonewatch.lab.town import Town
from clonewatch.registrations import Batch, Registration
from clonewatch.sources.groups import is_group, read_groups

if TYPE_CHECKING:
    from pathlib import Path

import numpy as np


def test_it_reads_back_in_order_of_arrival(tmp_path: Path) -> None:
    town = Town.build(4, np.random.default_rng(1))
    mscid = int(town.mscs.mscid_of[2])
    rows = [Registration(time=t, msid=9 - t, esn=1, msc=2, mscid=mscid) for t in (5, 3, 4)]
    path = tmp_path / "records.parquet"
    with closing(GroupsWriter(path)) as file:
        file.write(Batch.of(rows[:2]))
        file.write(Batch.of(rows[2:]))
    assert is_group(path)
    read = Batch.joined(list(read_groups([path], 0, town.mscs)))
    assert list(read.registrations()) == rows
