"""The buffer and timers under the link machines, by a machine that takes four octets at a time."""

from __future__ import annotations

from enum import Enum, auto

from hypothesis import given
from hypothesis import strategies as st

from is41.errors import DecodeError, Truncated
from is41.link import MessageRefused, MessagesReceived, ProtocolViolated
from is41.machine import BUFFER_LENGTH, REFUSED_MAX, SINGLES_MAX, Machine
from links import events_of, payloads

ERROR = DecodeError("no such four", what="fours", field="octets", clause="here")


class Timer(Enum):
    SOON = auto()
    LATE = auto()


class Fours(Machine[Timer]):
    """Tells of every four octets as a message, refuses SKIP and ends with FINISH or NO_HEADER."""

    FINISH = b"STOP"
    SKIP = b"SKIP"
    NO_HEADER = b"????"
    SINGLES = frozenset({FINISH, SKIP, NO_HEADER})

    def __init__(self) -> None:
        super().__init__(message_length_least=4, header_length=4)
        self._deadlines = {Timer.SOON: 1.0, Timer.LATE: 2.0}
        self.expired: list[Timer] = []
        self._finished = False

    @property
    def is_finished(self) -> bool:
        return self._finished

    def _tell_run(self, at: int, end: int, frames: int) -> tuple[int, int]:
        found = frames
        while at + 4 <= end and bytes(self._octets[at : at + 4]) not in self.SINGLES:
            self._frames.start[found], self._frames.end[found] = at, at + 4
            at, found = at + 4, found + 1
        if found > frames:
            self._tell(frames, found)
        return at, found

    def _message_length(self, header: bytes) -> int:
        if header == self.NO_HEADER:
            raise ERROR
        if len(header) < 4:
            raise Truncated("too short", what="fours", field="octets", clause="here")
        return 4

    def _take_message(self, octets: bytes, now: float) -> None:  # noqa: ARG002
        self._finished = octets == self.FINISH
        self._to_send += b"?"
        if not self._finished:
            self._refuse(ERROR)

    def _violate(self, error: DecodeError) -> None:
        self._finished = True
        self._events.append(ProtocolViolated(error, self._hand))

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
    fours.receive(b"abcd" + Fours.FINISH + b"efgh", 0.0)
    fours.receive(b"ijkl", 0.0)
    assert payloads(events_of(fours)) == [b"abcd"]


def test_runs_between_other_messages_are_told_apart() -> None:
    fours = Fours()
    fours.receive(b"abcdefgh" + Fours.SKIP + b"ijkl", 0.0)
    told = [event for event in events_of(fours) if isinstance(event, MessagesReceived)]
    assert [payloads([event]) for event in told] == [[b"abcd", b"efgh"], [b"ijkl"]]


def test_what_is_to_be_sent_is_given_up_once() -> None:
    fours = Fours()
    fours.receive(Fours.SKIP * 2, 0.0)
    assert (fours.octets_to_send(), fours.octets_to_send()) == (b"??", b"")


def test_timers_expire_when_due_and_not_once_another_stopped_them() -> None:
    fours = Fours()
    assert fours.next_deadline() == 1.0
    fours.expire(0.9)
    assert fours.expired == []
    fours.expire(2.0)
    assert (fours.expired, fours.next_deadline()) == ([Timer.SOON], None)


def test_who_is_refused_too_often_in_a_row_is_cut_off() -> None:
    fours = Fours()
    fours.receive((Fours.SKIP * REFUSED_MAX + b"abcd") * 2 + Fours.SKIP * 30_000, 0.0)
    *refused, violated = [e for e in events_of(fours) if not isinstance(e, MessagesReceived)]
    assert refused == [MessageRefused(ERROR, Fours.SKIP)] * (3 * REFUSED_MAX + 1)
    assert violated == ProtocolViolated(ERROR)


def test_a_header_that_cannot_be_read_ends_it_and_is_told() -> None:
    fours = Fours()
    fours.receive(b"abcd" + Fours.NO_HEADER + b"efgh", 0.0)
    assert events_of(fours)[1:] == [ProtocolViolated(ERROR, Fours.NO_HEADER + b"efgh")]


def test_many_messages_that_take_long_are_taken_some_at_a_time() -> None:
    fours = Fours()
    octets = (Fours.SKIP + b"good") * (2 * SINGLES_MAX) + b"tail"
    room = fours.room()
    room[: len(octets)] = octets
    fours.received(len(octets), 0.0)
    goes = 1
    while fours.is_behind:
        fours.received(0, 0.0)
        goes += 1
    assert goes == 3
    events = events_of(fours)
    assert payloads(events) == [b"good"] * (2 * SINGLES_MAX) + [b"tail"]
    assert sum(isinstance(event, MessageRefused) for event in events) == 2 * SINGLES_MAX


def test_who_has_finished_is_not_behind() -> None:
    fours = Fours()
    fours.receive((Fours.SKIP + b"good") * SINGLES_MAX + Fours.FINISH + b"more", 0.0)
    assert fours.is_finished
    assert not fours.is_behind
