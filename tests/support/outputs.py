"""Every kind of output, to somebody real: what a daemon is told of them, and what they took."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from afterwards import stored
from lines import whole_records
from network import WITHIN_S
from notices import WebServer
from receivers import LOOK_EVERY_S, Alertmanager, Syslogd, Told, Trapd, keys

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping
    from pathlib import Path
    from typing import Any

NAMES: Final = ("file", "syslog", "webhook", "snmp")  # those that are told of every change


@dataclass
class Outputs:
    """The receivers. *folder* is theirs; the daemon's file of alarms is *file*."""

    folder: Path
    file: Path
    trapd: Trapd
    syslogd: Syslogd
    alertmanager: Alertmanager
    web: WebServer

    @property
    def tables(self) -> str:
        """What the configuration says of them; the file of alarms is `lab configure`'s own."""
        authentication, privacy = keys(self.folder)
        return f"""
[[alarms]]
name = "syslog"
kind = "syslog"
connect = "127.0.0.1:{self.syslogd.port}"
over = "tcp"

[[alarms]]
name = "webhook"
kind = "webhook"
url = "{self.web.url}/hook"

[[alarms]]
name = "alertmanager"
kind = "alertmanager"
url = "{self.alertmanager.url}"

[[alarms]]
name = "snmp"
kind = "snmp"
connect = "127.0.0.1:{self.trapd.port}"
user = "watcher"
authentication_key = "{authentication}"
privacy_key = "{privacy}"
"""

    def took(self) -> dict[str, list[Told]]:
        """What each of `NAMES` took, in order."""
        lines = whole_records(self.file)
        return {
            "file": _told(map(json.loads, lines)),
            "syslog": list(self.syslogd.told()),
            "webhook": _told(self.web.posted),
            "snmp": list(self.trapd.told()),
        }

    def took_all(self, told: Told) -> bool:
        """Whether each of `NAMES` took this."""
        return all(told in took for took in self.took().values())

    async def until_alerts(self, severities: Mapping[str, str]) -> None:
        """Wait until Alertmanager has these alarms active, each with its severity."""
        async with asyncio.timeout(WITHIN_S):
            while await asyncio.to_thread(self._alerts) != severities:  # noqa: ASYNC110  # it tells nobody
                await asyncio.sleep(LOOK_EVERY_S)

    def _alerts(self) -> dict[str, str]:
        return {labels["alarm"]: labels["severity"] for labels in self.alertmanager.active()}


@asynccontextmanager
async def outputs(folder: Path, file: Path) -> AsyncIterator[Outputs]:
    """All of them, ready."""
    folder.mkdir()  # noqa: ASYNC240  # at once
    async with AsyncExitStack() as stack:
        web = await stack.enter_async_context(WebServer())
        trapd = Trapd(folder)
        stack.callback(trapd.end)
        syslogd = Syslogd(folder)
        stack.callback(syslogd.end)
        alertmanager = Alertmanager(folder)
        stack.callback(alertmanager.end)
        yield Outputs(folder, file, trapd, syslogd, alertmanager, web)


def told_by(folder: Path) -> dict[str, list[Told]]:
    """What the store of a daemon says is to be told, by output, in order."""
    rows = stored(folder, "SELECT output, payload FROM outbox WHERE kind = 'alarm' ORDER BY id")
    told: dict[str, list[Told]] = {name: [] for name in NAMES}
    for output, payload in rows:
        notice = json.loads(payload)
        if output in told:
            told[output].append(Told(notice["number"], notice["change"], notice["key"]))
    return told


def _told(notices: Iterable[Mapping[str, Any]]) -> list[Told]:
    return [Told(each["notification"], each["change"], each["alarm"]) for each in notices]
