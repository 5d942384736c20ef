"""A bounded ring of the messages that could not be used, for Wireshark and ``decode``.

It is pcapng, for messages of three layers stand in it, and each says in a comment what is wrong
with it. What is a carrier's own message stands in a TCP segment, one connection each. Two files:
when the one being written has half of the octets, it takes the place of the older one
(`refused.1.pcap` beside `refused.pcap`), and a new one is begun. A thread writes, so that nobody
waits for the disk; what comes faster than it may write is counted and left out.
"""

from __future__ import annotations

import mmap
import os
import struct
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from clonewatch.errors import InputError
from clonewatch.safely import safely
from clonewatch.sources.captures.pcapng import BYTE_ORDER, ENHANCED_PACKET, INTERFACE, SECTION
from clonewatch.sources.captures.segments import HEADERS_LENGTH, End, segment
from is41.layers import Layer
from is41.sigtran import Carrier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LINK_TYPES: Final = {Layer.TCAP: 147, Layer.SCCP: 142, Layer.MTP3: 141}  # 147: a user's own
IP_LINK_TYPE: Final = 101  # of carriers' messages: the one behind these
PORTS: Final = {Carrier.TALI: 5000, Carrier.XOT: 1998, Carrier.M3UA: 2905}  # RFC 3094 has none
FAR_PORT: Final = 40_000
WAITING_MAX: Final = 1024  # messages not yet written: ours
WRITE_EVERY_S: Final = 0.1  # so that a flood cannot keep a disk busy: ours
MESSAGE_LENGTH_MAX: Final = 4096  # octets kept of a message: ours
COMMENT_LENGTH_MAX: Final = 1024  # octets: ours
_COMMENT: Final = 1  # an option of any block
_ANY_LENGTH: Final = (1 << 64) - 1  # of a section
_BLOCK: Final = struct.Struct("<II")  # type, length; the length stands behind the body again
_LENGTH: Final = struct.Struct("<I")
_PACKET: Final = struct.Struct("<IIIII")  # interface, time high and low in us, octets kept, octets
_OPTION: Final = struct.Struct("<HH")  # code, length


@dataclass(frozen=True, slots=True)
class Failed:
    """The ring cannot be written; it will be tried again with what comes."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; refused messages are counted, but not kept"


@dataclass(frozen=True, slots=True)
class Resumed:
    """The ring is written again."""

    path: Path

    def __str__(self) -> str:
        return f"{self.path}: refused messages are kept again"


class RefusedRing:
    """The ring at *path*, of *octets_max* in both files together.

    *tell* is called from the ring's thread. Raises InputError where another file stands at *path*,
    and OSError.
    """

    def __init__(
        self, path: Path, octets_max: int, *, tell: Callable[[Failed | Resumed], None]
    ) -> None:
        self.messages_dropped = 0
        self.messages_written = 0
        self._tell = safely(tell)
        self._file = _Ring(path, octets_max // 2)
        self._is_failing = False
        self._changed = threading.Condition()
        self._waiting: deque[bytes] = deque()
        self._connections = 0  # that carriers' messages were put into
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="refused", daemon=True)
        self._thread.start()

    def add(self, octets: bytes, begins: Layer | Carrier, time_ms: int, why: str) -> None:
        """Keep what *begins* with a layer or a carrier and was read at *time_ms* since 1970 UTC."""
        with self._changed:
            if len(self._waiting) < WAITING_MAX and not self._closing:
                self._waiting.append(self._block(octets, begins, time_ms, why))
                self._changed.notify()
            else:
                self.messages_dropped += 1

    def close(self) -> None:
        """Write what waits, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        self._file.close()

    def _block(self, octets: bytes, begins: Layer | Carrier, time_ms: int, why: str) -> bytes:
        kept = octets[:MESSAGE_LENGTH_MAX]
        cut = len(octets) - len(kept)
        if isinstance(begins, Layer):
            return packet_block(kept, cut, list(LINK_TYPES).index(begins), time_ms, why)
        self._connections = (self._connections + 1) % (1 << 32)
        far_end, ours = End(self._connections, FAR_PORT), End(0, PORTS[begins])
        return packet_block(segment(kept, far_end, ours), cut, len(LINK_TYPES), time_ms, why)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                blocks = list(self._waiting)
                self._waiting.clear()
                if not blocks:
                    return
            self._write(blocks)
            with self._changed:
                self._changed.wait_for(lambda: self._closing, WRITE_EVERY_S)

    def _write(self, blocks: list[bytes]) -> None:
        try:
            self._file.write(blocks)
        except OSError as error:
            self.messages_dropped += len(blocks)
            if not self._is_failing:
                self._is_failing = True
                self._tell(Failed(self._file.path, error.strerror or str(error)))
            return
        self.messages_written += len(blocks)
        if self._is_failing:
            self._is_failing = False
            self._tell(Resumed(self._file.path))


