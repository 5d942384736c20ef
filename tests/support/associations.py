"""M3UA messages and association ends for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from is41.adaptation.messages import Parameter
from is41.m3ua.association import INPUTS, Association, Input, State
from is41.m3ua.codes import ErrorCode, MessageClass, Mgmt, ParameterTag, Ssnm, Transfer
from is41.m3ua.messages import Message, ProtocolData
from is41.mtp.msu import Msu
from is41.mtp.pointcode import PointCode
from links import events_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MSU: Final = Msu(
    opc=PointCode(10, 20, 1),
    dpc=PointCode(10, 20, 40),
    sls=5,
    payload=bytes.fromhex("090003050702C10602C10805E203C70100"),
)
KINDS: Final = {what: kind for kind, what in INPUTS.items()} | {
    Input.SSNM: (MessageClass.SSNM, Ssnm.DUNA)
}


def data(*before: Parameter, msu: Msu = MSU) -> Message:
    value = Parameter(ParameterTag.PROTOCOL_DATA, ProtocolData.of(msu).encode())
    return Message(MessageClass.TRANSFER, Transfer.DATA, (*before, value))


def message_of(what: Input) -> Message:
    """A good message of each kind."""
    if what is Input.DATA:
        return data()
    if what in {Input.ERR, Input.BLOCKED}:
        code = ErrorCode.PROTOCOL_ERROR if what is Input.ERR else 0x0D
        code_parameter = Parameter.of(ParameterTag.ERROR_CODE, code)
        return Message(MessageClass.MGMT, Mgmt.ERR, (code_parameter,))
    return Message(*KINDS[what])


def sent(end: Association) -> list[Message]:
    return list(messages_in(end.octets_to_send()))


def messages_in(octets: bytes) -> Iterator[Message]:
    while octets:
        length = int.from_bytes(octets[4:8])
        yield Message.decode(octets[:length])
        octets = octets[length:]


def kinds(messages: list[Message]) -> list[tuple[int, int]]:
    return [message.kind for message in messages]


def error_codes(messages: list[Message]) -> list[int]:
    return [
        int.from_bytes(message.value(ParameterTag.ERROR_CODE) or b"")
        for message in messages
        if message.kind == (MessageClass.MGMT, Mgmt.ERR)
    ]


def give(end: Association, *what: Input | Message, now: float = 0.0) -> None:
    for each in what:
        match each:
            case Message():
                end.receive(each.encode(), now)
            case Input.ALLOW:
                end.allow(now)
            case Input.PROHIBIT:
                end.prohibit(now)
            case Input.CLOSE:
                end.close(now)
            case _ if each.name.endswith("EXPIRED"):
                end._deadlines[each] = now  # noqa: SLF001  # this timer has run out
                end.expire(now)
            case _:
                end.receive(message_of(each).encode(), now)


def settled(end: Association, state: State) -> Association:
    """The end, which must be in *state*, with nothing left to send or tell."""
    assert end.state is state
    end.octets_to_send()
    events_of(end)
    return end
