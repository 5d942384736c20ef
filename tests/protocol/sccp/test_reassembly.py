"""T1.112.4, reassembly of segmented XUDT and LUDT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import DecodeError
from is41.sccp.codes import MessageType, OptionalName
from is41.sccp.messages import Unitdata, is_segment
from is41.sccp.parts import OptionalParameter
from is41.sccp.reassembly import MESSAGES_MAX, OCTETS_MAX, T_REASSEMBLY, Reassembler

if TYPE_CHECKING:
    from random import Random

FIRST: Final = 0x80
IN_SEQUENCE: Final = 0x40
SEGMENTS_MAX: Final = 16  # T1.112.3: four bits count those that remain


def segment(
    data: bytes, *, first: bool, remaining: int, reference: int = 1, calling: bytes = b"\xc1\x08"
) -> Unitdata:
    flags = (FIRST if first else 0) | IN_SEQUENCE | remaining
    segmentation = bytes([flags]) + reference.to_bytes(3)
    return Unitdata(
        message_type=MessageType.XUDT,
        protocol_class=1,
        hop_counter=15,
        called=b"\xc1\x06",
        calling=calling,
        data=data,
        optional=(OptionalParameter(OptionalName.SEGMENTATION, segmentation),),
    )


def segments(
    pieces: list[bytes], reference: int = 1, calling: bytes = b"\xc1\x08"
) -> list[Unitdata]:
    last = len(pieces) - 1
    return [
        segment(
            piece,
            first=number == 0,
            remaining=last - number,
            reference=reference,
            calling=calling,
        )
        for number, piece in enumerate(pieces)
    ]


PIECES: Final = st.lists(st.binary(max_size=8), min_size=1, max_size=SEGMENTS_MAX)


@given(PIECES)
def test_data_is_whole_with_its_last_segment_and_not_before(pieces: list[bytes]) -> None:
    reassembler = Reassembler()
    taken = [reassembler.take(each, now=0.0) for each in segments(pieces)]
    assert taken == [None] * (len(pieces) - 1) + [b"".join(pieces)]


@given(st.lists(PIECES, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_messages_may_come_interleaved(messages: list[list[bytes]], random: Random) -> None:
    """References tell them apart, and for one reference the senders."""
    left = [
        segments(pieces, reference=number // 2, calling=bytes([0xC1, number % 2]))
        for number, pieces in enumerate(messages)
    ]
    reassembler, whole = Reassembler(), [b""] * len(messages)
    while any(left):
        number = random.choice([number for number, rest in enumerate(left) if rest])
        data = reassembler.take(left[number].pop(0), now=0.0)
        assert (data is None) == bool(left[number])
        whole[number] = data or b""
    assert whole == [b"".join(pieces) for pieces in messages]


def refused(reassembler: Reassembler, message: Unitdata, now: float = 0.0) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        reassembler.take(message, now=now)
    return caught.value


def test_a_segment_without_a_first_one_is_refused() -> None:
    _, second = segments([b"A", b"B"])
    error = refused(Reassembler(), second)
    assert (error.counted_as, error.field) == ("sccp_segment_malformed", "segmentation")


@pytest.mark.parametrize("order", [(0, 2), (0, 1, 1), (0, 0, 2)])
def test_a_segment_out_of_order_is_refused_and_its_message_lost(order: tuple[int, ...]) -> None:
    three = segments([b"A", b"B", b"C"])
    reassembler = Reassembler()
    for number in order[:-1]:
        assert reassembler.take(three[number], now=0.0) is None
    refused(reassembler, three[order[-1]])
    refused(reassembler, three[2])
    assert [reassembler.take(each, now=0.0) for each in three] == [None, None, b"ABC"]


def test_a_repeated_first_segment_begins_again() -> None:
    reassembler = Reassembler()
    first, second = segments([b"A", b"B"])
    assert reassembler.take(first, now=0.0) is None
    assert reassembler.take(first, now=0.0) is None
    assert reassembler.take(second, now=0.0) == b"AB"


def test_a_complete_message_is_forgotten() -> None:
    reassembler = Reassembler()
    first, second = segments([b"A", b"B"])
    reassembler.take(first, now=0.0)
    assert reassembler.take(second, now=0.0) == b"AB"
    refused(reassembler, second)


def test_a_message_not_complete_in_time_is_lost() -> None:
    first, second = segments([b"A", b"B"])
    reassembler = Reassembler()
    reassembler.take(first, now=100.0)
    assert reassembler.take(second, now=100.0 + T_REASSEMBLY) == b"AB"
    reassembler.take(first, now=200.0)
    refused(reassembler, second, now=200.0 + T_REASSEMBLY + 0.001)


def test_the_time_runs_from_the_first_segment() -> None:
    first, second, third = segments([b"A", b"B", b"C"])
    reassembler = Reassembler(t_reassembly=2.0)
    reassembler.take(first, now=0.0)
    reassembler.take(second, now=1.5)
    refused(reassembler, third, now=2.5)


def test_of_too_many_messages_the_oldest_makes_room() -> None:
    reassembler = Reassembler()
    begun = [segments([b"A", b"B"], reference=number) for number in range(MESSAGES_MAX + 1)]
    for first, _ in begun:
        assert reassembler.take(first, now=0.0) is None
    refused(reassembler, begun[0][1])
    assert {reassembler.take(second, now=0.0) for _, second in begun[1:]} == {b"AB"}


@pytest.mark.parametrize("length", [0, 1, 3, 5])
def test_a_segmentation_of_other_than_four_octets_is_refused(length: int) -> None:
    odd = OptionalParameter(OptionalName.SEGMENTATION, b"\x80\0\0\1\0"[:length])
    message = Unitdata(
        message_type=MessageType.XUDT,
        hop_counter=1,
        called=b"",
        calling=b"",
        data=b"",
        optional=(odd,),
    )
    assert f"segmentation of {length} octets" in str(refused(Reassembler(), message))


def test_a_message_without_segmentation_is_no_segment() -> None:
    message = Unitdata(called=b"", calling=b"", data=b"A")
    assert not is_segment(message)
    refused(Reassembler(), message)


def test_of_too_many_octets_the_oldest_make_room() -> None:
    whole = b"x" * (OCTETS_MAX // 4)
    begun = [segments([whole, b"B"], reference=number) for number in range(6)]
    reassembler = Reassembler()
    for first, _ in begun:
        assert reassembler.take(first, 0.0) is None
    for _, last in begun[2:]:
        assert reassembler.take(last, 0.0) == whole + b"B"
    with pytest.raises(DecodeError):
        reassembler.take(begun[0][1], 0.0)
