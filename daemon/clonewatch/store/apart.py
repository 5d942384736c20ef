"""Doing one thing of many by itself, so that a fault of ours in it holds up no other."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self, TypeVar

from .database import may_pass

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

FRAMES_MAX: Final = 16  # of a traceback that is kept, the innermost: ours

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fault:
    """What kept something from being done, as it is told and kept."""

    reason: str  # the error in one line
    traceback: str

    @classmethod
    def of(cls, error: Exception) -> Self:
        """What *error* has to say."""
        frames = "".join(traceback.format_exception(error, limit=-FRAMES_MAX))
        reason = f"{type(error).__name__}: {error}".split("\n", 1)[0]
        return cls(_text(reason), _text(frames))


def done_apart(connection: Connection, work: Callable[[], T]) -> T | Fault:
    """Do *work* within a savepoint; its result, or the fault of ours for which none of it is done.

    Raises what the database raises when it cannot be written: then the transaction is to be rolled
    back, for SQLite may have ended it, and the savepoint with it.
    """
    savepoint = connection.begin_nested()
    try:
        result = work()
        savepoint.commit()
    except Exception as error:
        if may_pass(error):
            raise
        savepoint.rollback()
        return Fault.of(error)
    return result


def _text(words: str) -> str:
    """Words that can be stored: an error may quote what is no UTF-8."""
    return words.encode(errors="backslashreplace").decode()
