"""All configured links: handlers, endpoints, and what another configuration makes of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import structlog

from clonewatch.addresses import Address
from clonewatch.config.links import Role, XotLink
from clonewatch.config.values import SystemdSocket
from clonewatch.errors import InputError
from clonewatch.links import Connector, Listener, Peers
from clonewatch.live.lines import Counts
from clonewatch.live.machines import machine_maker, route_of
from clonewatch.roles.answerer import Answerer
from clonewatch.roles.asker import Asker
from clonewatch.roles.ear import Hearing
from clonewatch.roles.receiver import Receiver
from clonewatch.roles.relay import Relay
from is41.sigtran import Carrier

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable, Mapping, Sequence

    from structlog.typing import FilteringBoundLogger

    from clonewatch.config import Config
    from clonewatch.config.links import Link
    from clonewatch.links import Endpoint
    from clonewatch.live.intake import Intake
    from clonewatch.settings import Settings
    from is41.errors import DecodeError
    from is41.layers import Layer

PATIENCE_S: Final = (
    5.0  # for links to close as their protocol asks, whose timers are no longer: ours
)
Handler: TypeAlias = Receiver | Asker | Hearing


@dataclass(slots=True)
class LiveLink:
    """A link that runs."""

    config: Link
    handler: Handler
    endpoint: Endpoint


class LinkSet:
    """The links of a configuration. *sockets*: what systemd passed, by name.

    *is_suspended* tells of an MSID whether it is to be denied where we answer. *refused* is told of
    what a link refuses, by its name, and of what these octets begin with.
    """

    def __init__(
        self,
        intake: Intake,
        sockets: Mapping[str, Sequence[socket.socket]],
        *,
        is_suspended: Callable[[int], bool] = lambda _: False,
        refused: Callable[[str, DecodeError, bytes, Layer | Carrier], None] = lambda *_: None,
    ) -> None:
        self.links: dict[str, LiveLink] = {}
        self.is_open = False
        self._intake = intake
        self._sockets = sockets
        self._is_suspended = is_suspended
        self._refused = refused
        self._counts: dict[str, Counts] = {}

    def counts(self, name: str) -> Counts:
        """What came from the source *name*, through every change of the configuration."""
        return self._counts.setdefault(name, Counts())

    def asker(self, name: str) -> Asker | None:
        """Whoever asks the HLR of a link, if there is such a link."""
        live = self.links.get(name)
        return live.handler if live is not None and isinstance(live.handler, Asker) else None

    async def use(self, settings: Settings, numbers: Mapping[str, int]) -> None:
        """Run the links of *settings*; what is as it was goes on.

        *numbers*: of the sources. Raises InputError or OSError where one cannot be started; those
        before it run.
        """
        wanted = {link.name: link for link in settings.config.links}
        gone = {name for name, live in self.links.items() if wanted.get(name) != live.config}
        gone |= {name for name, live in self.links.items() if live.config.hlr in gone}
        await self._stop(gone, "the configuration changed")
        # Who is asked comes before those who ask.
        for link in sorted(wanted.values(), key=lambda link: link.role is not Role.HLR):
            tls = settings.tls.get(link.name)
            if link.name in self.links:
                await self.links[link.name].endpoint.use_tls(tls)
            else:
                await self._start(link, settings.config, numbers, tls)

    def open(self) -> None:
        """Let far ends send."""
        self.is_open = True
        for live in self.links.values():
            if isinstance(live.handler, Receiver | Hearing):
                live.handler.open()

    def prohibit(self) -> None:
        """Let far ends send no more."""
        self.is_open = False
        for live in self.links.values():
            if isinstance(live.handler, Receiver):
                live.handler.prohibit()

    async def stop(self, why: str) -> None:
        """End all links."""
        await self._stop(set(self.links), why)

    async def _stop(self, names: set[str], why: str) -> None:
        gone = [self.links.pop(name) for name in names]
        await asyncio.gather(*(live.endpoint.stop(why, patience_s=PATIENCE_S) for live in gone))

    async def _start(
        self,
        link: Link,
        config: Config,
        numbers: Mapping[str, int],
        tls: ssl.SSLContext | None,
    ) -> None:
        handler = self._handler(link, config, numbers)
        endpoint = self._endpoint(link, handler, tls)
        await endpoint.start()
        self.links[link.name] = LiveLink(link, handler, endpoint)
        if self.is_open and isinstance(handler, Receiver | Hearing):
            handler.open()

    def _handler(self, link: Link, config: Config, numbers: Mapping[str, int]) -> Handler:
        log = structlog.get_logger().bind(link=link.name, transport=link.transport)
        carrier = Carrier[link.transport.upper()]

        def keep(error: DecodeError, octets: bytes, layer: Layer | None) -> None:
            self._refused(link.name, error, octets, carrier if layer is None else layer)

        if link.role is Role.HLR:
            assert link.query is not None
            return Asker(route_of(link.query), link.query.answer_within_seconds, log, keep=keep)
        lateness_ms = config.lateness_ms(link)
        number, counts = numbers[link.name], self.counts(link.name)
        self._intake.set_lateness(number, lateness_ms)
        if link.role is Role.RELAY:
            return Hearing(self._intake, number, counts, carrier)
        options: dict[str, Any] = {
            "keep": keep,
            "acknowledges": isinstance(link, XotLink),
            "synced": isinstance(link, XotLink) and link.ack == "synced",
        }
        if link.role is Role.ANSWER:
            hlr = None if link.hlr is None else self.links[link.hlr].handler
            assert hlr is None or isinstance(hlr, Asker)
            return Answerer(
                self._intake,
                number,
                counts,
                log,
                hlr=hlr,
                is_suspended=self._is_suspended,
                **options,
            )
        return Receiver(self._intake, number, counts, log, **options)

    def _endpoint(self, link: Link, handler: Handler, tls: ssl.SSLContext | None) -> Endpoint:
        log = structlog.get_logger().bind(link=link.name)
        if isinstance(handler, Hearing):
            assert link.connect is not None
            where, door = self._door(link, log)
            return Relay(where, link.connect, handler, log, **door)
        maker = machine_maker(link, lambda: isinstance(handler, Asker) or handler.is_open)
        if link.connect is not None:
            return Connector(
                link.connect,
                maker,
                handler,
                tls=tls,
                server_name=None if link.tls is None else link.tls.server_name,
                failed=lambda why: log.warning("link_not_connected", reason=why),
                patience_s=link.message_within_seconds,
            )
        where, door = self._door(link, log)
        return Listener(
            where, maker, handler, tls=tls, patience_s=link.message_within_seconds, **door
        )

    def _door(self, link: Link, log: FilteringBoundLogger) -> tuple[Address, dict[str, Any]]:
        """Where a link listens, and who is let in."""
        where = link.listen
        sockets: Sequence[socket.socket] = ()
        if isinstance(where, SystemdSocket):
            sockets = self._sockets.get(where.name, ())
            if not sockets:
                raise InputError("systemd", f"passed no socket named {where.name!r}")
            where = Address(*sockets[0].getsockname()[:2])
        assert where is not None
        return where, {
            "sockets": sockets,
            "peers": Peers(link.peers),
            "connections_max": link.connections_max,
            "refused": lambda peer, why: log.warning("peer_refused", peer=peer, reason=why),
        }
