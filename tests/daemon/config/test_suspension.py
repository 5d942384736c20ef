"""``[suspension]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clonewatch.actions.suspension.rules import OFF
from clonewatch.config.suspension import SuspensionSettings
from configuration import HLR, LEARN, TAP, faults, loaded

if TYPE_CHECKING:
    from pathlib import Path

AUTO = '[suspension]\nmode = "auto"\nhlr = "hlr"\n'


def test_the_defaults_are_the_rules_defaults() -> None:
    settings = SuspensionSettings()
    for name in set(SuspensionSettings.model_fields) & set(OFF.__dataclass_fields__):
        assert getattr(settings, name) == getattr(OFF, name)


def test_who_suspends_names_a_link_of_an_hlr(tmp_path: Path) -> None:
    assert loaded(tmp_path, LEARN, HLR, AUTO).suspension.hlr == "hlr"
    assert "is missing" in faults(tmp_path, LEARN, '[suspension]\nmode = "auto"')["suspension.hlr"]
    assert faults(tmp_path, LEARN, AUTO) == {"suspension.hlr": "no link is called 'hlr'"}
    tap = AUTO.replace('"hlr"', '"rvcd-a"')
    assert "not the role hlr" in faults(tmp_path, LEARN, TAP, tap)["suspension.hlr"]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('mode = "yes"', "suspension.mode"),
        ("confidence_min = 1.5", "suspension.confidence_min"),
        ("conflicts_min = 0", "suspension.conflicts_min"),
        ("per_hour_max = 51", "suspension.per_hour_max"),
        ("breaker_factor = 1", "suspension.breaker_factor"),
        ("restore_after_hours = 0", "suspension.restore_after_hours"),
        ('exempt = [{ msid = "1", until = 2026-01-01 }]', "suspension.exempt[0].msid"),
        ('exempt = [{ msid = "6145551234" }]', "suspension.exempt[0].until"),
    ],
)
def test_what_is_wrong_is_told_by_its_key(tmp_path: Path, line: str, key: str) -> None:
    assert list(faults(tmp_path, LEARN, "[suspension]", line)) == [key]


def test_a_subscriber_is_exempt_once(tmp_path: Path) -> None:
    exempt = '[[suspension.exempt]]\nmsid = "6145551234"\nuntil = 2026-01-01\n'
    assert faults(tmp_path, LEARN, exempt, exempt) == {
        "suspension.exempt": "has a subscriber twice"
    }
