"""What people see of a node: one value for each thing that happens to a phone or a link."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from is41.map.values import Esn


class Kind(Enum):
    """What happened."""

    REGISTERED = "registered"
    DENIED = "denied"
    FAILED = "failed"  # nobody could say
    CANCELLED = "cancelled"  # the phone is elsewhere now
    DROPPED = "dropped"  # put out of service
    SUSPENDED = "suspended"  # at the HLR
    RESTORED = "restored"  # at the HLR
    REROUTED = "rerouted"
    REFUSED = "refused"  # a message that could not be used
    UNREACHABLE = "unreachable"  # a question that nobody answered


class Phone(NamedTuple):
    """A phone by what it says of itself: its MIN and ESN. A clone says the same as its owner."""

    min: str  # ten digits
    esn: int

    def __str__(self) -> str:
        return f"{self.min} {Esn(self.esn)}"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened at a node."""

    node: str
    kind: Kind
    phone: Phone | None = None
    detail: str = ""
