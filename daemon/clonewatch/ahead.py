"""A stage of a pipeline in a thread of its own: kernels release the GIL, so stages overlap."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

Item = TypeVar("Item")
DEPTH: Final = 2  # items made and not yet taken: enough to overlap, few enough for the caches
_PATIENCE_S: Final = 0.1  # how soon a stage notices that nobody wants its items any more


class _Stage(threading.Thread, Generic[Item]):
    def __init__(self, items: Iterator[Item]) -> None:
        super().__init__(daemon=True)
        self._items = items
        self.made: queue.Queue[tuple[Item] | BaseException | None] = queue.Queue(DEPTH)
        self.stopped = threading.Event()

    def run(self) -> None:
        try:
            for item in self._items:
                if not self._put((item,)):
                    return
        except BaseException as exc:  # noqa: BLE001  # raised again in the thread that takes
            self._put(exc)
        else:
            self._put(None)

    def _put(self, made: tuple[Item] | BaseException | None) -> bool:
        while not self.stopped.is_set():
            try:
                self.made.put(made, timeout=_PATIENCE_S)
            except queue.Full:
                continue
            return True
        return False


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Give *items*, made in another thread from now on, a little ahead of their use."""
    taken = _taken(items)
    next(taken)
    return taken


def _taken(items: Iterator[Item]) -> Iterator[Item]:
    stage = _Stage(items)
    stage.start()
    try:
        yield cast("Item", None)  # for `ahead`: from here on, whoever lets go of us ends the thread
        while (made := stage.made.get()) is not None:
            if isinstance(made, BaseException):
                raise made
            yield made[0]
    finally:
        stage.stopped.set()
        stage.join()
