"""ANSI TCAP packages and components (T1.114.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from construct import Array, GreedyBytes, Int8ub, Int16ub, Int32ub, Struct

from is41.ber import Choice, Run, Tagged
from is41.errors import EncodeError
from is41.grammar import Code, Octets, build, parse

from .codes import (
    AbortCause,
    ComponentType,
    ErrorCode,
    OperationCode,
    PackageType,
    ParameterTag,
    Problem,
    Tag,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from construct import Construct

CLAUSE: Final = "T1.114.3"

# fmt: off
# T1.114.3, transaction ID: its length says whose IDs it holds.
NO_ID   = Array(0, Int32ub)
ONE_ID  = Array(1, Int32ub)
TWO_IDS = Array(2, Int32ub)  # the sender's own, then its peer's

# T1.114.3, parameter set or sequence: the user's, kept in octets.
PARAMETERS = Choice(dict.fromkeys(ParameterTag, GreedyBytes), optional=True)

# T1.114.3, component portion: invoke.
INVOKE = Struct(
    "component_ids" / Tagged(Tag.COMPONENT_IDS, Octets(0, 2), optional=True),  # invoke, correlation
    "operation"     / Choice({Tag.NATIONAL_OPERATION: Octets(1, 4),            # family, specifier
                              Tag.PRIVATE_OPERATION:  Octets(1, 4)}),
    "parameters"    / PARAMETERS,
)

# T1.114.3, component portion: return result.
RETURN_RESULT = Struct(
    "component_ids" / Tagged(Tag.COMPONENT_IDS, Octets(0, 2), optional=True),  # correlation
    "parameters"    / PARAMETERS,
)

# T1.114.3, component portion: return error.
RETURN_ERROR = Struct(
    "component_ids" / Tagged(Tag.COMPONENT_IDS, Octets(0, 2), optional=True),  # correlation
    "error"         / Choice({Tag.NATIONAL_ERROR: Octets(1, 4),
                              Tag.PRIVATE_ERROR:  Octets(1, 4)}),
    "parameters"    / PARAMETERS,
)

# T1.114.3, component portion: reject.
REJECT = Struct(
    "component_ids" / Tagged(Tag.COMPONENT_IDS, Octets(0, 2), optional=True),  # correlation
    "problem"       / Tagged(Tag.PROBLEM, Code(Int16ub, Problem)),             # type, specifier
    "parameters"    / PARAMETERS,
)

COMPONENT = Choice({
    ComponentType.INVOKE_LAST:            INVOKE,
    ComponentType.INVOKE_NOT_LAST:        INVOKE,
    ComponentType.RETURN_RESULT_LAST:     RETURN_RESULT,
    ComponentType.RETURN_RESULT_NOT_LAST: RETURN_RESULT,
    ComponentType.RETURN_ERROR:           RETURN_ERROR,
    ComponentType.REJECT:                 REJECT,
})


# T1.114.3, packages: all but the abort hold the same three things.
def _structured(transaction_id: Construct[Any, Any]) -> Construct[Any, Any]:
    return Struct(
        "transaction_id"   / Tagged(Tag.TRANSACTION_ID, transaction_id),
        "dialogue_portion" / Tagged(Tag.DIALOGUE_PORTION, GreedyBytes, optional=True),
        "components"       / Tagged(Tag.COMPONENT_SEQUENCE, Run(COMPONENT), optional=True),
    )


# T1.114.3, abort: by the protocol (a cause) or by the user.
ABORT = Struct(
    "transaction_id"   / Tagged(Tag.TRANSACTION_ID, ONE_ID),
    "dialogue_portion" / Tagged(Tag.DIALOGUE_PORTION, GreedyBytes, optional=True),
    "reason"           / Choice({Tag.ABORT_CAUSE:            Code(Int8ub, AbortCause),
                                 Tag.USER_ABORT_INFORMATION: GreedyBytes}),
)

PACKAGE = Choice({
    PackageType.UNIDIRECTIONAL:                  _structured(NO_ID),
    PackageType.QUERY_WITH_PERMISSION:           _structured(ONE_ID),
    PackageType.QUERY_WITHOUT_PERMISSION:        _structured(ONE_ID),
    PackageType.RESPONSE:                        _structured(ONE_ID),
    PackageType.CONVERSATION_WITH_PERMISSION:    _structured(TWO_IDS),
    PackageType.CONVERSATION_WITHOUT_PERMISSION: _structured(TWO_IDS),
    PackageType.ABORT:                           ABORT,
})
# fmt: on


class ParameterSet(NamedTuple):
    """A component's parameters as they stand on the wire, with the tag they came under."""

    tag: int
    octets: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke:
    """Asks for an operation."""

    component_ids: bytes | None  # invoke ID, then correlation ID: up to two octets
    operation: OperationCode
    parameters: ParameterSet | None = None
    last: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnResult:
    """Answers an invoke; which operation it answers only the invoke tells."""

    component_ids: bytes | None  # correlation ID
    parameters: ParameterSet | None = None
    last: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnError:
    """Says that the operation failed."""

    component_ids: bytes | None  # correlation ID
    error: ErrorCode
    parameters: ParameterSet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """Says that a component could not be understood."""

    component_ids: bytes | None  # correlation ID
    problem: int
    parameters: ParameterSet | None = None


