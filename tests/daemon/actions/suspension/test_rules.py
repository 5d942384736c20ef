"""What the operator decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clonewatch.actions.suspension.rules import DAY_MS, OFF, EsnChoice, Mode, Rules, rules_of
from configuration import HLR, LEARN, loaded
from stores import TEN

if TYPE_CHECKING:
    from pathlib import Path

TABLES = 'mode = "{}"\n[tables]\ntravel = "travel.csv"\n'
SUSPENSION = """
[suspension]
mode = "auto"
hlr = "hlr"
esn = "second"
restore_after_hours = 2
[[suspension.exempt]]
msid = "6145551234"
until = 2026-11-22
[[suspension.exempt]]
msid = "6145550000"
until = 9999-12-31
"""


def test_nobody_is_suspended_unless_it_is_configured(tmp_path: Path) -> None:
    defaults = rules_of(loaded(tmp_path, TABLES.format("active"), HLR))
    assert defaults == OFF == Rules()


def test_the_rules_are_the_configurations(tmp_path: Path) -> None:
    rules = rules_of(loaded(tmp_path, TABLES.format("active"), HLR, SUSPENSION))
    assert (rules.mode, rules.sends, rules.esn) == (Mode.AUTO, True, EsnChoice.SECOND)
    assert rules.restore_after_ms == 2 * DAY_MS // 24
    assert rules.settle_ms == 45 * 60_000
    assert not rules_of(loaded(tmp_path, TABLES.format("test"), HLR, SUSPENSION)).sends


def test_in_mode_learn_nothing_is_decided(tmp_path: Path) -> None:
    assert rules_of(loaded(tmp_path, LEARN, HLR, SUSPENSION)).mode is Mode.OFF


def test_an_exemption_ends_with_its_day(tmp_path: Path) -> None:
    rules = rules_of(loaded(tmp_path, TABLES.format("active"), HLR, SUSPENSION))
    midnight = TEN + 14 * DAY_MS // 24
    assert rules.is_exempt(6145551234, midnight - 1)
    assert not rules.is_exempt(6145551234, midnight)
    assert rules.is_exempt(6145550000, midnight)
    assert not rules.is_exempt(6145550001, TEN)
