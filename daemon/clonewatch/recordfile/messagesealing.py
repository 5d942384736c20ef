"""The messages of a group become Parquet: sequence, layer, octets, in order of arrival.

Some at a time, for they are larger than the rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from is41.layers import Layer

from .groups import sync_file
from .mapping import mapped
from .messageblocks import messages_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from .messageblocks import MessageBlock

SEQUENCE: Final = "sequence"
LAYER_NAMES: Final = pa.array([layer.name.lower() for layer in sorted(Layer)])  # as `Message` has
SCHEMA: Final = pa.schema(
    [
        (SEQUENCE, pa.int64()),
        ("layer", pa.dictionary(pa.int8(), pa.string())),
        ("octets", pa.binary()),
    ]
)
ROW_GROUP_ROWS: Final = 16_384  # what has to be read to find one message: ours


def write_messages(path: Path, blocks: Iterable[MessageBlock]) -> int:
    """Write blocks as a sealed group's messages; how many there were. Raises OSError."""
    written = 0
    with pq.ParquetWriter(
        path,
        SCHEMA,
        compression="zstd",
        use_dictionary=["layer"],
        column_encoding={SEQUENCE: "DELTA_BINARY_PACKED"},
        write_page_checksum=True,
    ) as file:
        for some in _together(blocks):
            table = _table_of(some)
            file.write_table(table, row_group_size=ROW_GROUP_ROWS)
            sync_file(path)  # a few MB: nobody who syncs something else has to wait for all
            written += len(table)
    return written


def open_messages(path: Path) -> tuple[tuple[MessageBlock, ...], int]:
    """The whole blocks of a file of messages, and how many octets of it are damaged."""
    found = messages_in(mapped(path))
    return found.blocks, found.damaged_octets


def _table_of(blocks: Sequence[MessageBlock]) -> pa.Table:
    """The messages of some blocks, as Arrow's columns."""
    places = np.concatenate([block.places for block in blocks])
    sequence = np.concatenate([np.arange(block.first, block.next) for block in blocks])
    lengths = [len(block.octets) for block in blocks]
    begins = np.repeat(np.cumsum([0, *lengths[:-1]]), [len(block.places) for block in blocks])
    rows = np.flatnonzero(places["length"])
    # Arrow's offsets are those of values behind one another: messages, and what may lie between.
    starts = (places["start"] + begins)[rows].astype(np.int32)
    offsets = np.unique(np.concatenate([starts, starts + places["length"][rows]]))
    octets = np.concatenate([block.octets for block in blocks])
    stretches = pa.Array.from_buffers(
        pa.binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(octets)]
    )
    layers = pa.array(places["layer"][rows].astype(np.int8))
    columns = [
        pa.array(sequence[rows]),
        pa.DictionaryArray.from_arrays(layers, LAYER_NAMES),
        stretches.take(pa.array(np.searchsorted(offsets, starts))),
    ]
    return pa.table(columns, schema=SCHEMA)


def _together(blocks: Iterable[MessageBlock]) -> Iterator[Sequence[MessageBlock]]:
    """Blocks by as many as make up a row group; those without a message are left out."""
    some: list[MessageBlock] = []
    rows = 0
    for block in blocks:
        if not block.places["length"].any():
            continue
        if some and rows + len(block.places) > ROW_GROUP_ROWS:
            yield some
            some, rows = [], 0
        some.append(block)
        rows += len(block.places)
    if some:
        yield some
