"""RFC 3094 §3, messages in a stream: any cut, any beginning, garbage between them."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from is41.errors import DecodeError, Truncated
from is41.layers import Layer
from is41.scan import Frames
from is41.tali.codes import HEADER_LENGTH, LENGTHS, SYNC, Opcode
from is41.tali.framing import (
    MESSAGE_LENGTH_MAX,
    MESSAGES_OTHER,
    OCTETS_SKIPPED,
    SYNCS_LOST,
    service_run,
    split,
)
from is41.tali.messages import Message
from messages import TALI_MESSAGES, TESTS, mutated, read_slowly, vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

LAYERS: Final = {Opcode.SCCP: Layer.SCCP, Opcode.MTP3: Layer.MTP3, Opcode.SAAL: Layer.MTP3}
# How many mutations to compare: a tenth of those in test_scan, each being a stream.
MUTATIONS: Final = int(os.environ.get("IS41_MUTATIONS", "100000")) // 10
GARBAGE: Final = st.binary(max_size=12) | st.sampled_from(
    [
        b"T",
        b"TAL",
        SYNC,
        b"TATALI",
        b"TALItest",
        b"TALIsccp\0",
        b"TALIsccp\xff\xff",
        b"TALIsccp\x0c\0",
        b"TALIxxxx\0\0",
        b"TALItest\1\0",
    ]
)
STREAMS: Final = st.lists(
    TALI_MESSAGES.map(Message.encode) | GARBAGE | st.just(Message(Opcode.TEST).encode()), max_size=6
).map(b"".join)


class Found(NamedTuple):
    """What is in a stream: the messages for us, what is left of it, what was counted."""

    messages: list[tuple[Layer, bytes]]
    rest: bytes
    syncs_lost: int
    octets_skipped: int
    messages_other: int


def found_slowly(stream: bytes) -> Found:
    """Take a message off the front, or an octet."""
    messages, lost, skipped, others, aligned = [], 0, 0, 0, True
    while stream:
        try:
            message = first_message(stream)
        except Truncated:
            break
        except DecodeError:
            lost += aligned
            skipped += 1
            aligned = False
            stream = stream[1:]
            continue
        aligned = True
        stream = stream[len(message.encode()) :]
        if message.opcode in LAYERS:
            messages.append((LAYERS[message.opcode], message.payload))
        else:
            others += 1
    return Found(messages, stream, lost, skipped, others)


def first_message(stream: bytes) -> Message:
    if len(stream) < HEADER_LENGTH and not (SYNC.startswith(stream) or stream.startswith(SYNC)):
        raise DecodeError("no sync", what="tali", field="sync", clause="RFC 3094 §3")
    length = int.from_bytes(stream[8:HEADER_LENGTH], "little")
    return Message.decode(stream[: HEADER_LENGTH + length])


def found_by_kernel(pieces: Sequence[bytes], room: int | None = None) -> Found:
    """Give the stream piece by piece, each behind what was left of those before it."""
    messages, rest, aligned = [], b"", True
    tally = np.zeros(3, np.int64)
    for packet, piece in enumerate(pieces):
        octets = np.frombuffer(rest + piece, np.uint8)
        frames = Frames.empty(room or octets.size // HEADER_LENGTH + 1)
        at, count = 0, 1
        while count:
            at, count, aligned = split(
                octets, at, octets.size, 1000 + packet, packet, aligned, frames, tally
            )
            for frame in range(count):
                assert frames.time[frame] == 1000 + packet
                assert frames.packet[frame] == packet
                payload = octets[frames.start[frame] : frames.end[frame]].tobytes()
                messages.append((Layer(frames.layer[frame]), payload))
        rest = octets[at:].tobytes()
    counts = (int(tally[each]) for each in (SYNCS_LOST, OCTETS_SKIPPED, MESSAGES_OTHER))
    return Found(messages, rest, *counts)


def cut(stream: bytes, cuts: Sequence[int]) -> list[bytes]:
    places = [0, *sorted(min(each, len(stream)) for each in cuts), len(stream)]
    return [stream[start:end] for start, end in pairwise(places)]


@settings(deadline=None)
@given(STREAMS, st.lists(st.integers(0, 200), max_size=6))
def test_any_stream_however_cut_is_split_as_it_would_be_slowly(
    stream: bytes, cuts: list[int]
) -> None:
    assert found_by_kernel(cut(stream, cuts)) == found_slowly(stream)


@settings(deadline=None)
@given(STREAMS)
def test_an_octet_at_a_time_the_same_is_found(stream: bytes) -> None:
    assert found_by_kernel([bytes([octet]) for octet in stream]) == found_slowly(stream)


@settings(deadline=None)
@given(STREAMS, st.integers(1, 3))
def test_with_room_for_few_frames_the_same_is_found(stream: bytes, room: int) -> None:
    assert found_by_kernel([stream], room) == found_slowly(stream)


@settings(deadline=None)
@given(st.lists(st.tuples(st.binary(max_size=30), TALI_MESSAGES), max_size=5))
def test_garbage_is_skipped_and_counted_and_no_message_lost(
    pieces: list[tuple[bytes, Message]],
) -> None:
    cleaned = [(garbage.replace(b"T", b""), message) for garbage, message in pieces]
    found = found_by_kernel([garbage + message.encode() for garbage, message in cleaned])
    assert found == Found(
        messages=[
            (LAYERS[each.opcode], each.payload) for _, each in cleaned if each.opcode in LAYERS
        ],
        rest=b"",
        syncs_lost=sum(bool(garbage) for garbage, _ in cleaned),
        octets_skipped=sum(len(garbage) for garbage, _ in cleaned),
        messages_other=sum(each.opcode not in LAYERS for _, each in cleaned),
    )


@settings(deadline=None)
@given(st.lists(TALI_MESSAGES, min_size=2, max_size=4), st.data())
def test_begun_inside_a_message_the_next_one_is_found(
    messages: list[Message], data: st.DataObject
) -> None:
    def clean(message: Message) -> bytes:
        return Message(message.opcode, message.payload.replace(b"T", b"t")).encode()

    first, *others = map(clean, messages)
    begun = data.draw(st.integers(1, len(first)))
    found = found_by_kernel([first[begun:] + b"".join(others)])
    whole = found_by_kernel([b"".join(others)])
    assert found.messages == whole.messages
    assert found.octets_skipped == len(first) - begun
    assert found.syncs_lost == (begun < len(first))


@settings(deadline=None)
@given(STREAMS, st.integers(1, 3))
def test_a_run_of_service_messages_ends_before_anything_else(stream: bytes, room: int) -> None:
    expected: list[tuple[Layer, bytes]] = []
    left = stream
    while left and len(expected) < room:
        try:
            message = first_message(left)
        except DecodeError:
            break
        if message.opcode not in LAYERS:
            break
        expected.append((LAYERS[message.opcode], message.payload))
        left = left[len(message.encode()) :]
    octets, frames = np.frombuffer(b"TA" + stream, np.uint8), Frames.empty(room + 1)
    at, count = service_run(octets, 2, octets.size, frames, 1)  # behind the one already there
    assert octets[at:].tobytes() == left
    lying = zip(frames.layer[1:count], frames.start[1:count], frames.end[1:count], strict=True)
    assert [(layer, octets[start:end].tobytes()) for layer, start, end in lying] == expected


def test_a_stream_said_to_begin_anywhere_loses_no_sync() -> None:
    octets = np.frombuffer(b"cd\0\0" + vectors("tali_test")["tali_test"], np.uint8)
    for aligned, lost in ((True, 1), (False, 0)):
        tally = np.zeros(3, np.int64)
        left = split(octets, 0, octets.size, 0, 0, aligned, Frames.empty(1), tally)
        assert left == (octets.size, 0, True)
        assert tally.tolist() == [lost, 4, 1]


def test_only_the_octets_of_the_run_are_read() -> None:
    whole = vectors("tali_sccp_regnot")["tali_sccp_regnot"]
    octets = np.frombuffer(b"TALI" + whole + whole, np.uint8)
    frames, tally = Frames.empty(3), np.zeros(3, np.int64)
    for end in range(4, 4 + len(whole)):
        assert split(octets, 4, end, 0, 0, True, frames, tally) == (4, 0, True)
    end = 4 + len(whole)
    assert split(octets, 4, end, 0, 0, True, frames, tally) == (end, 1, True)
    assert (frames.start[0], frames.end[0]) == (4 + HEADER_LENGTH, end)
    assert tally.tolist() == [0, 0, 0]


@pytest.mark.parametrize("name", ["tali_sccp_regnot", "tali_mtp3_regnot"])
def test_the_frames_of_the_vectors_hold_a_regnot(name: str) -> None:
    ((layer, octets),) = found_by_kernel([vectors(name)[name]]).messages
    assert len(read_slowly(octets, layer) or ()) == 1


@pytest.mark.parametrize("opcode", Opcode)
def test_a_length_its_opcode_does_not_allow_is_no_header(opcode: Opcode) -> None:
    least, most = LENGTHS[opcode]
    for length in {least, most, least - 1, most + 1} - {-1}:
        octets = SYNC + opcode.value + length.to_bytes(2, "little") + bytes(length)
        allowed = least <= length <= most
        found = found_by_kernel([octets])
        assert found.octets_skipped == (0 if allowed else len(octets))
        assert len(found.messages) + found.messages_other == allowed


def test_no_message_is_longer_than_the_limit_says() -> None:
    longest = max(Opcode, key=lambda opcode: LENGTHS[opcode][1])
    message = Message(longest, bytes(LENGTHS[longest][1]))
    assert len(message.encode()) == MESSAGE_LENGTH_MAX


def pieces_for_both() -> list[bytes]:
    whole = vectors("tali")
    stream = b"li" + b"TAL".join(whole.values()) + b"TALIsccp\xff\xff" + b"".join(whole.values())
    return cut(stream, range(7, len(stream), 7))


def test_without_jit_the_kernel_says_the_same() -> None:
    script = "from test_framing import *; print(found_by_kernel(pieces_for_both()))"
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        check=True,
        capture_output=True,
        env={
            **os.environ,
            "NUMBA_DISABLE_JIT": "1",
            "PYTHONPATH": os.pathsep.join([str(TESTS / "protocol/tali"), str(TESTS / "support")]),
        },
        text=True,
    )
    found = found_by_kernel(pieces_for_both())
    assert finished.stdout.strip() == str(found)
    assert found.messages
    assert found.syncs_lost


def test_mutations_of_valid_streams_are_split_alike() -> None:
    random = Random(1)
    opcodes = [*LAYERS, Opcode.TEST]
    valid = [
        Message(opcode, bytes(length)).encode()
        for opcode in opcodes
        for length in {LENGTHS[opcode][0], min(LENGTHS[opcode][0] + 9, LENGTHS[opcode][1])}
    ]
    found = 0
    for _ in range(MUTATIONS):
        stream = mutated(b"".join(random.choices(valid, k=3)), random)
        split_up = found_by_kernel([stream])
        assert split_up == found_slowly(stream), stream.hex()
        found += len(split_up.messages)
    assert found > MUTATIONS // 10
