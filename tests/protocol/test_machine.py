"""The buffer and timers under the link machines, by a machine that takes four octets at a time."""

from __future__ import annotations

from enum import Enum, auto

from hypothesis import given
from hypothesis import strategies as st

from is41.link import MessagesReceived
from is41.machine import BUFFER_LENGTH, Machine
from links import events_of, payloads


class Timer(Enum):
    SOON = auto()
    LATE = auto()


class Fours(Machine[Timer]):
    """Tells of every four octets as a message, until FINISH stands there."""

    FINISH = b"STOP"

    def __init__(self) -> None:
        super().__init__(message_length_least=4)
        self._deadlines = {Timer.SOON: 1.0, Timer.LATE: 2.0}
        self.expired: list[Timer] = []
        self._finished = False

    @property
    def is_finished(self) -> bool:
        return self._finished

    def received(self, count: int, now: float) -> None:  # noqa: ARG002
        at, end, frames = self._taken, self._held + count, 0
        while at + 4 <= end and not self._finished:
            self._finished = self._octets[at : at + 4].tobytes() == self.FINISH
            self._frames.start[frames], self._frames.end[frames] = at, at + 4
            at, frames = at + 4, frames + 1
        self._taken, self._held = at, end
        self._events.append(MessagesReceived(self._octets, self._frames, frames))
        self._to_send += bytes(frames)

    def _expired(self, timer: Timer, now: float) -> None:  # noqa: ARG002
        self.expired.append(timer)
        if timer is Timer.SOON:
            self._deadlines.clear()


@given(st.lists(st.binary(max_size=9)))
def test_what_comes_in_pieces_is_taken_whole(pieces: list[bytes]) -> None:
    fours, found = Fours(), list[bytes]()
    for piece in pieces:
        fours.receive(piece, 0.0)
        found += payloads(events_of(fours))
    whole = b"".join(pieces)
    assert b"".join(found) == whole[: len(whole) // 4 * 4]


@given(st.lists(st.binary(max_size=9)))
def test_messages_told_and_not_taken_keep_their_octets(pieces: list[bytes]) -> None:
    fours = Fours()
    for piece in pieces:
        fours.receive(piece, 0.0)
    whole = b"".join(pieces)
    assert b"".join(payloads(events_of(fours))) == whole[: len(whole) // 4 * 4]


def test_more_octets_than_the_buffer_holds_are_taken_in_turns() -> None:
    whole = b"".join(number.to_bytes(4) for number in range(1, 1 + BUFFER_LENGTH // 2))
    fours = Fours()
    fours.receive(whole[:3], 0.0)
    fours.receive(whole[3:], 0.0)
    assert b"".join(payloads(events_of(fours))) == whole


def test_octets_may_be_put_straight_into_the_buffer() -> None:
    fours = Fours()
    for piece in (b"ab", b"cdef", b"gh"):
        fours.room()[: len(piece)] = piece
        fours.received(len(piece), 0.0)
        assert len(fours.room()) > BUFFER_LENGTH - 4
    assert payloads(events_of(fours)) == [b"abcd", b"efgh"]


def test_a_finished_machine_takes_nothing_more() -> None:
    fours = Fours()
    fours.receive(Fours.FINISH, 0.0)
    fours.receive(b"abcd", 0.0)
    assert payloads(events_of(fours)) == [Fours.FINISH]


def test_what_is_to_be_sent_is_given_up_once() -> None:
    fours = Fours()
    fours.receive(b"abcdefgh", 0.0)
    assert (fours.octets_to_send(), fours.octets_to_send()) == (bytes(2), b"")


def test_timers_expire_when_due_and_not_once_another_stopped_them() -> None:
    fours = Fours()
    assert fours.next_deadline() == 1.0
    fours.expire(0.9)
    assert fours.expired == []
    fours.expire(2.0)
    assert (fours.expired, fours.next_deadline()) == ([Timer.SOON], None)
