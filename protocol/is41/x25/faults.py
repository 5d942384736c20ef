"""What a far end does against X.25, with the diagnostic code that tells it so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from is41.errors import DecodeError, Truncated

from .codes import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Mapping

WHAT: Final = "x25"
_OF_FIELDS: Final[Mapping[str, Diagnostic]] = {
    "format": Diagnostic.INVALID_FORMAT,
    "facilities": Diagnostic.FACILITY_PARAMETER,
}


class Fault(Exception):
    """Leads to a reset, or to clearing the call, with *diagnostic*."""

    def __init__(self, diagnostic: Diagnostic, error: DecodeError) -> None:
        super().__init__(str(error))
        self.diagnostic = diagnostic
        self.error = error


def fault(diagnostic: Diagnostic, reason: str, field: str, clause: str) -> Fault:
    """Say in words what is wrong."""
    return Fault(diagnostic, DecodeError(reason, what=WHAT, field=field, clause=clause))


def unreadable(error: DecodeError) -> Fault:
    """The fault of a packet that cannot be read."""
    if isinstance(error, Truncated):
        return Fault(Diagnostic.TOO_SHORT, error)
    return Fault(_OF_FIELDS.get(error.field, Diagnostic.UNIDENTIFIABLE), error)
