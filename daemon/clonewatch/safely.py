"""Telling somebody from a thread that must not end of it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Event = TypeVar("Event")


def safely(tell: Callable[[Event], None]) -> Callable[[Event], None]:
    """Make of *tell* what never raises: what cannot be told is not what cannot be written.

    Somebody may be told what nobody takes any more, as when the daemon stops.
    """

    def told(event: Event) -> None:
        with contextlib.suppress(Exception):
            tell(event)

    return told
