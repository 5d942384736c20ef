"""The directory of MSCs (120), `mscs.csv`: which switch a registration names.

A switch is known by its MSCID, which is IS-41's MarketID and switch number. It may serve several
markets: rows with one name are one MSC. Each MSCID has an index, in the order of the file; what
is appended to a file later leaves the earlier indices as they were.
"""

from __future__ import annotations

import csv
import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, TextIO

import numpy as np

from clonewatch.csvfile import number_of, read_rows
from clonewatch.errors import InputError
from clonewatch.registrations import mscid_text
from is41.mtp.pointcode import PointCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

MSCIDS_MAX: Final = 65534  # ours: an index is 16 bits, of which one value means unknown
MSCID_BITS: Final = 24  # MarketID 16, switch number 8
MSCID_NONE: Final = 0xFFFF_FFFF  # of an MSC that only a travel table names
HEADINGS: Final = (
    "mscid",
    "name",
    "latitude",
    "longitude",
    "radius_km",
    "msc_number",
    "point_code",
)
_MARKET_SWITCH: Final = re.compile(r"(\d{1,6})-(\d{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Msc:
    """One row of `mscs.csv`."""

    mscid: int  # market << 8 | switch, or MSCID_NONE
    name: str
    latitude: float | None = None  # degrees north
    longitude: float | None = None  # degrees east
    radius_km: float | None = None
    msc_number: str | None = None  # digits of MSCIdentificationNumber
    point_code: PointCode | None = None
    line: int | None = field(default=None, compare=False)  # of the file that it was read from


def parse_mscid(text: str) -> int:
    """MSCID of MARKET-SWITCH in decimal. Raises ValueError."""
    if match := _MARKET_SWITCH.fullmatch(text):
        market, switch = int(match[1]), int(match[2])
        if market <= 0xFFFF and switch <= 0xFF:
            return market << 8 | switch
    raise ValueError(
        f"an MSCID is MARKET-SWITCH in decimal (0 to 65535, 0 to 255), as in 4660-1, not {text!r}"
    )


class Mscs:
    """Every MSCID there is, by index; placing registrations at them."""

    def __init__(self, rows: Sequence[Msc]) -> None:
        """*rows*: at most MSCIDS_MAX, no MSCID twice."""
        if len(rows) > MSCIDS_MAX:
            raise ValueError(f"{len(rows)} MSCIDs are more than {MSCIDS_MAX}")
        self.rows = tuple(rows)
        self.mscid_of: NDArray[np.uint32] = np.array([row.mscid for row in rows], np.uint32)
        self._indices: dict[str, list[int]] = {}
        self._by_mscid: dict[int, int] = {}
        self._by_point_code: dict[int, int] = {}
        self._by_msc_number: dict[str, int] = {}
        for index, row in enumerate(rows):
            self._indices.setdefault(row.name, []).append(index)
            if row.mscid != MSCID_NONE:
                self._by_mscid[row.mscid] = index
            if row.point_code is not None:
                self._by_point_code.setdefault(int(row.point_code), index)
            if row.msc_number is not None:
                self._by_msc_number.setdefault(row.msc_number, index)
        self.names = tuple(self._indices)  # of the MSCs, in the order of their first rows
        number = {name: at for at, name in enumerate(self.names)}
        # Which MSC an MSCID belongs to, by its place in `names`.
        self.msc_of: NDArray[np.intp] = np.array([number[row.name] for row in rows], np.intp)
        # MSCID -> index + 1, 0 where unknown. The system hands out zeroed pages only when they
        # are touched, so that most of these 32 MiB never exist.
        self.lookup: NDArray[np.uint16] = np.zeros((1 << MSCID_BITS) + 1, np.uint16)
        for mscid, index in self._by_mscid.items():
            self.lookup[mscid] = index + 1

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """The MSCs of a file like `mscs.csv`. Raises InputError."""
        path = Path(path)
        rows: list[Msc] = []
        mscids: set[int] = set()
        owner: dict[PointCode | str, str] = {}  # of a point code or an MSC number: the MSC's name
        for line, cells in read_rows(path, known=HEADINGS, needed=HEADINGS[:1]):
            try:
                msc = _msc(cells, line)
                _check_new(msc.mscid, mscids)
                _check_owner("point_code", msc.point_code, msc.name, owner)
                _check_owner("msc_number", msc.msc_number, msc.name, owner)
            except ValueError as fault:
                raise InputError(path, str(fault), line=line) from None
            rows.append(msc)
            if len(rows) > MSCIDS_MAX:
                raise InputError(path, f"more than {MSCIDS_MAX} MSCIDs", line=line)
        if not rows:
            raise InputError(path, "no MSC under the headings")
        return cls(rows)

    @classmethod
    def from_headings(cls, headings: Iterable[str]) -> Self:
        """MSCs of a travel table that stands alone; a plain name gets no MSCID."""
        rows: dict[str, Msc] = {}
        for heading in headings:
            try:
                mscid = parse_mscid(heading)
            except ValueError:
                rows[heading] = Msc(mscid=MSCID_NONE, name=heading)
            else:
                rows[mscid_text(mscid)] = Msc(mscid=mscid, name=mscid_text(mscid))
        return cls(tuple(rows.values()))

    def write(self, stream: TextIO) -> None:
        """As `mscs.csv`; loading it gives the same MSCs."""
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADINGS)
        for row in self.rows:
            name = "" if row.name == mscid_text(row.mscid) else row.name
            further = (row.latitude, row.longitude, row.radius_km, row.msc_number, row.point_code)
            writer.writerow([mscid_text(row.mscid), name, *further])

    def index_of(self, mscid: int) -> int | None:
        """Index of an MSCID."""
        return self._by_mscid.get(mscid)

    def name(self, index: int) -> str:
        """Name of the MSC at *index*; MARKET-SWITCH where it has none."""
        return self.rows[index].name

    def name_of(self, mscid: int) -> str:
        """Name of the MSC of an MSCID; MARKET-SWITCH if no table has it any more."""
        index = self.index_of(mscid)
        return mscid_text(mscid) if index is None else self.name(index)

    def indices(self, name: str) -> tuple[int, ...]:
        """Every index of the MSC that *name*, or MARKET-SWITCH, stands for; none if unknown."""
        try:
            index = self._by_mscid.get(parse_mscid(name))
        except ValueError:
            index = None
        return tuple(self._indices.get(name if index is None else self.rows[index].name, ()))

    def by_point_code(self, point_code: int) -> int | None:
        """Index of the MSC with that point code, network << 16 | cluster << 8 | member."""
        return self._by_point_code.get(point_code)

    def by_msc_number(self, digits: str) -> int | None:
        """Index of the MSC with that MSCIdentificationNumber."""
        return self._by_msc_number.get(digits)

    def place(self, mscid: NDArray[np.uint32]) -> NDArray[np.uint16]:
        """Indices of MSCIDs; MSC_UNKNOWN for those of no table."""
        # An unknown one is 0 in the table, as is what is past its end, and 0 - 1 is MSC_UNKNOWN in
        # 16 bits.
        index: NDArray[np.uint16] = self.lookup.take(mscid, mode="clip")
        index -= np.uint16(1)
        return index


