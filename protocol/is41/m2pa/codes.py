"""Codes of M2PA (RFC 4165 §2)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

MESSAGE_CLASS: Final = 11  # RFC 4165 §2.1


class MessageType(IntEnum):
    """RFC 4165 §2.1, message types."""

    USER_DATA = 1
    LINK_STATUS = 2


class State(IntEnum):
    """RFC 4165 §2.3.2, states of link status."""

    ALIGNMENT = 1
    PROVING_NORMAL = 2
    PROVING_EMERGENCY = 3
    READY = 4
    PROCESSOR_OUTAGE = 5
    PROCESSOR_RECOVERED = 6
    BUSY = 7
    BUSY_ENDED = 8
    OUT_OF_SERVICE = 9
