"""What the ring of refused messages holds of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from clonewatch.report.refusals import REASONS_MAX, look
from clonewatch.sources.refused import HEADER, LINK_TYPES, older_than, packet_block
from is41.layers import Layer
from reports import MONDAY, SUNDAY
from stores import DAY, TEN

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def block(why: str, at: int = TEN, octets: bytes = b"\x83\0\1") -> bytes:
    return packet_block(octets, 0, list(LINK_TYPES).index(Layer.MTP3), at, why)


def test_messages_of_the_day_are_counted_by_source_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "refused.pcap"
    older_than(path).write_bytes(HEADER + block("west: min_malformed: x: y", TEN - DAY))
    path.write_bytes(
        HEADER
        + block("west: min_malformed: octet 7: odd") * 2
        + block("east: truncated: z", octets=bytes(5))
        + block("east: truncated: z", TEN + DAY)
        + block("cut short")[:20]
    )
    seen = look(path, SUNDAY)
    assert seen.reasons == {("west", "min_malformed"): 2, ("east", "truncated"): 1}
    assert seen.begins_ms == TEN - DAY
    assert look(path, MONDAY).reasons == {("east", "truncated"): 1}


def test_no_ring_and_a_file_of_others_hold_nothing(tmp_path: Path) -> None:
    assert look(tmp_path / "none", SUNDAY).begins_ms is None
    (tmp_path / "x").write_bytes(b"something else")
    assert look(tmp_path / "x", SUNDAY).begins_ms is None


def test_reasons_are_bounded(tmp_path: Path) -> None:
    path = tmp_path / "refused.pcap"
    blocks = [block(f"west: reason{number}: x") for number in range(REASONS_MAX + 10)]
    path.write_bytes(HEADER + b"".join(blocks))
    assert len(look(path, SUNDAY).reasons) == REASONS_MAX


@given(st.binary(max_size=200))
def test_any_octets_behind_the_head_are_taken(
    tmp_path_factory: pytest.TempPathFactory, octets: bytes
) -> None:
    path = tmp_path_factory.mktemp("ring") / "refused.pcap"
    path.write_bytes(HEADER + octets)
    assert look(path, SUNDAY).reasons.total() <= len(octets)
