"""``clonewatch twins``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from command import clonewatch

if TYPE_CHECKING:
    from pathlib import Path


def test_a_number_with_two_phones_in_turn_is_found_at_one_msc(tmp_path: Path) -> None:
    records = tmp_path / "records.csv"
    records.write_text(
        "time,min,esn,mscid\n"
        "1000,6145551234,82000001,4660-1\n"
        "2000,6145551234,82000002,4660-1\n"
        "3000,6145551234,82000001,4660-1\n"
        "1000,6145559999,82000003,4660-1\n"
        "2000,6145559999,82000004,4660-1\n"
    )
    ran = clonewatch("twins", records)
    assert ran.exit_code == 0
    assert ran.records == [
        {
            "msid": "6145551234",
            "esns": ["82000001", "82000002"],
            "changes": 2,
            "first_at": "1970-01-01T00:33:20.000Z",
            "last_at": "1970-01-01T00:50:00.000Z",
            "mscids": ["4660-1"],
        }
    ]


def test_records_that_are_not_there_are_unreadable(tmp_path: Path) -> None:
    assert clonewatch("twins", tmp_path / "none.csv").exit_code == 65
