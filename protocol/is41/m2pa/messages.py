"""M2PA messages (RFC 4165 §2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from construct import (
    BitsInteger,
    BitStruct,
    Default,
    GreedyBytes,
    Int8ub,
    Int24ub,
    Int32ub,
    Struct,
)

from is41.adaptation.messages import HEADER_LENGTH, join, split
from is41.errors import DecodeError, Unsupported
from is41.grammar import Code, build, parse

from .codes import MESSAGE_CLASS, MessageType, State

WHAT: Final = "m2pa"
CLAUSE: Final = "RFC 4165 §2"

# fmt: off
# RFC 4165 §2.2, M2PA-specific message header, which every message goes on with.
SEQUENCE_NUMBERS = (
    "unused"         / Default(Int8ub, 0),
    "bsn"            / Int24ub,               # backward sequence number
    "unused_too"     / Default(Int8ub, 0),
    "fsn"            / Int24ub,               # forward sequence number
)

# RFC 4165 §2.3.1, user data: nothing follows the header where it only acknowledges.
USER_DATA = Struct(
    *SEQUENCE_NUMBERS,
    "data"           / GreedyBytes,
)

# RFC 4165 §2.3.1, the octet before the SIO.
PRIORITY = BitStruct(
    "priority"       / BitsInteger(2),               # bits H G
    "spare"          / Default(BitsInteger(6), 0),   # bits F to A
)

# RFC 4165 §2.3.2, link status.
LINK_STATUS = Struct(
    *SEQUENCE_NUMBERS,
    "state"          / Code(Int32ub, State),
    "filler"         / GreedyBytes,                  # while proving
)
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class UserData:
    """An MSU from its SIO; an empty one only acknowledges what came before *bsn*."""

    bsn: int
    fsn: int
    priority: int = 0
    msu: bytes = b""

    def encode(self) -> bytes:
        """Write the message. Raises EncodeError."""
        first = build(PRIORITY, {"priority": self.priority}) if self.msu else b""
        fields = {"bsn": self.bsn, "fsn": self.fsn, "data": first + self.msu}
        return join(MESSAGE_CLASS, MessageType.USER_DATA, build(USER_DATA, fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkStatus:
    """What state the other end's link is in."""

    bsn: int
    fsn: int
    state: int
    filler: bytes = b""

    def encode(self) -> bytes:
        """Write the message. Raises EncodeError."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return join(MESSAGE_CLASS, MessageType.LINK_STATUS, build(LINK_STATUS, fields))


def decode(octets: bytes) -> UserData | LinkStatus:
    """Read one whole message. Raises DecodeError."""
    header, body = split(octets, WHAT, CLAUSE)
    if header.message_class != MESSAGE_CLASS:
        reason = f"{header.message_class}, not {MESSAGE_CLASS}"
        raise DecodeError(reason, what=WHAT, field="message_class", clause=CLAUSE, offset=2)
    try:
        if header.message_type == MessageType.USER_DATA:
            return _user_data(body)
        if header.message_type == MessageType.LINK_STATUS:
            fields = parse(LINK_STATUS, body, what=WHAT, clause=CLAUSE)
            return LinkStatus(**{name: fields[name] for name in LinkStatus.__slots__})
    except DecodeError as error:
        raise error.moved(HEADER_LENGTH) from None
    reason = f"message type {header.message_type}"
    raise Unsupported(reason, what=WHAT, field="message_type", clause=CLAUSE, offset=3)


def _user_data(body: bytes) -> UserData:
    fields = parse(USER_DATA, body, what=WHAT, clause=CLAUSE)
    priority = 0
    if fields.data:
        priority = parse(PRIORITY, fields.data[:1], what=WHAT, clause=CLAUSE).priority
    return UserData(bsn=fields.bsn, fsn=fields.fsn, priority=priority, msu=fields.data[1:])
