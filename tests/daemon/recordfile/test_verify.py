"""What is wrong with a record file."""

from pathlib import Path

import pyarrow.parquet as pq

from clonewatch.recordfile.groups import Group
from clonewatch.recordfile.reading import read_group
from clonewatch.recordfile.sealing import seal, write_parquet
from clonewatch.recordfile.verify import verify
from recordfiles import AT_10, LATER, Told, blocks, open_group, registrations

BATCH = registrations(200)


def sealed(directory: Path, first: int, count: int) -> Group:
    group = open_group(directory, BATCH[first : first + count], first)
    seal(group, Told())
    return group


def faults(directory: Path) -> list[str]:
    return [fault for each in verify(directory) for fault in each.faults]


def test_a_whole_record_file_has_no_fault(tmp_path: Path) -> None:
    sealed(tmp_path, 50, 100)
    open_group(tmp_path, BATCH[150:], 150, start_ms=LATER)
    assert [(each.group.first, each.rows, each.faults) for each in verify(tmp_path)] == [
        (50, 100, ()),
        (150, 50, ()),
    ]


def test_a_hole_between_groups_is_found(tmp_path: Path) -> None:
    sealed(tmp_path, 0, 100)
    sealed(tmp_path, 120, 80)
    assert faults(tmp_path) == ["sequences 100 to 119 are missing"]


def test_a_sequence_in_two_groups_is_found(tmp_path: Path) -> None:
    sealed(tmp_path, 0, 100)
    sealed(tmp_path, 90, 110)
    assert faults(tmp_path) == ["sequence 90 stands twice"]


def test_damage_to_blocks_is_found(tmp_path: Path) -> None:
    octets = bytearray(b"".join(blocks(BATCH, rows=100)) + b"CWR1")
    octets[100] ^= 1
    Group(tmp_path, AT_10, 0).open_path.write_bytes(octets)
    assert faults(tmp_path) == [
        "4824 octets of damaged blocks",
        "4 octets behind the last whole block",
        "sequences 0 to 99 are missing",
    ]


def test_rows_out_of_order_are_found(tmp_path: Path) -> None:
    group = sealed(tmp_path, 0, 100)
    rows = read_group(group)
    write_parquet(group.sealed_path, rows)
    (fault,) = faults(tmp_path)
    assert fault.endswith("is out of order")


def test_parquet_that_cannot_be_read_is_found_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    first, second = sealed(tmp_path, 0, 100), sealed(tmp_path, 100, 100)
    octets = bytearray(first.sealed_path.read_bytes())
    octets[-20] ^= 0xFF
    first.sealed_path.write_bytes(octets)
    broken, good = verify(tmp_path)
    assert len(broken.faults) == 1
    assert (good.rows, good.faults) == (100, ())
    assert pq.read_metadata(second.sealed_path).num_rows == 100
