"""Capture files, pcap and pcapng, gzipped or not, read in blocks of bounded size."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

import numpy as np

from clonewatch.errors import InputError
from clonewatch.sources.captures import pcap, pcapng
from clonewatch.sources.captures.packets import Block, Packets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

BLOCK_LENGTH: Final = 4 << 20  # octets read at once: ours, what two cores' caches still like
PACKETS_MAX: Final = BLOCK_LENGTH // 32  # packets of a block told at once: ours
GZIP_MAGIC: Final = bytes.fromhex("1f8b")
_GZIP_FAULTS: Final = (EOFError, gzip.BadGzipFile, zlib.error)


class _Format(Protocol):
    """How packets lie in a file."""

    @property
    def longest(self) -> int: ...  # octets that one packet may take
    @property
    def link(self) -> int | None: ...  # what every packet begins with; None if they differ
    def walk(
        self, octets: NDArray[np.uint8], at: int, end: int, packets: Packets
    ) -> tuple[int, int]: ...
    def say_cut(self, octets: NDArray[np.uint8]) -> str: ...


class CaptureFile:
    """The packets of one capture file, a block at a time.

    *links* gives, for a link type, what its packets begin with; it may raise InputError. *room*
    octets in front of each block are left to the caller, to put together in what is cut. After the
    last block `cut` says, in words, where the file broke off, or is None.
    """

    def __init__(self, path: Path, links: Callable[[int], int], *, room: int = 0) -> None:
        self.path = path
        self.cut: str | None = None
        self._room = room
        self._place = 0  # octets of the file, unzipped, before what `blocks` reads first
        self._fault: str | None = None  # of the gzip stream
        self._file = _opened(path)
        try:
            self._format = self._begin(links)
        except BaseException:
            self._file.close()
            raise

    @property
    def link(self) -> int | None:
        """What every packet begins with; None where packets differ."""
        return self._format.link

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def blocks(self) -> Iterator[Block]:
        """Give the packets, in file order. Raises OSError."""
        longest = self._format.longest
        octets = np.empty(self._room + longest + BLOCK_LENGTH, np.uint8)
        view = octets.data
        packets = Packets.empty(PACKETS_MAX)
        at = self._room
        view[at : at + len(self._head)] = self._head
        end = at + len(self._head)
        place, number = self._place, 1
        while True:
            left = end - at
            view[self._room : self._room + left] = view[at:end]
            at, end = self._room, self._room + left
            got = self._read(view[end : end + BLOCK_LENGTH])
            end += got
            while True:
                after, count = self._format.walk(octets, at, end, packets)
                if count:
                    yield Block(octets, packets, count, number)
                place, number, at = place + after - at, number + count, after
                if count == 0:
                    break
            if end - at >= longest or not got:
                break
        if end > at or self._fault:
            self.cut = f"packet {number}, at octet {place} of the file: " + (
                self._fault or self._format.say_cut(octets[at:end])
            )

    def _read(self, view: memoryview) -> int:
        try:
            return self._file.readinto(view) or 0  # type: ignore[attr-defined]
        except _GZIP_FAULTS as error:
            self._fault = f"the gzip stream breaks off: {error}"
            return 0

    def _begin(self, links: Callable[[int], int]) -> _Format:
        """Read as much as tells the format. Raises InputError where it is none."""
        head = np.zeros(pcap.FILE_HEADER_LENGTH, np.uint8).data
        length = 0
        while length < len(head) and (got := self._read(head[length:])):
            length += got
        octets = head[:length].tobytes()
        self._head = b""
        if self._fault:
            raise InputError(self.path, self._fault)
        if not octets:
            raise InputError(self.path, "the file is empty: a capture begins with a pcap header")
        if octets[:4] == pcapng.MAGIC:
            self._head = octets
            return pcapng.Sections(links)
        if octets[:4] in pcap.MAGIC:
            self._place = pcap.FILE_HEADER_LENGTH
            return pcap.Savefile(octets, self.path, links)
        found = octets[:4].hex()
        raise InputError(
            self.path, f"not a capture: begins with {found}, no magic of pcap or pcapng"
        )


def _opened(path: Path) -> BinaryIO:
    """Open a file, unzipping it if its first octets say so; it may be a pipe."""
    file = path.open("rb")
    try:
        is_zipped = file.peek(len(GZIP_MAGIC))[: len(GZIP_MAGIC)] == GZIP_MAGIC
    except BaseException:
        file.close()
        raise
    return _Unzipped(path, file) if is_zipped else file  # type: ignore[return-value]


class _Unzipped(gzip.GzipFile):
    """A gzip file that closes the file it reads."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._zipped = file
        super().__init__(path.name, "rb", fileobj=file)

    def close(self) -> None:
        super().close()
        self._zipped.close()
