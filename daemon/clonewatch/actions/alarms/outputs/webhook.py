"""Each notice posted to a URL as one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .http import Poster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clonewatch.actions.alarms.book import Alarm
    from clonewatch.actions.alarms.notice import Notice

    from .http import Address


class Webhook:
    """One URL. Repeats have the same Idempotency-Key."""

    at_once_max = 1
    repeats_s: float | None = None

    def __init__(self, address: Address) -> None:
        self._poster = Poster(address)

    async def send(self, notices: Sequence[Notice]) -> None:
        """Post each. Raises NotSentError, RefusedError, OSError."""
        for notice in notices:
            key = f"clonewatch-{notice.number}"
            await self._poster.post(notice.as_record(), {"Idempotency-Key": key})

    async def repeat(self, alarms: Sequence[Alarm]) -> None:
        """Nothing: who takes a notice keeps it."""

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()