def _msc(cells: Mapping[str, str], line: int) -> Msc:
    """One row's MSC. Raises ValueError that names the column."""
    try:
        mscid = parse_mscid(cells["mscid"])
    except ValueError as fault:
        raise ValueError(f"column 'mscid': {fault}") from None
    try:
        latitude = number_of(cells, "latitude", "degrees", -90, 90)
    except ValueError as fault:
        raise ValueError(f"{fault}; latitude comes before longitude") from None
    longitude = number_of(cells, "longitude", "degrees", -180, 180)
    if (latitude is None) != (longitude is None):
        raise ValueError("latitude and longitude: give both or neither")
    msc_number = cells.get("msc_number") or None
    if msc_number and not (msc_number.isascii() and msc_number.isdigit()):
        raise ValueError(f"column 'msc_number': an MSC number is digits, not {msc_number!r}")
    point_code = None
    if cells.get("point_code"):
        try:
            point_code = PointCode.of(cells["point_code"])
        except ValueError as fault:
            raise ValueError(f"column 'point_code': {fault}") from None
    return Msc(
        mscid=mscid,
        name=cells.get("name") or mscid_text(mscid),
        latitude=latitude,
        longitude=longitude,
        radius_km=number_of(cells, "radius_km", "kilometres", 0, math.inf),
        msc_number=msc_number,
        point_code=point_code,
        line=line,
    )


def _check_new(mscid: int, mscids: set[int]) -> None:
    if mscid in mscids:
        raise ValueError(f"column 'mscid': {mscid_text(mscid)} stands in two rows")
    mscids.add(mscid)


def _check_owner(
    column: str, key: PointCode | str | None, name: str, owner: dict[PointCode | str, str]
) -> None:
    """Refuse what would place one registration at two MSCs."""
    if key is not None and owner.setdefault(key, name) != name:
        raise ValueError(
            f"column {column!r}: {owner[key]!r} has it already: give both rows one name, "
            "or leave it out"
        )
