"""What link machines are built on: the buffer, the queues and the timers of `is41.link.Link`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from typing import TYPE_CHECKING, Final, Generic, TypeVar

import numpy as np

from .errors import DecodeError, Truncated
from .link import MessageRefused, MessagesReceived
from .scan import Frames

if TYPE_CHECKING:
    from enum import Enum

    from .layers import Layer
    from .link import Event

# Octets received and not yet taken, at most: ours. A reading of a busy link, which costs the same
# however much it brings; what is never filled is never resident.
BUFFER_LENGTH: Final = 1 << 19
REFUSED_MAX: Final = 100  # messages that may be refused in a row: ours
HAND_LENGTH_MAX: Final = 4096  # octets kept from where no header could be read: ours
SINGLES_MAX: Final = 64  # messages taken one by one before others have their turn, 5 ms or so: ours
Timer = TypeVar("Timer", bound="Enum")


class Machine(ABC, Generic[Timer]):
    """One end of a connection; the machine of each protocol adds its states.

    *message_length_least*: octets of the shortest service message, header included.
    *header_length*: octets that tell a message's length.
    """

    def __init__(self, message_length_least: int, header_length: int) -> None:
        self._header_length = header_length
        self._frames_max = BUFFER_LENGTH // message_length_least
        self._octets = np.zeros(BUFFER_LENGTH, np.uint8)
        self._frames = Frames.empty(self._frames_max)
        self._taken = self._held = 0  # octets taken, octets received
        self._to_send = bytearray()
        self._events: deque[Event] = deque()
        self._deadlines: dict[Timer, float] = {}
        self._refused = 0  # messages in a row
        self._is_behind = False
        self._frames_told = 0  # of those that are in use while messages wait
        self._hand = b""  # the message that is being taken by itself

    @property
    def is_behind(self) -> bool:
        """Whether messages wait in the buffer: `received` wants to be called again, with 0."""
        return self._is_behind and not self.is_finished

    @property
    @abstractmethod
    def is_finished(self) -> bool:
        """Whether the connection is to be closed."""

    @property
    def is_drained(self) -> bool:
        """Whether the far end has all that was sent, where the protocol says so."""
        return True

    @abstractmethod
    def _tell_run(self, at: int, end: int, frames: int) -> tuple[int, int]:
        """Tell of the service messages at *at*, if the state lets them in.

        Their frames go behind the *frames* that are there: where the run ends, how many there are
        then.
        """

    @abstractmethod
    def _message_length(self, header: bytes) -> int:
        """How many octets the message has, with its header. Raises DecodeError."""

    @abstractmethod
    def _take_message(self, octets: bytes, now: float) -> None:
        """Act on a whole message."""

    @abstractmethod
    def _violate(self, error: DecodeError) -> None:
        """Finish: the far end broke the protocol."""

    @abstractmethod
    def _expired(self, timer: Timer, now: float) -> None:
        """Act on a timer that has run out."""

    def receive(self, octets: bytes, now: float) -> None:
        """Take octets as they come off the stream, however they are cut."""
        view = memoryview(octets)
        while view and not self.is_finished:
            room = self.room()
            taken = min(len(room), len(view))
            room[:taken] = view[:taken]
            view = view[taken:]
            self.received(taken, now)
            while self.is_behind:
                self.received(0, now)

    def room(self) -> memoryview:
        """Where the next octets of the stream may be put: never empty before the link finishes."""
        rest = self._octets[self._taken : self._held].copy()
        if self._events:  # messages told and not yet taken keep their buffer
            self._octets = np.zeros(BUFFER_LENGTH, np.uint8)
            self._frames = Frames.empty(self._frames_max)
        if self._taken or self._events:
            self._octets[: len(rest)] = rest
            self._taken, self._held = 0, len(rest)
        return memoryview(self._octets.data)[self._held :]

    def received(self, count: int, now: float) -> None:
        """Take *count* octets that were put into `room`, as many as may be taken in one go.

        Messages that cost an object each take long: after some of them the link `is_behind`.
        """
        at, end, singles = self._taken, self._held + count, 0
        frames = self._frames_told if self._is_behind else 0
        while at < end and singles < SINGLES_MAX and not self.is_finished:
            after, found = self._tell_run(at, end, frames)
            if found == frames:
                singles += 1
                if (after := self._take_next(at, end, now)) == at:
                    break
            at, frames = after, found
        self._taken, self._held, self._frames_told = at, end, frames
        self._is_behind = singles == SINGLES_MAX and at < end

    def octets_to_send(self) -> bytes:
        """Give up what is waiting to be written."""
        octets, self._to_send = bytes(self._to_send), bytearray()
        return octets

    def next_event(self) -> Event | None:
        """Give the oldest event, or None."""
        return self._events.popleft() if self._events else None

    def next_deadline(self) -> float | None:
        """When `expire` wants to be called, or None."""
        return min(self._deadlines.values(), default=None)

    def expire(self, now: float) -> None:
        """Act on the timers that have run out."""
        for timer in [timer for timer, at in self._deadlines.items() if now >= at]:
            if self._deadlines.pop(timer, None) is not None:
                self._expired(timer, now)

    def _take_next(self, at: int, end: int, now: float) -> int:
        """Take the message at *at* if it is whole; where the next one begins."""
        header = self._octets[at : min(end, at + self._header_length)].tobytes()
        try:
            after = at + self._message_length(header)
        except Truncated:
            return at
        except DecodeError as error:
            self._hand = self._octets[at : min(end, at + HAND_LENGTH_MAX)].tobytes()
            self._refuse_header(header, error)
            after = end
        else:
            if after > end:
                return at
            self._hand = self._octets[at:after].tobytes()
            self._take_message(self._hand, now)
        self._hand = b""
        return after

    def _refuse_header(self, header: bytes, error: DecodeError) -> None:  # noqa: ARG002
        """Finish: behind a header that cannot be read nothing can be."""
        self._violate(error)

    def _tell(self, first: int, end: int) -> None:
        """Tell of the messages whose frames are those from *first* to before *end*."""
        self._refused = 0
        frames = self._frames.between(first, end)
        self._events.append(MessagesReceived(self._octets, frames, end - first))

    def _tell_octets(self, octets: bytes, layer: Layer) -> None:
        """Tell of one message that does not lie in the buffer."""
        frames = Frames.empty(1)
        frames.start[0], frames.end[0], frames.layer[0] = 0, len(octets), layer
        self._refused = 0
        self._events.append(MessagesReceived(np.frombuffer(octets, np.uint8), frames, 1))

    def _refuse(self, error: DecodeError) -> None:
        """Refuse the message in hand."""
        self._refuse_octets(error, self._hand, None)

    def _refuse_octets(self, error: DecodeError, octets: bytes, layer: Layer | None) -> None:
        """Tell of a message refused; who does nothing else is cut off."""
        self._refused += 1
        self._events.append(MessageRefused(error, octets, layer))
        if self._refused > REFUSED_MAX:
            self._hand = b""  # it is told already
            self._violate(error)
