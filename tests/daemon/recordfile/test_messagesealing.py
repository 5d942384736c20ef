"""Messages as Parquet."""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.messages import Message
from clonewatch.recordfile import messagesealing
from clonewatch.recordfile.groups import Group
from clonewatch.recordfile.messageblocks import message_block_of
from clonewatch.recordfile.messagereading import GroupMessages
from clonewatch.recordfile.messagesealing import SCHEMA, open_messages, write_messages
from clonewatch.recordfile.sealing import seal
from is41.layers import Layer
from recordfiles import AT_10, Told, messages_of, open_group, registrations, with_messages

SOME = st.lists(st.binary(max_size=30), min_size=1, max_size=8)


@given(st.lists(SOME, min_size=1, max_size=5), st.data())
def test_what_is_sealed_comes_back_whole(parts: list[list[bytes]], data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        group = Group(Path(folder), AT_10, 100)
        expected: dict[int, Message] = {}
        octets, first = b"", 100
        for part in parts:
            chosen = np.array(data.draw(st.lists(st.integers(0, len(part) - 1), min_size=1)))
            chosen.sort()
            layer = data.draw(st.sampled_from(Layer))
            octets += message_block_of([(len(chosen), messages_of(part, layer)[chosen])], first)
            for at, row in enumerate(chosen.tolist()):
                if part[row]:
                    expected[first + at] = Message(layer, part[row])
            first += len(chosen)
        group.messages_open_path.write_bytes(octets)
        assert GroupMessages(group).of(range(100, first)) == expected
        blocks, damaged = open_messages(group.messages_open_path)
        assert damaged == 0
        assert write_messages(group.messages_sealed_path, blocks) == len(expected)
        group.messages_open_path.unlink()
        assert GroupMessages(group).of(range(100, first)) == expected
        assert pq.read_schema(group.messages_sealed_path).equals(SCHEMA)


def test_many_messages_are_written_some_at_a_time(tmp_path: Path) -> None:
    group = open_group(tmp_path, with_messages(registrations(40_000)))
    blocks, _ = open_messages(group.messages_open_path)
    assert write_messages(group.messages_sealed_path, blocks) == 40_000
    metadata = pq.read_metadata(group.messages_sealed_path)
    rows = [metadata.row_group(at).num_rows for at in range(metadata.num_row_groups)]
    assert len(rows) > 1
    assert max(rows) <= messagesealing.ROW_GROUP_ROWS


def test_duckdb_puts_registrations_and_messages_together(tmp_path: Path) -> None:
    batch = with_messages(registrations(1000))
    assert batch.messages is not None
    group = open_group(tmp_path, batch, 500)
    seal(group, Told())
    rows = duckdb.execute(
        f"SELECT sequence, layer, octets FROM '{tmp_path}/*.parquet' "  # noqa: S608
        f"JOIN read_parquet('{tmp_path}/*.octets') USING (sequence) ORDER BY sequence"
    ).fetchall()
    assert rows == [(500 + row, "mtp3", batch.messages.of(row).octets) for row in range(len(batch))]
