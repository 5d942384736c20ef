"""Registrations: the REGNOT records (318) of US patent 6,370,373, in columns.

A `Batch` is a set of NumPy columns of one length, in order of arrival. A single
`Registration` is a value for people and logs.

An MSID is one number; `is41.msid` says which.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from enum import IntFlag
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from is41.flags import RegnotFlag
from is41.map.codes import TerminalType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from clonewatch.messages import Messages

MSC_UNKNOWN: Final = 0xFFFF  # `msc` of a registration whose MSC is in no table
SOURCES_MAX: Final = 256  # a source is one octet


class Flags(IntFlag):
    """What else is known of a registration; the first five are `is41.regnots.RegnotFlag`'s.

    One of the last three keeps a conflict from suspending anybody.
    """

    BORDER_CELL_ACCESS = RegnotFlag.BORDER_CELL_ACCESS
    POWER_DOWN = RegnotFlag.POWER_DOWN
    IMSI = RegnotFlag.IMSI
    PSEUDO_ESN = RegnotFlag.PSEUDO_ESN
    NO_TRANSACTION_ID = RegnotFlag.NO_TRANSACTION_ID
    TIME_UNCERTAIN = 0x20  # queued somewhere for an unknown time before it was read
    CLOCK_SUSPECT = 0x40  # time stamp far ahead of its receipt, or of those around it
    LATE = 0x80  # later than its source's lateness: some neighbours may be forgotten


# Flags of a time that may be wrong; a plain int, with which a column of flags stays octets.
UNTRUSTED: Final = int(Flags.TIME_UNCERTAIN | Flags.CLOCK_SUSPECT)
EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  # in UTC, and said so by the Z of what is told


def mscid_text(mscid: int) -> str:
    """MARKET-SWITCH in decimal: 4660-1."""
    return f"{mscid >> 8}-{mscid & 0xFF}"


def terminal_type_text(code: int) -> str:
    """The air interface standard that a TerminalType names; its number where it names none."""
    return TerminalType(code).name if code in set(TerminalType) else str(code)


def time_text(time_ms: int) -> str:
    """RFC 3339, UTC, to the millisecond; the number itself where no calendar reaches."""
    try:
        moment = EPOCH + timedelta(milliseconds=time_ms)
    except OverflowError:
        return f"{time_ms} ms"
    return f"{moment.isoformat(timespec='milliseconds')}Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One registration; the names are the columns' of `Batch`."""

    time: int
    msid: int
    esn: int
    msc: int
    mscid: int
    transaction_id: int = 0
    source: int = 0
    flags: Flags = Flags.NO_TRANSACTION_ID


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Registrations in columns of one length, in order of arrival.

    The *messages* that they stood in are there where somebody asked for them.
    """

    time: NDArray[np.int64]  # ms since 1970 UTC, cut to whole ms
    msid: NDArray[np.uint64]
    esn: NDArray[np.uint32]
    msc: NDArray[np.uint16]  # index into `Mscs`, or MSC_UNKNOWN
    mscid: NDArray[np.uint32]  # market << 8 | switch, as received
    transaction_id: NDArray[np.uint32]
    source: NDArray[np.uint8]
    flags: NDArray[np.uint8]
    terminal_type: NDArray[np.uint8]  # 0: absent, here and below
    system_access_type: NDArray[np.uint8]
    system_capabilities: NDArray[np.uint8]
    transaction_capability: NDArray[np.uint16]
    location_area: NDArray[np.uint16]
    messages: Messages | None = None

    def __len__(self) -> int:
        return len(self.time)

    @classmethod
    def empty(cls, length: int = 0) -> Self:
        """*length* rows of zeros, at no known MSC."""
        columns = {name: np.zeros(length, dtype) for name, dtype in DTYPES.items()}
        columns["msc"].fill(MSC_UNKNOWN)
        return cls(**columns, messages=None)

    @classmethod
    def of(cls, registrations: Sequence[Registration]) -> Self:
        """Columns of single registrations."""
        batch = cls.empty(len(registrations))
        for at, registration in enumerate(registrations):
            for field in fields(Registration):
                getattr(batch, field.name)[at] = getattr(registration, field.name)
        return batch

    @classmethod
    def joined(cls, batches: Sequence[Batch]) -> Self:
        """All rows of *batches*, one after another, without their messages."""
        empty = cls.empty()
        return cls(
            **{
                name: np.concatenate([getattr(batch, name) for batch in (empty, *batches)])
                for name in DTYPES
            },
            messages=None,
        )

    def without_messages(self) -> Batch:
        """The columns alone, for whoever keeps them: messages lent lie in many more octets."""
        return replace(self, messages=None)

    def registrations(self) -> Iterator[Registration]:
        """The rows, one by one."""
        names = [field.name for field in fields(Registration)]
        for row in zip(*(getattr(self, name).tolist() for name in names), strict=True):
            values = dict(zip(names, row, strict=True))
            yield Registration(**values | {"flags": Flags(values["flags"])})

    def __getitem__(self, rows: slice | NDArray[np.intp] | NDArray[np.bool_]) -> Batch:
        """Some of the rows: views for a slice, copies otherwise."""
        messages = None if self.messages is None else self.messages[rows]
        return Batch(**{name: getattr(self, name)[rows] for name in DTYPES}, messages=messages)


DTYPES: Final = {
    "time": np.int64,
    "msid": np.uint64,
    "esn": np.uint32,
    "msc": np.uint16,
    "mscid": np.uint32,
    "transaction_id": np.uint32,
    "source": np.uint8,
    "flags": np.uint8,
    "terminal_type": np.uint8,
    "system_access_type": np.uint8,
    "system_capabilities": np.uint8,
    "transaction_capability": np.uint16,
    "location_area": np.uint16,
}
