"""Prometheus' Alertmanager, API version 2.

It forgets an alert that is not told again in a while (its `resolve_timeout`): so all that is raised
is told every minute, and without an end. An end that was only a guess would outlast the true one
where its clock and ours differ.

What an alert *is* stands in its labels. The severity is one of them, as routes go by it; an alarm
whose severity changes is one alert that ends and another that begins.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from clonewatch.actions.alarms.notice import Change
from clonewatch.registrations import time_text
from clonewatch.store.chunks import chunks

from .http import Poster

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clonewatch.actions.alarms.book import Alarm
    from clonewatch.actions.alarms.notice import Notice
    from clonewatch.evidence.findings import Severity

    from .http import Address

REPEATS_S: Final = 60.0
PATH: Final = "/api/v2/alerts"


class Alertmanager:
    """One Alertmanager at the URL that its own pages have, without a path of the API."""

    at_once_max = 100
    repeats_s: float | None = REPEATS_S

    def __init__(self, address: Address) -> None:
        self._poster = Poster(replace(address, url=address.url.rstrip("/") + PATH))

    async def send(self, notices: Sequence[Notice]) -> None:
        """Post what began and what ended. Raises NotSentError, RefusedError, OSError."""
        alerts = []
        for notice in notices:
            if notice.change is not Change.RAISED and notice.before is not None:
                alerts.append(_alert(notice, notice.before, notice.raised_at, notice.at))
            if notice.severity is not None:
                begins = notice.at if notice.change is Change.CHANGED else notice.raised_at
                alerts.append(_alert(notice, notice.severity, begins))
        await self._poster.post(alerts)

    async def repeat(self, alarms: Sequence[Alarm]) -> None:
        """Post all that is raised. Raises as `send` does."""
        alerts = [
            _alert(alarm, alarm.severity, alarm.changed_at)
            for alarm in alarms
            if alarm.severity is not None
        ]
        for some in chunks(alerts):
            await self._poster.post(some)

    async def close(self) -> None:
        """Close the connections."""
        await self._poster.close()


def _alert(
    about: Notice | Alarm, severity: Severity, starts_at: int, ends_at: int | None = None
) -> dict[str, Any]:
    return {
        "labels": {
            "alertname": f"clonewatch_{about.kind}",
            "severity": str(severity),
            "alarm": about.key,
            "object": about.object,
            **({} if about.case_id is None else {"case": str(about.case_id)}),
        },
        "annotations": {
            "summary": about.text,
            **{name: _words(value) for name, value in about.details.items()},
        },
        "startsAt": time_text(starts_at),
        **({} if ends_at is None else {"endsAt": time_text(ends_at)}),
    }


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
