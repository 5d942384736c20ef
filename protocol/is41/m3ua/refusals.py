"""What is wrong with an M3UA message, and the ERR that says so (RFC 4666 §3.8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from is41.adaptation.messages import Parameter
from is41.errors import DecodeError

from .codes import (
    TYPES,
    ErrorCode,
    MessageClass,
    Mgmt,
    ParameterTag,
    TrafficMode,
)
from .messages import WHAT, Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import IntEnum

    from is41.mtp.msu import Msu

    from .settings import Settings

CLAUSE_OF_ERRORS: Final = "RFC 4666 §3.8.1"
DIAGNOSTIC_LENGTH_MAX: Final = 40  # octets of the message complained of: ours
# Routing keys are configured at both ends, not registered.
_TYPES: Final[Mapping[int, type[IntEnum]]] = {
    message_class: types
    for message_class, types in TYPES.items()
    if message_class != MessageClass.RKM
}


class Refusal(Exception):
    """Why a message is refused. *parameters*: what ERR says beyond its code."""

    def __init__(self, code: ErrorCode, error: DecodeError, *parameters: Parameter) -> None:
        super().__init__(code)
        self.code = code
        self.error = error
        self.parameters = parameters

    def answer(self, octets: bytes) -> Message:
        """The ERR about the message *octets*."""
        diagnostic = Parameter(ParameterTag.DIAGNOSTIC_INFORMATION, octets[:DIAGNOSTIC_LENGTH_MAX])
        code = Parameter.of(ParameterTag.ERROR_CODE, self.code)
        return Message(MessageClass.MGMT, Mgmt.ERR, (code, *self.parameters, diagnostic))


def refusal(code: ErrorCode, reason: str, field: str, *parameters: Parameter) -> Refusal:
    """Say in words why a message is refused."""
    error = DecodeError(reason, what=WHAT, field=field, clause=CLAUSE_OF_ERRORS)
    return Refusal(code, error, *parameters)


def read(octets: bytes) -> Message:
    """Read one whole message of a class and type that exist. Raises Refusal."""
    try:
        message = Message.decode(octets)
    except DecodeError as error:
        raise Refusal(ErrorCode.PROTOCOL_ERROR, error) from error
    types = _TYPES.get(message.message_class)
    if types is None:
        reason = f"message class {message.message_class} is not M3UA's, or not ours"
        raise refusal(ErrorCode.UNSUPPORTED_MESSAGE_CLASS, reason, "message_class")
    if message.message_type not in types._value2member_map_:
        reason = f"class {message.message_class} has no message type {message.message_type}"
        raise refusal(ErrorCode.UNSUPPORTED_MESSAGE_TYPE, reason, "message_type")
    return message


def routing_contexts(message: Message) -> list[int]:
    """All routing contexts of the message, of which one parameter holds several. Raises Refusal."""
    values = [value for _, value in message.only(ParameterTag.ROUTING_CONTEXT)]
    if any(not value or len(value) % 4 for value in values):
        reason = "it is no sequence of 32-bit numbers"
        raise refusal(ErrorCode.PARAMETER_FIELD_ERROR, reason, "routing_context")
    octets = b"".join(values)
    return [int.from_bytes(octets[at : at + 4]) for at in range(0, len(octets), 4)]


def check_routing(message: Message, settings: Settings) -> None:
    """Raises Refusal where the message is for routing contexts of which none is ours."""
    ours, theirs = settings.routing_context, routing_contexts(message)
    if theirs and ours is not None and ours not in theirs:
        reason = f"routing context {', '.join(map(str, theirs))}, not {ours}"
        contexts = message.only(ParameterTag.ROUTING_CONTEXT)
        raise refusal(ErrorCode.INVALID_ROUTING_CONTEXT, reason, "routing_context", *contexts)


def check_appearance(message: Message, settings: Settings) -> None:
    """Raises Refusal where the message is of a network appearance that is not ours."""
    ours = settings.network_appearance
    for appearance in message.only(ParameterTag.NETWORK_APPEARANCE):
        theirs = int.from_bytes(appearance.value)
        if ours not in {None, theirs}:
            reason = f"network appearance {theirs}, not {ours}"
            code = ErrorCode.INVALID_NETWORK_APPEARANCE
            raise refusal(code, reason, "network_appearance", appearance)


def check_mode(message: Message) -> None:
    """Raises Refusal where the traffic mode asked for does not exist."""
    value = message.value(ParameterTag.TRAFFIC_MODE_TYPE)
    if value is not None and int.from_bytes(value) not in set(TrafficMode):
        reason = f"{int.from_bytes(value)} is no traffic mode type"
        raise refusal(ErrorCode.UNSUPPORTED_TRAFFIC_MODE_TYPE, reason, "traffic_mode_type")


def msu_of(message: Message, settings: Settings) -> Msu:
    """The MSU that DATA carries. Raises Refusal."""
    check_routing(message, settings)
    check_appearance(message, settings)
    values = message.only(ParameterTag.PROTOCOL_DATA)
    if values[1:]:
        raise refusal(ErrorCode.UNEXPECTED_PARAMETER, "there are several", "protocol_data")
    try:
        data = message.protocol_data()
        assert data is not None, "nobody asks of other messages"
        return data.msu()
    except DecodeError as error:
        code = ErrorCode.PARAMETER_FIELD_ERROR if values else ErrorCode.MISSING_PARAMETER
        raise Refusal(code, error) from error


def unexpected(message: Message, state: str) -> Refusal:
    """Say that the message has no place in *state*."""
    contexts = message.only(ParameterTag.ROUTING_CONTEXT)
    reason = f"{name_of(message)} in {state}"
    return refusal(ErrorCode.UNEXPECTED_MESSAGE, reason, "message_type", *contexts)


def blocked(message: Message) -> Refusal:
    """Say that our side takes no service messages yet, or no more."""
    contexts = message.only(ParameterTag.ROUTING_CONTEXT)
    reason = f"{name_of(message)}, and we take no DATA yet or no more"
    return refusal(ErrorCode.REFUSED_MANAGEMENT_BLOCKING, reason, "message_type", *contexts)


def name_of(message: Message) -> str:
    """What the standard calls the message."""
    return getattr(message.message_type, "name", str(message.message_type))
