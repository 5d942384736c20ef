"""One end of a virtual circuit on a TCP connection, without I/O (RFC 1613, X.25 §4 and §6).

Messages in data packets are told where they lie, many at once, so that kernels can take them; those
of several packets are joined first. All else, and timers, go through the table of transitions. What
the table lacks is a fault: it leads to a reset, or clears the call.

A packet that completes a message told is acknowledged when `acknowledge` says that the message is
kept, and those before it then too; other packets on receipt. So the far end, which keeps what is
not acknowledged, loses nothing when we fail.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from is41.errors import DecodeError, EncodeError
from is41.layers import Layer, layer_of
from is41.link import (
    Finished,
    ManagementReceived,
    MessageRefused,
    MessageSkipped,
    ProtocolViolated,
    StateChanged,
)
from is41.machine import Machine
from is41.x25 import packets as x25
from is41.x25.codes import Diagnostic, PacketType
from is41.x25.faults import Fault, fault, unreadable
from is41.x25.flow import Receiver, Sender
from is41.x25.packets import CallSetup, Clear, Data, FlowControl, Other, Reset

from . import setup
from .joining import Joiner, lost
from .messages import HEADER_LENGTH, Message, packet_length
from .pvc import PACKET_TYPE as PVC_SETUP
from .pvc import PvcSetup
from .run import MESSAGE_LENGTH_LEAST, data_run
from .settings import R22
from .states import ALWAYS, MISPLACED, TRANSITIONS, Act, Input, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from is41.x25.flow import Terms

    from .settings import Settings

CLAUSE: Final = "X.25 §4"
Packet = x25.Packet | PvcSetup
_INPUTS: Final[Mapping[int, Input]] = {
    PacketType.DATA: Input.DATA,
    PacketType.RR: Input.FLOW,
    PacketType.RNR: Input.FLOW,
    PacketType.REJ: Input.LOCAL,
    PacketType.CALL: Input.CALL,
    PacketType.CALL_ACCEPTED: Input.CALL_ACCEPTED,
    PacketType.CLEAR: Input.CLEAR,
    PacketType.CLEAR_CONFIRMATION: Input.CLEAR_CONFIRMATION,
    PacketType.RESET: Input.RESET,
    PacketType.RESET_CONFIRMATION: Input.RESET_CONFIRMATION,
    PacketType.INTERRUPT: Input.INTERRUPT,
    PacketType.INTERRUPT_CONFIRMATION: Input.INTERRUPT_CONFIRMATION,
    PacketType.DIAGNOSTIC: Input.LOCAL,
    PacketType.REGISTRATION: Input.LOCAL,
    PacketType.REGISTRATION_CONFIRMATION: Input.LOCAL,
    PacketType.RESTART: Input.LOCAL,
    PacketType.RESTART_CONFIRMATION: Input.LOCAL,
}
_OF_CALLS: Final = {
    Input.CALL,
    Input.CALL_ACCEPTED,
    Input.CLEAR,
    Input.CLEAR_CONFIRMATION,
}
_OF_SETUP: Final = _OF_CALLS | {Input.PVC_SETUP}
# What to say of a timer that has run out, and why.
_TIMERS: Final[Mapping[Input, tuple[Diagnostic, str]]] = {
    Input.T21_EXPIRED: (Diagnostic.TIME_EXPIRED_FOR_CALL, "the call goes unanswered"),
    Input.T22_EXPIRED: (Diagnostic.TIME_EXPIRED_FOR_RESET, "the reset goes unconfirmed"),
    Input.R22_SURPASSED: (Diagnostic.TIME_EXPIRED_FOR_RESET, "resets go unconfirmed"),
    Input.T23_EXPIRED: (Diagnostic.TIME_EXPIRED, "the clear goes unconfirmed"),
    Input.T25_EXPIRED: (Diagnostic.TIME_EXPIRED, "data go unacknowledged"),
    Input.T_SETUP_EXPIRED: (Diagnostic.TIME_EXPIRED, "no circuit was set up"),
    Input.T_PACKET_EXPIRED: (Diagnostic.TIME_EXPIRED, "a packet stays incomplete"),
}
_SETUP: Final = {
    Act.SEND_CALL,
    Act.CHECK_CALL,
    Act.CHECK_CALL_ACCEPTED,
    Act.SEND_PVC_SETUP,
    Act.CHECK_PVC_SETUP,
    Act.CHECK_PVC_ANSWER,
    Act.OPEN,
}
_NONE: Final = fault(Diagnostic.NONE, "our own wish", "circuit", CLAUSE)


class Link(Machine[Input]):
    """Octets in, events out; the caller owns the socket and the clock.

    *calling*: whether this end opened the connection, and so calls. *allowed*: whether our side
    takes service messages from the start; until it does, calls wait.
    """

    def __init__(self, now: float, settings: Settings, *, calling: bool, allowed: bool) -> None:
        super().__init__(MESSAGE_LENGTH_LEAST, HEADER_LENGTH)
        self._settings = settings
        self._timers = settings.timers
        self._allowed = allowed
        self._lcn = settings.lcn
        self._resets = 0  # sent again and again
        self._cause = _NONE  # of what is to be sent
        self._answer: Packet = setup.call(settings)  # to the far end's call, once there is one
        self._arrived = 0  # of our packets, when T25 was started
        self._terms = setup.pvc_terms(settings)
        self._agree(self._terms)
        if calling:
            self.state = State.CALL_DUE if settings.pvc is None else State.PVC_DUE
            self._do(Act.RESUME, None, now)
        else:
            self.state = State.READY if settings.pvc is None else State.PVC_READY
            self._deadlines[Input.T_SETUP_EXPIRED] = now + self._timers.t_setup

    @property
    def is_open(self) -> bool:
        """Whether service messages may be sent now; outside the window they wait."""
        return self.state is State.FLOW_CONTROL_READY

    @property
    def is_finished(self) -> bool:
        """Whether the connection is to be closed."""
        return self.state is State.FINISHED

    @property
    def is_drained(self) -> bool:
        """Whether the far end acknowledged all that was sent."""
        return self._sender.is_idle

    @property
    def unacknowledged(self) -> list[bytes]:
        """The messages that the far end may not have, the oldest first: to be sent elsewhere."""
        return self._sender.unacknowledged

    def received(self, count: int, now: float) -> None:
        """Take *count* octets that were put into `room`."""
        before = self._held - self._taken
        super().received(count, now)
        rest = self._held - self._taken
        if self.is_finished or not rest:
            self._deadlines.pop(Input.T_PACKET_EXPIRED, None)
        elif not before or rest < before + count:
            self._deadlines[Input.T_PACKET_EXPIRED] = now + self._timers.t_packet
        self._flow(now)

    def allow(self, now: float) -> None:
        """Take service messages from now on: answer the call that waits, or place ours."""
        self._allowed = True
        self._take(Input.ALLOW, None, now)

    def prohibit(self, now: float) -> None:
        """Ask for no more data (RNR); what comes all the same is told."""
        self._allowed = False
        self._take(Input.PROHIBIT, None, now)

    def close(self, now: float) -> None:
        """Clear the call, or leave the permanent circuit.

        What was told and not acknowledged, the far end will send again to whoever comes next.
        """
        self._cause = _NONE
        self._take(Input.CLOSE if self._settings.pvc is None else Input.DISCONNECT, None, now)

    def acknowledge(self, count: int, now: float) -> None:
        """Tell the far end that the oldest *count* messages told are kept."""
        self._receiver.keep(count)
        self._flow(now)

    def send(self, octets: bytes, layer: Layer, now: float) -> None:  # noqa: ARG002  # as it is
        """Send a message as data packets, now or when the window has room. Raises EncodeError."""
        if not self.is_open:
            raise EncodeError(f"data are not allowed in {self.state.name}")
        self._sender.put(octets)
        self._flow(now)

    def _expired(self, timer: Input, now: float) -> None:
        if timer is Input.T22_EXPIRED and self._resets > R22:
            timer = Input.R22_SURPASSED
        self._cause = fault(*_TIMERS[timer], "timer", CLAUSE)
        self._take(timer, None, now)
        self._flow(now)

    def _tell_run(self, at: int, end: int, frames: int) -> tuple[int, int]:
        if not self.is_open or self._joiner.begun:
            return at, frames
        after, found, outstanding = data_run(
            self._octets,
            at,
            end,
            self._terms.modulo,
            self._terms.length_in,
            self._receiver.p_s,
            self._receiver.room,
            self._sender.acknowledged,
            self._sender.outstanding,
            self._frames,
            frames,
        )
        if found > frames:
            self._receiver.take_messages(found - frames)
            self._sender.outstanding = outstanding
            self._tell(frames, found)
        return after, found

    def _message_length(self, header: bytes) -> int:
        return HEADER_LENGTH + packet_length(header)

    def _take_message(self, octets: bytes, now: float) -> None:
        try:
            packet = _decode(octets[HEADER_LENGTH:])
            self._take(self._input_of(packet), packet, now)
        except Fault as found:
            self._cause = found
            self._take(Input.FAULT, None, now)

    def _input_of(self, packet: Packet) -> Input:
        """Tell what the packet is. Raises Fault where it is none of this circuit's."""
        what = _input_of(packet)
        if self._settings.pvc is not None and what in _OF_CALLS:
            raise fault(Diagnostic.INVALID_ON_PVC, f"{what.name} on a PVC", "packet_type", CLAUSE)
        if what not in _OF_SETUP | {Input.LOCAL} and packet.modulo != self._terms.modulo:
            reason = f"modulo {packet.modulo}, not {self._terms.modulo}"
            raise fault(Diagnostic.INVALID_FORMAT, reason, "format", CLAUSE)
        return what

    def _take(self, what: Input, packet: Packet | None, now: float) -> None:
        """Move by the table, and do what it says. Raises Fault."""
        if self.is_finished:
            return
        found = TRANSITIONS.get((self.state, what))
        if found is None and what in ALWAYS:
            found = self.state, ALWAYS[what]
        if found is None:
            reason = f"{what.name} in {self.state.name}"
            raise fault(MISPLACED[self.state], reason, "packet_type", CLAUSE)
        state, acts = found
        if state is not self.state:
            self.state = state
            self._events.append(StateChanged(state))
            for timer in set(self._deadlines) - set(ALWAYS):
                if (state, timer) not in TRANSITIONS:
                    del self._deadlines[timer]
        for act in acts:
            if not self.is_finished:
                self._do(act, packet, now)

    def _do(  # noqa: C901  # one case an act
        self, act: Act, packet: Packet | None, now: float
    ) -> None:
        match act, packet:
            case Act.RESUME, _ if self._allowed:
                self._take(Input.ALLOW, None, now)
            case Act.TAKE_DATA, Data():
                self._take_data(packet)
            case Act.TAKE_FLOW, FlowControl():
                self._sender.acknowledge(packet.p_r)
                self._sender.held = packet.packet_type == PacketType.RNR
            case Act.RESTART_FLOW, _:
                self._lose("the circuit was reset")
                self._restart()
            case Act.TELL, _:
                self._events.append(ManagementReceived(_input_of(packet).name, _says(packet)))
            case Act.SKIP, _:
                self._events.append(MessageSkipped(_type_of(packet).name))
            case Act.REFUSE, _:
                self._refuse(self._cause.error)
            case Act.VIOLATE, _:
                self._violate(self._cause.error)
            case Act.FINISH, _:
                self._finish(Finished())
            case _ if act in _SETUP:
                self._set_up(act, packet, now)
            case _:
                self._say(act, now)

    def _set_up(self, act: Act, packet: Packet | None, now: float) -> None:
        """Do what leads to a circuit. Raises Fault where the far end does not agree."""
        match act, packet:
            case Act.SEND_CALL, _:
                self._send(setup.call(self._settings))
                self._deadlines[Input.T21_EXPIRED] = now + self._timers.t21
            case Act.CHECK_CALL, CallSetup():
                self._lcn, self._terms = packet.lcn, self._terms._replace(modulo=packet.modulo)
                self._answer, terms = setup.answer(packet, self._settings)
                self._agree(terms)
            case Act.CHECK_CALL_ACCEPTED, CallSetup():
                self._agree(setup.accepted(packet, self._settings))
                self._take(Input.AGREED, None, now)
            case Act.SEND_PVC_SETUP, _:
                self._send(setup.pvc_request(self._settings))
                self._deadlines[Input.T_SETUP_EXPIRED] = now + self._timers.t_setup
            case Act.CHECK_PVC_SETUP, PvcSetup():
                answer = setup.pvc_answer(packet, self._settings)
                self._lcn, self._answer = packet.lcn, answer
                if answer.status:
                    self._send(answer)
                setup.check_pvc(answer)
            case Act.CHECK_PVC_ANSWER, PvcSetup():
                setup.check_pvc(packet)
                self._take(Input.AGREED, None, now)
            case Act.OPEN, _:
                self._cause = _NONE
                self._restart()

    def _say(self, act: Act, now: float) -> None:
        """Send what needs no packet of the far end's."""
        lcn, modulo, diagnostic = self._lcn, self._terms.modulo, self._cause.diagnostic
        match act:
            case Act.SEND_CALL_ACCEPTED | Act.SEND_PVC_ANSWER:
                self._send(self._answer)
            case Act.SEND_CLEAR:
                self._deadlines[Input.T23_EXPIRED] = now + self._timers.t23
                self._send(Clear(lcn=lcn, modulo=modulo, diagnostic=diagnostic))
            case Act.SEND_CLEAR_CONFIRMATION:
                self._confirm(PacketType.CLEAR_CONFIRMATION)
            case Act.SEND_RESET:
                self._resets += 1
                self._deadlines[Input.T22_EXPIRED] = now + self._timers.t22
                self._send(Reset(lcn=lcn, modulo=modulo, diagnostic=diagnostic))
            case Act.SEND_RESET_CONFIRMATION:
                self._confirm(PacketType.RESET_CONFIRMATION)
            case Act.SEND_INTERRUPT_CONFIRMATION:
                self._confirm(PacketType.INTERRUPT_CONFIRMATION)
            case Act.SEND_FLOW:
                self._send_flow()

    def _confirm(self, packet_type: PacketType) -> None:
        self._send(Other(packet_type=packet_type, lcn=self._lcn, modulo=self._terms.modulo))

    def _take_data(self, packet: Data) -> None:
        self._sender.acknowledge(packet.p_r)
        self._receiver.take(packet)
        for joined in self._joiner.take(packet):
            if isinstance(joined, DecodeError):
                self._refuse_data(joined, self._joiner.octets)
                continue
            octets, _ = joined
            layer = layer_of(octets)
            if packet.q or not octets:
                self._events.append(MessageSkipped("QUALIFIED_DATA" if packet.q else "NO_DATA"))
            elif layer is None:
                words = f"{octets[:4].hex()} begins neither TCAP, SCCP nor MTP3"
                self._refuse_data(lost(words), octets)
            else:
                self._receiver.told()
                self._tell_octets(octets, layer)

    def _flow(self, now: float) -> None:
        """Send what the window has room for, and what is to be acknowledged."""
        if not self.is_open:
            return
        while (piece := self._sender.next_piece()) is not None:
            p_s, more, octets = piece
            self._send(
                Data(
                    lcn=self._lcn,
                    modulo=self._terms.modulo,
                    p_s=p_s,
                    p_r=self._receiver.acknowledge(),
                    m=more,
                    user_data=octets,
                )
            )
        if self._receiver.due > self._receiver.acknowledged:
            self._send_flow()
        if not self._sender.outstanding:
            self._deadlines.pop(Input.T25_EXPIRED, None)
        elif Input.T25_EXPIRED not in self._deadlines or self._arrived != self._sender.arrived:
            self._deadlines[Input.T25_EXPIRED] = now + self._timers.t25
        self._arrived = self._sender.arrived

    def _send_flow(self) -> None:
        """Acknowledge, and say whether our side takes more."""
        packet_type = PacketType.RR if self._allowed else PacketType.RNR
        p_r = self._receiver.acknowledge()
        self._to_send += _flow_octets(packet_type, self._lcn, self._terms.modulo, p_r)

    def _agree(self, terms: Terms) -> None:
        self._terms = terms
        self._receiver, self._sender = Receiver(terms), Sender(terms)
        self._joiner = Joiner(p_s_due=0)

    def _restart(self) -> None:
        """Count packets anew. The far end takes us to be ready for them: say so if we are not."""
        self._receiver.restart()
        self._sender.restart()
        self._joiner = Joiner(p_s_due=0)
        self._resets = self._arrived = 0
        if not self._allowed:
            self._send_flow()

    def _refuse_data(self, error: DecodeError, octets: bytes) -> None:
        """Refuse what came in data packets."""
        self._refuse_octets(error, octets, layer_of(octets) or Layer.TCAP)

    def _lose(self, reason: str) -> None:
        if self._joiner.begun:
            octets = self._joiner.octets
            layer = layer_of(octets) or Layer.TCAP
            self._events.append(MessageRefused(lost(reason), octets, layer))

    def _send(self, packet: Packet) -> None:
        self._to_send += Message(packet.encode()).encode()

    def _violate(self, error: DecodeError) -> None:
        self._finish(ProtocolViolated(error, self._hand))

    def _finish(self, event: Finished | ProtocolViolated) -> None:
        self.state = State.FINISHED
        self._lose("the circuit was cleared")
        self._deadlines.clear()
        self._events.append(event)
        self._events.append(StateChanged(self.state))


