"""Codes of M2UA (RFC 3331 §3)."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from is41.m3ua.codes import Aspsm, Asptm, Mgmt

if TYPE_CHECKING:
    from collections.abc import Mapping


class MessageClass(IntEnum):
    """RFC 3331 §3.1, message classes."""

    MGMT = 0
    ASPSM = 3
    ASPTM = 4
    MAUP = 6
    IIM = 10


class Maup(IntEnum):
    """RFC 3331 §3.1, MTP2 user adaptation messages."""

    DATA = 1
    ESTABLISH_REQUEST = 2
    ESTABLISH_CONFIRM = 3
    RELEASE_REQUEST = 4
    RELEASE_CONFIRM = 5
    RELEASE_INDICATION = 6
    STATE_REQUEST = 7
    STATE_CONFIRM = 8
    STATE_INDICATION = 9
    DATA_RETRIEVAL_REQUEST = 10
    DATA_RETRIEVAL_CONFIRM = 11
    DATA_RETRIEVAL_INDICATION = 12
    DATA_RETRIEVAL_COMPLETE_INDICATION = 13
    CONGESTION_INDICATION = 14
    DATA_ACKNOWLEDGE = 15


class Iim(IntEnum):
    """RFC 3331 §3.1, interface identifier management messages."""

    REG_REQ = 1
    REG_RSP = 2
    DEREG_REQ = 3
    DEREG_RSP = 4


# RFC 3331 §3.1. The first three classes are those of M3UA.
TYPES: Final[Mapping[IntEnum, type[IntEnum]]] = {
    MessageClass.MGMT: Mgmt,
    MessageClass.ASPSM: Aspsm,
    MessageClass.ASPTM: Asptm,
    MessageClass.MAUP: Maup,
    MessageClass.IIM: Iim,
}


class ParameterTag(IntEnum):
    """RFC 3331 §3, parameters: common ones, then M2UA's own."""

    INTERFACE_IDENTIFIER_INTEGER = 0x0001
    INTERFACE_IDENTIFIER_TEXT = 0x0003
    INFO_STRING = 0x0004
    DIAGNOSTIC_INFORMATION = 0x0007
    INTERFACE_IDENTIFIER_RANGE = 0x0008
    HEARTBEAT_DATA = 0x0009
    TRAFFIC_MODE_TYPE = 0x000B
    ERROR_CODE = 0x000C
    STATUS = 0x000D
    ASP_IDENTIFIER = 0x0011
    CORRELATION_ID = 0x0013
    PROTOCOL_DATA_1 = 0x0300
    PROTOCOL_DATA_2 = 0x0301
    STATE_REQUEST = 0x0302
    STATE_EVENT = 0x0303
    CONGESTION_STATUS = 0x0304
    DISCARD_STATUS = 0x0305
    ACTION = 0x0306
    SEQUENCE_NUMBER = 0x0307
    RETRIEVAL_RESULT = 0x0308
    LINK_KEY = 0x0309
    LOCAL_LINK_KEY_IDENTIFIER = 0x030A
    SIGNALLING_DATA_TERMINAL_IDENTIFIER = 0x030B
    SIGNALLING_DATA_LINK_IDENTIFIER = 0x030C
    REGISTRATION_RESULT = 0x030D
    REGISTRATION_STATUS = 0x030E
    DEREGISTRATION_RESULT = 0x030F
    DEREGISTRATION_STATUS = 0x0310
