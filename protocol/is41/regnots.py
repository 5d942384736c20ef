"""What clone detection needs of a RegistrationNotification, read through the grammars.

This is the definition that the kernels of `is41.scan` are held to. It reads every form of a
message; whatever a kernel hands over comes here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .errors import DecodeError
from .flags import PSEUDO_ESN_MANUFACTURER, RegnotFlag
from .map.codes import SystemAccessType
from .map.operations import Operation, operation_of
from .map.parameters import Parameters, parameters_of, spans
from .map.registry import decode_value
from .map.tags import ParameterTag
from .msid import msid_of_imsi, msid_of_min
from .tcap.messages import Invoke, Package

if TYPE_CHECKING:
    from collections.abc import Iterator

CLAUSE: Final = "TIA-41.5, RegistrationNotification"
ESN_LENGTH: Final = 4  # octets
MSCID_LENGTH: Final = 3  # octets


@dataclass(frozen=True, slots=True, kw_only=True)
class Regnot:
    """One REGNOT; 0 where a parameter is absent, but for *mscid*: None where it is not usable."""

    msid: int
    esn: int
    mscid: int | None  # market << 8 | switch
    transaction_id: int
    flags: RegnotFlag
    terminal_type: int
    system_access_type: int
    system_capabilities: int
    transaction_capability: int
    location_area: int
    parameters: Parameters  # all of them: what may place a REGNOT without MSCID is here


def regnots_of(package: Package) -> Iterator[tuple[int, Regnot | DecodeError]]:
    """Give the REGNOTs a package invokes, each with the number of its component, from 0.

    One that cannot be used costs none but itself: in its place stands what is wrong with it, its
    offset counted from the first octet of the component's parameters.
    """
    transaction_id = package.originating_id
    if transaction_id is None:
        transaction_id = package.responding_id
    for number, component in enumerate(package.components or ()):
        if (
            isinstance(component, Invoke)
            and operation_of(component) is Operation.REGISTRATION_NOTIFICATION
        ):
            try:
                yield number, _regnot(component, transaction_id)
            except DecodeError as error:
                yield number, error


def _regnot(invoke: Invoke, transaction_id: int | None) -> Regnot:
    parameters = parameters_of(invoke)
    msid, flags = _msid(parameters)
    esn = _esn(parameters)
    access = _one(parameters, ParameterTag.SYSTEM_ACCESS_TYPE)
    mscid = parameters.first(ParameterTag.MSCID)
    if transaction_id is None:
        flags |= RegnotFlag.NO_TRANSACTION_ID
    if esn >> 24 == PSEUDO_ESN_MANUFACTURER:
        flags |= RegnotFlag.PSEUDO_ESN
    if access == SystemAccessType.POWER_DOWN_REGISTRATION:
        flags |= RegnotFlag.POWER_DOWN
    if _one(parameters, ParameterTag.BORDER_CELL_ACCESS) == 1:
        flags |= RegnotFlag.BORDER_CELL_ACCESS
    usable = mscid is not None and len(mscid) == MSCID_LENGTH
    return Regnot(
        msid=msid,
        esn=esn,
        mscid=int.from_bytes(mscid) if mscid is not None and usable else None,
        transaction_id=transaction_id or 0,
        flags=flags,
        terminal_type=_one(parameters, ParameterTag.TERMINAL_TYPE),
        system_access_type=access,
        system_capabilities=_one(parameters, ParameterTag.SYSTEM_CAPABILITIES),
        transaction_capability=_two(parameters, ParameterTag.TRANSACTION_CAPABILITY),
        location_area=_two(parameters, ParameterTag.LOCATION_AREA_ID),
        parameters=parameters,
    )


def _msid(parameters: Parameters) -> tuple[int, RegnotFlag]:
    """Whose registration: the first MIN, even beside an IMSI; without one the first IMSI."""
    for tag, key, what, flags in (
        (ParameterTag.MOBILE_IDENTIFICATION_NUMBER, msid_of_min, "min", RegnotFlag(0)),
        (ParameterTag.IMSI, msid_of_imsi, "imsi", RegnotFlag.IMSI),
    ):
        octets = parameters.first(tag)
        if octets is not None:
            try:
                return key(decode_value(tag, octets)), flags
            except DecodeError as error:
                error.what, error.offset = what, _start(parameters, tag)
                raise
    raise DecodeError("neither MIN nor IMSI", what="msid", field="msid", clause=CLAUSE)


def _esn(parameters: Parameters) -> int:
    octets = parameters.first(ParameterTag.ELECTRONIC_SERIAL_NUMBER)
    if octets is not None and len(octets) != ESN_LENGTH:
        raise DecodeError(
            f"{len(octets)} octets, not {ESN_LENGTH}",
            what="esn",
            field="esn",
            clause=CLAUSE,
            offset=_start(parameters, ParameterTag.ELECTRONIC_SERIAL_NUMBER),
        )
    return int.from_bytes(octets or b"")


def _one(parameters: Parameters, tag: ParameterTag) -> int:
    octets = parameters.first(tag) or b""
    return octets[0] if len(octets) == 1 else 0


def _two(parameters: Parameters, tag: ParameterTag) -> int:
    octets = parameters.first(tag) or b""
    return int.from_bytes(octets.ljust(2, b"\0")) if len(octets) <= 2 else 0


def _start(parameters: Parameters, tag: ParameterTag) -> int:
    """Where the contents of the first parameter of *tag* begin, written as short as can be."""
    return next(span.start for span in spans(parameters.encode()) if span.parameter.tag == tag)
