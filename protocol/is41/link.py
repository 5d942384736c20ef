"""What the links have in common: TALI, XOT and M3UA, both ends of each.

A link takes octets off a stream and gives events, octets to send and a deadline. It knows neither
socket nor clock, so one shell serves them all: feed, drain events, write, set one timer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from enum import Enum

    import numpy as np
    from numpy.typing import NDArray

    from .errors import DecodeError
    from .layers import Layer
    from .scan import Frames


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The link moved to *state*, one of its own."""

    state: Enum


@dataclass(frozen=True, slots=True)
class MessagesReceived:
    """Service messages came: *count* frames in *octets*, good until octets are received again.

    The frames' time and packet are not set: a link knows no clock of the world.
    """

    octets: NDArray[np.uint8]
    frames: Frames
    count: int


@dataclass(frozen=True, slots=True)
class RoundTripMeasured:
    """The far end echoed what we sent after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class ManagementReceived:
    """The far end told of itself or of the network: the message's *name*, and what it *says*."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class MessageSkipped:
    """A message came that is none of our business: the name of its type."""

    name: str


@dataclass(frozen=True, slots=True)
class MessageRefused:
    """The far end sent what it must not, or what was lost; the connection goes on.

    *octets*: the message as far as it came, from *layer* on; None: one of the link's own.
    """

    error: DecodeError
    octets: bytes
    layer: Layer | None = None


@dataclass(frozen=True, slots=True)
class ProtocolViolated:
    """The far end broke the protocol: the connection is finished.

    *octets*: the message with which it did; none where it was by silence.
    """

    error: DecodeError
    octets: bytes = b""


@dataclass(frozen=True, slots=True)
class Finished:
    """The connection ended as one end wished: what is still to be sent may be, then it ends."""


Event = (
    StateChanged
    | MessagesReceived
    | RoundTripMeasured
    | ManagementReceived
    | MessageSkipped
    | MessageRefused
    | ProtocolViolated
    | Finished
)


class Link(Protocol):
    """One end of a connection: octets in, events out. `now` is in seconds, of any steady clock.

    What a peer sends never raises: it ends in events. After `ProtocolViolated` or `Finished` the
    link does nothing more; the caller writes what is left to send and closes the socket.
    """

    @property
    def is_open(self) -> bool:
        """Whether service messages may be sent now."""
        ...

    @property
    def is_finished(self) -> bool:
        """Whether the connection is to be closed."""
        ...

    @property
    def is_behind(self) -> bool:
        """Whether messages wait in the buffer: `received` wants to be called again, with 0."""
        ...

    @property
    def is_drained(self) -> bool:
        """Whether the far end has all that was sent, where the protocol says so."""
        ...

    def room(self) -> memoryview:
        """Where the next octets of the stream may be put: never empty before the link finishes."""
        ...

    def received(self, count: int, now: float) -> None:
        """Take *count* octets that were put into `room`, as many as may be taken in one go."""
        ...

    def receive(self, octets: bytes, now: float) -> None:
        """Take octets as they come off the stream, however they are cut."""
        ...

    def octets_to_send(self) -> bytes:
        """Give up what is waiting to be written."""
        ...

    def next_event(self) -> Event | None:
        """Give the oldest event, or None."""
        ...

    def next_deadline(self) -> float | None:
        """When `expire` wants to be called, or None."""
        ...

    def expire(self, now: float) -> None:
        """Act on the timers that have run out."""
        ...

    def allow(self, now: float) -> None:
        """Take service messages from now on."""
        ...

    def prohibit(self, now: float) -> None:
        """Take none any more, but stay connected where the protocol can."""
        ...

    def close(self, now: float) -> None:
        """End the connection as the protocol asks, then finish."""
        ...

    def acknowledge(self, count: int, now: float) -> None:
        """Say that the oldest *count* messages told and not yet acknowledged are safely kept."""
        ...

    def send(self, octets: bytes, layer: Layer, now: float) -> None:
        """Send a service message that begins with *layer*.

        Raises EncodeError while the link is not open, and where it cannot carry the message.
        """
        ...
