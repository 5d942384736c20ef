"""RFC 1613: the kernels tell XOT packets and the layer in them as the grammars do."""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import Is41Error
from is41.kernel import OCTETS, kernel
from is41.layers import layer_of
from is41.x25 import packets
from is41.x25.codes import PacketType
from is41.xot.framing import (
    DATA,
    MORE_DATA,
    QUALIFIED,
    RESTARTS,
    SUPERVISION,
    data_of,
    layer_at,
    message_length,
)
from is41.xot.messages import Message
from messages import mutated

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How many mutations to compare, as in test_scan.
MUTATIONS: Final = int(os.environ.get("IS41_MUTATIONS", "100000"))
RESTARTING: Final = {PacketType.CALL, PacketType.RESET, PacketType.RESTART}


@kernel((int, int, int, int), OCTETS)
def view(octets: NDArray[np.uint8]) -> tuple[int, int, int, int]:
    meaning, start = data_of(octets, 4, octets.size)
    length = message_length(octets, 0, octets.size, aligned=True)
    strict = message_length(octets, 0, octets.size, aligned=False)
    return meaning, start, length, strict


@kernel(int, OCTETS)
def layer(octets: NDArray[np.uint8]) -> int:
    return layer_at(octets, 0, octets.size)


def viewed(text: str) -> tuple[int, int, int, int]:
    return view(np.frombuffer(bytes.fromhex(text), np.uint8))


def test_data_are_told_in_both_modulos() -> None:
    assert viewed("0000 0005 1001 00 E200") == (DATA, 7, 9, 9)
    assert viewed("0000 0005 1001 10 E200") == (MORE_DATA, 7, 9, 9)
    assert viewed("0000 0006 2001 0201 E200") == (MORE_DATA, 8, 10, 10)
    assert viewed("0000 0006 2001 0200 E200") == (DATA, 8, 10, 10)
    assert viewed("0000 0005 9001 00 E200")[0] == QUALIFIED


def test_where_no_header_is_known_to_stand_a_packet_must_look_like_one() -> None:
    assert viewed("0000 0003 1001 21")[2:] == (7, 7)  # RR
    assert viewed("0000 0003 3001 21")[2:] == (7, -1)  # no such modulo
    assert viewed("0000 0003 1001 2F")[2:] == (7, -1)  # no such type
    assert viewed("0001 0003 1001 21")[2:] == (-1, -1)


@given(st.binary(max_size=12))
def test_the_layer_is_that_of_layer_of(octets: bytes) -> None:
    expected = layer_of(octets)
    assert layer(np.frombuffer(octets, np.uint8)) == (-1 if expected is None else expected)


def meant(packet: packets.Packet, end: int) -> tuple[int, int]:
    """What the grammar says the packet means, and where its data begin in octets up to *end*."""
    if isinstance(packet, packets.Data):
        meaning = QUALIFIED if packet.q else MORE_DATA if packet.m else DATA
        return meaning, end - len(packet.user_data)
    restarts = isinstance(packet, packets.Clear) or packet.packet_type in RESTARTING
    return (RESTARTS if restarts else SUPERVISION), end


def test_mutations_of_valid_packets_are_read_alike() -> None:
    random = Random(1)
    valid = [
        Message(packet.encode()).encode()
        for modulo in (8, 128)
        for packet in (
            packets.Data(lcn=1, modulo=modulo, m=True, user_data=b"\xe2" * 9),
            packets.Data(lcn=4095, modulo=modulo, p_s=5, p_r=3, user_data=b"\x09\0"),
            packets.FlowControl(lcn=1, modulo=modulo, p_r=2),
            packets.Reset(packet_type=PacketType.RESET, lcn=1, modulo=modulo, cause=0),
            packets.Reset(packet_type=PacketType.RESTART, lcn=0, modulo=modulo, cause=7),
        )
    ]
    read = 0
    for _ in range(MUTATIONS):
        octets = mutated(random.choice(valid), random)
        try:
            packet = packets.decode(Message.decode(octets).packet)
        except Is41Error:
            continue
        read += 1
        found = view(np.frombuffer(octets, np.uint8))
        end = len(octets)
        assert found == (*meant(packet, end), end, end), octets.hex()
    assert read > MUTATIONS // 10
