"""Suspension on the control socket: orders to it, and how it stands."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

from .cases import BAD, done, note_of, number_of
from .server import Refused

if TYPE_CHECKING:
    from clonewatch.actions.suspension.service import Suspension

    from .server import Asked, ControlServer

_ESN: Final = re.compile(r"[0-9A-Fa-f]{8}")


class SuspensionRoutes:
    """Passes orders on to *suspension*."""

    def __init__(self, suspension: Suspension) -> None:
        self._suspension = suspension
        self._orders = suspension.orders

    def add_to(self, server: ControlServer) -> None:
        """Let *server* answer by us."""
        server.add("GET", "/suspension", self.status)
        server.add("POST", "/suspension/pause", self.pause)
        server.add("POST", "/suspension/resume", self.resume)
        server.add("POST", "/suspension/restore", self.restore_since)
        server.add("POST", "/cases/{case}/suspend", self.suspend)
        server.add("POST", "/cases/{case}/restore", self.restore)

    async def status(self, _: Asked) -> object:
        """How it stands."""
        return self._suspension.status()

    async def pause(self, asked: Asked) -> object:
        """Suspend nobody any more."""
        return await done(self._orders.pause(who=asked.caller.name, note=note_of(asked)))

    async def resume(self, asked: Asked) -> object:
        """Go on."""
        return await done(self._orders.resume(who=asked.caller.name, note=note_of(asked)))

    async def restore_since(self, asked: Asked) -> object:
        """Undo all suspensions since a time: `since`, RFC 3339."""
        since_ms = _time_ms(asked.body.get("since"))
        return await done(
            self._orders.restore_since(since_ms, who=asked.caller.name, note=note_of(asked))
        )

    async def suspend(self, asked: Asked) -> object:
        """Say yes to a suspension; `esn` where it is not clear whose."""
        return await done(
            self._orders.suspend(
                number_of(asked.path["case"]),
                who=asked.caller.name,
                note=note_of(asked),
                esn=_esn(asked.body.get("esn")),
            )
        )

    async def restore(self, asked: Asked) -> object:
        """Put a subscriber back; with `done`, somebody has done it otherwise."""
        case_id = number_of(asked.path["case"])
        is_done = asked.body.get("done") is True
        order = self._orders.restored if is_done else self._orders.restore
        return await done(order(case_id, who=asked.caller.name, note=note_of(asked)))


def _esn(given: object) -> int | None:
    if given is None:
        return None
    if isinstance(given, str) and _ESN.fullmatch(given):
        return int(given, 16)
    raise Refused(BAD, f"esn {given!r}: give 8 hexadecimal digits")


def _time_ms(given: object) -> int:
    try:
        time = datetime.fromisoformat(str(given))
        if time.tzinfo is not None:
            return int(time.timestamp() * 1000)
    except (ValueError, OverflowError):
        pass
    raise Refused(BAD, f"since {given!r}: give a time and its zone, as in 2026-11-22T10:00:00Z")
