"""RFC 3868 §3, codes."""

from __future__ import annotations

from is41.sua.codes import TYPES, MessageClass


def test_each_class_has_its_types() -> None:
    assert set(TYPES) == set(MessageClass)
