"""``[suspension]``: whom the HLR is asked to take out of service, and what must hold before.

How long it waits for what may acquit the subscriber is ``window.settle_minutes``.
"""

from __future__ import annotations

from datetime import date  # pydantic reads the annotations
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from .faults import fault
from .section import Section
from .values import Msid, Name

if TYPE_CHECKING:
    from pydantic_core import InitErrorDetails

Count = Annotated[int, Field(ge=1, le=1_000_000)]


class Exempt(Section):
    """``[[suspension.exempt]]``: a subscriber who is never suspended, up to and with a day."""

    msid: Msid
    until: date
    why: Annotated[str, Field(max_length=200)] = ""


class SuspensionSettings(Section):
    """``[suspension]``."""

    mode: Literal["off", "propose", "auto"] = "off"
    hlr: Name | None = None  # the link over which it is asked
    conflicts_min: Count = 2  # that count, in one case
    confidence_min: Annotated[float, Field(ge=0, le=1)] = 0.95  # of the surest of them
    esn: Literal["clone", "second"] = "clone"  # where a case has several, and none is judged so
    exempt: tuple[Exempt, ...] = ()
    per_hour_max: Count = 10  # by itself
    per_day_max: Count = 50
    breaker_factor: Annotated[float, Field(gt=1, le=1000)] = 10  # times the usual rate
    breaker_subscribers: Count = 20  # in conflict within an hour: fewer never trip it
    restore_after_hours: Annotated[float, Field(gt=0, le=10_000)] | None = None  # None: never

    def between_keys(self) -> list[InitErrorDetails]:
        """Faults of keys that do not go together."""
        found = []
        if self.mode != "off" and self.hlr is None:
            words = "is missing: name the link of an HLR"
            found.append(fault("hlr", words, because_of=["mode"]))
        if self.per_hour_max > self.per_day_max:
            words = f"is {self.per_hour_max}, and in a day {self.per_day_max} are allowed"
            found.append(fault("per_hour_max", words, because_of=["per_day_max"]))
        msids = [each.msid for each in self.exempt]
        if len(set(msids)) < len(msids):
            found.append(fault("exempt", "has a subscriber twice"))
        return found
