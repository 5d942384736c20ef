"""Codes of SCCP (T1.112.3)."""

from __future__ import annotations

from enum import IntEnum


class MessageType(IntEnum):
    """T1.112.3, connectionless message types."""

    UDT = 0x09
    UDTS = 0x0A
    XUDT = 0x11
    XUDTS = 0x12
    LUDT = 0x13
    LUDTS = 0x14


class ManagementType(IntEnum):
    """T1.112.3, first octet of the data of an SCCP management message (SCMG)."""

    SSA = 0x01
    SSP = 0x02
    SST = 0x03
    SOR = 0x04
    SOG = 0x05
    SBR = 0xFD
    SNR = 0xFE
    SRT = 0xFF


class OptionalName(IntEnum):
    """T1.112.3, names of optional parameters."""

    END = 0x00
    SEGMENTATION = 0x10
    IMPORTANCE = 0x12


class Subsystem(IntEnum):
    """T1.112.3 and TIA-41.1, subsystem numbers."""

    MANAGEMENT = 1
    MAP = 5
    HLR = 6
    VLR = 7
    MSC = 8
    EIR = 9
    AC = 10


class ReturnCause(IntEnum):
    """T1.112.3, why a message came back."""

    NO_TRANSLATION_FOR_NATURE = 0x00
    NO_TRANSLATION_FOR_ADDRESS = 0x01
    SUBSYSTEM_CONGESTION = 0x02
    SUBSYSTEM_FAILURE = 0x03
    UNEQUIPPED_USER = 0x04
    MTP_FAILURE = 0x05
    NETWORK_CONGESTION = 0x06
    UNQUALIFIED = 0x07
    ERROR_IN_MESSAGE_TRANSPORT = 0x08
    ERROR_IN_LOCAL_PROCESSING = 0x09
    DESTINATION_CANNOT_REASSEMBLE = 0x0A
    SCCP_FAILURE = 0x0B
    HOP_COUNTER_VIOLATION = 0x0C
    SEGMENTATION_NOT_SUPPORTED = 0x0D
    SEGMENTATION_FAILURE = 0x0E
    MESSAGE_CHANGE_FAILURE = 0xF7
    INVALID_INS_ROUTING_REQUEST = 0xF8
    INVALID_ISNI_ROUTING_REQUEST = 0xF9
    UNAUTHORIZED_MESSAGE = 0xFA
    MESSAGE_INCOMPATIBILITY = 0xFB
    CANNOT_PERFORM_ISNI_ROUTING = 0xFC
    REDUNDANT_ISNI_ROUTING = 0xFD
    CANNOT_IDENTIFY_ISNI_ENTITY = 0xFE
