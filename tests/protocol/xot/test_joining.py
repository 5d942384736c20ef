"""X.25 §4.3: messages out of packets with the M bit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from is41.errors import DecodeError
from is41.x25.packets import Data
from is41.xot.joining import MESSAGE_LENGTH_MAX, Joiner, lost


def packet(p_s: int, octets: bytes, *, m: bool = False, q: bool = False) -> Data:
    return Data(lcn=1, p_s=p_s, m=m, q=q, user_data=octets)


def taken(joiner: Joiner, *packets: Data) -> list[tuple[bytes, bool] | DecodeError]:
    return [joined for each in packets for joined in joiner.take(each)]


def test_packets_with_the_m_bit_go_on_in_the_next() -> None:
    joiner = Joiner(p_s_due=0)
    packets = packet(0, b"ab", m=True), packet(1, b"cd", m=True), packet(2, b"e"), packet(3, b"f")
    assert taken(joiner, *packets) == [(b"abcde", False), (b"f", False)]
    assert not joiner.begun


def test_a_gap_loses_what_was_begun() -> None:
    joiner = Joiner(p_s_due=0)
    error, joined = taken(joiner, packet(0, b"ab", m=True), packet(2, b"cd"))
    assert isinstance(error, DecodeError)
    assert joined == (b"cd", True)


def test_another_q_bit_loses_what_was_begun() -> None:
    error, joined = taken(Joiner(), packet(0, b"ab", m=True), packet(1, b"cd", q=True))
    assert isinstance(error, DecodeError)
    assert joined == (b"cd", False)


def test_a_message_without_end_is_given_up_once_and_bounded() -> None:
    joiner = Joiner(p_s_due=0)
    endless = [packet(number % 8, bytes(128), m=True) for number in range(1000)]
    (error,) = taken(joiner, *endless)
    assert isinstance(error, DecodeError)
    assert taken(joiner, packet(0, b"end"), packet(1, b"next")) == [(b"next", False)]


@given(st.lists(st.binary(max_size=40), min_size=1), st.integers(1, 20))
def test_any_cut_into_packets_gives_the_message(messages: list[bytes], size: int) -> None:
    joiner, p_s, found = Joiner(p_s_due=0), 0, []
    for message in messages:
        pieces = [message[at : at + size] for at in range(0, len(message), size)] or [b""]
        for number, piece in enumerate(pieces):
            found += taken(joiner, packet(p_s % 8, piece, m=number < len(pieces) - 1))
            p_s += 1
    assert found == [(message, False) for message in messages]


def test_a_loss_names_the_clause() -> None:
    assert lost("why").counted_as == "xot_message_malformed"
    assert MESSAGE_LENGTH_MAX > 4000  # the longest message of SCCP
