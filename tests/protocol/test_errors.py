"""The tree of errors: what a fault says, and what it is counted as."""

from __future__ import annotations

import pytest

from is41.errors import DecodeError, EncodeError, Is41Error, Truncated, Unsupported


@pytest.mark.parametrize(
    ("kind", "counted_as"),
    [
        (DecodeError, "tcap_malformed"),
        (Truncated, "tcap_truncated"),
        (Unsupported, "tcap_unsupported"),
    ],
)
def test_a_fault_is_counted_under_what_was_read_and_how_it_failed(
    kind: type[DecodeError], counted_as: str
) -> None:
    error = kind("too bad", what="tcap", field="tag", clause="T1.114.3")
    assert error.counted_as == counted_as


def test_a_fault_names_thing_field_place_reason_and_clause() -> None:
    error = DecodeError("no length", what="tcap", field="length", clause="X.690 §8.1", offset=3)
    assert str(error) == "tcap length, octet 3: no length (X.690 §8.1)"
    assert error.reason == "no length"


def test_a_fault_moves_with_the_field_it_lies_in() -> None:
    error = Truncated("cut", what="sccp", field="data", clause="T1.112.3", offset=2)
    assert error.moved(8) is error
    assert error.moved(1).offset == 11


def test_the_peers_faults_and_the_callers_are_told_apart() -> None:
    assert issubclass(Truncated, DecodeError)
    assert issubclass(Unsupported, DecodeError)
    assert issubclass(DecodeError, Is41Error)
    assert issubclass(EncodeError, Is41Error)
    assert not issubclass(EncodeError, DecodeError)
    assert not issubclass(DecodeError, EncodeError)
