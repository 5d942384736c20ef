"""Codes of M3UA (RFC 4666 §3)."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class MessageClass(IntEnum):
    """RFC 4666 §3.1.2, message classes."""

    MGMT = 0
    TRANSFER = 1
    SSNM = 2
    ASPSM = 3
    ASPTM = 4
    RKM = 9


class Mgmt(IntEnum):
    """RFC 4666 §3.1.2, management messages."""

    ERR = 0
    NTFY = 1


class Transfer(IntEnum):
    """RFC 4666 §3.1.2, transfer messages."""

    DATA = 1


class Ssnm(IntEnum):
    """RFC 4666 §3.1.2, SS7 signalling network management messages."""

    DUNA = 1
    DAVA = 2
    DAUD = 3
    SCON = 4
    DUPU = 5
    DRST = 6


class Aspsm(IntEnum):
    """RFC 4666 §3.1.2, ASP state maintenance messages."""

    UP = 1
    DOWN = 2
    BEAT = 3
    UP_ACK = 4
    DOWN_ACK = 5
    BEAT_ACK = 6


class Asptm(IntEnum):
    """RFC 4666 §3.1.2, ASP traffic maintenance messages."""

    ACTIVE = 1
    INACTIVE = 2
    ACTIVE_ACK = 3
    INACTIVE_ACK = 4


class Rkm(IntEnum):
    """RFC 4666 §3.1.2, routing key management messages."""

    REG_REQ = 1
    REG_RSP = 2
    DEREG_REQ = 3
    DEREG_RSP = 4


# RFC 4666 §3.1.2.
TYPES: Final[Mapping[IntEnum, type[IntEnum]]] = {
    MessageClass.MGMT: Mgmt,
    MessageClass.TRANSFER: Transfer,
    MessageClass.SSNM: Ssnm,
    MessageClass.ASPSM: Aspsm,
    MessageClass.ASPTM: Asptm,
    MessageClass.RKM: Rkm,
}


class ParameterTag(IntEnum):
    """RFC 4666 §3.2, parameters: common ones, then M3UA's own."""

    INFO_STRING = 0x0004
    ROUTING_CONTEXT = 0x0006
    DIAGNOSTIC_INFORMATION = 0x0007
    HEARTBEAT_DATA = 0x0009
    TRAFFIC_MODE_TYPE = 0x000B
    ERROR_CODE = 0x000C
    STATUS = 0x000D
    ASP_IDENTIFIER = 0x0011
    AFFECTED_POINT_CODE = 0x0012
    CORRELATION_ID = 0x0013
    NETWORK_APPEARANCE = 0x0200
    USER_CAUSE = 0x0204
    CONGESTION_INDICATIONS = 0x0205
    CONCERNED_DESTINATION = 0x0206
    ROUTING_KEY = 0x0207
    REGISTRATION_RESULT = 0x0208
    DEREGISTRATION_RESULT = 0x0209
    LOCAL_ROUTING_KEY_IDENTIFIER = 0x020A
    DESTINATION_POINT_CODE = 0x020B
    SERVICE_INDICATORS = 0x020C
    ORIGINATING_POINT_CODE_LIST = 0x020E
    PROTOCOL_DATA = 0x0210
    REGISTRATION_STATUS = 0x0212
    DEREGISTRATION_STATUS = 0x0213


class ErrorCode(IntEnum):
    """RFC 4666 §3.8.1, what ERR complains of."""

    INVALID_VERSION = 0x01
    UNSUPPORTED_MESSAGE_CLASS = 0x03
    UNSUPPORTED_MESSAGE_TYPE = 0x04
    UNSUPPORTED_TRAFFIC_MODE_TYPE = 0x05
    UNEXPECTED_MESSAGE = 0x06
    PROTOCOL_ERROR = 0x07
    INVALID_STREAM_IDENTIFIER = 0x09
    REFUSED_MANAGEMENT_BLOCKING = 0x0D
    ASP_IDENTIFIER_REQUIRED = 0x0E
    INVALID_ASP_IDENTIFIER = 0x0F
    INVALID_PARAMETER_VALUE = 0x11
    PARAMETER_FIELD_ERROR = 0x12
    UNEXPECTED_PARAMETER = 0x13
    DESTINATION_STATUS_UNKNOWN = 0x14
    INVALID_NETWORK_APPEARANCE = 0x15
    MISSING_PARAMETER = 0x16
    INVALID_ROUTING_CONTEXT = 0x19
    NO_CONFIGURED_AS_FOR_ASP = 0x1A


class TrafficMode(IntEnum):
    """RFC 4666 §3.7.1, traffic mode types."""

    OVERRIDE = 1
    LOADSHARE = 2
    BROADCAST = 3


class StatusType(IntEnum):
    """RFC 4666 §3.8.2, status types of NTFY."""

    AS_STATE_CHANGE = 1
    OTHER = 2


class AsState(IntEnum):
    """RFC 4666 §3.8.2, status information of AS_STATE_CHANGE."""

    AS_INACTIVE = 2
    AS_ACTIVE = 3
    AS_PENDING = 4


class OtherStatus(IntEnum):
    """RFC 4666 §3.8.2, status information of OTHER."""

    INSUFFICIENT_ASP_RESOURCES_ACTIVE = 1
    ALTERNATE_ASP_ACTIVE = 2
    ASP_FAILURE = 3
