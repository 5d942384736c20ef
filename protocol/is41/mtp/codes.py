"""The tables of T1.111.4: who a message is for, and in which network."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

LABEL_LENGTH: Final = 8  # octets before the user part: SIO, DPC, OPC, SLS


class ServiceIndicator(IntEnum):
    """T1.111.4, service indicator."""

    MANAGEMENT = 0
    TEST = 1
    SPECIAL_TEST = 2
    SCCP = 3
    ISUP = 5
    BICC = 13


class NetworkIndicator(IntEnum):
    """T1.111.4, network indicator."""

    INTERNATIONAL = 0
    SPARE = 1
    NATIONAL = 2
    RESERVED = 3
