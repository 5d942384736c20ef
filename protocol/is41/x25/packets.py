"""X.25 packets (X.25 §5, ISO/IEC 8208), modulo 8 and modulo 128."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from construct import (
    BitsInteger,
    BitStruct,
    Const,
    Default,
    Flag,
    GreedyBytes,
    Int8ub,
    Struct,
)

from is41.errors import DecodeError, EncodeError, Truncated, Unsupported
from is41.grammar import Code, build, parse

from . import facilities as facility_field
from .addresses import Addresses
from .codes import PacketType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from construct import Construct

    from .facilities import Facility

WHAT: Final = "x25"
CLAUSE: Final = "X.25 §5"
HEADER_LENGTH: Final = 2  # octets before the packet type identifier

# fmt: off
# X.25 §5.1, general format identifier and logical channel.
HEADER = BitStruct(
    "q"      / Flag,             # bit 8: qualifier of data, A bit (types of address) of call set-up
    "d"      / Flag,             # bit 7: delivery confirmation
    "format" / BitsInteger(2),   # bits 6 5: 1 modulo 8, 2 modulo 128
    "lcn"    / BitsInteger(12),  # logical channel group number and logical channel number
)

# X.25 §5.3, data: by modulo.
DATA: Final[Mapping[int, Construct[Any, Any]]] = {
    8: Struct(
        "numbers" / BitStruct(
            "p_r"  / BitsInteger(3),
            "m"    / Flag,
            "p_s"  / BitsInteger(3),
            "type" / Const(0, BitsInteger(1)),
        ),
        "user_data" / GreedyBytes,
    ),
    128: Struct(
        "numbers" / BitStruct(
            "p_s"  / BitsInteger(7),
            "type" / Const(0, BitsInteger(1)),
            "p_r"  / BitsInteger(7),
            "m"    / Flag,
        ),
        "user_data" / GreedyBytes,
    ),
}

# X.25 §5.4 and §5.7, RR, RNR and REJ: by modulo.
FLOW_CONTROL: Final[Mapping[int, Construct[Any, Any]]] = {
    8: BitStruct(
        "p_r"         / BitsInteger(3),
        "packet_type" / Code(BitsInteger(5), PacketType),
    ),
    128: BitStruct(
        "packet_type" / Code(BitsInteger(8), PacketType),
        "p_r"         / BitsInteger(7),
        "spare"       / Default(BitsInteger(1), 0),
    ),
}

# X.25 §5.2, §5.4 and §5.5, clear, reset and restart. The diagnostic code may be missing.
CAUSE = Struct(
    "cause" / Int8ub,
    "rest"  / GreedyBytes,  # diagnostic; of clear, what call set-up has
)
# fmt: on

FORMATS: Final = {1: 8, 2: 128}  # modulo of each
FLOWS: Final = frozenset({PacketType.RR, PacketType.RNR, PacketType.REJ})
SETUPS: Final = frozenset({PacketType.CALL, PacketType.CALL_ACCEPTED})
RESETS: Final = frozenset({PacketType.RESET, PacketType.RESTART})


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSetup:
    """Call request (incoming call), or call accepted (connected).

    Only call accepted may leave out the facilities, or them and the addresses.
    """

    packet_type: int = PacketType.CALL
    lcn: int
    modulo: int = 8
    d: bool = False
    addresses: Addresses | None = None
    facilities: tuple[Facility, ...] | None = None
    user_data: bytes = b""

    def encode(self) -> bytes:
        """Write the packet. Raises EncodeError."""
        if self.packet_type == PacketType.CALL and self.facilities is None:
            raise EncodeError("a call request has addresses and facilities, be they empty")
        setup = _encode_setup(self.addresses, self.facilities, self.user_data)
        typed = self.addresses is not None and self.addresses.typed
        return _header(self, q=typed, d=self.d) + build(Int8ub, self.packet_type) + setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """Clear request or indication; in the extended format with what call set-up has."""

    lcn: int
    modulo: int = 8
    cause: int = 0
    diagnostic: int | None = None
    addresses: Addresses | None = None
    facilities: tuple[Facility, ...] | None = None
    user_data: bytes = b""

    def encode(self) -> bytes:
        """Write the packet. Raises EncodeError."""
        setup = _encode_setup(self.addresses, self.facilities, self.user_data)
        if setup and self.diagnostic is None:
            raise EncodeError("nothing follows a diagnostic that is not there")
        typed = self.addresses is not None and self.addresses.typed
        first = _header(self, q=typed) + bytes([PacketType.CLEAR])
        return first + _encode_cause(self.cause, self.diagnostic) + setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """Reset of one logical channel, or restart of all (LCN 0)."""

    packet_type: int = PacketType.RESET
    lcn: int
    modulo: int = 8
    cause: int = 0
    diagnostic: int | None = None

    def encode(self) -> bytes:
        """Write the packet. Raises EncodeError."""
        first = _header(self) + build(Int8ub, self.packet_type)
        return first + _encode_cause(self.cause, self.diagnostic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """Data; with *m* set the next packet goes on with the same message."""

    lcn: int
    modulo: int = 8
    q: bool = False
    d: bool = False
    p_s: int = 0
    p_r: int = 0
    m: bool = False
    user_data: bytes = b""

    def encode(self) -> bytes:
        """Write the packet. Raises EncodeError."""
        numbers = {"p_s": self.p_s, "p_r": self.p_r, "m": self.m}
        header = _header(self, q=self.q, d=self.d)
        return header + build(DATA[self.modulo], {"numbers": numbers, "user_data": self.user_data})


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowControl:
    """RR, RNR or REJ: what came before *p_r* has arrived."""

    packet_type: int = PacketType.RR
    lcn: int
    modulo: int = 8
    p_r: int = 0

    def encode(self) -> bytes:
        """Write the packet. Raises EncodeError."""
        fields = {"packet_type": self.packet_type, "p_r": self.p_r}
        return _header(self) + build(FLOW_CONTROL[self.modulo], fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Confirmations, interrupt, diagnostic and registration: contents as they come."""

    packet_type: int
    lcn: int
    modulo: int = 8
    contents: bytes = b""

    def encode(self) -> bytes:
        """Write the packet. Raises EncodeError."""
        return _header(self) + build(Int8ub, self.packet_type) + self.contents


