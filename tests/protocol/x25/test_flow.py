"""X.25 §4.4: windows, P(S) and P(R)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import EncodeError
from is41.x25.codes import Diagnostic
from is41.x25.faults import Fault
from is41.x25.flow import WAITING_MAX, Receiver, Sender, Terms
from is41.x25.packets import Data

if TYPE_CHECKING:
    import random

TERMS = Terms(modulo=8, window_in=2, window_out=3, length_in=16, length_out=16)


def data(p_s: int, length: int = 5) -> Data:
    return Data(lcn=1, p_s=p_s, user_data=bytes(length))


def test_packets_that_tell_nothing_may_be_acknowledged_at_once() -> None:
    receiver = Receiver(TERMS)
    receiver.take(data(0))
    assert (receiver.due, receiver.acknowledge(), receiver.room) == (1, 1, 2)


def test_a_message_told_holds_back_its_last_packet_and_what_follows() -> None:
    receiver = Receiver(TERMS)
    receiver.take(data(0))
    receiver.take(data(1))
    receiver.told()
    assert receiver.acknowledge() == 1
    receiver.take(data(2))
    assert (receiver.due, receiver.room) == (1, 0)
    receiver.keep(1)
    assert (receiver.acknowledge(), receiver.room) == (3, 2)


def test_messages_are_kept_in_the_order_in_which_they_were_told() -> None:
    receiver = Receiver(TERMS._replace(window_in=7))
    receiver.take_messages(3)
    assert (receiver.p_s, receiver.due) == (3, 0)
    receiver.keep(2)
    assert receiver.due == 2
    receiver.keep(9)
    assert receiver.due == 3


@pytest.mark.parametrize(
    ("packets", "diagnostic"),
    [
        ([data(1)], Diagnostic.INVALID_P_S),
        ([data(0), data(0)], Diagnostic.INVALID_P_S),
        ([data(0), data(1), data(2)], Diagnostic.INVALID_P_S),  # beyond the window
        ([data(0, 17)], Diagnostic.TOO_LONG),
    ],
)
def test_a_packet_that_is_not_due_is_a_fault(packets: list[Data], diagnostic: Diagnostic) -> None:
    receiver = Receiver(TERMS)
    for packet in packets[:-1]:
        receiver.take(packet)
    with pytest.raises(Fault) as caught:
        receiver.take(packets[-1])
    assert caught.value.diagnostic == diagnostic


def test_messages_told_before_a_reset_are_kept_without_consequence() -> None:
    receiver = Receiver(TERMS)
    receiver.take_messages(2)
    receiver.restart()
    receiver.take_messages(1)
    receiver.keep(2)
    assert receiver.due == 0
    receiver.keep(1)
    assert receiver.due == 1


def test_a_message_goes_in_pieces_as_far_as_the_window_goes() -> None:
    sender = Sender(TERMS)
    sender.put(bytes(range(40)))
    sender.put(b"next")
    assert sender.next_piece() == (0, True, bytes(range(16)))
    assert sender.next_piece() == (1, True, bytes(range(16, 32)))
    assert sender.next_piece() == (2, False, bytes(range(32, 40)))
    assert sender.next_piece() is None
    sender.acknowledge(1)
    assert sender.next_piece() == (3, False, b"next")
    sender.acknowledge(3)
    assert not sender.is_idle
    sender.acknowledge(4)
    assert sender.is_idle


def test_messages_are_unacknowledged_until_their_last_packet_has_arrived() -> None:
    sender = Sender(TERMS)
    messages = [b"first", bytes(40), b"third"]
    for message in messages:
        sender.put(message)
    assert sender.unacknowledged == messages
    for _ in range(3):
        sender.next_piece()
    sender.acknowledge(2)
    assert sender.unacknowledged == messages[1:]
    sender.next_piece()
    sender.next_piece()
    sender.acknowledge(4)
    assert sender.unacknowledged == messages[2:]
    sender.acknowledge(5)
    assert sender.unacknowledged == []


def test_a_held_sender_sends_nothing() -> None:
    sender = Sender(TERMS)
    sender.put(b"x")
    sender.held = True
    assert sender.next_piece() is None
    sender.held = False
    assert sender.next_piece() == (0, False, b"x")


def test_what_was_never_sent_cannot_be_acknowledged() -> None:
    sender = Sender(TERMS)
    sender.put(b"x")
    sender.next_piece()
    sender.acknowledge(0)
    with pytest.raises(Fault) as caught:
        sender.acknowledge(2)
    assert caught.value.diagnostic == Diagnostic.INVALID_P_R
    sender.acknowledge(1)
    with pytest.raises(Fault):
        sender.acknowledge(0)


def test_what_waits_is_bounded() -> None:
    sender = Sender(TERMS)
    sender.put(bytes(WAITING_MAX))
    with pytest.raises(EncodeError, match="takes none"):
        sender.put(b"x")
    with pytest.raises(EncodeError, match="one octet"):
        sender.put(b"")


def test_a_reset_loses_only_the_message_that_was_begun() -> None:
    sender = Sender(TERMS)
    sender.put(bytes(100))
    sender.put(b"next")
    sender.next_piece()
    sender.restart()
    assert (sender.outstanding, sender.arrived) == (0, 0)
    assert sender.next_piece() == (0, False, b"next")
    sender.put(bytes(WAITING_MAX))  # nothing is left waiting


@given(
    st.sampled_from([8, 128]),
    st.integers(1, 7),
    st.lists(st.binary(min_size=1, max_size=60), max_size=12),
    st.randoms(),
)
def test_a_sender_and_a_receiver_bring_over_every_message(
    modulo: int, window: int, messages: list[bytes], chance: random.Random
) -> None:
    terms = Terms(modulo, window, window, 16, 16)
    sender, receiver, joined = Sender(terms), Receiver(terms), [b""]
    told = 0
    for message in messages:
        sender.put(message)
    while len(joined) <= len(messages):
        while (piece := sender.next_piece()) is not None:
            p_s, more, octets = piece
            receiver.take(Data(lcn=1, modulo=modulo, p_s=p_s, m=more, user_data=octets))
            joined[-1] += octets
            if not more:
                receiver.told()
                told += 1
                joined.append(b"")
        assert sender.outstanding <= window
        kept = chance.randint(0, told)
        receiver.keep(kept)
        told -= kept
        sender.acknowledge(receiver.acknowledge())
    assert joined == [*messages, b""]
