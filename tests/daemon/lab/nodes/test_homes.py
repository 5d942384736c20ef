"""The HLR's subscribers outlive it, and are found by MIN."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from clonewatch.lab.nodes.happenings import Phone
from clonewatch.lab.nodes.homes import Homes, Subscriber
from is41.map.codes import AuthorizationDenied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OWNER: Final = Subscriber(min="6145551234", esn=0xFFFF_FFFF, home="MSC A")
PHONE: Final = Phone(OWNER.min, OWNER.esn)


@pytest.fixture
def known() -> Iterator[Homes]:
    with closing(Homes()) as new:
        new.add([OWNER])
        yield new


def test_a_subscriber_is_found_and_a_stranger_is_not(known: Homes) -> None:
    assert known.find(OWNER.min) == OWNER
    assert known.find("6145550000") is None


def test_adding_again_changes_nothing(known: Homes) -> None:
    known.add([Subscriber(min=OWNER.min, esn=1, home="MSC B")])
    known.add([])
    assert known.find(OWNER.min) == OWNER


def test_who_is_denied_and_why(known: Homes) -> None:
    assert known.denial(PHONE) is None
    assert known.denial(PHONE._replace(esn=1)) is AuthorizationDenied.INVALID_SERIAL_NUMBER
    stranger = known.denial(Phone("6145550000", 1))
    assert stranger is AuthorizationDenied.UNASSIGNED_DIRECTORY_NUMBER
    known.deny(PHONE, AuthorizationDenied.DUPLICATE_UNIT)
    known.deny(PHONE, AuthorizationDenied.STOLEN_UNIT)
    assert known.denial(PHONE) is AuthorizationDenied.STOLEN_UNIT
    assert known.denials() == {PHONE}
    known.deny(PHONE, None)
    assert known.denial(PHONE) is None


def test_a_move_says_where_the_phone_was(known: Homes) -> None:
    assert known.location(OWNER.min) is None
    assert known.move(OWNER.min, "MSC A", 1.0) is None
    assert known.move(OWNER.min, "MSC B", 2.0) == "MSC A"
    assert known.move(OWNER.min, "MSC B", 3.0) == "MSC B"
    assert known.location(OWNER.min) == "MSC B"
    assert known.move(OWNER.min, None, 4.0) == "MSC B"
    assert known.location(OWNER.min) is None


def test_a_file_keeps_what_was_said(tmp_path: Path) -> None:
    path = tmp_path / "homes.sqlite"
    with closing(Homes(path)) as before:
        before.add([OWNER])
        before.deny(PHONE, AuthorizationDenied.DUPLICATE_UNIT)
    with closing(Homes(path)) as after:
        assert after.denial(PHONE) is AuthorizationDenied.DUPLICATE_UNIT
