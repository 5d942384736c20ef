"""Captures in the pcap format, written many packets at a time.

Classic libpcap, little endian, time stamps in microseconds.
"""

from __future__ import annotations

import struct
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from numpy.typing import NDArray

MAGIC: Final = 0xA1B2C3D4  # microseconds
VERSION: Final = (2, 4)
SNAPLEN: Final = 262_144  # octets a packet, as tcpdump says
RECORD_HEADER: Final = 16  # octets: seconds, microseconds, octets captured, octets there were
SECOND_US: Final = 1_000_000


class LinkType(IntEnum):
    """What a packet begins with (the tcpdump group's registry)."""

    ETHERNET = 1
    MTP3 = 141
    SCCP = 142


class PcapWriter:
    """A capture file being written."""

    def __init__(self, path: Path | str, linktype: LinkType) -> None:
        self._file = Path(path).open("wb")  # noqa: SIM115 - closed by close
        self._file.write(struct.pack("<IHHiIII", MAGIC, *VERSION, 0, 0, SNAPLEN, linktype))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def write(
        self, times_us: NDArray[np.int64], octets: NDArray[np.uint8], lengths: NDArray[np.int64]
    ) -> None:
        """Packets, one a row of *octets* (n x width), of which the first *lengths* count."""
        count, width = octets.shape
        records = np.empty((count, RECORD_HEADER + width), np.uint8)
        header = np.stack((times_us // SECOND_US, times_us % SECOND_US, lengths, lengths), axis=1)
        records[:, :RECORD_HEADER] = header.astype("<u4").view(np.uint8)
        records[:, RECORD_HEADER:] = octets
        self._file.write(joined(records, lengths + RECORD_HEADER).tobytes())


def write_pcap(
    path: Path | str, linktype: LinkType, times_us: Sequence[int], packets: Sequence[bytes]
) -> None:
    """A small capture of *packets* at *times_us*, microseconds since 1970 UTC."""
    lengths = np.array([len(packet) for packet in packets], np.int64)
    octets = np.zeros((len(packets), int(lengths.max(initial=0))), np.uint8)
    filled(octets, lengths, np.frombuffer(b"".join(packets), np.uint8))
    with PcapWriter(path, linktype) as capture:
        capture.write(np.array(times_us, np.int64), octets, lengths)


def big_endian(column: NDArray[np.integer[Any]], octets: int) -> NDArray[np.uint8]:
    """The last *octets*, at most four, of each number, a row each."""
    return column.astype(">u4")[:, None].view(np.uint8)[:, 4 - octets :]


def joined(rows: NDArray[np.uint8], lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The first *lengths* octets of each row, one row after another."""
    width = rows.shape[1]
    if len(rows) and int(lengths.min()) == width:
        return rows.reshape(-1)
    return rows[np.arange(width, dtype=np.uint32) < lengths.astype(np.uint32)[:, None]]


def filled(rows: NDArray[np.uint8], lengths: NDArray[np.int64], octets: NDArray[np.uint8]) -> None:
    """The inverse of `joined`: *octets* into the first *lengths* octets of each row."""
    width = rows.shape[1]
    rows[np.arange(width, dtype=np.uint32) < lengths.astype(np.uint32)[:, None]] = octets
