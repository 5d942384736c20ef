"""X.25 annex E: which diagnostic code says what is wrong."""

from __future__ import annotations

import pytest

from is41.errors import DecodeError
from is41.x25.codes import Diagnostic
from is41.x25.faults import fault, unreadable
from is41.x25.packets import decode


@pytest.mark.parametrize(
    ("octets", "diagnostic"),
    [
        ("1001", Diagnostic.TOO_SHORT),
        ("10011B", Diagnostic.TOO_SHORT),
        ("200100", Diagnostic.TOO_SHORT),
        ("300100", Diagnostic.INVALID_FORMAT),
        ("000100", Diagnostic.INVALID_FORMAT),
        ("10010D", Diagnostic.UNIDENTIFIABLE),
        ("10010B 00 02 4307", Diagnostic.FACILITY_PARAMETER),
    ],
)
def test_a_packet_that_cannot_be_read_has_a_diagnostic(octets: str, diagnostic: Diagnostic) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(bytes.fromhex(octets))
    assert unreadable(caught.value).diagnostic == diagnostic


def test_a_fault_says_what_is_wrong_in_words() -> None:
    found = fault(Diagnostic.INVALID_P_S, "P(S) is 2, not 1", "p_s", "X.25 §4.4")
    assert (found.diagnostic, found.error.counted_as) == (1, "x25_malformed")
    assert str(found) == "x25 p_s, octet 0: P(S) is 2, not 1 (X.25 §4.4)"