def packet_block(kept: bytes, cut: int, interface: int, time_ms: int, why: str) -> bytes:
    """A packet, of which *cut* octets are left out, and its comment, as a block of pcapng."""
    comment = why.encode()[:COMMENT_LENGTH_MAX].decode(errors="ignore").encode()
    microseconds = max(0, time_ms) * 1000
    head = _PACKET.pack(
        interface,
        microseconds >> 32,
        microseconds & 0xFFFF_FFFF,
        len(kept),
        len(kept) + cut,
    )
    options = _OPTION.pack(_COMMENT, len(comment)) + _padded(comment) + bytes(4)
    return _block(ENHANCED_PACKET, head + _padded(kept) + options)


def messages_of(octets: bytes) -> Iterator[tuple[int, str]]:
    """Of each whole message in a file of the ring: its time, ms since 1970 UTC, and comment."""
    at, ends = len(HEADER), _LENGTH.size
    while at + _BLOCK.size <= len(octets):
        kind, length = _BLOCK.unpack_from(octets, at)
        if length < _BLOCK.size + ends or at + length > len(octets):
            return
        body = at + _BLOCK.size
        if kind == ENHANCED_PACKET and length >= _BLOCK.size + _PACKET.size + ends:
            _, high, low, kept, _ = _PACKET.unpack_from(octets, body)
            options = octets[body + _PACKET.size + kept + -kept % 4 : at + length - ends]
            yield ((high << 32) | low) // 1000, _comment(options)
        at += length


def older_than(path: Path) -> Path:
    """The older file of the ring at *path*."""
    return path.with_name(f"{path.stem}.1{path.suffix}")


class _Ring:
    """The two files. Every method raises OSError."""

    def __init__(self, path: Path, octets_max: int) -> None:
        self.path = path
        self._octets_max = max(octets_max, len(HEADER) + _PACKET_LENGTH_MAX)
        self._older = older_than(path)
        self._descriptor, self._octets = self._opened()

    def write(self, blocks: list[bytes]) -> None:
        """Write whole blocks, or none."""
        for at in range(0, len(blocks), _TOGETHER):
            octets = b"".join(blocks[at : at + _TOGETHER])
            if self._octets + len(octets) > self._octets_max and self._octets > len(HEADER):
                self._turn_over()
            try:
                written = os.pwrite(self._descriptor, octets, self._octets)
                if written < len(octets):
                    os.pwrite(self._descriptor, octets[written:], self._octets + written)
            except OSError:
                os.ftruncate(self._descriptor, self._octets)
                raise
            self._octets += len(octets)

    def close(self) -> None:
        """Use it no more."""
        os.close(self._descriptor)

    def _turn_over(self) -> None:
        self.path.rename(self._older)
        self.close()
        self._descriptor, self._octets = self._opened()

    def _opened(self) -> tuple[int, int]:
        """Go on behind the last whole block there is."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            octets = _whole(self.path, descriptor)
            os.ftruncate(descriptor, octets)
            if not octets:
                octets = os.pwrite(descriptor, HEADER, 0)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor, octets


def _whole(path: Path, descriptor: int) -> int:
    """Octets up to the end of the last whole block. Raises InputError for a file of others."""
    length = os.fstat(descriptor).st_size
    head = os.pread(descriptor, len(HEADER), 0)
    if head != HEADER[: len(head)]:
        raise InputError(path, "is no ring of refused messages: give [refused] file another name")
    if length < len(HEADER):
        return 0
    at = len(HEADER)
    with mmap.mmap(descriptor, length, access=mmap.ACCESS_READ) as octets:
        while at + _BLOCK.size <= length:
            after = at + max(_BLOCK.unpack_from(octets, at)[1], _BLOCK.size + _LENGTH.size)
            if after > length or octets[after - 4 : after] != octets[at + 4 : at + 8]:
                break
            at = after
    return at


def _comment(options: bytes) -> str:
    if len(options) < _OPTION.size:
        return ""
    code, length = _OPTION.unpack_from(options)
    text = options[_OPTION.size : _OPTION.size + length]
    return text.decode(errors="replace") if code == _COMMENT else ""


def _block(kind: int, body: bytes) -> bytes:
    length = _BLOCK.size + len(body) + _LENGTH.size
    return _BLOCK.pack(kind, length) + body + _LENGTH.pack(length)


def _padded(octets: bytes) -> bytes:
    return octets + bytes(-len(octets) % 4)


HEADER: Final = _block(SECTION, struct.pack("<IHHQ", BYTE_ORDER, 1, 0, _ANY_LENGTH)) + b"".join(
    _block(INTERFACE, struct.pack("<HHI", link_type, 0, 0))
    for link_type in (*LINK_TYPES.values(), IP_LINK_TYPE)
)
_PACKET_LENGTH_MAX: Final = HEADERS_LENGTH + MESSAGE_LENGTH_MAX + COMMENT_LENGTH_MAX + 64
_TOGETHER: Final = 8  # blocks of one write: small beside the least ring there may be
