"""Sniffers beside the loop: packets are read and decoded in threads, and judged in the loop."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from clonewatch.collector import Collector
from clonewatch.live.delivery import Delivery
from clonewatch.sources.sniff import InterfaceSocket
from clonewatch.sources.sniff import Sniffer as PacketSniffer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from clonewatch.collector import Refusal
    from clonewatch.config.sections import Sniffer
    from clonewatch.live.judge import Judge
    from clonewatch.live.lines import Counts
    from clonewatch.settings import Settings


class LiveSniffer:
    """One interface and its thread. Raises InputError where it cannot be sniffed."""

    def __init__(
        self,
        config: Sniffer,
        number: int,
        counts: Counts,
        settings: Settings,
        judge: Judge,
        refused: Callable[[int, Refusal], None],
    ) -> None:
        self.config = config
        self.counts = counts
        self.is_failing = False
        self.sniffer = PacketSniffer(InterfaceSocket(config.interface, config.filter))
        self._number = number
        self._refused = refused
        self._deliver = Delivery(judge)
        self._loop = asyncio.get_running_loop()
        self._log = structlog.get_logger().bind(sniffer=config.name)
        self._collector = Collector(
            settings.mscs,
            source=number,
            imsi_prefix=settings.config.regnots.imsi_prefix,
            place_by_calling=settings.config.regnots.place_by_calling,
            by_operation=True,
            messages=judge.messages,
            refuse=self._refuse,
        )
        self._thread = threading.Thread(
            target=self._run, name=f"sniffer {config.name}", daemon=True
        )
        self._thread.start()

    def use(self, settings: Settings) -> None:
        """Place what comes at other MSCs."""
        self._collector.use(settings.mscs)

    async def stop(self) -> None:
        """Sniff no more."""
        self.sniffer.stop()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        try:
            with suppress(CancelledError):
                self._sniff()
        except OSError as error:
            self.is_failing = True
            self._log.warning("interface_lost", reason=str(error))
        except Exception as error:  # noqa: BLE001  # whatever it is, somebody has to know
            self.is_failing = True
            self._log.error("sniffer_ended", exc_info=error)

    def _sniff(self) -> None:
        for block in self.sniffer.blocks():
            for batch in self._collector.take_block(block):
                self._count()
                self._deliver(batch)
            self._count()

    def _count(self) -> None:
        """Have the loop note all at once what was counted: it reckons with it."""
        collected = self._collector.counts
        counted = {
            "messages": collected.messages,
            "registrations": collected.regnots,
            "through_grammars": collected.handed_over,
            "refused": collected.refused.copy(),
            "others": collected.others.copy(),
            "last_at": time.time(),
        }
        self._loop.call_soon_threadsafe(self._note, counted)

    def _note(self, counted: Mapping[str, object]) -> None:
        for name, value in counted.items():
            setattr(self.counts, name, value)

    def _refuse(self, refusal: Refusal) -> None:
        self._refused(self._number, refusal)


class SnifferSet:
    """The sniffers of a configuration. *counts_of* gives what counts for a source's name."""

    def __init__(
        self,
        judge: Judge,
        counts_of: Callable[[str], Counts],
        refused: Callable[[int, Refusal], None],
    ) -> None:
        self.sniffers: dict[str, LiveSniffer] = {}
        self._judge = judge
        self._counts_of = counts_of
        self._refused = refused

    async def use(self, settings: Settings, numbers: Mapping[str, int]) -> None:
        """Run the sniffers of *settings*; what is as it was goes on. Raises InputError."""
        wanted = {each.name: each for each in settings.config.sniffers}
        for name, live in list(self.sniffers.items()):
            if wanted.get(name) != live.config:
                await self.sniffers.pop(name).stop()
        for name, config in wanted.items():
            if name in self.sniffers:
                self.sniffers[name].use(settings)
                continue
            self.sniffers[name] = LiveSniffer(
                config, numbers[name], self._counts_of(name), settings, self._judge, self._refused
            )

    async def stop(self) -> None:
        """Sniff no more."""
        for live in self.sniffers.values():
            await live.stop()
        self.sniffers.clear()