Packet = CallSetup | Clear | Reset | Data | FlowControl | Other


def decode(octets: bytes) -> Packet:
    """Read one whole packet. Raises DecodeError."""
    header = parse(HEADER, octets[:HEADER_LENGTH], what=WHAT, clause=CLAUSE)
    modulo = FORMATS.get(header.format)
    if modulo is None:
        reason = f"general format {header.format} is neither modulo 8 nor modulo 128"
        raise Unsupported(reason, what=WHAT, field="format", clause=CLAUSE)
    if len(octets) == HEADER_LENGTH:
        raise _truncated("packet_type", HEADER_LENGTH)
    channel = {"lcn": header.lcn, "modulo": modulo}
    rest = octets[HEADER_LENGTH:]
    packet_type = _packet_type(rest[0], modulo)
    try:
        if packet_type == PacketType.DATA:
            return _data(rest, {"q": header.q, "d": header.d, **channel})
        if packet_type in FLOWS:
            fields = parse(FLOW_CONTROL[modulo], rest, what=WHAT, clause=CLAUSE)
            return FlowControl(packet_type=packet_type, p_r=fields.p_r, **channel)
    except DecodeError as error:
        raise error.moved(HEADER_LENGTH) from None
    try:
        return _supervision(packet_type, rest[1:], header, channel)
    except DecodeError as error:
        raise error.moved(HEADER_LENGTH + 1) from None


