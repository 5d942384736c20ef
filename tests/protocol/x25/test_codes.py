"""X.25 §5.1, packet types."""

from __future__ import annotations

from is41.x25.codes import PacketType


def test_only_data_has_its_lowest_bit_clear() -> None:
    assert [each for each in PacketType if not each & 1] == [PacketType.DATA]
