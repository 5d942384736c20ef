"""What M3UA's management messages say, in words for an operator (RFC 4666 §3.4 and §3.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from is41.adaptation.pointcode import point_code
from is41.errors import DecodeError

from .codes import AsState, ErrorCode, MessageClass, OtherStatus, ParameterTag, StatusType
from .messages import Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import IntEnum

    from .messages import Message

DESTINATIONS_MAX: Final = 16  # that are named: ours
_INFORMATION: Final[Mapping[int, type[IntEnum]]] = {
    StatusType.AS_STATE_CHANGE: AsState,
    StatusType.OTHER: OtherStatus,
}


def says(message: Message) -> str:
    """Give the codes or point codes of ERR, NTFY or SSNM: those unknown as numbers."""
    if message.message_class == MessageClass.SSNM:
        return _destinations(message.value(ParameterTag.AFFECTED_POINT_CODE) or b"")
    code = message.value(ParameterTag.ERROR_CODE)
    if code is not None:
        return _named(ErrorCode, int.from_bytes(code))
    try:
        status = Status.decode(message.value(ParameterTag.STATUS) or b"")
    except DecodeError:
        return "nothing"
    information = _named(_INFORMATION.get(status.status_type), status.information)
    return f"{_named(StatusType, status.status_type)} {information}"


def _named(table: type[IntEnum] | None, code: int) -> str:
    members = {} if table is None else table._value2member_map_
    return members[code].name if code in members else str(code)


def _destinations(value: bytes) -> str:
    """Each is a mask, how many low bits do not count, and a point code of three octets."""
    entries = [value[at : at + 4] for at in range(0, len(value) - 3, 4)]
    names = []
    for mask, *octets in entries[:DESTINATIONS_MAX]:
        bits = f"/{mask}" if mask else ""
        names.append(f"{point_code(int.from_bytes(octets))}{bits}")
    more = [f"{len(entries) - DESTINATIONS_MAX} more"] if entries[DESTINATIONS_MAX:] else []
    return ", ".join(names + more) or "nothing"
