"""Codes of X.25 (X.25 §5, §7)."""

from __future__ import annotations

from enum import IntEnum


class PacketType(IntEnum):
    """X.25 §5.1, packet type identifiers; P(R), P(S) and M of those that have them are 0."""

    DATA = 0x00
    RR = 0x01
    RNR = 0x05
    REJ = 0x09
    CALL = 0x0B
    CALL_ACCEPTED = 0x0F
    CLEAR = 0x13
    CLEAR_CONFIRMATION = 0x17
    RESET = 0x1B
    RESET_CONFIRMATION = 0x1F
    INTERRUPT = 0x23
    INTERRUPT_CONFIRMATION = 0x27
    DIAGNOSTIC = 0xF1
    REGISTRATION = 0xF3
    REGISTRATION_CONFIRMATION = 0xF7
    RESTART = 0xFB
    RESTART_CONFIRMATION = 0xFF


class Diagnostic(IntEnum):
    """X.25 annex E, diagnostic codes of clear and reset: those that we give.

    From memory of the standard, and as tshark names them.
    """

    NONE = 0
    INVALID_P_S = 1
    INVALID_P_R = 2
    INVALID_IN_P1 = 20
    INVALID_IN_P2 = 21
    INVALID_IN_P3 = 22
    INVALID_IN_P6 = 25
    INVALID_IN_D1 = 27
    INVALID_IN_D2 = 28
    UNIDENTIFIABLE = 33
    INVALID_ON_PVC = 35
    TOO_SHORT = 38
    TOO_LONG = 39
    INVALID_FORMAT = 40
    TIME_EXPIRED = 48
    TIME_EXPIRED_FOR_CALL = 49
    TIME_EXPIRED_FOR_RESET = 51
    CALL_SETUP = 64
    FACILITY_PARAMETER = 66
    UNKNOWN_PROTOCOL = 249  # in the call user data


class FacilityCode(IntEnum):
    """X.25 §7, facility codes; the two high bits say how long the parameter is."""

    MARKER = 0x00
    REVERSE_CHARGING_AND_FAST_SELECT = 0x01
    THROUGHPUT_CLASS = 0x02
    CLOSED_USER_GROUP = 0x03
    CALLED_LINE_ADDRESS_MODIFIED = 0x08
    PACKET_SIZE = 0x42
    WINDOW_SIZE = 0x43
    TRANSIT_DELAY = 0x49
    CALLED_ADDRESS_EXTENSION = 0xC9
    CALLING_ADDRESS_EXTENSION = 0xCB
