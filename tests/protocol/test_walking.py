"""T1.111.4, T1.112.3, T1.114.3: where the parts of a message lie, or that it is handed over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from is41.ber import read_element
from is41.errors import DecodeError
from is41.layers import Layer
from is41.walking import HANDED_OVER, NO_SCCP, component_ids, components, element, number, package
from messages import vectors


def octets_of(octets: bytes) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(octets, np.uint8)


TAGS = st.sampled_from([b"\xe2", b"\xc7", b"\x9f\x81\x02", b"\xbf\x82\x07"])
MADE = st.builds(
    lambda tag, before, held, more: (
        tag + before + len(held).to_bytes(before[0] & 7 if before else 1) + held + more
    ),
    TAGS,
    st.sampled_from([b"", b"\x81", b"\x82", b"\x84", b"\x85"]),  # what tells of a long length
    st.binary(max_size=12),
    st.binary(max_size=3),
)


@given(MADE | st.binary(max_size=12))
def test_an_element_of_definite_length_is_read_as_the_grammars_read_it(octets: bytes) -> None:
    tag, start, end = element(octets_of(octets), 0, len(octets))
    try:
        expected = read_element(octets, 0, len(octets))
    except DecodeError:
        assert start == HANDED_OVER
        return
    if start == HANDED_OVER:
        assert octets[1:].find(b"\x80") >= 0  # an indefinite length is left to the grammars
    else:
        assert (tag, start, end) == (expected.tag, expected.start, expected.end)


def test_octets_are_one_number_the_first_one_high() -> None:
    assert number(octets_of(bytes.fromhex("00 01 02 03")), 1, 4) == 0x010203


@pytest.mark.parametrize(
    ("octets", "after"),
    [("CF 01 07 D1", 3), ("CF 00 D1", 2), ("D1 02", 0), ("CF 03 01 02 03", HANDED_OVER), ("", 0)],
)
def test_component_ids_are_passed(octets: str, after: int) -> None:
    given = bytes.fromhex(octets)
    assert component_ids(octets_of(given), 0, len(given)) == after


def test_a_package_is_found_from_every_layer() -> None:
    for name, layer in (
        ("tcap_regnot_inv_min", Layer.TCAP),
        ("sccp_udt_regnot_inv_min", Layer.SCCP),
        ("mtp3_regnot_inv_min", Layer.MTP3),
    ):
        octets = next(iter(vectors(name).values()))
        start, end = package(octets_of(octets), 0, len(octets), layer)
        assert octets[start] == 0xE2
        found, ids, transaction_id = components(octets_of(octets), start, end)
        assert (octets[found], ids) == (0xE9, 1)
        assert transaction_id == int.from_bytes(octets[start + 4 : start + 8])


def test_another_users_message_holds_no_package() -> None:
    octets = bytes.fromhex("85 01 02 03 04 05 06 07 01")  # ISUP
    assert package(octets_of(octets), 0, len(octets), Layer.MTP3)[0] == NO_SCCP
    assert package(octets_of(octets), 0, 5, Layer.MTP3)[0] == HANDED_OVER


def test_a_package_without_components_ends_where_they_would_start() -> None:
    octets = bytes.fromhex("E4 06 C7 04 00000007")
    assert components(octets_of(octets), 0, len(octets)) == (len(octets), 1, 7)
