"""IP fragments put together: IPv4 (RFC 791) and IPv6 (RFC 8200 §4.5). Rare, so plain Python.

The first octets to arrive stand (RFC 5722 would drop the whole packet where fragments overlap; of
a capture we want what can be had). Both the packets that wait and their octets are bounded, and
what waits too long, by the capture's clock, is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

from clonewatch.sources.captures.ip import EXTENSIONS_MAX, V4_HEADER, V6_HEADER

WAITING_MAX: Final = 256  # packets: ours
FRAGMENTS_MAX: Final = 128  # of one packet: ours
PAYLOAD_MAX: Final = 65_535  # octets: what either length field can say
WAIT_MS_MAX: Final = 60_000  # RFC 8200 §4.5: 60 s
_V4_MORE, _V4_OFFSET = 0x2000, 0x1FFF
_V6_FRAGMENT: Final = 44
_V6_PASSED: Final = {0, 43, 60}  # extension headers that may stand before the fragment's


class _Fragment(NamedTuple):
    key: bytes  # version, addresses, protocol, identification
    header: bytes  # what stands before the payload, without the fragment's own
    next_header_at: int  # in `header`: where the payload's protocol is written
    protocol: int
    offset: int
    is_last: bool
    octets: bytes


@dataclass(slots=True)
class _Waiting:
    begun: int  # ms
    header: bytes = b""
    next_header_at: int = 0
    protocol: int = 0
    length: int | None = None  # of the payload, once the last fragment has come
    parts: dict[int, bytes] = field(default_factory=dict)  # by offset


class Fragments:
    """Takes fragments, gives whole packets. `dropped` counts packets that never became whole."""

    def __init__(self) -> None:
        self.dropped = 0
        self._waiting: dict[bytes, _Waiting] = {}

    def take(self, packet: bytes, time: int) -> bytes | None:
        """Take the IP packet that a fragment stands in, at *time* (ms); give the whole one."""
        fragment = _fragment(packet)
        if fragment is None:
            self.dropped += 1
            return None
        self._expire(time)
        waiting = self._waiting.setdefault(fragment.key, _Waiting(time))
        if not _add(waiting, fragment):
            self._drop(fragment.key)
            return None
        payload = _joined(waiting)
        if payload is None:
            return None
        del self._waiting[fragment.key]
        return _whole(waiting, payload)

    def finish(self) -> None:
        """Count what still waits, at the end of the capture."""
        self.dropped += len(self._waiting)
        self._waiting.clear()

    def _expire(self, time: int) -> None:
        """Drop what waits too long, and the oldest where too many do."""
        while self._waiting:
            oldest = next(iter(self._waiting))
            too_old = self._waiting[oldest].begun < time - WAIT_MS_MAX
            if not too_old and len(self._waiting) < WAITING_MAX:
                break
            self._drop(oldest)

    def _drop(self, key: bytes) -> None:
        del self._waiting[key]
        self.dropped += 1


def _fragment(packet: bytes) -> _Fragment | None:
    """Read one fragment; None where its numbers do not fit together."""
    version = packet[0] >> 4 if packet else 0
    fragment = _v4(packet) if version == 4 else _v6(packet) if version == 6 else None
    if fragment is None or fragment.offset + len(fragment.octets) > PAYLOAD_MAX:
        return None
    if not fragment.octets or (not fragment.is_last and len(fragment.octets) % 8):
        return None
    return fragment


def _v4(packet: bytes) -> _Fragment | None:
    header = (packet[0] & 0x0F) * 4
    if header < V4_HEADER or len(packet) < header:
        return None
    total = int.from_bytes(packet[2:4])
    if not header <= total <= len(packet):
        return None  # the capture cut it
    flags = int.from_bytes(packet[6:8])
    return _Fragment(
        key=packet[4:6] + packet[9:10] + packet[12:20],
        header=packet[:header],
        next_header_at=9,
        protocol=packet[9],
        offset=(flags & _V4_OFFSET) * 8,
        is_last=not flags & _V4_MORE,
        octets=packet[header:total],
    )


def _v6(packet: bytes) -> _Fragment | None:
    if len(packet) < V6_HEADER:
        return None
    end = V6_HEADER + int.from_bytes(packet[4:6])
    if end > len(packet):
        return None
    next_at, at = 6, V6_HEADER
    for _ in range(EXTENSIONS_MAX):
        kind = packet[next_at]
        if at + 8 > end or kind not in {*_V6_PASSED, _V6_FRAGMENT}:
            return None
        if kind == _V6_FRAGMENT:
            flags = int.from_bytes(packet[at + 2 : at + 4])
            return _Fragment(
                key=packet[8:40] + packet[at + 4 : at + 8],
                header=packet[:at],
                next_header_at=next_at,
                protocol=packet[at],
                offset=flags & 0xFFF8,
                is_last=not flags & 1,
                octets=packet[at + 8 : end],
            )
        next_at, at = at, at + (packet[at + 1] + 1) * 8
    return None


def _add(waiting: _Waiting, fragment: _Fragment) -> bool:
    """Keep a fragment; False where the packet cannot become whole any more."""
    end = fragment.offset + len(fragment.octets)
    if fragment.is_last:
        if waiting.length not in (None, end):
            return False
        waiting.length = end
    if fragment.offset == 0:
        waiting.header, waiting.protocol = fragment.header, fragment.protocol
        waiting.next_header_at = fragment.next_header_at
    if len(waiting.parts) >= FRAGMENTS_MAX:
        return False
    waiting.parts.setdefault(fragment.offset, fragment.octets)
    return True


def _joined(waiting: _Waiting) -> bytes | None:
    """The payload, once nothing of it is missing."""
    if waiting.length is None or 0 not in waiting.parts:
        return None
    payload = bytearray()
    for offset in sorted(waiting.parts):
        if offset > len(payload):
            return None
        payload += waiting.parts[offset][len(payload) - offset :]
    return bytes(payload[: waiting.length]) if len(payload) >= waiting.length else None


def _whole(waiting: _Waiting, payload: bytes) -> bytes:
    """The packet as it was before it was cut up."""
    header = bytearray(waiting.header)
    header[waiting.next_header_at] = waiting.protocol
    if header[0] >> 4 == 4:
        # A length that does not fit is written as 0, which is read as: to the end.
        total = len(header) + len(payload)
        header[2:4] = (total if total <= PAYLOAD_MAX else 0).to_bytes(2)
        header[6:8] = bytes(2)
    else:
        length = len(header) - V6_HEADER + len(payload)
        header[4:6] = (length if length <= PAYLOAD_MAX else 0).to_bytes(2)
    return bytes(header) + payload
