"""What tells registrations of the record file apart, and what is looked up of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from clonewatch.messages import Message
    from clonewatch.registrations import Registration


class Key(NamedTuple):
    """What tells a registration from others."""

    msid: int
    time: int
    mscid: int
    esn: int


class Row(NamedTuple):
    """What a registration tells of its phone, 0 where the parameter was absent."""

    sequence: int
    terminal_type: int
    system_capabilities: int
    transaction_capability: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What the record file has of a registration."""

    row: Row
    message: Message | None


Find: TypeAlias = "Callable[[Collection[Registration]], Mapping[Key, Kept]]"


def key_of(registration: Registration) -> Key:
    """The key of a registration."""
    return Key(registration.msid, registration.time, registration.mscid, registration.esn)


def nothing_kept(_: Collection[Registration]) -> Mapping[Key, Kept]:
    """Find nothing, where there is no record file."""
    return {}
