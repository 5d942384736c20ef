"""RFC 4165 §2, codes."""

from __future__ import annotations

from is41.m2pa.codes import MESSAGE_CLASS, MessageType, State


def test_the_codes_are_those_of_the_standard() -> None:
    assert MESSAGE_CLASS == 11
    assert list(MessageType) == [1, 2]
    assert list(State) == list(range(1, 10))
