"""Bodies of IS-41 as the components of TCAP that carry them, and what answers an invoke."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from is41.errors import EncodeError
from is41.tcap.codes import ParameterTag as SetTag
from is41.tcap.dialogues import INVOKE_ID
from is41.tcap.messages import Invoke, ParameterSet, ReturnError, ReturnResult

from .messages import BODIES, Failure
from .operations import error_code, operation_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .body import Body
    from .operations import ErrorCode

_OPERATIONS: Final[Mapping[type[Body], int]] = {
    bodies.invoke: operation for operation, bodies in BODIES.items()
}


def parameter_set(body: Body) -> ParameterSet:
    """The parameters of *body* as they go on the wire. Raises EncodeError."""
    return ParameterSet(SetTag.SET, body.encode().encode())


def invoke_of(body: Body) -> Invoke:
    """The invoke of the operation whose table *body* is. Raises EncodeError."""
    operation = _OPERATIONS.get(type(body))
    if operation is None:
        raise EncodeError(f"{type(body).__name__} is the body of no invoke")
    return Invoke(
        component_ids=INVOKE_ID,
        operation=operation_code(operation),
        parameters=parameter_set(body),
    )


def result_of(invoke: Invoke, body: Body) -> ReturnResult:
    """The return result that answers *invoke*. Raises EncodeError."""
    return ReturnResult(component_ids=_correlation(invoke), parameters=parameter_set(body))


def failure_of(
    invoke: Invoke, error: ErrorCode, *, faulty_parameter: int | None = None
) -> ReturnError:
    """The return error that answers *invoke*, naming the parameter at fault. Raises EncodeError."""
    body = Failure(faulty_parameter=faulty_parameter)
    return ReturnError(
        component_ids=_correlation(invoke), error=error_code(error), parameters=parameter_set(body)
    )


def _correlation(invoke: Invoke) -> bytes:
    """The invoke ID, without the correlation ID that may follow it."""
    return (invoke.component_ids or b"")[:1]
