"""TALI messages (RFC 3094 §3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from construct import Bytes, Const, GreedyBytes, Int16ul, Struct

from is41.errors import DecodeError, EncodeError, Truncated
from is41.grammar import build, parse

from .codes import CLAUSE, HEADER_LENGTH, LENGTHS, SYNC, Opcode

WHAT: Final = "tali"
_LENGTH_AT: Final = 8  # octets before the length


# fmt: off
# RFC 3094 §3, message header and payload.
MESSAGE = Struct(
    "sync"    / Const(SYNC),
    "opcode"  / Bytes(4),
    "length"  / Int16ul,      # of the payload alone
    "payload" / GreedyBytes,
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Message:
    """One TALI message."""

    opcode: Opcode
    payload: bytes = b""

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read one whole message. Raises DecodeError."""
        length = payload_length(octets)
        opcode, payload = Opcode(octets[len(SYNC) : _LENGTH_AT]), octets[HEADER_LENGTH:]
        if len(payload) < length:
            reason = f"says {length} octets, has {len(payload)}"
            raise Truncated(reason, what=WHAT, field="payload", clause=CLAUSE, offset=len(octets))
        if len(payload) > length:
            extra, end = len(payload) - length, HEADER_LENGTH + length
            raise _malformed(f"{extra} octets follow the message", "payload", end)
        return cls(opcode, payload)

    def encode(self) -> bytes:
        """Write the message. Raises EncodeError."""
        least, most = LENGTHS[self.opcode]
        if not least <= len(self.payload) <= most:
            raise EncodeError(f"{self.opcode.name} carries {least} to {most} octets")
        return build(
            MESSAGE,
            {
                "opcode": self.opcode.value,
                "length": len(self.payload),
                "payload": self.payload,
            },
        )


def payload_length(octets: bytes) -> int:
    """Read the header of a message that may go on. Raises DecodeError, Truncated without it."""
    if not octets.startswith(SYNC) and not SYNC.startswith(octets):
        raise _malformed(f"{octets[: len(SYNC)]!r} is not {SYNC!r}", "sync", 0)
    fields = parse(MESSAGE, octets[:HEADER_LENGTH], what=WHAT, clause=CLAUSE)
    if fields.opcode not in Opcode._value2member_map_:
        raise _malformed(f"{fields.opcode!r} is no opcode", "opcode", len(SYNC))
    opcode, length = Opcode(fields.opcode), int(fields.length)
    least, most = LENGTHS[opcode]
    if not least <= length <= most:
        reason = f"{opcode.name} says {length} octets, not {least} to {most}"
        raise _malformed(reason, "length", _LENGTH_AT)
    return length


def _malformed(reason: str, field: str, offset: int) -> DecodeError:
    return DecodeError(reason, what=WHAT, field=field, clause=CLAUSE, offset=offset)
