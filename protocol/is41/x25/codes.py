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
