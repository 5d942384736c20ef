"""The messages of captures, in the order of their time stamps."""

from __future__ import annotations

import heapq
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from clonewatch.sources.captures.reader import Capture
from is41.layers import Layer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from clonewatch.sources.captures.reader import Wiring

TOGETHER: Final = 1024  # messages given at once: ours


class Message(NamedTuple):
    """A message, and when it was captured."""

    time_ms: int  # since 1970 UTC
    layer: Layer  # what it begins with
    octets: bytes


class Messages:
    """Messages of all captures together. Raises InputError, when made, for what is none."""

    def __init__(self, paths: Sequence[Path], wiring: Wiring | None = None) -> None:
        self._captures: list[tuple[Path, Capture]] = []
        try:
            for path in paths:
                self._captures.append((path, Capture(path, wiring)))
        except BaseException:
            self.close()
            raise

    @property
    def cut(self) -> list[str]:
        """Where captures break off, once all is read."""
        return [f"{path}: {capture.cut}" for path, capture in self._captures if capture.cut]

    def close(self) -> None:
        """Close the files."""
        for _, capture in self._captures:
            capture.close()

    def batches(self) -> Iterator[list[Message]]:
        """Give the messages, some at once. Raises OSError."""
        streams = [_messages(capture) for _, capture in self._captures]
        together = heapq.merge(*streams, key=attrgetter("time_ms"))
        while batch := list(islice(together, TOGETHER)):
            yield batch


def _messages(capture: Capture) -> Iterator[Message]:
    for block in capture.blocks():
        frames = block.frames
        for start, end, time, layer in zip(
            *(
                column[: block.count].tolist()
                for column in (frames.start, frames.end, frames.time, frames.layer)
            ),
            strict=True,
        ):
            yield Message(time, Layer(layer), block.octets[start:end].tobytes())
