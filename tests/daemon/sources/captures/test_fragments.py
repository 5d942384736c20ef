"""IP fragments (RFC 791, RFC 8200 §4.5): whole packets out of any order, bounded."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.lab.carriers import ipv4, ipv6
from clonewatch.sources.captures.fragments import WAIT_MS_MAX, WAITING_MAX, Fragments

PAYLOAD = bytes(range(256)) * 4


def fragments(
    payload: bytes, size: int, *, version: int = 4, identification: int = 1
) -> list[bytes]:
    found = []
    for at in range(0, len(payload), size):
        more, part = at + size < len(payload), payload[at : at + size]
        if version == 4:
            flags = at // 8 | (0x2000 if more else 0)
            found.append(ipv4(132, part, flags=flags, identification=identification))
        else:
            head = bytes((132, 0)) + (at | more).to_bytes(2) + identification.to_bytes(4)
            found.append(ipv6(44, head + part))
    return found


def payload_of(packet: bytes) -> bytes:
    return packet[20:] if packet[0] >> 4 == 4 else packet[48:]


@given(
    size=st.integers(1, 60),
    version=st.sampled_from([4, 6]),
    seed=st.integers(0, 999),
    repeated=st.booleans(),
)
def test_any_order_and_any_repeat_give_the_packet_once(
    size: int,
    version: int,
    seed: int,
    repeated: bool,  # noqa: FBT001
) -> None:
    pieces = fragments(PAYLOAD, size * 8 + 64, version=version)
    order = pieces * 2 if repeated and len(pieces) > 1 else list(pieces)
    random.Random(seed).shuffle(order)
    taken = Fragments()
    whole = [packet for piece in order if (packet := taken.take(piece, 0)) is not None]
    assert payload_of(whole[0]) == PAYLOAD
    assert whole[0][6 if version == 6 else 9] in (0, 132)


@pytest.mark.parametrize("version", [4, 6])
def test_what_never_becomes_whole_is_dropped_and_counted(version: int) -> None:
    taken = Fragments()
    pieces = fragments(PAYLOAD, 512, version=version)
    assert taken.take(pieces[0], 0) is None
    assert (
        taken.take(fragments(PAYLOAD, 512, version=version, identification=2)[0], WAIT_MS_MAX + 1)
        is None
    )
    assert taken.dropped == 1
    assert taken.take(pieces[1], WAIT_MS_MAX + 2) is None
    taken.finish()
    assert taken.dropped == 3


def test_a_packet_of_two_lengths_is_dropped_and_counted_once() -> None:
    taken = Fragments()
    for payload in (PAYLOAD[:600], PAYLOAD):
        assert taken.take(fragments(payload, 512)[1], 0) is None
    assert taken.dropped == 1
    taken.finish()
    assert taken.dropped == 1


def test_only_so_many_wait() -> None:
    taken = Fragments()
    for number in range(WAITING_MAX + 10):
        taken.take(fragments(PAYLOAD, 512, identification=number)[0], 0)
    assert taken.dropped == 10


@settings(max_examples=500)
@given(st.binary(max_size=80), st.integers(0, 60))
def test_no_octets_crash_it(octets: bytes, at: int) -> None:
    taken = Fragments()
    for piece in (*fragments(PAYLOAD, 512), *fragments(PAYLOAD, 512, version=6)):
        taken.take(piece[:at] + octets + piece[at + len(octets) :], 0)
    taken.take(octets, 0)
    taken.finish()
    assert taken.dropped <= 5  # each of the five is in one packet at most
    whole = [taken.take(piece, 0) for piece in fragments(PAYLOAD, 512)]
    assert whole[0] is None
    assert whole[1] is not None
    assert payload_of(whole[1]) == PAYLOAD
