"""X.25 packets and ends of circuits for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from is41.x25 import packets as x25
from is41.x25.codes import PacketType
from is41.x25.packets import CallSetup, Clear, Data, FlowControl, Other, Reset
from is41.xot import setup
from is41.xot.link import Link
from is41.xot.messages import Message
from is41.xot.pvc import PACKET_TYPE, PvcSetup
from is41.xot.settings import Pvc, Settings, Timers
from is41.xot.states import Input, State
from links import events_of

if TYPE_CHECKING:
    from collections.abc import Iterator

REGNOT: Final = bytes.fromhex("E203C70100")
SVC: Final = Settings()
PVC: Final = Settings(
    pvc=Pvc(initiator="serial0", initiator_lcn=3, responder="clonewatch", responder_lcn=4)
)
# Each state: is it a call, does this end call, is it allowed, and what leads there.
PATHS: Final[dict[State, tuple[Settings, bool, bool, list[Input]]]] = {
    State.CALL_DUE: (SVC, True, False, []),
    State.READY: (SVC, False, True, []),
    State.CALL_REQUESTED: (SVC, True, True, []),
    State.CALL_WAITING: (SVC, False, False, [Input.CALL]),
    State.PVC_DUE: (PVC, True, False, []),
    State.PVC_READY: (PVC, False, True, []),
    State.PVC_REQUESTED: (PVC, True, True, []),
    State.PVC_WAITING: (PVC, False, False, [Input.PVC_SETUP]),
    State.FLOW_CONTROL_READY: (SVC, False, True, [Input.CALL]),
    State.RESET_REQUESTED: (SVC, False, True, [Input.CALL, Input.FAULT]),
    State.CLEAR_REQUESTED: (SVC, False, True, [Input.CALL, Input.CLOSE]),
}


def xot(*packets: x25.Packet | PvcSetup) -> bytes:
    return b"".join(Message(packet.encode()).encode() for packet in packets)


def packet_of(what: Input) -> x25.Packet | PvcSetup:
    """A good packet of each kind, but for FAULT."""
    match what:
        case Input.CALL:
            return setup.call(SVC)
        case Input.CALL_ACCEPTED:
            return CallSetup(packet_type=PacketType.CALL_ACCEPTED, lcn=1)
        case Input.CLEAR:
            return Clear(lcn=1, diagnostic=0)
        case Input.DATA:
            return Data(lcn=1, user_data=REGNOT)
        case Input.FLOW:
            return FlowControl(lcn=1)
        case Input.RESET:
            return Reset(lcn=1, diagnostic=0)
        case Input.PVC_SETUP:
            return setup.pvc_request(PVC)
        case Input.LOCAL:
            return Other(packet_type=PacketType.DIAGNOSTIC, lcn=1)
        case Input.FAULT:
            return Data(lcn=1, p_s=5, user_data=REGNOT)
        case _:
            return Other(packet_type=PacketType[what.name], lcn=1)


def sent(link: Link) -> list[x25.Packet | PvcSetup]:
    return list(packets_in(link.octets_to_send()))


def packets_in(octets: bytes) -> Iterator[x25.Packet | PvcSetup]:
    while octets:
        end = 4 + int.from_bytes(octets[2:4])
        packet = Message.decode(octets[:end]).packet
        yield PvcSetup.decode(packet) if packet[2] == PACKET_TYPE else x25.decode(packet)
        octets = octets[end:]


def types(packets: list[x25.Packet | PvcSetup]) -> list[int]:
    return [
        PACKET_TYPE
        if isinstance(packet, PvcSetup)
        else PacketType.CLEAR
        if isinstance(packet, Clear)
        else getattr(packet, "packet_type", PacketType.DATA)
        for packet in packets
    ]


def give(link: Link, *what: Input, now: float = 0.0) -> None:
    for each in what:
        match each:
            case Input.ALLOW:
                link.allow(now)
            case Input.PROHIBIT:
                link.prohibit(now)
            case Input.CLOSE | Input.DISCONNECT:
                link.close(now)
            case _ if each.name.endswith("EXPIRED"):
                link._deadlines[each] = now  # noqa: SLF001  # this timer has run out
                link.expire(now)
            case _:
                link.receive(xot(packet_of(each)), now)


def link_in(state: State) -> Link:
    """A link that has just come to *state*, with nothing left to send or tell."""
    if state is State.FINISHED:
        link = Link(0.0, SVC, calling=False, allowed=True)
        link.close(0.0)
    else:
        settings, calling, allowed, steps = PATHS[state]
        link = Link(0.0, settings, calling=calling, allowed=allowed)
        give(link, *steps)
    assert link.state is state
    link.octets_to_send()
    events_of(link)
    return link


def timers(**intervals: float) -> Settings:
    return Settings(timers=Timers(**intervals))
