"""X.25 §4.3 and §4.4: runs of data packets, by the kernel and by the grammar."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from is41.layers import Layer, layer_of
from is41.scan import Frames
from is41.x25 import packets as x25
from is41.x25.flow import Receiver, Terms
from is41.x25.packets import Data, FlowControl
from is41.xot.messages import Message
from is41.xot.run import data_run

REGNOT = bytes.fromhex("E203C70100")
UNITDATA = bytes.fromhex("090003050702C10602C10805E203C70100")
FEW = 9


def stream(*packets: x25.Packet) -> bytes:
    return b"".join(Message(packet.encode()).encode() for packet in packets)


def data(p_s: int, octets: bytes = REGNOT, *, modulo: int = 8, p_r: int = 0, **bits: bool) -> Data:
    return Data(lcn=1, modulo=modulo, p_s=p_s, p_r=p_r, user_data=octets, **bits)


def run(
    octets: bytes,
    *,
    modulo: int = 8,
    p_s: int = 0,
    room: int = 7,
    acknowledged: int = 0,
    outstanding: int = 0,
) -> tuple[int, list[tuple[int, bytes]], int]:
    """Where the run ends, layers and messages, and what is outstanding then."""
    buffer, frames = np.frombuffer(octets, np.uint8), Frames.empty(FEW)
    at, count, left = data_run(
        buffer, 0, buffer.size, modulo, 32, p_s, room, acknowledged, outstanding, frames, 0
    )
    places = zip(frames.layer[:count], frames.start[:count], frames.end[:count], strict=True)
    return at, [(layer, octets[start:end]) for layer, start, end in places], left


@pytest.mark.parametrize("modulo", [8, 128])
def test_packets_that_are_due_are_messages_where_they_lie(modulo: int) -> None:
    octets = stream(
        data(modulo - 1, modulo=modulo, p_r=2),
        data(0, UNITDATA, modulo=modulo, d=True, p_r=3),
        data(1, modulo=modulo, p_r=4),
    )
    found = run(octets, modulo=modulo, p_s=modulo - 1, acknowledged=2, outstanding=2)
    assert found == (
        len(octets),
        [(Layer.TCAP, REGNOT), (Layer.SCCP, UNITDATA), (Layer.TCAP, REGNOT)],
        0,
    )


@pytest.mark.parametrize(
    "packet",
    [
        data(1, m=True),
        data(1, q=True),
        data(2),
        data(0),
        data(1, p_r=1),
        data(1, b""),
        data(1, b"what is this?"),
        data(1, REGNOT + bytes(28)),
        data(1, modulo=128),
        FlowControl(lcn=1, p_r=0),
    ],
)
def test_what_the_grammar_must_look_at_is_left_to_it(packet: x25.Packet) -> None:
    before = stream(data(0))
    assert run(before + stream(packet, data(2))) == (len(before), [(Layer.TCAP, REGNOT)], 0)


def test_a_cut_packet_is_left_for_later() -> None:
    octets = stream(data(0), data(1))
    for cut in range(len(octets) // 2, len(octets)):
        assert run(octets[:cut])[0] == len(octets) // 2


def test_a_run_ends_with_the_window_or_the_frames() -> None:
    octets = stream(*(data(number % 8) for number in range(20)))
    packet = len(octets) // 20
    assert run(octets, room=2)[0] == 2 * packet
    assert run(octets, room=20)[0] == FEW * packet


@settings(max_examples=300)
@given(
    st.sampled_from([8, 128]),
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 0xFF)), max_size=3),
    st.integers(0, 3),
)
def test_what_the_kernel_takes_the_grammar_takes_alike(
    modulo: int, changes: list[tuple[int, int]], outstanding: int
) -> None:
    octets = bytearray(stream(*(data(p_s, UNITDATA, modulo=modulo, p_r=p_s) for p_s in range(3))))
    for at, octet in changes:
        octets[at % len(octets)] = octet
    at, found, left = run(bytes(octets), modulo=modulo, outstanding=outstanding)
    receiver, taken, p_r = Receiver(Terms(modulo, 7, 7, 32, 32)), 0, 0
    while taken < at:
        length = int.from_bytes(octets[taken + 2 : taken + 4])
        packet = x25.decode(Message.decode(bytes(octets[taken : taken + 4 + length])).packet)
        assert isinstance(packet, Data)
        receiver.take(packet)
        assert (packet.q, packet.m, packet.modulo) == (False, False, modulo)
        assert found.pop(0) == (layer_of(packet.user_data), packet.user_data)
        taken, p_r = taken + 4 + length, packet.p_r
    assert (found, left) == ([], outstanding - p_r)
