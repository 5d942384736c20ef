"""A message told whole, for people and programs: layers, parameters, values, octet offsets."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Any

from is41.errors import DecodeError
from is41.map.operations import ErrorCode, Operation, error_of, operation_of
from is41.map.parameters import Parameters, spans
from is41.map.registry import decode_value
from is41.map.values import Esn, Mscid
from is41.mtp.codes import ServiceIndicator
from is41.mtp.pointcode import PointCode
from is41.reading import parameter_offsets, read
from is41.sccp.addresses import Address
from is41.sccp.codes import MessageType, ReturnCause, Subsystem
from is41.sccp.messages import Unitdata
from is41.tcap.codes import Problem
from is41.tcap.messages import Abort, Invoke, Package, Reject, ReturnError, ReturnResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from is41.layers import Layer
    from is41.mtp.msu import Msu
    from is41.sccp.messages import UnitdataService
    from is41.tcap.messages import Component

Told = dict[str, Any]


def told(octets: bytes, layer: Layer) -> Told:
    """Tell a message from *layer* on; where it cannot be read, what is wrong and where."""
    try:
        reading = read(octets, layer)
    except DecodeError as error:
        return {"error": fault(error), "octets": octets.hex()}
    message: Told = {}
    if reading.msu is not None:
        message["mtp3"] = _msu(reading.msu)
    if reading.sccp is not None:
        message["sccp"] = _sccp(reading.sccp)
    if isinstance(reading.tcap, Abort):
        message["tcap"] = _abort(reading.tcap)
    elif reading.tcap is not None:
        message["tcap"] = _package(reading.tcap, parameter_offsets(octets, reading))
    return message


def fault(error: DecodeError) -> Told:
    """Tell what is wrong with a message."""
    return {
        "counted_as": error.counted_as,
        "field": error.field,
        "offset": error.offset,
        "reason": error.reason,
        "clause": error.clause,
    }


def _msu(msu: Msu) -> Told:
    return {
        "opc": str(msu.opc),
        "dpc": str(msu.dpc),
        "sls": msu.sls,
        "network_indicator": plain(msu.network_indicator),
        "priority": msu.priority,
        "service_indicator": plain(msu.service_indicator),
    } | ({} if msu.service_indicator == ServiceIndicator.SCCP else {"payload": msu.payload.hex()})


def _sccp(message: Unitdata | UnitdataService) -> Told:
    first: Told = {"message_type": MessageType(message.message_type).name}
    if isinstance(message, Unitdata):
        first["protocol_class"] = message.protocol_class
        first["return_on_error"] = bool(message.message_handling & 8)
    else:
        first["return_cause"] = named(message.return_cause, ReturnCause)
    if message.hop_counter is not None:
        first["hop_counter"] = message.hop_counter
    for party in ("called", "calling"):
        first[party] = _address(getattr(message, party))
    if message.optional:
        first["optional"] = [{"name": n, "octets": octets.hex()} for n, octets in message.optional]
    return first


def _address(octets: bytes) -> Told:
    try:
        address = Address.decode(octets)
    except DecodeError as error:
        return {"error": fault(error), "octets": octets.hex()}
    title = address.title()
    parts = {
        "point_code": None if address.point_code is None else str(address.point_code),
        "subsystem": None if address.subsystem is None else named(address.subsystem, Subsystem),
        "global_title": plain(title) if title else address.global_title.hex() or None,
        "route_on": "subsystem" if address.route_on_subsystem else "global_title",
        "international": None if address.national else True,
    }
    return {name: value for name, value in parts.items() if value is not None}


def _abort(abort: Abort) -> Told:
    reason = plain(abort.cause) if abort.cause is not None else plain(abort.user_information)
    return {"package_type": "ABORT", "responding_id": _id(abort.responding_id), "reason": reason}


def _package(package: Package, offsets: Sequence[int]) -> Told:
    message: Told = {"package_type": package.package_type.name}
    for name in ("originating_id", "responding_id"):
        if getattr(package, name) is not None:
            message[name] = _id(getattr(package, name))
    if package.dialogue_portion is not None:
        message["dialogue_portion"] = package.dialogue_portion.hex()
    message["components"] = [*map(_component, package.components or (), offsets)]
    return message


def _component(component: Component, offset: int) -> Told:
    message: Told = {"component_type": type(component).__name__}
    ids = component.component_ids
    if ids is not None:
        names = (
            ("invoke_id", "correlation_id")
            if isinstance(component, Invoke)
            else ("correlation_id",)
        )
        message |= dict(zip(names, ids, strict=False))
    if isinstance(component, Invoke | ReturnResult):
        message["last"] = component.last
    if isinstance(component, Invoke):
        operation = operation_of(component)
        octets = component.operation.octets.hex()
        message["operation"] = (
            operation.standard_name if isinstance(operation, Operation) else octets
        )
    elif isinstance(component, ReturnError):
        error = error_of(component)
        octets = component.error.octets.hex()
        message["error"] = error.standard_name if isinstance(error, ErrorCode) else octets
    elif isinstance(component, Reject):
        message["problem"] = named(component.problem, Problem)
    if component.parameters is not None:
        message["parameters"] = _parameters(component.parameters.octets, offset)
    return message


def _parameters(octets: bytes, offset: int) -> list[Told]:
    message: list[Told] = []
    try:
        for span in spans(octets):
            parameter: Told = {
                "offset": offset + span.at,
                "tag": f"{span.parameter.tag:X}",
                "name": span.parameter.name,
            }
            try:
                parameter["value"] = plain(decode_value(*span.parameter))
            except DecodeError as error:
                parameter["error"] = fault(error.moved(offset + span.start))
            message.append(parameter | {"octets": span.parameter.octets.hex()})
    except DecodeError as error:
        message.append({"error": fault(error.moved(offset)), "octets": octets.hex()})
    return message


def _id(transaction_id: int) -> str:
    return f"{transaction_id:08X}"


def named(code: int, table: type[IntEnum]) -> str | int:
    """Name of a code, or the code where *table* has none for it."""
    return table(code).name if code in set(table) else code


def plain(value: Any) -> Any:
    """Turn a parameter's value into what JSON can say: names for codes, hex for octets."""
    if isinstance(value, IntFlag):
        return [flag.name for flag in type(value) if flag in value]
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Esn | Mscid | PointCode):
        return str(value)
    if isinstance(value, Parameters):
        return _parameters(value.encode(), 0)
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value
