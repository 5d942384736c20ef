"""What every output is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clonewatch.actions.alarms.book import Alarm
    from clonewatch.actions.alarms.notice import Notice


class NotSentError(Exception):
    """The other side is away, or not well: the same may be taken later."""


class RefusedError(Exception):
    """The other side refuses just this, and will always do so."""


# All that an output may raise where not what it is sent is at fault; a timeout is an OSError.
AWAY: Final = (NotSentError, OSError)


class Output(Protocol):
    """A way out for notices."""

    at_once_max: int  # notices in one `send`
    repeats_s: float | None  # how often `repeat` wants to be called

    async def send(self, notices: Sequence[Notice]) -> None:
        """Send all of them. Raises NotSentError, RefusedError, OSError, TimeoutError."""

    async def repeat(self, alarms: Sequence[Alarm]) -> None:
        """Tell all that is raised, again. Raises as `send` does."""

    async def close(self) -> None:
        """Let go of everything."""
