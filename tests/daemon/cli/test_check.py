"""``clonewatch check``."""

from __future__ import annotations

from pathlib import Path

from command import clonewatch
from configuration import TAP

PCAPS = Path(__file__).parents[3] / "pcaps"


def test_a_configuration_that_is_right_is_0(tmp_path: Path) -> None:
    path = tmp_path / "clonewatch.toml"
    tables = f'[tables]\ntravel = "{PCAPS}/travel.csv"\nmscs = "{PCAPS}/mscs.csv"\n'
    path.write_text(tables + TAP, encoding="utf-8")
    ran = clonewatch("check", "-c", path)
    assert ran.exit_code == 0
    assert ran.errors.splitlines()[-1] == (
        f"{path}: mode test, 1 sources, 5 MSCs; nothing is wrong"
    )


def test_every_fault_is_a_line_and_78(tmp_path: Path) -> None:
    path = tmp_path / "clonewatch.toml"
    path.write_text("[tables]\n[window]\nhuors = 1\nlateness_minutes = -1\n", encoding="utf-8")
    ran = clonewatch("check", "--config", path)
    assert ran.exit_code == 78
    assert ran.errors.splitlines() == [
        f"clonewatch: {path}: window.lateness_minutes: should be greater than or equal to 0, is -1",
        f"clonewatch: {path}: window.huors: unknown key; did you mean hours?",
        f'clonewatch: {path}: tables.travel: is missing; mode = "test" judges by it',
    ]


def test_a_file_that_is_not_there_is_78(tmp_path: Path) -> None:
    ran = clonewatch("check", "-c", tmp_path / "none.toml")
    assert ran.exit_code == 78
    assert "cannot be read: No such file or directory" in ran.errors
