"""Flow control of a virtual circuit (X.25 §4.4): a window of data packets in each direction.

Packets are counted from the set-up or the last reset; P(S) and P(R) are those counts, modulo 8 or
128.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from is41.errors import EncodeError

from .codes import Diagnostic
from .faults import fault

if TYPE_CHECKING:
    from .packets import Data

CLAUSE: Final = "X.25 §4.4"
WAITING_MAX: Final = 1 << 18  # octets that wait to be sent: ours


class Terms(NamedTuple):
    """What both ends agreed on: windows in packets, lengths in octets of data."""

    modulo: int
    window_in: int
    window_out: int
    length_in: int
    length_out: int


class Receiver:
    """The packets that come. Those that complete a message are acknowledged when we are told to."""

    def __init__(self, terms: Terms) -> None:
        self.received = 0  # packets
        self.acknowledged = 0  # packets that the far end knows to have arrived
        self._terms = terms
        self._told: deque[int] = deque()  # of each message not acknowledged, its last packet
        self._stale = 0  # messages told before a reset, which nobody waits for any more

    @property
    def room(self) -> int:
        """How many packets the far end may send."""
        return self._terms.window_in - (self.received - self.acknowledged)

    @property
    def p_s(self) -> int:
        """The P(S) that is due."""
        return self.received % self._terms.modulo

    @property
    def due(self) -> int:
        """How many packets have arrived of which the far end may be told."""
        return self._told[0] - 1 if self._told else self.received

    def take(self, packet: Data) -> None:
        """Count a packet. Raises Fault where it is not the one due, or longer than agreed."""
        if packet.p_s != self.p_s or self.room <= 0:
            reason = f"P(S) is {packet.p_s}, not {self.p_s}, in a window with room for {self.room}"
            raise fault(Diagnostic.INVALID_P_S, reason, "p_s", CLAUSE)
        if len(packet.user_data) > self._terms.length_in:
            reason = f"{len(packet.user_data)} octets of data, not {self._terms.length_in} at most"
            raise fault(Diagnostic.TOO_LONG, reason, "user_data", CLAUSE)
        self.received += 1

    def told(self) -> None:
        """The packet just taken completed a message; until it is kept, it stays unacknowledged."""
        self._told.append(self.received)

    def take_messages(self, count: int) -> None:
        """Count packets known to be right, each a message told."""
        self._told.extend(range(self.received + 1, self.received + count + 1))
        self.received += count

    def keep(self, count: int) -> None:
        """The oldest *count* messages told are kept."""
        stale = min(count, self._stale)
        self._stale -= stale
        for _ in range(min(count - stale, len(self._told))):
            self._told.popleft()

    def acknowledge(self) -> int:
        """The P(R) to send now."""
        self.acknowledged = self.due
        return self.acknowledged % self._terms.modulo

    def restart(self) -> None:
        """Count anew, after a reset."""
        self._stale += len(self._told)
        self._told.clear()
        self.received = self.acknowledged = 0


class Sender:
    """The packets that go, and the messages that wait for room in the window."""

    def __init__(self, terms: Terms) -> None:
        self.outstanding = 0  # packets sent and not acknowledged
        self.held = False  # by RNR
        self._sent = 0
        self._terms = terms
        self._messages: deque[bytes] = deque()
        self._flying: deque[tuple[int, bytes]] = deque()  # sent whole, with their last packet
        self._waiting = 0  # octets of those that are not
        self._at = 0  # octets of the oldest that are sent

    @property
    def acknowledged(self) -> int:
        """The P(R) that the far end gave last."""
        return self.arrived % self._terms.modulo

    @property
    def arrived(self) -> int:
        """How many packets the far end acknowledged."""
        return self._sent - self.outstanding

    @property
    def unacknowledged(self) -> list[bytes]:
        """The messages that may not have arrived, the oldest first."""
        return [message for last, message in self._flying if last > self.arrived] + [
            *self._messages
        ]

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits, neither to be sent nor to be acknowledged."""
        return not self._messages and not self.outstanding

    def put(self, message: bytes) -> None:
        """Let a message wait for its turn. Raises EncodeError where too much waits already."""
        if not message:
            raise EncodeError("a message has one octet at least")
        if self._waiting + len(message) > WAITING_MAX:
            raise EncodeError(f"{self._waiting} octets wait already: the far end takes none")
        self._messages.append(message)
        self._waiting += len(message)

    def next_piece(self) -> tuple[int, bool, bytes] | None:
        """P(S), M bit and data of the next packet, or None while none may be sent."""
        if self.held or not self._messages or self.outstanding >= self._terms.window_out:
            return None
        message, end = self._messages[0], self._at + self._terms.length_out
        piece, p_s, more = message[self._at : end], self._sent % self._terms.modulo, True
        self._at = end
        if end >= len(message):
            self._forget()
            more = False
            while self._flying and self._flying[0][0] <= self.arrived:
                self._flying.popleft()
            self._flying.append((self._sent + 1, message))
        self._sent += 1
        self.outstanding += 1
        return p_s, more, piece

    def acknowledge(self, p_r: int) -> None:
        """Packets before *p_r* have arrived. Raises Fault where it acknowledges what never went."""
        advance = (p_r - self.acknowledged) % self._terms.modulo
        if advance > self.outstanding:
            reason = f"P(R) is {p_r}, not {self.acknowledged} to {self._sent % self._terms.modulo}"
            raise fault(Diagnostic.INVALID_P_R, reason, "p_r", CLAUSE)
        self.outstanding -= advance

    def restart(self) -> None:
        """Count anew, after a reset; a message whose beginning was sent is lost."""
        if self._at:
            self._forget()
        self._flying.clear()
        self._sent = self.outstanding = 0
        self.held = False

    def _forget(self) -> None:
        self._waiting -= len(self._messages.popleft())
        self._at = 0
