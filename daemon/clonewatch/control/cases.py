"""Cases on the control socket: looking at them, and orders to them."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Final, TypeVar

from aiohttp import web
from sqlalchemy.exc import DatabaseError

from clonewatch.actions.orders import OrderError
from clonewatch.cases import showing
from clonewatch.cases.life import ALARMED, State
from clonewatch.msids import parse_msid

from .server import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from clonewatch.actions.orders import Orders
    from clonewatch.store.store import Store

    from .server import Asked, ControlServer

NOTE_MAX: Final = 2000  # characters; ours
ESNS_MAX: Final = 64  # of one order; ours
ALL: Final = "all"
BAD: Final = web.HTTPBadRequest.status_code
MISSING: Final = web.HTTPNotFound.status_code
_ESN: Final = re.compile(r"[0-9A-Fa-f]{8}")
CONFLICT: Final = web.HTTPConflict.status_code
UNAVAILABLE: Final = web.HTTPServiceUnavailable.status_code
T = TypeVar("T")


class CaseRoutes:
    """Answers about the cases of *store*, and passes *orders* on."""

    def __init__(self, store: Store, orders: Orders) -> None:
        self._store = store
        self._orders = orders

    def add_to(self, server: ControlServer) -> None:
        """Let *server* answer by us."""
        server.add("GET", "/cases", self.list)
        server.add("GET", "/cases/{case}", self.show)
        server.add("POST", "/cases", self.open)
        for name, order in (
            ("confirm", self._orders.confirm),
            ("dismiss", self._orders.dismiss),
            ("note", self._orders.annotate),
        ):
            server.add("POST", f"/cases/{{case}}/{name}", self._ordering(order))
        server.add("POST", "/cases/{case}/close", self.close)

    async def list(self, asked: Asked) -> object:
        """Give cases in short, the newest first: `state` (several, or all), `msid`, `before`."""
        states = _states(asked.query.get("state", ""))
        msid = _msid(asked.query["msid"]) if "msid" in asked.query else None
        before = number_of(asked.query["before"]) if "before" in asked.query else None
        limit = number_of(asked.query.get("limit", str(showing.LIST_MAX)))

        def read() -> list[dict[str, Any]]:
            with self._store.read() as connection:
                return showing.listed(
                    connection, states=states, msid=msid, before=before, limit=limit
                )

        return await asyncio.to_thread(read)

    async def show(self, asked: Asked) -> object:
        """All of one case."""
        case_id = number_of(asked.path["case"])

        def read() -> dict[str, Any] | None:
            with self._store.read() as connection:
                return showing.shown(connection, case_id)

        case = await asyncio.to_thread(read)
        if case is None:
            raise Refused(MISSING, f"there is no case {case_id}: see `cases list`")
        return case

    async def open(self, asked: Asked) -> object:
        """A victim's own report: `msid`, `note`."""
        msid = _msid(str(asked.body.get("msid", "")))
        return await done(self._orders.open(msid, who=asked.caller.name, note=note_of(asked)))

    async def close(self, asked: Asked) -> object:
        """End a case; with `reissued` its identity, or `esns`, are watched."""
        case_id, who, note = number_of(asked.path["case"]), asked.caller.name, note_of(asked)
        if asked.body.get("reissued") is True:
            esns = _esns(asked.body.get("esns", []))
            return await done(self._orders.reissue(case_id, who=who, note=note, esns=esns))
        return await done(self._orders.close(case_id, who=who, note=note))

    def _ordering(self, order: Callable[..., Future[dict[str, Any]]]) -> Callable[[Asked], Any]:
        async def handle(asked: Asked) -> object:
            case_id = number_of(asked.path["case"])
            return await done(order(case_id, who=asked.caller.name, note=note_of(asked)))

        return handle


async def done(future: Future[T]) -> T:
    """What became of an order. Raises Refused."""
    try:
        return await asyncio.wrap_future(future)
    except OrderError as error:
        raise Refused(CONFLICT, str(error)) from None
    except DatabaseError as error:
        words = f"nothing was done, the store cannot be written: {error.orig}"
        raise Refused(UNAVAILABLE, words) from None


def _states(text: str) -> tuple[State, ...]:
    """States by name, with commas between them."""
    if text == ALL:
        return ()
    try:
        return tuple(State(name) for name in text.split(",") if name) or tuple(sorted(ALARMED))
    except ValueError:
        names = ", ".join(state for state in State if state is not State.NONE)
        raise Refused(BAD, f"state {text!r}: give some of {names}, or {ALL}") from None


def _msid(text: str) -> int:
    """Key of a MIN or an IMSI in digits."""
    try:
        return parse_msid(text)
    except ValueError as error:
        raise Refused(BAD, f"msid {text!r}: {error}") from None


def number_of(text: str) -> int:
    """A whole number. Raises Refused."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Refused(BAD, f"{text!r} is no number")
    return int(text)


def note_of(asked: Asked) -> str:
    """The note of an order. Raises Refused."""
    note = asked.body.get("note", "")
    if not isinstance(note, str) or len(note) > NOTE_MAX:
        raise Refused(BAD, f"note: give at most {NOTE_MAX} characters")
    return note


def _esns(given: object) -> list[int]:
    """ESNs of eight hexadecimal digits."""
    if isinstance(given, list) and len(given) <= ESNS_MAX:
        words = [each for each in given if isinstance(each, str) and _ESN.fullmatch(each)]
        if len(words) == len(given):
            return [int(each, 16) for each in words]
    raise Refused(BAD, f"esns: give at most {ESNS_MAX}, each of 8 hexadecimal digits")
