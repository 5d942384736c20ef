"""The thread that seals finished groups, and removes those that are not to be kept."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .events import Removed, SealingFailed, SealingResumed
from .retention import Retention, remove_expired
from .room import Room
from .sealing import seal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from .events import Event
    from .groups import Group

SEAL_AGAIN_S: Final = 10.0  # a full disk may have room by then


@dataclass(frozen=True, slots=True)
class Sealing:
    """How groups are sealed: by how many threads, and how far behind all else they stand."""

    threads: int
    niceness: int


BEHIND_ALL_ELSE: Final = Sealing(
    1, 19
)  # live: it takes as long as judging, and nobody waits for it
AT_ONCE: Final = Sealing(2, 0)  # of captures: who keeps them waits for nothing else


class Sealer(threading.Thread):
    """Seals one group after another. What fails is tried again, and always at the next opening."""

    def __init__(
        self,
        directory: Path,
        retention: Retention,
        *,
        tell: Callable[[Event], None],
        clock_ms: Callable[[], int],
        again_s: float = SEAL_AGAIN_S,
        niceness: int = BEHIND_ALL_ELSE.niceness,
    ) -> None:
        super().__init__(name="sealer", daemon=True)
        self._directory = directory
        self._retention = retention
        self._tell = tell
        self._clock_ms = clock_ms
        self._again_s = again_s
        self._niceness = niceness
        self._changed = threading.Condition()
        self._groups: deque[Group] = deque()
        self._closing = False
        self._finishes = False  # what is queued, before it ends
        self._is_failing = False
        self._room = Room()

    def add(self, groups: Iterable[Group]) -> None:
        """Take groups that nobody writes to any more."""
        with self._changed:
            self._groups.extend(groups)
            self._changed.notify_all()

    def close_soon(self, *, finish: bool) -> None:
        """End, with *finish* when all is sealed; else the next opening goes on with it."""
        with self._changed:
            self._closing, self._finishes = True, finish
            self._changed.notify_all()

    def run(self) -> None:
        """Seal until closed; whatever else there is to do goes first."""
        with contextlib.suppress(OSError):  # a sandbox may not allow it
            if self._niceness:
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._niceness)
        while (group := self._next()) is not None:
            try:
                self._seal(group)
            except Exception as error:  # noqa: BLE001  # whatever it is, others are to be sealed
                self._is_failing = True
                self._tell(SealingFailed(group.open_path, str(error) or type(error).__name__))
                self._later()
            else:
                self._resume()

    def _next(self) -> Group | None:
        """The group to seal next, which stays in the queue until it is sealed."""
        with self._changed:
            self._changed.wait_for(lambda: self._groups or self._closing)
            if self._closing and not (self._groups and self._finishes):
                return None
            return self._groups[0]

    def _seal(self, group: Group) -> None:
        seal(group, self._tell, self._room)
        with self._changed:
            self._groups.popleft()
        for path in remove_expired(self._directory, self._clock_ms(), self._retention):
            self._tell(Removed(path))

    def _resume(self) -> None:
        if self._is_failing:
            self._is_failing = False
            self._tell(SealingResumed(self._directory))

    def _later(self) -> None:
        with self._changed:
            if self._closing:
                self._finishes = False
            self._changed.wait_for(lambda: self._closing, self._again_s)