Component = Invoke | ReturnResult | ReturnError | Reject

_KINDS: Final[Mapping[ComponentType, tuple[type, bool | None]]] = {
    ComponentType.INVOKE_LAST: (Invoke, True),
    ComponentType.INVOKE_NOT_LAST: (Invoke, False),
    ComponentType.RETURN_RESULT_LAST: (ReturnResult, True),
    ComponentType.RETURN_RESULT_NOT_LAST: (ReturnResult, False),
    ComponentType.RETURN_ERROR: (ReturnError, None),
    ComponentType.REJECT: (Reject, None),
}
_TYPES: Final[Mapping[tuple[type, bool | None], ComponentType]] = {
    kind: component_type for component_type, kind in _KINDS.items()
}
_FIELDS: Final[Mapping[type, tuple[str, ...]]] = {
    Invoke: ("component_ids", "operation", "parameters"),
    ReturnResult: ("component_ids", "parameters"),
    ReturnError: ("component_ids", "error", "parameters"),
    Reject: ("component_ids", "problem", "parameters"),
}
_WRAPPED: Final = {"operation": OperationCode, "error": ErrorCode, "parameters": ParameterSet}


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A unidirectional, query, response or conversation package.

    A query has an originating transaction ID, a response a responding one, a conversation both,
    a unidirectional package neither.
    """

    package_type: PackageType
    originating_id: int | None = None
    responding_id: int | None = None
    dialogue_portion: bytes | None = None
    components: tuple[Component, ...] | None = None  # None: no component sequence at all

    def encode(self) -> bytes:
        """Write the package. Raises EncodeError where its type asks for other transaction IDs."""
        ids = {"originating_id": self.originating_id, "responding_id": self.responding_id}
        given = tuple(name for name, value in ids.items() if value is not None)
        if given != _ID_NAMES.get(self.package_type):
            raise EncodeError(f"{self.package_type.name} with {given or 'no transaction ID'}")
        fields = {
            "transaction_id": [ids[name] for name in given],
            "dialogue_portion": self.dialogue_portion,
            "components": None if self.components is None else [*map(_element, self.components)],
        }
        return build(PACKAGE, (self.package_type, fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Abort:
    """An abort by the protocol (*cause*) or by the user (*user_information*): one of the two."""

    responding_id: int
    dialogue_portion: bytes | None = None
    cause: int | None = None
    user_information: bytes | None = None

    def encode(self) -> bytes:
        """Write the abort. Raises EncodeError unless just one of the two reasons is given."""
        if (self.cause is None) == (self.user_information is None):
            raise EncodeError("an abort has a cause or user information")
        reason = (
            (Tag.USER_ABORT_INFORMATION, self.user_information)
            if self.cause is None
            else (Tag.ABORT_CAUSE, self.cause)
        )
        fields = {
            "transaction_id": [self.responding_id],
            "dialogue_portion": self.dialogue_portion,
            "reason": reason,
        }
        return build(PACKAGE, (PackageType.ABORT, fields))


_NEITHER, _BOTH = (), ("originating_id", "responding_id")
_ID_NAMES: Final[Mapping[PackageType, tuple[str, ...]]] = {
    PackageType.UNIDIRECTIONAL: _NEITHER,
    PackageType.QUERY_WITH_PERMISSION: _BOTH[:1],
    PackageType.QUERY_WITHOUT_PERMISSION: _BOTH[:1],
    PackageType.RESPONSE: _BOTH[1:],
    PackageType.CONVERSATION_WITH_PERMISSION: _BOTH,
    PackageType.CONVERSATION_WITHOUT_PERMISSION: _BOTH,
}


def decode(octets: bytes) -> Package | Abort:
    """Read any package. Raises DecodeError."""
    tag, fields = parse(PACKAGE, octets, what="tcap", clause=CLAUSE)
    package_type = PackageType(tag)
    return _abort(fields) if package_type is PackageType.ABORT else _package(package_type, fields)


def _package(package_type: PackageType, fields: Any) -> Package:
    components = fields.components
    return Package(
        package_type=package_type,
        dialogue_portion=fields.dialogue_portion,
        components=None if components is None else tuple(map(_component, components)),
        **dict(zip(_ID_NAMES[package_type], fields.transaction_id, strict=True)),
    )


def _abort(fields: Any) -> Abort:
    tag, reason = fields.reason
    by_user = tag == Tag.USER_ABORT_INFORMATION
    return Abort(
        responding_id=fields.transaction_id[0],
        dialogue_portion=fields.dialogue_portion,
        cause=None if by_user else reason,
        user_information=reason if by_user else None,
    )


def _component(element: tuple[int, Any]) -> Component:
    tag, parsed = element
    kind, last = _KINDS[ComponentType(tag)]
    values = {name: parsed[name] for name in _FIELDS[kind]}
    for name, wrap in _WRAPPED.items():
        if values.get(name) is not None:
            values[name] = wrap(*values[name])
    if last is not None:
        values["last"] = last
    component: Component = kind(**values)
    return component


def _element(component: Component) -> tuple[int, dict[str, Any]]:
    kind = type(component)
    last = getattr(component, "last", None)
    return _TYPES[kind, last], {name: getattr(component, name) for name in _FIELDS[kind]}
