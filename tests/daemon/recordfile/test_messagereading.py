"""Messages read back."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clonewatch.errors import InputError
from clonewatch.recordfile.groups import Group
from clonewatch.recordfile.messagereading import GroupMessages, sequences_of_messages
from clonewatch.recordfile.sealing import seal
from recordfiles import (
    AT_10,
    Told,
    assert_messages_kept,
    message_blocks,
    open_group,
    registrations,
    with_messages,
)

BATCH = with_messages(registrations(9000))


@pytest.mark.parametrize("sealed", [False, True])
def test_messages_are_found_by_sequence(tmp_path: Path, *, sealed: bool) -> None:
    group = open_group(tmp_path, BATCH, 500)
    if sealed:
        seal(group, Told())
    assert_messages_kept(tmp_path)
    kept = GroupMessages(group)
    assert kept.of([499, 9500]) == kept.of([]) == {}
    assert list(kept.of([500, 5000])) == [500, 5000]
    path = group.messages_path
    assert path is not None
    faults: list[str] = []
    sequences = sequences_of_messages(path, faults)
    assert len(sequences) == 9000
    assert sequences.tolist() == list(range(500, 9500))
    assert faults == []


def test_a_group_may_have_none(tmp_path: Path) -> None:
    group = open_group(tmp_path, registrations(10))
    assert group.messages_path is None
    assert GroupMessages(group).of(range(10)) == {}


def test_a_damaged_block_costs_its_own_messages(tmp_path: Path) -> None:
    group = open_group(tmp_path, BATCH)
    octets = bytearray(group.messages_open_path.read_bytes())
    octets[len(message_blocks(BATCH)[0]) + 1000] ^= 1
    group.messages_open_path.write_bytes(octets + b"torn")
    assert list(GroupMessages(group).of(range(9000))) == [*range(4096), *range(8192, 9000)]
    faults: list[str] = []
    sequences_of_messages(group.messages_open_path, faults)
    damaged = len(message_blocks(BATCH)[1])
    assert faults == [
        f"{damaged} octets of damaged blocks of messages",
        "4 octets behind the last whole block of messages",
    ]


def test_a_damaged_parquet_file_is_refused_with_its_name(tmp_path: Path) -> None:
    group = open_group(tmp_path, BATCH)
    seal(group, Told())
    path = group.messages_sealed_path
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2] ^= 1
    path.write_bytes(octets)
    with pytest.raises(InputError, match="cannot be read") as caught:
        GroupMessages(group).of(range(9000))
    assert str(path) in str(caught.value)
    faults: list[str] = []
    sequences_of_messages(path, faults)
    assert len(faults) == 1


def test_another_parquet_file_holds_no_messages(tmp_path: Path) -> None:
    group = Group(tmp_path, AT_10, 0)
    pq.write_table(pa.table({"one": [1]}), group.messages_sealed_path)
    with pytest.raises(InputError, match="not those of messages"):
        GroupMessages(group).of([1])
