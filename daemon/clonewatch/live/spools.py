"""Spools beside the loop: each is read in a thread of its own, and judged in the loop."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from clonewatch.logs import event_name
from clonewatch.recordfile import Retention
from clonewatch.replay import Placing
from clonewatch.sources.spool import GroupReader
from clonewatch.sources.spool import Spool as SpoolFolder
from clonewatch.sources.spool.events import Failed, Ignored, Missing, Refused
from clonewatch.sources.spool.names import Form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clonewatch.config import Config
    from clonewatch.config.sections import Spool
    from clonewatch.live.delivery import Delivery
    from clonewatch.messages import Held
    from clonewatch.mscs import Mscs
    from clonewatch.recordfile import Recorder
    from clonewatch.settings import Settings
    from clonewatch.sources.spool.events import Event


class LiveSpool:
    """One spool and its thread. Raises InputError and OSError where it cannot be used."""

    def __init__(
        self,
        config: Spool,
        number: int,
        settings: Settings,
        record: Recorder,
        messages: Held,
        deliver: Delivery,
        heard: Callable[[str, Event], None],
    ) -> None:
        self.config = config
        self._heard = heard
        self._number = number
        self._messages = messages
        self._deliver = deliver
        self._log = structlog.get_logger().bind(spool=config.name)
        self.spool = SpoolFolder(
            config.directory,
            self._reader(settings.config, settings.mscs),
            record,
            tell=self._told,
            group_minutes=config.group_minutes,
            lateness_minutes=settings.config.lateness_ms(config) / 60_000,
            retention=Retention(
                hours=config.retention_hours or settings.config.record_file.retention_hours,
                octets_max=config.octets_max,
            ),
        )
        self._thread = threading.Thread(target=self._run, name=f"spool {config.name}", daemon=True)

    def start(self) -> None:
        """Begin to take groups."""
        self._thread.start()

    def use(self, settings: Settings) -> None:
        """Place the registrations of groups to come at other MSCs."""
        self.spool.reader = self._reader(settings.config, settings.mscs)

    async def stop(self) -> None:
        """Take no more. A group in hand is gone on with at the next start."""
        self.spool.stop()
        if self._thread.is_alive():
            await asyncio.to_thread(self._thread.join)
        self.spool.close()

    def _run(self) -> None:
        try:
            with suppress(CancelledError):
                self.spool.run(self._deliver)
        except Exception as error:  # noqa: BLE001  # whatever it is, somebody has to know
            self.spool.is_failing = True
            self._log.error("spool_ended", exc_info=error)

    def _reader(self, config: Config, mscs: Mscs) -> GroupReader:
        form = None if self.config.format == "auto" else Form(self.config.format)
        placing = Placing(
            imsi_prefix=config.regnots.imsi_prefix,
            place_by_calling=config.regnots.place_by_calling,
        )
        return GroupReader(mscs, self._number, form=form, placing=placing, messages=self._messages)

    def _told(self, event: Event) -> None:
        is_fault = isinstance(event, Failed | Ignored | Missing | Refused)
        say = self._log.warning if is_fault else self._log.info
        say("group_" + event_name(event), detail=str(event))
        self._heard(self.config.name, event)


class SpoolSet:
    """The spools of a configuration.

    *messages*: what becomes of those in captures. *heard*: what each spool, by name, has to tell,
    in its thread.
    """

    def __init__(
        self,
        record: Recorder,
        messages: Held,
        deliver: Delivery,
        heard: Callable[[str, Event], None],
    ) -> None:
        self._messages = messages
        self._heard = heard
        self.spools: dict[str, LiveSpool] = {}
        self._record = record
        self._deliver = deliver

    async def use(self, settings: Settings, numbers: Mapping[str, int]) -> None:
        """Run the spools of *settings*; what is as it was goes on. Raises InputError, OSError."""
        wanted = {spool.name: spool for spool in settings.config.spools}
        for name in [name for name, live in self.spools.items() if wanted.get(name) != live.config]:
            await self.spools.pop(name).stop()
        for name, config in wanted.items():
            if name in self.spools:
                self.spools[name].use(settings)
            else:
                live = LiveSpool(
                    config,
                    numbers[name],
                    settings,
                    self._record,
                    self._messages,
                    self._deliver,
                    self._heard,
                )
                self.spools[name] = live
                live.start()

    async def stop(self) -> None:
        """Take no more of any."""
        for live in self.spools.values():
            await live.stop()
        self.spools.clear()
