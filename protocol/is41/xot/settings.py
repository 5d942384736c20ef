"""What one end of a virtual circuit is configured with (RFC 1613, X.25 §6, §7); its timers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from is41.x25.packets import FORMATS

T21: Final = (
    200.0  # seconds for a call to be answered; this and T22, T25: X.25 annex D, from memory
)
T22: Final = 180.0  # seconds for a reset to be confirmed
R22: Final = 1  # times it is sent again
T23: Final = 5.0  # seconds for a clear to be confirmed: ours, RFC 1613 §6.1 asks to wait for none
T25: Final = 200.0  # seconds for data to be acknowledged
T_SETUP: Final = 60.0  # seconds for a call or PVC setup to come on a new connection: ours
T_PACKET: Final = 30.0  # seconds for a packet that was begun to be complete: ours
PACKET_LENGTHS: Final = tuple(1 << power for power in range(4, 13))  # octets of data: X.25 §7
ADDRESS_LENGTH_MAX: Final = 15  # digits: X.25 §5.2
LCN_MAX: Final = 0xFFF
NAME_LENGTH_MAX: Final = 0xFF  # octets of an interface name: RFC 1613 §6.5
USER_DATA_LENGTH_MAX: Final = 16  # octets, without fast select: X.25 §5.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """Intervals in seconds."""

    t21: float = T21
    t22: float = T22
    t23: float = T23
    t25: float = T25
    t_setup: float = T_SETUP
    t_packet: float = T_PACKET


@dataclass(frozen=True, slots=True, kw_only=True)
class Pvc:
    """The two ends of a permanent virtual circuit (RFC 1613 §6.5): interface names, channels.

    Raises ValueError for what has no room in a setup packet.
    """

    initiator: str
    initiator_lcn: int
    responder: str
    responder_lcn: int

    def __post_init__(self) -> None:
        for name in (self.initiator, self.responder):
            if not name.isascii() or len(name) > NAME_LENGTH_MAX:
                raise ValueError(f"{name!r} is not ASCII, {NAME_LENGTH_MAX} octets at most")
        for lcn in (self.initiator_lcn, self.responder_lcn):
            if not 0 <= lcn <= LCN_MAX:
                raise ValueError(f"logical channel {lcn} is not 0 to {LCN_MAX}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Window in packets, packet length in octets of data; the same both ways.

    A caller proposes them; who is called agrees to no more. Modulo is the caller's choice.
    *user_data* is what a caller sends, and what a call must have to be accepted; none: any. With a
    *pvc* the circuit is a permanent one. Raises ValueError for what X.25 has no room for.
    """

    modulo: int = 8
    window: int = 2
    packet_length: int = 128
    user_data: bytes = b""
    called: str = ""
    calling: str = ""
    lcn: int = 1
    pvc: Pvc | None = None
    timers: Timers = field(default_factory=Timers)

    def __post_init__(self) -> None:
        if self.modulo not in FORMATS.values():
            raise ValueError(f"modulo {self.modulo} is neither 8 nor 128")
        if not 1 <= self.window < self.modulo:
            raise ValueError(f"window {self.window} is not 1 to {self.modulo - 1}")
        if self.packet_length not in PACKET_LENGTHS:
            raise ValueError(f"packet length {self.packet_length} is no power of 2, 16 to 4096")
        if len(self.user_data) > USER_DATA_LENGTH_MAX:
            raise ValueError(f"user data have {USER_DATA_LENGTH_MAX} octets at most")
        for address in (self.called, self.calling):
            if address and not (address.isdecimal() and len(address) <= ADDRESS_LENGTH_MAX):
                raise ValueError(f"address {address!r} has not {ADDRESS_LENGTH_MAX} digits at most")
        if not 0 <= self.lcn <= LCN_MAX:
            raise ValueError(f"logical channel {self.lcn} is not 0 to {LCN_MAX}")
