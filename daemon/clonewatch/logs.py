"""The log: JSON lines for the journal, words for a terminal, no subscriber by number.

Only what runs for long imports this: structlog takes its time to import.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import structlog

from is41.msid import msid_digits

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from structlog.typing import EventDict, Processor, WrappedLogger

    from clonewatch.config.sections import LogSettings

NUMBER_KEYS: Final = frozenset({"msid", "min", "imsi", "mdn", "esn"})  # whatever stands there
OCTET_KEYS: Final = frozenset({"octets"})  # of messages: they hold numbers, digits swapped
KIND_KEYS: Final = ("event", "link", "spool", "sniffer", "source", "output")
BURST_S: Final = 10.0  # in which a kind of line is said BURST_LINES times at most: ours
BURST_LINES: Final = 10
KINDS_MAX: Final = 4096  # that are remembered: ours
DIGITS_SHOWN: Final = 2  # the last ones
# A MIN or an IMSI by itself, or an MSID as we reckon with it, of 18 digits where it is an IMSI;
# times, file names and numbers of cases are written otherwise.
_NUMBER: Final = re.compile(r"(?<![\w.-])\d{10,18}(?!\w)")
_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")  # of a class's name: where the next begins
_FIRST: Final = ("timestamp", "level", "event")
# sd-daemon(3): a line's priority may stand before it.
_PRIORITIES: Final = {"critical": 2, "error": 3, "warning": 4, "info": 6, "debug": 7}


def event_name(told: object) -> str:
    """Name of a kind of event in the log: that of its class, in words."""
    return _WORD.sub("_", type(told).__name__).lower()


class _Rules:
    """What may change while the daemon runs: loggers that are bound already must follow."""

    def __init__(self) -> None:
        self.level = logging.INFO
        self.masks = True

    def follow(self, settings: LogSettings) -> None:
        """Do as the configuration says from now on."""
        self.level = logging.getLevelNamesMapping()[settings.level.upper()]
        self.masks = settings.subscribers == "masked"

    def drop(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        """Leave out what is below the level."""
        if logging.getLevelNamesMapping()[event["level"].upper()] < self.level:
            raise structlog.DropEvent
        return event

    def mask(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        """Show of numbers of subscribers their last digits only."""
        return {key: masked(value, key) for key, value in event.items()} if self.masks else event


def _what_first(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """When, how bad and what stand before everything else, in every line."""
    return {**{key: event[key] for key in _FIRST}, **event}


class _Bursts:
    """Lets few lines of a kind through at a time, so that no peer can fill the disk.

    A kind is an event of one link, source or spool. The next line that goes through says how many
    were *left_out*.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kinds: dict[tuple[object, ...], tuple[float, int]] = {}  # since when, how many

    def thin(self, _: WrappedLogger, __: str, event: EventDict) -> EventDict:
        """Leave out what is said again and again, unless all is asked for."""
        if event["level"] == "debug":
            return event
        kind = tuple(event.get(key) for key in KIND_KEYS)
        now = self._clock()
        since, lines = self._kinds.get(kind, (now, 0))
        if now - since >= BURST_S:
            if lines > BURST_LINES:
                event["left_out"] = lines - BURST_LINES
            since, lines = now, 0
        if kind not in self._kinds and len(self._kinds) >= KINDS_MAX:
            self._kinds.clear()
        self._kinds[kind] = since, lines + 1
        if lines >= BURST_LINES:
            raise structlog.DropEvent
        return event


class _Logger(structlog.WriteLogger):
    """Writes lines, as long as somebody takes them: a full disk's log must end no thread."""

    def msg(self, message: str) -> None:
        with contextlib.suppress(OSError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


_RULES: Final = _Rules()
change: Final = _RULES.follow  # after `configure`, when the configuration has changed


def configure(
    settings: LogSettings,
    stream: TextIO | None = None,
    *,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Set up the log. What libraries have to complain of, through `logging`, comes along."""
    stream = sys.stdout if stream is None else stream
    _RULES.follow(settings)
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        _RULES.drop,
        _Bursts(clock).thin,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _RULES.mask,
        _what_first,
    ]
    render = _renderer(stream)
    structlog.configure(
        processors=[*common, render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
        logger_factory=lambda *_: _Logger(stream),
    )
    handler = logging.StreamHandler(stream)
    formatter = structlog.stdlib.ProcessorFormatter
    handler.setFormatter(
        formatter(foreign_pre_chain=common, processors=[formatter.remove_processors_meta, render])
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def masked(value: Any, key: str = "") -> Any:
    """A value that stands at *key*, without numbers of subscribers."""
    if isinstance(value, dict):
        return {inner: masked(item, str(inner)) for inner, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked(item, key) for item in value]
    if key in NUMBER_KEYS and value is not None:
        digits = msid_digits(value) if key == "msid" and isinstance(value, int) else str(value)
        return _hidden(digits)
    if key in OCTET_KEYS and isinstance(value, str | bytes):
        return f"{len(value)} not shown"
    if isinstance(value, str):
        return _NUMBER.sub(lambda found: _hidden(found[0]), value)
    return value


def _hidden(number: str) -> str:
    return "*" * (len(number) - DIGITS_SHOWN) + number[-DIGITS_SHOWN:]


def _renderer(stream: TextIO) -> Processor:
    if stream.isatty():
        return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    as_json = structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
    if not _is_journal(stream):
        return as_json

    def for_journal(logger: WrappedLogger, method: str, event: EventDict) -> str:
        priority = _PRIORITIES[event["level"]]
        return f"<{priority}>{as_json(logger, method, event)!s}"

    return for_journal


def _is_journal(stream: TextIO) -> bool:
    """Whether what is written there goes to the journal (systemd.exec(5), JOURNAL_STREAM)."""
    try:
        status = os.fstat(stream.fileno())
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{status.st_dev}:{status.st_ino}"
