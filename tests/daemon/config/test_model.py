"""What the rest of the program asks the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from configuration import HLR, LEARN, SPOOL, TAP, loaded

if TYPE_CHECKING:
    import pytest

LATE = SPOOL + "lateness_minutes = 60\n"


def test_sources_are_what_registrations_come_from(tmp_path: Path) -> None:
    config = loaded(tmp_path, LEARN, HLR, TAP, LATE)
    assert [source.name for source in config.sources] == ["rvcd-a", "rvcd-b"]
    assert [config.lateness_ms(source) for source in config.sources] == [2_700_000, 3_600_000]


def test_settling_waits_for_the_latest_source_unless_told(tmp_path: Path) -> None:
    assert loaded(tmp_path, LEARN, TAP, LATE).settle_ms == 3_600_000
    assert loaded(tmp_path, LEARN).settle_ms == 2_700_000
    assert loaded(tmp_path, LEARN, "[window]\nsettle_minutes = 90").settle_ms == 5_400_000


def test_files_have_their_place_in_the_state_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/other")
    config = loaded(tmp_path, LEARN, 'state_directory = "state"')
    assert config.record_directory == tmp_path / "state/records"
    assert config.refused_file == tmp_path / "state/refused.pcap"
    assert config.control_socket == Path("/run/other/control.sock")
    config = loaded(
        tmp_path,
        LEARN,
        '[record_file]\ndirectory = "r"\n[refused]\nfile = "f"\n[control]\nsocket = "c"',
    )
    assert config.record_directory == tmp_path / "r"
    assert config.refused_file == tmp_path / "f"
    assert config.control_socket == tmp_path / "c"


def test_hours_are_milliseconds(tmp_path: Path) -> None:
    assert loaded(tmp_path, LEARN).window_ms == 23_400_000
