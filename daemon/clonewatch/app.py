"""The daemon: who is wired to whom; start, reload, stop.

The order of a start is what keeps promises: the store tells what was judged, the record file opens
behind it, links are up but take no message, the window fills, and then far ends may send. A stop
goes the same way back: no more comes in, what has come is judged, recorded, committed.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import structlog

from clonewatch.actions.alarms.events import NoticeSetAside, OutputResumed
from clonewatch.actions.consequences import Consequences
from clonewatch.actions.office import Office
from clonewatch.actions.suspension.service import Suspension
from clonewatch.clonerecords import CloneRecords, record_id
from clonewatch.config.sections import Mode
from clonewatch.detector import Detector
from clonewatch.errors import InputError
from clonewatch.live.clockkeeper import ClockKeeper
from clonewatch.live.delivery import Delivery
from clonewatch.live.intake import Intake
from clonewatch.live.judge import Judge
from clonewatch.live.linkset import LinkSet
from clonewatch.live.sniffers import SnifferSet
from clonewatch.live.sourcenumbers import SourceNumbers
from clonewatch.live.spools import SpoolSet
from clonewatch.live.troubles import Troubles
from clonewatch.live.twinwatch import TwinWatch
from clonewatch.live.watch import SourceWatch
from clonewatch.logs import event_name
from clonewatch.recordfile import Recorder, Retention
from clonewatch.recordfile.finding import Finder
from clonewatch.sources.refused import RefusedRing
from clonewatch.store.events import SetAside
from clonewatch.store.store import Store
from is41.msid import msid_digits

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping, Sequence

    from clonewatch.actions.alarms.events import Event as DeliveryEvent
    from clonewatch.clocks.watch import ClockChanged
    from clonewatch.collector import Refusal
    from clonewatch.config import Config
    from clonewatch.detector import Conflict
    from clonewatch.evidence.twins import Twins
    from clonewatch.recordfile.events import Event as RecordEvent
    from clonewatch.registrations import Batch, Registration
    from clonewatch.roles.asker import Asker
    from clonewatch.settings import Settings
    from clonewatch.sources.refused import Failed, Resumed
    from clonewatch.store.events import Event as StoreEvent
    from is41.errors import DecodeError
    from is41.layers import Layer
    from is41.sigtran import Carrier

    Told = RecordEvent | StoreEvent | Failed | Resumed

# Tables that are read when the daemon starts, and no more; mode `learn` begins and ends so, too.
ONLY_AT_START: Final = ("state_directory", "window", "regnots", "record_file", "control")
MIB: Final = 1 << 20
LOOK_EVERY_S: Final = 2.0
TICK_EVERY_S: Final = 60.0
# How loudly to tell of what is no fault; a kill leaves a torn block, and nothing of it was
# promised.
_LEVELS: Final = {
    "resumed": "info",
    "sealing_resumed": "info",
    "sealed": "info",
    "removed": "info",
    "cut_back": "warning",
}


class App:
    """The daemon that *settings* ask for. *sockets*: what systemd passed, by name.

    Opens everything, in the state directory, when it is made. Raises InputError, OSError.
    """

    def __init__(self, settings: Settings, sockets: Mapping[str, Sequence[socket.socket]]) -> None:
        config = settings.config
        self.settings = settings
        self.is_ready = False
        self.started_ms = int(time.time() * 1000)
        self.reloads = Counter(taken=0, refused=0)
        self._looking: asyncio.TimerHandle | None = None
        self._ticked_at = time.monotonic()
        self._loop = asyncio.get_running_loop()
        self._log = structlog.get_logger()
        config.state_directory.mkdir(parents=True, exist_ok=True)
        self._sources = SourceNumbers(config.state_directory)
        self._numbers = self._sources.number(source.name for source in config.sources)
        self._words = CloneRecords(settings.mscs, self._sources.names)
        self.consequences = Consequences(
            words=self._words,
            find=self._finder(config).find,
            network=settings.network,
            alarms_leave=config.mode is Mode.ACTIVE,
        )
        self.store = Store.open(config.store_file, self._words, self.consequences, tell=self._told)
        self.office = Office(self.store, self.consequences, config, tell=self._delivery_told)
        self.troubles = Troubles(self.office.selves)
        self.record = Recorder(
            config.record_directory,
            tell=self._told,
            retention=_retention(config),
            sequence_min=self.store.judged,
            kept=self._kept_soon,
            octets=config.record_file.octets,
        )
        self.store.await_written = self.record.wait
        self.refused = RefusedRing(config.refused_file, config.refused.octets_max, tell=self._told)
        self.judge = Judge(
            self.record,
            _detector(settings),
            self.store,
            sightings=self._sightings,
            twins=_twins(settings),
            found=self._found,
        )
        self.intake = Intake(
            settings.mscs,
            self.judge,
            imsi_prefix=config.regnots.imsi_prefix,
            place_by_calling=config.regnots.place_by_calling,
            refused=lambda line, refusal: self._refused(line.source, refusal),
            fresh_s=config.window.fresh_seconds,
            give_way=self.office.give_way,
        )
        self.suspension = Suspension(
            self.store, self.consequences, config, self._hlr, tell=self.troubles.told
        )
        self.office.committed = self.suspension.wake
        self.links = LinkSet(
            self.intake,
            sockets,
            is_suspended=self.suspension.is_suspended,
            refused=self._link_refused,
        )
        self.clocks = ClockKeeper(changed=self._clocks_changed)
        deliver = Delivery(self.judge, self.clocks.take)
        self.spools = SpoolSet(self.record, self.judge.messages, deliver, self.troubles.spool_told)
        self.sniffers = SnifferSet(self.judge, self.links.counts, self._refused)
        self.watch = SourceWatch(self.links, self.sniffers, self.troubles)

    async def start(self) -> None:
        """Fill the window, and then let far ends send. Raises InputError, OSError."""
        await self.links.use(self.settings, self._numbers)
        await self.suspension.start()
        self._look()
        begun = time.monotonic()
        config = self.settings.config
        since_ms = int(time.time() * 1000) - config.window_ms - config.settle_ms
        filled = await asyncio.to_thread(self.judge.rebuild, self.settings.mscs, since_ms)
        self._log.info(
            "window_rebuilt", registrations=filled, seconds=round(time.monotonic() - begun, 3)
        )
        if self.judge.is_abandoned:
            return
        await self.spools.use(self.settings, self._numbers)
        await self.sniffers.use(self.settings, self._numbers)
        self.clocks.start(lambda: self.settings, self._sources.names)
        self.links.open()
        self.is_ready = True
        self._log.info("started", mode=str(config.mode), sources=len(config.sources))

    async def reload(self, settings: Settings) -> None:
        """Go on with other settings, or with the old ones. Raises InputError, OSError.

        What cannot change while the daemon runs is told, and stays.
        """
        before = self.settings
        stays = _stays(before.config, settings.config)
        settings = replace(settings, config=settings.config.model_copy(update=stays))
        self._check_mscs(settings)
        numbers = self._sources.number(source.name for source in settings.config.sources)
        try:
            await self._use_sources(settings, numbers)
        except (InputError, OSError):
            await self._use_sources(before, self._numbers)
            raise
        self.settings, self._numbers = settings, numbers
        self.intake.use(settings.mscs)
        if self.judge.detector is not None and settings.travel is not None:
            self.judge.detector.set_travel(settings.travel.ms, settings.mscs.mscid_of)
        self._words = CloneRecords(settings.mscs, self._sources.names)
        self.store.words = self.consequences.words = self._words
        self._use_network()
        self.consequences.find = self._finder(settings.config).find
        self.consequences.alarms_leave = settings.config.mode is Mode.ACTIVE
        await asyncio.to_thread(self.office.use, settings.config)
        await self.suspension.use(settings.config)
        if _judges_otherwise(settings, before):
            self.office.travel_changed()
        if stays:
            self._log.warning("restart_needed", keys=list(stays))

    async def _use_sources(self, settings: Settings, numbers: Mapping[str, int]) -> None:
        for sources in (self.links, self.spools, self.sniffers):
            await sources.use(settings, numbers)

    def _check_mscs(self, settings: Settings) -> None:
        """The window knows MSCs by their index: there may be more of them, behind the others."""
        old, new = self.settings.mscs.mscid_of, settings.mscs.mscid_of
        if self.judge.detector is not None and not np.array_equal(old, new[: len(old)]):
            path = settings.config.tables.mscs or settings.config.tables.travel or "tables"
            raise InputError(
                path,
                "the MSCs that were there stand no longer in the same order: add new ones at the "
                "end, or restart",
            )

    async def stop(self, why: str) -> None:
        """Take no more in, keep what has come, close everything."""
        self.is_ready = False
        self.judge.abandon()
        if self._looking is not None:
            self._looking.cancel()
        await self.spools.stop()
        await self.sniffers.stop()
        await self.clocks.stop()
        self.links.prohibit()
        self.intake.flush()
        await asyncio.to_thread(self.record.flush)
        self.judge.kept()  # far ends learn what they need not send again
        await self.links.stop(why)
        self.intake.flush()
        await asyncio.to_thread(self.record.close)
        self.judge.kept()
        await self.suspension.stop()
        await asyncio.to_thread(self.office.close)
        await asyncio.to_thread(self.store.close)
        await asyncio.to_thread(self.refused.close)
        self._log.info("stopped", reason=why)

    def _look(self) -> None:
        """See now and then how much comes, and from whom nothing."""
        # First, so that whatever fails in it does so this time only.
        self._looking = self._loop.call_later(LOOK_EVERY_S, self._look)
        now = time.monotonic()
        self.watch.look(now)
        if now - self._ticked_at >= TICK_EVERY_S:
            self._ticked_at = now
            self.office.tick()

    def _clocks_changed(self, changes: Sequence[ClockChanged]) -> None:
        for change in changes:
            self.troubles.clock_changed(change)
        self._use_network()

    def _use_network(self) -> None:
        """Weigh by what is known of the network now."""
        clocks = self.clocks.watch.clocks
        self.consequences.network = replace(self.settings.network, clocks=clocks)

    def _finder(self, config: Config) -> Finder:
        return Finder(config.record_directory, lateness_ms=config.settle_ms, tell=self._told)

    def _hlr(self, name: str) -> Asker | None:
        return self.links.asker(name)

    def _kept_soon(self) -> None:
        """The record file has written something; called by its thread."""
        self._loop.call_soon_threadsafe(self._kept)

    def _kept(self) -> None:
        self.intake.kept()

    def _told(self, event: Told) -> None:
        """Say what whoever writes files has to tell; from any thread."""
        if isinstance(event, SetAside):
            its = event.aside
            self._log.error(
                "conflict_set_aside",
                id=its.id,
                kind=its.kind,
                msid=its.msid,
                exception=its.fault.traceback,
            )
        else:
            name = event_name(event)
            say = getattr(self._log, _LEVELS.get(name, "error"))
            say("file_" + name, detail=str(event))
        self.troubles.told(event)

    def _delivery_told(self, event: DeliveryEvent) -> None:
        """Say what became of alarms on their way; from any thread."""
        log = self._log.bind(output=event.output, detail=str(event))
        say = log.info if isinstance(event, OutputResumed) else log.warning
        if isinstance(event, NoticeSetAside):
            say = log.bind(exception=event.fault.traceback).error
        say("alarms_" + event_name(event))

    def _sightings(self, batch: Batch) -> Sequence[Registration]:
        self.office.selves.look_for_unknown_mscs(batch)
        return self.consequences.watched.seen(batch)

    def _found(self, conflicts: Sequence[Conflict]) -> None:
        """Say so, in one line however many there are: the rest is for cases and alarms."""
        newest = conflicts[-1]
        self._log.info(
            "conflicts_found",
            conflicts=len(conflicts),
            id=record_id(newest),
            msid=msid_digits(newest.msid),
            elapsed_s=newest.elapsed_ms / 1000,
            travel_time_s=newest.travel_time_ms / 1000,
            superseded=newest.superseded,
        )

    def _refused(self, source: int, refusal: Refusal) -> None:
        """Keep what could not be used; from any thread."""
        why = _why(self._sources.names[source], refusal.error)
        self.refused.add(refusal.octets, refusal.layer, refusal.time, why)
        self._log.debug("message_refused", reason=why)

    def _link_refused(
        self, link: str, error: DecodeError, octets: bytes, begins: Layer | Carrier
    ) -> None:
        """Keep what a link could not use."""
        self.refused.add(octets, begins, int(time.time() * 1000), _why(link, error))


def _why(source: str, error: DecodeError) -> str:
    """What is wrong with a message, and whose it is."""
    return f"{source}: {error.counted_as}: {error}"


def _stays(before: Config, new: Config) -> dict[str, object]:
    """What another configuration changes, and only a restart does: the old values, by key."""
    keys = [*ONLY_AT_START, *(["mode"] if Mode.LEARN in {before.mode, new.mode} else [])]
    return {key: getattr(before, key) for key in keys if getattr(before, key) != getattr(new, key)}


def _judges_otherwise(one: Settings, other: Settings) -> bool:
    """Whether two settings have other travel times, or other MSCs."""
    if one.travel is None or other.travel is None:
        return one.travel is not other.travel
    return one.mscs.rows != other.mscs.rows or not np.array_equal(one.travel.ms, other.travel.ms)


def _retention(config: Config) -> Retention:
    return Retention(
        hours=config.record_file.retention_hours, octets_max=config.record_file.octets_max
    )


def _twins(settings: Settings) -> Callable[[Batch], Sequence[Twins]]:
    """Who tells of twins; nobody where nothing is to be judged."""
    if settings.config.mode is Mode.LEARN:
        return lambda _: ()
    return TwinWatch(settings.config.window.subscribers_max).take


def _detector(settings: Settings) -> Detector | None:
    """The detector; None where nothing is to be judged."""
    config, travel = settings.config, settings.travel
    if travel is None or config.mode == "learn":
        return None
    return Detector(
        travel.ms,
        settings.mscs.mscid_of,
        window_ms=config.window_ms,
        lateness_ms=config.settle_ms,
        subscribers_max=config.window.subscribers_max,
        registrations_per_msid_max=config.window.registrations_per_subscriber_max,
        overflow_octets_max=config.window.overflow_mib * MIB,
    )
