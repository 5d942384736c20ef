"""X.25 addresses (X.25 §5.2): the called one first, two digits an octet, no gap between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from construct import BitsInteger, BitStruct, Bytes, GreedyBytes, Int8ub, Struct

from is41.errors import EncodeError
from is41.grammar import build, parse

if TYPE_CHECKING:
    from construct import Construct

WHAT: Final = "x25"
CLAUSE: Final = "X.25 §5.2"


def _octets_of_digits(fields: Any) -> int:
    return (int(fields.lengths.called) + int(fields.lengths.calling) + 1) // 2


# fmt: off
# X.25 §5.2, address block where the A bit is 0.
PLAIN = Struct(
    "lengths" / BitStruct(
        "calling" / BitsInteger(4),         # digits
        "called"  / BitsInteger(4),
    ),
    "digits"      / Bytes(_octets_of_digits),
    "rest"        / GreedyBytes,
)

# X.25 §5.2, address block where the A bit is 1: type of address and plan are the first two digits.
TYPED = Struct(
    "lengths" / Struct(
        "called"  / Int8ub,                 # digits
        "calling" / Int8ub,
    ),
    "digits"      / Bytes(_octets_of_digits),
    "rest"        / GreedyBytes,
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Called and calling address. *typed* ones (A bit) begin with their type and numbering plan.

    Semi-octets that are no decimal digits are kept as a to f.
    """

    typed: bool = False
    called: str = ""
    calling: str = ""

    @classmethod
    def decode(cls, octets: bytes, *, typed: bool = False) -> tuple[Self, bytes]:
        """Read the block at the beginning of *octets*, and what follows it. Raises DecodeError."""
        fields = parse(_grammar(typed=typed), octets, what=WHAT, clause=CLAUSE)
        digits, called = fields.digits.hex(), fields.lengths.called
        calling = digits[called : called + fields.lengths.calling]
        return cls(typed=typed, called=digits[:called], calling=calling), fields.rest

    def encode(self) -> bytes:
        """Write the block. Raises EncodeError."""
        digits = self.called + self.calling
        try:
            octets = bytes.fromhex(digits + "0" * (len(digits) % 2))
        except ValueError as exc:
            raise EncodeError(f"{digits!r} are no digits") from exc
        lengths = {"called": len(self.called), "calling": len(self.calling)}
        fields = {"lengths": lengths, "digits": octets, "rest": b""}
        return build(_grammar(typed=self.typed), fields)


def _grammar(*, typed: bool) -> Construct[Any, Any]:
    return TYPED if typed else PLAIN
