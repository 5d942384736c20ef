"""Registrations as one Parquet file with a record group's columns, in order of arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq

from clonewatch.recordfile.rows import Rows
from clonewatch.recordfile.sealing import SCHEMA, table_of

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.registrations import Batch


class GroupsWriter:
    """A file being written; `detect` and `travel learn` read it as an export of a record file."""

    def __init__(self, path: Path) -> None:
        self._file = pq.ParquetWriter(path, SCHEMA, compression="lz4")
        self._rows = 0

    def write(self, batch: Batch) -> None:
        """Registrations, received when their time says."""
        sequence = np.arange(self._rows, self._rows + len(batch))
        self._rows += len(batch)
        self._file.write_table(table_of(Rows(sequence=sequence, received=batch.time, batch=batch)))

    def close(self) -> None:
        """Finish the file."""
        self._file.close()
