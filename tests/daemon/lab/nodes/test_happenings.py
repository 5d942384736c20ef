"""What people see of phones."""

from __future__ import annotations

from clonewatch.lab.nodes.happenings import Happening, Kind, Phone


def test_a_phone_prints_as_people_write_it() -> None:
    assert str(Phone("6145551234", 0x00ABCDEF)) == "6145551234 00ABCDEF"


def test_a_happening_may_be_about_no_phone() -> None:
    assert Happening("HLR", Kind.REFUSED).phone is None
