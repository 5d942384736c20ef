"""Codes of SUA (RFC 3868 §3)."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final

from is41.m3ua.codes import Aspsm, Asptm, Mgmt, Rkm, Ssnm

if TYPE_CHECKING:
    from collections.abc import Mapping


class MessageClass(IntEnum):
    """RFC 3868 §3.1.2, message classes."""

    MGMT = 0
    SSNM = 2
    ASPSM = 3
    ASPTM = 4
    CONNECTIONLESS = 7
    CONNECTION_ORIENTED = 8
    RKM = 9


class Connectionless(IntEnum):
    """RFC 3868 §3.1.3, connectionless messages."""

    CLDT = 1
    CLDR = 2


class ConnectionOriented(IntEnum):
    """RFC 3868 §3.1.3, connection-oriented messages."""

    CORE = 1
    COAK = 2
    COREF = 3
    RELRE = 4
    RELCO = 5
    RESCO = 6
    RESRE = 7
    CODT = 8
    CODA = 9
    COERR = 10
    COIT = 11


# RFC 3868 §3.1.3. What is not here is as in M3UA.
TYPES: Final[Mapping[IntEnum, type[IntEnum]]] = {
    MessageClass.MGMT: Mgmt,
    MessageClass.SSNM: Ssnm,
    MessageClass.ASPSM: Aspsm,
    MessageClass.ASPTM: Asptm,
    MessageClass.CONNECTIONLESS: Connectionless,
    MessageClass.CONNECTION_ORIENTED: ConnectionOriented,
    MessageClass.RKM: Rkm,
}


class ParameterTag(IntEnum):
    """RFC 3868 §3.9 and §3.10, parameters: common ones, SUA's own, those within an address."""

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
    REGISTRATION_RESULT = 0x0014
    DEREGISTRATION_RESULT = 0x0015
    REGISTRATION_STATUS = 0x0016
    DEREGISTRATION_STATUS = 0x0017
    LOCAL_ROUTING_KEY_IDENTIFIER = 0x0018
    SS7_HOP_COUNTER = 0x0101
    SOURCE_ADDRESS = 0x0102
    DESTINATION_ADDRESS = 0x0103
    SOURCE_REFERENCE_NUMBER = 0x0104
    DESTINATION_REFERENCE_NUMBER = 0x0105
    SCCP_CAUSE = 0x0106
    SEQUENCE_NUMBER = 0x0107
    RECEIVE_SEQUENCE_NUMBER = 0x0108
    ASP_CAPABILITIES = 0x0109
    CREDIT = 0x010A
    DATA = 0x010B
    USER_CAUSE = 0x010C
    NETWORK_APPEARANCE = 0x010D
    ROUTING_KEY = 0x010E
    DRN_LABEL = 0x010F
    TID_LABEL = 0x0110
    ADDRESS_RANGE = 0x0111
    SMI = 0x0112
    IMPORTANCE = 0x0113
    MESSAGE_PRIORITY = 0x0114
    PROTOCOL_CLASS = 0x0115
    SEQUENCE_CONTROL = 0x0116
    SEGMENTATION = 0x0117
    CONGESTION_LEVEL = 0x0118
    GLOBAL_TITLE = 0x8001
    POINT_CODE = 0x8002
    SUBSYSTEM_NUMBER = 0x8003
    IPV4_ADDRESS = 0x8004
    HOSTNAME = 0x8005
    IPV6_ADDRESS = 0x8006


class RoutingIndicator(IntEnum):
    """RFC 3868 §3.10.2.1."""

    GLOBAL_TITLE = 1
    SSN_AND_PC = 2
    HOSTNAME = 3
    SSN_AND_IP_ADDRESS = 4