@lru_cache(maxsize=2 * 128)
def _flow_octets(packet_type: PacketType, lcn: int, modulo: int, p_r: int) -> bytes:
    """RR or RNR behind its header; kept, for they are said again and again."""
    packet = FlowControl(packet_type=packet_type, lcn=lcn, modulo=modulo, p_r=p_r)
    return Message(packet.encode()).encode()


def _decode(octets: bytes) -> Packet:
    """Read a packet. Raises Fault."""
    try:
        return PvcSetup.decode(octets) if octets[2] == PVC_SETUP else x25.decode(octets)
    except DecodeError as error:
        raise unreadable(error) from error


def _type_of(packet: Packet | None) -> PacketType:
    match packet:
        case Data():
            return PacketType.DATA
        case Clear():
            return PacketType.CLEAR
    return PacketType(getattr(packet, "packet_type", PacketType.DIAGNOSTIC))


def _input_of(packet: Packet | None) -> Input:
    return Input.PVC_SETUP if isinstance(packet, PvcSetup) else _INPUTS[_type_of(packet)]


def _says(packet: Packet | None) -> str:
    match packet:
        case Clear() | Reset():
            return f"cause {packet.cause}, diagnostic {packet.diagnostic}"
        case Other():
            return packet.contents.hex()
    return ""
