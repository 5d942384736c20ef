"""One direction of an XOT connection that others have, without I/O (RFC 1613, X.25 §4).

Give it the octets in stream order, however cut; of each direction a `Tap` of its own. Data joined
by the M bit come out as messages, faults as values.

Where the stream does not begin with the connection, or has a gap, or a header cannot be, the next
header is looked for: one behind whose packet another plausible header stands. For that header, or
`T_CONFIRM`, a packet waits.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final

from is41.errors import DecodeError, Truncated
from is41.x25 import packets as x25
from is41.x25.codes import PacketType
from is41.x25.packets import CallSetup, Clear, Data

from .joining import Joiner, lost
from .messages import (
    HEADER_LENGTH,
    PACKET_LENGTH_MAX,
    PACKET_LENGTH_MIN,
    VERSION,
    Message,
    packet_length,
)
from .pvc import PACKET_TYPE as PVC_SETUP
from .pvc import PvcSetup

T_CONFIRM: Final = 1.0  # seconds that a header found waits for one behind it: ours
T_PACKET: Final = 10.0  # seconds in which a packet begun is complete: ours
PLAUSIBLE_LENGTH: Final = HEADER_LENGTH + 3  # octets that tell whether a header stands there

# With these P(S) begins at 0 again, and what was begun will not go on. Restart and its confirmation
# are not among them: RFC 1613 §6.4 has them discarded.
BEGINNINGS: Final = frozenset(
    {
        PacketType.CALL,
        PacketType.CALL_ACCEPTED,
        PacketType.CLEAR,
        PacketType.CLEAR_CONFIRMATION,
        PacketType.RESET,
        PacketType.RESET_CONFIRMATION,
    }
)


@dataclass(frozen=True, slots=True)
class CallReceived:
    """A call request or accepted call: its user data tell the protocol of what follows."""

    packet: CallSetup
    at: float


@dataclass(frozen=True, slots=True)
class PvcSetupReceived:
    """A PVC was set up."""

    packet: PvcSetup
    at: float


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """Data joined. *headless* where packets before these may be missing."""

    q: bool
    octets: bytes
    headless: bool
    at: float


@dataclass(frozen=True, slots=True)
class OctetsRefused:
    """A header, a packet or a joined message was given up; the stream goes on."""

    error: DecodeError
    at: float


Event = CallReceived | PvcSetupReceived | MessageReceived | OctetsRefused


class Tap:
    """Octets in, events out; nothing is ever sent. *aligned*: the stream begins with the first."""

    def __init__(
        self,
        *,
        aligned: bool = True,
        t_confirm: float = T_CONFIRM,
        t_packet: float = T_PACKET,
    ) -> None:
        self.octets_skipped = 0
        self._t_confirm = t_confirm
        self._t_packet = t_packet
        self._waits_until: float | None = None
        self._aligned = aligned
        self._received = bytearray()  # from the last packet on, for as long as that is doubtful
        self._taken = 0  # of these, the octets of the last packet
        self._events: deque[Event] = deque()
        self._joiner = Joiner(headless=not aligned)

    def receive(self, octets: bytes, now: float) -> None:
        """Take the octets that come next."""
        self._received += octets
        self._run(now)

    def gap(self, now: float) -> None:
        """Octets are missing here: what was begun is lost, and a header is looked for."""
        if self._received[self._taken :] or self._joiner.begun:
            self._refuse(lost("octets are missing"), now)
        self._received.clear()
        self._taken = 0
        self._aligned, self._waits_until = False, None
        self._joiner = Joiner(headless=True)

    def next_event(self) -> Event | None:
        """Give the oldest event, or None."""
        return self._events.popleft() if self._events else None

    def next_deadline(self) -> float | None:
        """When `expire` wants to be called, or None."""
        return self._waits_until

    def expire(self, now: float) -> None:
        """Give up half packets; believe a whole one though nothing came behind it."""
        if self._waits_until is None or now < self._waits_until:
            return
        if self._aligned:
            self._distrust(lost("its last packet stays incomplete"), now)
            self._run(now)
        while not self._aligned and self._waits_until is not None:
            if len(self._received) >= self._end():
                self._aligned, self._waits_until = True, None
            else:
                self._skip(1)
            self._run(now)

    def _run(self, now: float) -> None:
        while self._step(now):
            pass

    def _step(self, now: float) -> bool:
        """Do one thing, and tell whether more may be done."""
        return self._take(now) if self._aligned else self._search(now)

    def _take(self, now: float) -> bool:
        """Take the packet that is due."""
        at = self._taken
        try:
            end = at + HEADER_LENGTH + packet_length(bytes(self._received[at : at + HEADER_LENGTH]))
        except Truncated:
            return self._wait(self._t_packet, now) if len(self._received) > at else False
        except DecodeError as error:
            self._distrust(error, now)
            return True
        if len(self._received) < end:
            return self._wait(self._t_packet, now)
        del self._received[:at]
        self._taken, self._waits_until = end - at, None
        packet = bytes(self._received[: self._taken])
        swallowed = _swallowed(packet)
        if swallowed is None:
            self._packet(packet, now)
        else:
            self._refuse(lost("others stand in its packet, to the end"), now)
            self._taken = swallowed
        return True

    def _distrust(self, error: DecodeError, now: float) -> None:
        """Look for headers; within the last packet too, for its length may be what is wrong."""
        self._refuse(error, now)
        self._aligned, self._taken = False, 0
        self._skip(1)

    def _search(self, now: float) -> bool:
        """Look for a header with another one behind its packet."""
        at = 0
        while (found := _plausible(self._received, at)) is False:
            at += 1
        self._skip(at)
        if found is None:
            return False
        behind = _plausible(self._received, self._end())
        if behind is None:
            return self._wait(self._t_confirm, now)
        if behind:
            self._aligned, self._waits_until = True, None
        else:
            self._skip(1)
        return True

    def _end(self) -> int:
        """Where the packet ends whose header was found."""
        return HEADER_LENGTH + packet_length(bytes(self._received[:HEADER_LENGTH]))

    def _wait(self, interval: float, now: float) -> bool:
        if self._waits_until is None:
            self._waits_until = now + interval
        return False

    def _skip(self, octets: int) -> None:
        if octets:
            del self._received[:octets]
            self.octets_skipped += octets
            self._waits_until = None

    def _packet(self, octets: bytes, now: float) -> None:
        try:
            self._read(Message.decode(octets).packet, now)
        except DecodeError as error:
            self._refuse(error.moved(HEADER_LENGTH), now)

    def _read(self, octets: bytes, now: float) -> None:
        if octets[2] == PVC_SETUP:
            self._events.append(PvcSetupReceived(PvcSetup.decode(octets), now))
            return
        packet = x25.decode(octets)
        if isinstance(packet, Data):
            for joined in self._joiner.take(packet):
                if isinstance(joined, DecodeError):
                    self._refuse(joined, now)
                else:
                    self._events.append(MessageReceived(packet.q, *joined, now))
            return
        if isinstance(packet, CallSetup):
            self._events.append(CallReceived(packet, now))
        if _type_of(packet) in BEGINNINGS:
            if self._joiner.begun:
                self._refuse(lost("the circuit was cleared or reset"), now)
            self._joiner = Joiner(p_s_due=0)

    def _refuse(self, error: DecodeError, now: float) -> None:
        self._events.append(OctetsRefused(error, now))


def _swallowed(octets: bytes) -> int | None:
    """Where within a message others begin that end with it: its length is wrong then."""
    tried: set[int] = set()
    start = octets.find(_VERSION, HEADER_LENGTH)
    while start >= 0:
        at = start
        while at not in tried and _plausible(octets, at):
            tried.add(at)
            at += HEADER_LENGTH + int.from_bytes(octets[at + 2 : at + HEADER_LENGTH])
        if at == len(octets):
            return start
        tried.add(at)
        start = octets.find(_VERSION, start + 1)
    return None


def _plausible(octets: bytes | bytearray, at: int) -> bool | None:
    """Tell whether a header and an X.25 packet begin at *at*; None where more octets must tell."""
    there = octets[at : at + PLAUSIBLE_LENGTH]
    if any(there[:2]):
        return False
    if len(there) < PLAUSIBLE_LENGTH:
        return None
    length = int.from_bytes(there[2:HEADER_LENGTH])
    return (
        PACKET_LENGTH_MIN <= length <= PACKET_LENGTH_MAX
        and there[HEADER_LENGTH] >> 4 & 0x03 in x25.FORMATS
        and (not there[-1] & 0x01 or there[-1] in _TYPES)
    )


def _type_of(packet: x25.Packet) -> int:
    return PacketType.CLEAR if isinstance(packet, Clear) else getattr(packet, "packet_type", 0)


_VERSION: Final = VERSION.to_bytes(2)
_FLOWS_OF_MODULO_8: Final = frozenset(flow | p_r << 5 for flow in x25.FLOWS for p_r in range(8))
_TYPES: Final = frozenset(PacketType) | _FLOWS_OF_MODULO_8 | {PVC_SETUP}