def _packet_type(octet: int, modulo: int) -> PacketType:
    if not octet & 0x01:
        return PacketType.DATA
    flow = octet & 0x1F if modulo == 8 else octet  # P(R) stands above
    if flow in FLOWS:
        return PacketType(flow)
    if octet in _SUPERVISION:
        return PacketType(octet)
    reason = f"packet type {octet:02X} is not X.25's"
    raise Unsupported(reason, what=WHAT, field="packet_type", clause=CLAUSE, offset=HEADER_LENGTH)


def _data(octets: bytes, first: dict[str, Any]) -> Data:
    fields = parse(DATA[first["modulo"]], octets, what=WHAT, clause=CLAUSE)
    numbers = fields.numbers
    return Data(p_s=numbers.p_s, p_r=numbers.p_r, m=numbers.m, user_data=fields.user_data, **first)


def _supervision(
    packet_type: PacketType, contents: bytes, header: Any, channel: dict[str, Any]
) -> Packet:
    if packet_type in SETUPS:
        if packet_type == PacketType.CALL and not contents:
            raise _truncated("addresses", 0)
        setup = _decode_setup(contents, typed=header.q)
        if packet_type == PacketType.CALL and setup["facilities"] is None:
            raise _truncated("facilities", len(contents))
        return CallSetup(packet_type=packet_type, d=header.d, **setup, **channel)
    if packet_type != PacketType.CLEAR and packet_type not in RESETS:
        return Other(packet_type=packet_type, contents=contents, **channel)
    fields = parse(CAUSE, contents, what=WHAT, clause=CLAUSE)
    diagnostic = fields.rest[0] if fields.rest else None
    if packet_type == PacketType.CLEAR:
        setup = _decode_setup(fields.rest[1:], typed=header.q, at=2)
        return Clear(cause=fields.cause, diagnostic=diagnostic, **setup, **channel)
    if fields.rest[1:]:
        reason = f"{len(contents)} octets, not 1 or 2"
        raise DecodeError(reason, what=WHAT, field="diagnostic", clause=CLAUSE, offset=2)
    return Reset(packet_type=packet_type, cause=fields.cause, diagnostic=diagnostic, **channel)


def _decode_setup(octets: bytes, *, typed: bool, at: int = 0) -> dict[str, Any]:
    """Read addresses, facilities and user data, each there only with what is before it."""
    addresses, facilities, rest = None, None, octets
    try:
        if rest:
            addresses, rest = Addresses.decode(rest, typed=typed)
        at += len(octets) - len(rest)
        if rest:
            facilities, rest = facility_field.decode(rest)
    except DecodeError as error:
        raise error.moved(at) from None
    return {"addresses": addresses, "facilities": facilities, "user_data": rest}


def _encode_setup(
    addresses: Addresses | None, facilities: tuple[Facility, ...] | None, user_data: bytes
) -> bytes:
    if (facilities is not None and addresses is None) or (user_data and facilities is None):
        raise EncodeError("user data come after facilities, and these after addresses")
    octets = b"" if addresses is None else addresses.encode()
    return octets + (b"" if facilities is None else facility_field.encode(facilities)) + user_data


def _encode_cause(cause: int, diagnostic: int | None) -> bytes:
    rest = b"" if diagnostic is None else build(Int8ub, diagnostic)
    return build(CAUSE, {"cause": cause, "rest": rest})


def _header(packet: Packet, *, q: bool = False, d: bool = False) -> bytes:
    if packet.modulo not in DATA:
        raise EncodeError(f"modulo {packet.modulo} is neither 8 nor 128")
    number = next(each for each, modulo in FORMATS.items() if modulo == packet.modulo)
    return build(HEADER, {"q": q, "d": d, "format": number, "lcn": packet.lcn})


def _truncated(field: str, offset: int) -> Truncated:
    return Truncated("it is not there", what=WHAT, field=field, clause=CLAUSE, offset=offset)


_SUPERVISION: Final = frozenset(PacketType) - FLOWS - {PacketType.DATA}
