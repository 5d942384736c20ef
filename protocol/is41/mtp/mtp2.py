"""MTP level 2 signal units (T1.111.3) as captures hold them: between the flags.

Link type 140 is the signal unit, 139 the same behind a pseudo-header. High-speed links have the
extended form of annex A: two octets each for what the basic form has in one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from construct import (
    BitsInteger,
    BitStruct,
    ByteSwapped,
    Default,
    Flag,
    GreedyBytes,
    Int8ub,
    Int16ub,
    Struct,
)

from is41.errors import DecodeError, EncodeError, Truncated
from is41.grammar import Code, build, parse

if TYPE_CHECKING:
    from construct import Construct

WHAT: Final = "mtp2"
CLAUSE: Final = "T1.111.3"
CHECK_LENGTH: Final = 2  # octets of check bits
FIELD_LENGTH_MAX: Final = 273  # octets after the length indicator: SIO and 272 of information
PSEUDO_HEADER_LENGTH: Final = 4  # octets


# fmt: off
# T1.111.3, signal unit, each octet from bit 8 down to bit 1.
BASIC = Struct(
    "backward" / BitStruct(
        "indicator"        / Flag,                       # BIB
        "number"           / BitsInteger(7),             # BSN
    ),
    "forward" / BitStruct(
        "indicator"        / Flag,                       # FIB
        "number"           / BitsInteger(7),             # FSN
    ),
    "length" / BitStruct(
        "spare"            / Default(BitsInteger(2), 0),
        "indicator"        / BitsInteger(6),             # LI: 63 stands for 63 and more
    ),
    "rest" / GreedyBytes,
)

# T1.111.3 annex A, extended form, the low octet of each pair first.
EXTENDED = Struct(
    "backward" / ByteSwapped(BitStruct(
        "indicator"        / Flag,                       # BIB
        "spare"            / Default(BitsInteger(3), 0),
        "number"           / BitsInteger(12),            # BSN
    )),
    "forward" / ByteSwapped(BitStruct(
        "indicator"        / Flag,                       # FIB
        "spare"            / Default(BitsInteger(3), 0),
        "number"           / BitsInteger(12),            # FSN
    )),
    "length" / ByteSwapped(BitStruct(
        "spare"            / Default(BitsInteger(7), 0),
        "indicator"        / BitsInteger(9),             # LI
    )),
    "rest" / GreedyBytes,
)
# fmt: on


class AnnexA(IntEnum):
    """Link type 139, whether the link has the extended form."""

    NOT_USED = 0
    USED = 1
    UNKNOWN = 2


# fmt: off
# Link type 139, MTP2 with pseudo-header.
PSEUDO_HEADER = Struct(
    "sent"     / Int8ub,                # 0 received, else sent by who captured
    "annex_a"  / Code(Int8ub, AnnexA),
    "link"     / Int16ub,
)
# fmt: on


class Kind(IntEnum):
    """T1.111.3, kinds of signal unit, told by the length indicator."""

    FISU = 0
    LSSU = 1
    MSU = 2


class PseudoHeader(NamedTuple):
    """What link type 139 says of the signal unit behind it."""

    sent: bool = False
    annex_a: int = AnnexA.NOT_USED
    link: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalUnit:
    """One signal unit; *field* is what follows the length indicator.

    Of an MSU it is the message from its SIO, of an LSSU the status, of a FISU nothing.
    """

    extended: bool = False
    bsn: int
    bib: bool = True
    fsn: int
    fib: bool = True
    field: bytes = b""

    @property
    def kind(self) -> Kind:
        """Tell the kind by the length of the field."""
        return Kind(min((len(self.field) + 1) // 2, Kind.MSU))

    def encode(self) -> bytes:
        """Write the signal unit without check bits. Raises EncodeError."""
        length = len(self.field)
        if length > FIELD_LENGTH_MAX:
            raise EncodeError(f"a field has {FIELD_LENGTH_MAX} octets at most, not {length}")
        grammar, indicator_max = _FORMS[self.extended]
        fields = {
            "backward": {"indicator": self.bib, "number": self.bsn},
            "forward": {"indicator": self.fib, "number": self.fsn},
            "length": {"indicator": min(length, indicator_max)},
            "rest": self.field,
        }
        return build(grammar, fields)


def decode(octets: bytes, *, extended: bool = False) -> SignalUnit:
    """Read one signal unit, with check bits behind it or without. Raises DecodeError."""
    grammar, indicator_max = _FORMS[extended]
    fields = parse(grammar, octets, what=WHAT, clause=CLAUSE)
    rest, indicator = fields.rest, fields.length.indicator
    before = len(octets) - len(rest)
    if len(rest) < indicator:
        reason = f"the length indicator says {indicator} octets, {len(rest)} are there"
        raise Truncated(reason, what=WHAT, field="field", clause=CLAUSE, offset=len(octets))
    counted = indicator < indicator_max
    if _has_check_bits(octets, len(rest) - indicator if counted else None):
        rest = rest[:-CHECK_LENGTH]
    if len(rest) > (indicator if counted else FIELD_LENGTH_MAX):
        reason = f"the length indicator says {indicator} octets, {len(rest)} are there"
        raise DecodeError(reason, what=WHAT, field="indicator", clause=CLAUSE, offset=before)
    return SignalUnit(
        extended=extended,
        bsn=fields.backward.number,
        bib=fields.backward.indicator,
        fsn=fields.forward.number,
        fib=fields.forward.indicator,
        field=rest,
    )


def decode_behind_pseudo_header(octets: bytes) -> tuple[PseudoHeader, SignalUnit]:
    """Read a packet of link type 139. Raises DecodeError.

    Where the pseudo-header does not know the form it is taken for the basic one.
    """
    first = octets[:PSEUDO_HEADER_LENGTH]
    fields = parse(PSEUDO_HEADER, first, what=WHAT, clause="link type 139")
    header = PseudoHeader(bool(fields.sent), fields.annex_a, fields.link)
    try:
        unit = decode(octets[PSEUDO_HEADER_LENGTH:], extended=header.annex_a == AnnexA.USED)
    except DecodeError as error:
        raise error.moved(PSEUDO_HEADER_LENGTH) from None
    return header, unit


def check_bits(octets: bytes) -> bytes:
    """Compute the check bits of a signal unit (T1.111.3), the low octet first as sent."""
    remainder = 0xFFFF
    for octet in octets:
        remainder ^= octet
        for _ in range(8):
            remainder = remainder >> 1 ^ (_GENERATOR if remainder & 1 else 0)
    return (remainder ^ 0xFFFF).to_bytes(CHECK_LENGTH, "little")


def _has_check_bits(octets: bytes, surplus: int | None) -> bool:
    """Tell by the surplus over the length indicator, or where that is none by computing them."""
    if surplus is not None:
        return surplus == CHECK_LENGTH
    return check_bits(octets[:-CHECK_LENGTH]) == octets[-CHECK_LENGTH:]


_GENERATOR: Final = 0x8408  # x^16 + x^12 + x^5 + 1, lowest power first
_FORMS: Final[dict[bool, tuple[Construct[Any, Any], int]]] = {
    False: (BASIC, 0x3F),
    True: (EXTENDED, 0x1FF),
}
