"""RFC 4666 §3, RFC 3331 §3, RFC 4165 §2, RFC 3868 §3: the kernels' view agrees with the grammars."""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import Is41Error
from is41.kernel import OCTETS, kernel
from is41.m2pa import messages as m2pa
from is41.m2ua.messages import Message as M2uaMessage
from is41.m3ua.messages import Message as M3uaMessage
from is41.sigtran import Carrier, payload_of
from is41.sua import messages as sua
from is41.sua.codes import Connectionless
from messages import mutated

if TYPE_CHECKING:
    from numpy.typing import NDArray

# How many mutations to compare, as in test_scan.
MUTATIONS: Final = int(os.environ.get("IS41_MUTATIONS", "100000"))


@kernel((int, int), OCTETS, int)
def payload(octets: NDArray[np.uint8], carrier: int) -> tuple[int, int]:
    return payload_of(octets, 0, octets.size, carrier)


def through_the_kernel(octets: bytes, carrier: Carrier) -> bytes | None:
    start, end = payload(np.frombuffer(octets, np.uint8), int(carrier))
    return None if start < 0 else octets[start:end]


def through_the_grammar(octets: bytes, carrier: Carrier) -> bytes | None:
    """The message carried; None where there is none of ours. Raises Is41Error."""
    if carrier is Carrier.M3UA:
        data = M3uaMessage.decode(octets).protocol_data()
        return data.data if data is not None and data.si == 3 else None
    if carrier is Carrier.M2UA:
        message = M2uaMessage.decode(octets)
        # The rarer messages that carry an MSU are not for the kernel.
        return message.msu() if message.kind == (6, 1) else None
    if carrier is Carrier.M2PA:
        unit = m2pa.decode(octets)
        return unit.msu or None if isinstance(unit, m2pa.UserData) else None
    common = sua.Message.decode(octets)
    unitdata = sua.Unitdata.of(common)
    return (
        unitdata.data
        if unitdata is not None and common.message_type == Connectionless.CLDT
        else None
    )


GOOD = {
    Carrier.M3UA: "01000101 00000028 00060008 00000001 02100015 000A141E 000A1428 03020005 09ABCDEF11 000000",
    Carrier.M2UA: "01000601 0000001C 00010008 00000001 0300000A 83010203 0405 0000",
    Carrier.M2PA: "01000B01 00000017 00000001 00000002 00 83 010203 0405",
    Carrier.SUA: "01000701 00000030 01150008 00000000 0102000C 00020001 80030008"
    "0103000C 00020001 80030008 010B0007 E20100 00",
}


@pytest.mark.parametrize("carrier", GOOD)
def test_the_message_is_found_where_the_grammar_finds_it(carrier: Carrier) -> None:
    octets = bytes.fromhex(GOOD[carrier])
    found = through_the_kernel(octets, carrier)
    assert found
    assert through_the_grammar(octets, carrier) == found


@given(st.data(), st.sampled_from(sorted(GOOD)))
def test_what_the_grammar_reads_the_kernel_reads_alike(
    data: st.DataObject, carrier: Carrier
) -> None:
    octets = bytes.fromhex(GOOD[carrier])
    at = data.draw(st.integers(0, len(octets) - 1))
    octets = octets[:at] + data.draw(st.binary(min_size=1, max_size=3)) + octets[at + 1 :]
    found = through_the_kernel(octets, carrier)
    try:
        meant = through_the_grammar(octets, carrier)
    except Is41Error:
        return  # the kernel is as lenient as it can be, and what it finds is read by grammars
    assert found == meant


def test_of_two_kinds_of_data_in_m2ua_the_second_has_a_length_before_the_msu() -> None:
    japan = bytes.fromhex("01000601 0000001C 00010008 00000001 0301000B 06 83010203 0405 00")
    both = bytes.fromhex("01000601 0000001C 0301000B 06 83010203 0405 00 03000008 85010203")
    twice = bytes.fromhex("01000601 0000001C 03010008 00000001 0301000A 83 00 02030405 0000")
    empty = bytes.fromhex("01000601 0000000C 03010004")
    for octets, msu in (
        (japan, "83010203 0405"),
        (both, "85010203"),
        (twice, "000001"),
        (empty, ""),
    ):
        assert through_the_kernel(octets, Carrier.M2UA) == bytes.fromhex(msu)
        assert through_the_grammar(octets, Carrier.M2UA) == bytes.fromhex(msu)


def test_mutations_of_valid_messages_are_read_alike() -> None:
    random = Random(1)
    valid = [(carrier, bytes.fromhex(text)) for carrier, text in GOOD.items()]
    read = 0
    for _ in range(MUTATIONS):
        carrier, octets = random.choice(valid)
        octets = mutated(octets, random)
        try:
            meant = through_the_grammar(octets, carrier)
        except Is41Error:
            continue
        read += 1
        assert through_the_kernel(octets, carrier) == meant, (carrier.name, octets.hex())
    assert read > MUTATIONS // 10


@given(
    st.binary(max_size=60), st.sampled_from([Carrier.M3UA, Carrier.M2UA, Carrier.M2PA, Carrier.SUA])
)
def test_any_octets_lie_within_or_are_none(octets: bytes, carrier: Carrier) -> None:
    start, end = payload(np.frombuffer(octets, np.uint8), int(carrier))
    assert start < 0 or start <= end <= len(octets)
