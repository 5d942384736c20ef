"""The daemon among others: signals, systemd, and what it does when something ends badly."""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog

from clonewatch import logs
from clonewatch.app import App
from clonewatch.config.values import SystemdSocket
from clonewatch.control.callers import Permissions
from clonewatch.control.cases import CaseRoutes
from clonewatch.control.server import ControlServer
from clonewatch.control.suspension import SuspensionRoutes
from clonewatch.errors import InputError, Misconfigured
from clonewatch.live.holdings import Holdings
from clonewatch.live.telling import problems_of, status_of, values_of
from clonewatch.metrics import Metrics
from clonewatch.monitoring import Monitoring
from clonewatch.settings import read
from clonewatch.systemd import Notifier, passed_sockets

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from clonewatch.control.server import Asked
    from clonewatch.settings import Settings


async def serve(path: Path, settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises InputError, OSError where it cannot start."""
    stopping, reloading = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    loop.add_signal_handler(signal.SIGHUP, reloading.set)
    notifier = Notifier()
    sockets = passed_sockets()
    app = App(settings, sockets)
    async with AsyncExitStack() as stack:
        stack.callback(notifier.close)
        stack.push_async_callback(app.stop, "the daemon stops")
        await _let_ask(app, settings, sockets, stack)
        starting = asyncio.create_task(app.start())
        keeping = asyncio.create_task(notifier.keep_alive())
        stack.callback(keeping.cancel)
        await _first_of(stopping, starting)
        if starting.done():
            starting.result()
            notifier.ready(_status(app))
            await _until_stopped(stopping, reloading, app, path, notifier)
        app.judge.abandon()
        await starting
        notifier.stopping("closing links")


async def _let_ask(
    app: App,
    settings: Settings,
    sockets: Mapping[str, Sequence[socket.socket]],
    stack: AsyncExitStack,
) -> None:
    """Answer on the control socket, and to those who watch from outside."""
    config = settings.config
    control = ControlServer(Permissions(users=config.control.users, group=config.control.group))

    async def status(_: Asked) -> object:
        alarms = await asyncio.to_thread(app.office.alarm_lines)
        return asdict(replace(status_of(app), alarms=tuple(alarms)))

    control.add("GET", "/status", status)
    CaseRoutes(app.store, app.office.orders).add_to(control)
    SuspensionRoutes(app.suspension).add_to(control)
    await control.start(config.control_socket)
    stack.push_async_callback(control.stop)
    listen = config.metrics.listen
    if listen is None:
        return
    metrics = Metrics(version("clonewatch"))
    holdings = Holdings(app.store, lambda: app.consequences.outputs)
    metrics.add(lambda: values_of(app))
    metrics.add(lambda: holdings.values)
    monitoring = Monitoring(
        metrics,
        look=holdings.look,
        unwell=lambda: problems_of(app),
        not_ready=lambda: [] if app.is_ready else ["filling the window"],
    )
    where = sockets[listen.name][0] if isinstance(listen, SystemdSocket) else listen
    await monitoring.start(where)
    stack.push_async_callback(monitoring.stop)


async def _first_of(stopping: asyncio.Event, starting: asyncio.Task[None]) -> None:
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait({waiting, starting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


async def _until_stopped(
    stopping: asyncio.Event, reloading: asyncio.Event, app: App, path: Path, notifier: Notifier
) -> None:
    while not stopping.is_set():
        waits = [asyncio.create_task(event.wait()) for event in (stopping, reloading)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if reloading.is_set():
            reloading.clear()
            notifier.reloading("reading the configuration")
            is_taken = await reload(app, path)
            refused = "" if is_taken else "; the last reload was refused, its faults are in the log"
            notifier.ready(_status(app) + refused)


async def reload(app: App, path: Path) -> bool:
    """Read everything again: is it taken? Keep the old if anything is wrong, and log what."""
    log = structlog.get_logger()
    try:
        settings = await asyncio.to_thread(read, path)
        await app.reload(settings)
    except (Misconfigured, InputError, OSError) as error:
        faults = error.faults if isinstance(error, Misconfigured) else [error]
        app.reloads["refused"] += 1
        log.warning("reload_refused", faults=[str(fault) for fault in faults])
        return False
    app.reloads["taken"] += 1
    logs.change(settings.config.log)
    log.info("reloaded")
    return True


def _status(app: App) -> str:
    config = app.settings.config
    return f"mode {config.mode}, {len(config.sources)} sources"
