"""What is wrong with a record file."""

from pathlib import Path

import pyarrow.parquet as pq

from clonewatch.recordfile.groups import Group
from clonewatch.recordfile.reading import read_group
from clonewatch.recordfile.sealing import seal, write_parquet
from clonewatch.recordfile.verify import verify
from recordfiles import (
    AT_10,
    LATER,
    Told,
    blocks,
    message_blocks,
    open_group,
    registrations,
    with_messages,
)

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
    write_parquet(group.sealed_path, [rows])
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


def test_whole_messages_are_counted_and_have_no_fault(tmp_path: Path) -> None:
    batch = with_messages(BATCH)
    seal(open_group(tmp_path, batch[:100]), Told())
    last = open_group(tmp_path, batch[100:], 100, start_ms=LATER)
    with last.messages_open_path.open("ab") as file:  # its rows are just being written
        file.write(message_blocks(batch[:5], 200)[0])
    assert [(each.messages, each.faults) for each in verify(tmp_path)] == [(100, ()), (105, ())]


def test_damaged_messages_are_found(tmp_path: Path) -> None:
    group = open_group(tmp_path, with_messages(BATCH))
    octets = bytearray(group.messages_open_path.read_bytes())
    octets[200] ^= 1
    group.messages_open_path.write_bytes(octets)
    assert faults(tmp_path) == [f"{len(octets)} octets behind the last whole block of messages"]


def test_damage_to_sealed_messages_is_found(tmp_path: Path) -> None:
    group = open_group(tmp_path, with_messages(BATCH))
    seal(group, Told())
    octets = bytearray(group.messages_sealed_path.read_bytes())
    octets[200] ^= 1
    group.messages_sealed_path.write_bytes(octets)
    (fault,) = faults(tmp_path)
    assert "cannot be read" in fault


def test_messages_of_no_registration_are_found(tmp_path: Path) -> None:
    group = open_group(tmp_path, BATCH[:100])
    octets = message_blocks(with_messages(BATCH[:20]), 40)[0] * 2
    octets += message_blocks(with_messages(BATCH[:5]), 2)[0]
    group.messages_open_path.write_bytes(octets)
    assert faults(tmp_path) == ["messages are out of order"]
    earlier = Group(tmp_path, LATER, 200)
    earlier.open_path.write_bytes(b"".join(blocks(BATCH[:10], 205)))
    earlier.messages_open_path.write_bytes(message_blocks(with_messages(BATCH[:10]), 200)[0])
    assert "5 messages are of no registration" in faults(tmp_path)
