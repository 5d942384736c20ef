"""How the two ends of a virtual circuit agree on it (X.25 §6.12 and §7, RFC 1613 §6.1 and §6.5)."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from is41.x25.addresses import Addresses
from is41.x25.codes import Diagnostic, FacilityCode, PacketType
from is41.x25.facilities import Facility, Sizes, packet_sizes, window_sizes
from is41.x25.faults import Fault, fault
from is41.x25.flow import Terms
from is41.x25.packets import CallSetup

from .codes import PvcStatus
from .pvc import CLAUSE as CLAUSE_OF_PVC
from .pvc import PvcSetup
from .settings import PACKET_LENGTHS, Settings

CLAUSE: Final = "X.25 §7"
WINDOW_DEFAULT: Final = 2  # packets: negotiation goes towards this and the next, X.25 §6.12
LENGTH_DEFAULT: Final = 128  # octets


def call(settings: Settings) -> CallSetup:
    """The call request: with both flow control facilities (RFC 1613 §6.1)."""
    length, window = settings.packet_length, settings.window
    return CallSetup(
        packet_type=PacketType.CALL,
        lcn=settings.lcn,
        modulo=settings.modulo,
        addresses=Addresses(called=settings.called, calling=settings.calling),
        facilities=_facilities(Sizes(length, length), Sizes(window, window)),
        user_data=settings.user_data,
    )


def answer(request: CallSetup, settings: Settings) -> tuple[CallSetup, Terms]:
    """Accept a call: with what, and on which terms. Raises Fault where it is not to be accepted.

    What the call leaves to the network is what it would be without facilities, and is said.
    """
    if settings.user_data and request.user_data != settings.user_data:
        reason = f"call user data {request.user_data.hex()}, not {settings.user_data.hex()}"
        raise fault(Diagnostic.UNKNOWN_PROTOCOL, reason, "user_data", CLAUSE)
    lengths, windows = _proposed(request, Sizes(LENGTH_DEFAULT, LENGTH_DEFAULT), Sizes(2, 2))
    ours = max(settings.packet_length, LENGTH_DEFAULT)
    lengths = Sizes(*(min(length, ours) for length in lengths))
    windows = Sizes(*(min(window, max(settings.window, WINDOW_DEFAULT)) for window in windows))
    accepted = CallSetup(
        packet_type=PacketType.CALL_ACCEPTED,
        lcn=request.lcn,
        modulo=request.modulo,
        d=request.d,
        addresses=Addresses(),
        facilities=_facilities(lengths, windows),
    )
    terms = Terms(
        request.modulo,
        window_in=windows.from_calling,
        window_out=windows.from_called,
        length_in=lengths.from_calling,
        length_out=lengths.from_called,
    )
    return accepted, terms


def accepted(reply: CallSetup, settings: Settings) -> Terms:
    """The terms on which our call was accepted. Raises Fault where they are not to be had."""
    if reply.modulo != settings.modulo:
        reason = f"modulo {reply.modulo}, not {settings.modulo}"
        raise fault(Diagnostic.INVALID_FORMAT, reason, "format", CLAUSE)
    length, window = settings.packet_length, settings.window
    lengths, windows = _proposed(reply, Sizes(length, length), Sizes(window, window))
    _check_between(lengths, length, LENGTH_DEFAULT, "packet length")
    _check_between(windows, window, WINDOW_DEFAULT, "window")
    return Terms(
        reply.modulo,
        window_in=windows.from_called,
        window_out=windows.from_calling,
        length_in=lengths.from_called,
        length_out=lengths.from_calling,
    )


def pvc_request(settings: Settings) -> PvcSetup:
    """What the initiator of a permanent virtual circuit asks for."""
    pvc, power = settings.pvc, settings.packet_length.bit_length() - 1
    assert pvc is not None, "only permanent circuits are set up so"
    return PvcSetup(
        lcn=settings.lcn,
        modulo=settings.modulo,
        initiator=pvc.initiator.encode(),
        initiator_lcn=pvc.initiator_lcn,
        responder=pvc.responder.encode(),
        responder_lcn=pvc.responder_lcn,
        incoming_window=settings.window,
        outgoing_window=settings.window,
        incoming_packet_size=power,
        outgoing_packet_size=power,
    )


def pvc_answer(request: PvcSetup, settings: Settings) -> PvcSetup:
    """The responder's answer: its status says whether it agrees."""
    ours = pvc_request(settings)
    return replace(ours, lcn=request.lcn, status=_status(request, ours))


