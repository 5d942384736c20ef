"""SCCP called and calling party addresses (T1.112.3, chapter 3).

The national bit tells the layout. ANSI: subsystem number, point code, global title. An address
marked international has the ITU-T layout (Q.713 §3.4): point code of 14 bits first, and the two
bits that say what is there exchanged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from construct import (
    BitsInteger,
    BitStruct,
    Bitwise,
    ByteSwapped,
    Default,
    Flag,
    FocusedSeq,
    GreedyBytes,
    If,
    IfThenElse,
    Int8ub,
    Struct,
    this,
)

from is41.errors import EncodeError
from is41.grammar import build, parse
from is41.mtp.grammar import POINT_CODE
from is41.mtp.pointcode import PointCode

CLAUSE: Final = "T1.112.3 chapter 3"

# fmt: off
# T1.112.3, address indicator, bits H to A.
INDICATOR = BitStruct(
    "national"              / Flag,             # bit H: 1 national, 0 international
    "route_on_subsystem"    / Flag,             # bit G: 0 routes on the global title
    "global_title_format"   / BitsInteger(4),   # bits F to C
    "has_point_code"        / Flag,             # bit B
    "has_subsystem"         / Flag,             # bit A
)

# T1.112.3, address, after a national indicator.
NATIONAL = Struct(
    "subsystem"    / If(this._.indicator.has_subsystem, Int8ub),
    "point_code"   / If(this._.indicator.has_point_code, POINT_CODE),
    "global_title" / GreedyBytes,
)

# Q.713 §3.4.2.1, point code: the low octet goes first.
_POINT_CODE = ByteSwapped(Bitwise(FocusedSeq(
    "point_code",
    "spare"        / Default(BitsInteger(2), 0),
    "point_code"   / BitsInteger(14),
)))

# Q.713 §3.4, after an international indicator; bits A and B mean one another.
INTERNATIONAL = Struct(
    "point_code"   / If(this._.indicator.has_subsystem, _POINT_CODE),
    "subsystem"    / If(this._.indicator.has_point_code, Int8ub),
    "global_title" / GreedyBytes,
)

ADDRESS = Struct(
    "indicator" / INDICATOR,
    "rest"      / IfThenElse(this.indicator.national, NATIONAL, INTERNATIONAL),
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class GlobalTitle:
    """An ANSI global title of format 1 (with plan and encoding) or 2 (translation type alone).

    Format 2 has no count: of an odd number of digits the last one shown may be a filler 0.
    """

    translation_type: int
    numbering_plan: int | None = None
    encoding: int | None = None
    digits: str

    def encode(self) -> tuple[int, bytes]:
        """Give the format and the octets of an `Address`. Raises EncodeError."""
        if not self.digits or not set(self.digits) <= set("0123456789abcdef"):
            raise EncodeError(f"{self.digits!r} are no digits of a global title")
        padded = self.digits + "0" * (len(self.digits) % 2)
        octets = bytes.fromhex("".join(map("".join, zip(padded[1::2], padded[::2], strict=True))))
        if self.numbering_plan is None or self.encoding is None:
            return 2, build(Int8ub, self.translation_type) + octets
        plan = self.numbering_plan << 4 | self.encoding
        return 1, build(Int8ub, self.translation_type) + build(Int8ub, plan) + octets


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a message goes or comes from. An international point code is its 14-bit number."""

    national: bool = True
    route_on_subsystem: bool = True
    subsystem: int | None = None
    point_code: PointCode | int | None = None
    global_title_format: int = 0
    global_title: bytes = b""

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read an address without its length octet. Raises DecodeError."""
        address = parse(ADDRESS, octets, what="sccp_address", clause=CLAUSE)
        indicator, fields = address.indicator, address.rest
        return cls(
            national=indicator.national,
            route_on_subsystem=indicator.route_on_subsystem,
            subsystem=fields.subsystem,
            point_code=fields.point_code,
            global_title_format=indicator.global_title_format,
            global_title=fields.global_title,
        )

    def encode(self) -> bytes:
        """Write the address without its length octet. Raises EncodeError."""
        present = self.point_code is not None, self.subsystem is not None
        indicator = {
            "national": self.national,
            "route_on_subsystem": self.route_on_subsystem,
            "global_title_format": self.global_title_format,
            "has_point_code": present[0] if self.national else present[1],
            "has_subsystem": present[1] if self.national else present[0],
        }
        if present[0] and self.national != isinstance(self.point_code, PointCode):
            raise EncodeError("a national address has an ANSI point code, no other has one")
        names = ("subsystem", "point_code", "global_title")
        rest = {name: getattr(self, name) for name in names}
        return build(ADDRESS, {"indicator": indicator, "rest": rest})

    def title(self) -> GlobalTitle | None:
        """Read the global title where its format is one of ANSI's."""
        title = self.global_title
        if not self.national or len(title) < self.global_title_format:
            return None
        if self.global_title_format == 1 and len(title) > 1:
            plan, encoding = title[1] >> 4, title[1] & 0x0F
            digits = _digits(title[2:])
            return GlobalTitle(
                translation_type=title[0],
                numbering_plan=plan,
                encoding=encoding,
                digits=digits[:-1] if encoding == 1 else digits,  # 1: an odd number of digits
            )
        if self.global_title_format == 2:
            return GlobalTitle(translation_type=title[0], digits=_digits(title[1:]))
        return None


def _digits(octets: bytes) -> str:
    return "".join(f"{octet & 0x0F:x}{octet >> 4:x}" for octet in octets)
