"""Home MSCs: `homes.csv`, `prefix,mscid`: where subscribers are at home whose digits begin so."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from clonewatch.csvfile import read_text
from clonewatch.errors import InputError
from is41.msid import IMSI_DIGITS_MAX, msid_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clonewatch.mscs import Mscs

HEADINGS: Final = ["prefix", "mscid"]


class Homes:
    """Home MSCs, by the longest prefix of a MIN's or an IMSI's digits."""

    def __init__(self, indices: Mapping[str, tuple[int, ...]]) -> None:
        """*indices*: by prefix, every index that the home MSC has."""
        self._indices = dict(indices)
        self._lengths = sorted({len(prefix) for prefix in indices}, reverse=True)

    @classmethod
    def load(cls, path: Path | str, mscs: Mscs) -> Self:
        """Give the homes of a file like `homes.csv`. Raises InputError."""
        path = Path(path)
        reader = csv.reader(io.StringIO(read_text(path), newline=""))
        indices: dict[str, tuple[int, ...]] = {}
        headed = False
        try:
            for row in reader:
                cells = [cell.strip() for cell in row]
                if not any(cells):
                    continue
                if not headed:
                    _check_headings(path, reader.line_num, cells)
                    headed = True
                    continue
                prefix, home = _row(path, reader.line_num, cells, mscs)
                if prefix in indices:
                    raise InputError(
                        path, f"prefix {prefix} stands in two rows", line=reader.line_num
                    )
                indices[prefix] = home
        except csv.Error as error:
            raise InputError(path, f"not a CSV file: {error}", line=reader.line_num) from None
        return cls(indices)

    def __len__(self) -> int:
        return len(self._indices)

    def of(self, msid: int) -> tuple[int, ...]:
        """Every index of the home MSC of *msid*; none where no prefix fits."""
        digits = msid_digits(msid)
        for length in self._lengths:
            if found := self._indices.get(digits[:length]):
                return found
        return ()


NO_HOMES: Final = Homes({})


def _check_headings(path: Path, line: int, cells: list[str]) -> None:
    if cells != HEADINGS:
        raise InputError(path, f"the headings must be {','.join(HEADINGS)}", line=line)


def _row(path: Path, line: int, cells: list[str], mscs: Mscs) -> tuple[str, tuple[int, ...]]:
    if len(cells) != len(HEADINGS):
        raise InputError(path, f"{len(cells)} cells under {len(HEADINGS)} headings", line=line)
    prefix, name = cells
    if not (prefix.isascii() and prefix.isdigit() and len(prefix) <= IMSI_DIGITS_MAX):
        raise InputError(
            path, f"a prefix is 1 to {IMSI_DIGITS_MAX} digits, not {prefix!r}", line=line
        )
    indices = mscs.indices(name)
    if not indices:
        raise InputError(
            path, f"no MSC {name!r}: define it in mscs.csv, or write MARKET-SWITCH", line=line
        )
    return prefix, indices