def check_pvc(setup: PvcSetup) -> None:
    """Raises Fault where a setup packet's status is not that of agreement."""
    if setup.status != PvcStatus.WAITING_TO_CONNECT:
        named = PvcStatus._value2member_map_.get(setup.status)
        reason = f"status {setup.status:#x}" if named is None else named.name
        raise fault(Diagnostic.CALL_SETUP, reason, "status", CLAUSE_OF_PVC)


def pvc_terms(settings: Settings) -> Terms:
    """What both ends of a permanent virtual circuit are configured with."""
    window, length = settings.window, settings.packet_length
    return Terms(settings.modulo, window, window, length, length)


def _status(request: PvcSetup, ours: PvcSetup) -> PvcStatus:
    """Names do not depend on case; what goes out there comes in here (RFC 1613 §6.5)."""
    if request.status != PvcStatus.WAITING_TO_CONNECT:
        return PvcStatus.PROTOCOL_ERROR
    if request.responder.lower() != ours.responder.lower():
        return PvcStatus.NO_SUCH_DESTINATION_INTERFACE
    if request.responder_lcn != ours.responder_lcn:
        return PvcStatus.NO_SUCH_DESTINATION_PVC
    if (request.initiator.lower(), request.initiator_lcn) != (
        ours.initiator.lower(),
        ours.initiator_lcn,
    ):
        return PvcStatus.PVC_CONFIGURATION_MISMATCH
    theirs = (
        request.modulo,
        request.outgoing_window,
        request.incoming_window,
        request.outgoing_packet_size,
        request.incoming_packet_size,
    )
    if theirs != (
        ours.modulo,
        ours.incoming_window,
        ours.outgoing_window,
        ours.incoming_packet_size,
        ours.outgoing_packet_size,
    ):
        return PvcStatus.FLOW_CONTROL_MISMATCH
    return PvcStatus.WAITING_TO_CONNECT


def _facilities(lengths: Sizes, windows: Sizes) -> tuple[Facility, ...]:
    powers = bytes(length.bit_length() - 1 for length in lengths)
    return (
        Facility(FacilityCode.PACKET_SIZE, powers),
        Facility(FacilityCode.WINDOW_SIZE, bytes(windows)),
    )


def _proposed(setup: CallSetup, lengths: Sizes, windows: Sizes) -> tuple[Sizes, Sizes]:
    """Packet lengths and windows that a set-up packet names, or these. Raises Fault."""
    facilities = setup.facilities or ()
    lengths = packet_sizes(facilities) or lengths
    windows = window_sizes(facilities) or windows
    if not set(lengths) <= set(PACKET_LENGTHS):
        raise _not_allowed(f"packet lengths {lengths[0]} and {lengths[1]} are not 16 to 4096")
    if not all(1 <= window < setup.modulo for window in windows):
        most = setup.modulo - 1
        raise _not_allowed(f"windows {windows[0]} and {windows[1]} are not 1 to {most}")
    return lengths, windows


def _check_between(sizes: Sizes, proposed: int, default: int, what: str) -> None:
    least, most = sorted((proposed, default))
    for size in sizes:
        if not least <= size <= most:
            raise _not_allowed(f"{what} {size}, not {least} to {most}")


def _not_allowed(reason: str) -> Fault:
    return fault(Diagnostic.FACILITY_PARAMETER, reason, "facilities", CLAUSE)
