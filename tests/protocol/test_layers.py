"""The layer that octets begin with is told by looking at them."""

from __future__ import annotations

import pytest

from is41.layers import Layer, layer_of
from messages import layered_vectors


@pytest.mark.parametrize(("octets", "layer"), layered_vectors())
def test_a_vector_is_told_by_its_first_octets(octets: bytes, layer: Layer) -> None:
    assert layer_of(octets) is layer


@pytest.mark.parametrize(
    ("octets", "layer"),
    [
        ("", None),
        ("61", Layer.TCAP),  # ITU-T's, which `read` refuses by name
        ("F6 00", Layer.TCAP),
        ("14", Layer.SCCP),
        ("B3 28140A 1E140A 05 11", Layer.MTP3),
        ("83 28140A 1E140A 05", None),  # nothing behind the label
        ("83 28140A 1E140A 05 01", None),  # no connectionless message behind it
        ("85 28140A 1E140A 05 09", None),  # another user's
        ("54414C49 7363637000", None),
    ],
)
def test_other_octets_are_told_by_what_ss7_would_begin_with(
    octets: str, layer: Layer | None
) -> None:
    assert layer_of(bytes.fromhex(octets)) is layer
