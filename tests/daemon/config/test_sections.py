"""The other tables: defaults that are those of the modules they set."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from clonewatch.config.sections import (
    CarrierName,
    RecordFileSettings,
    RefusedSettings,
    Sniffer,
    WindowSettings,
)
from clonewatch.window import layout, window
from configuration import LEARN, faults, loaded
from is41.sigtran import Carrier

if TYPE_CHECKING:
    from pathlib import Path


def test_the_window_is_by_default_what_it_is_without_a_configuration() -> None:
    settings = WindowSettings()
    assert settings.hours * 3_600_000 == window.WINDOW_MS
    assert settings.lateness_minutes * 60_000 == window.LATENESS_MS
    assert settings.subscribers_max == window.SUBSCRIBERS_MAX < layout.ROWS_MAX
    assert settings.registrations_per_subscriber_max == window.REGISTRATIONS_PER_MSID_MAX
    assert settings.overflow_mib << 20 == window.OVERFLOW_OCTETS_MAX


def test_gibibytes_are_octets() -> None:
    assert RecordFileSettings().octets_max is None
    assert RecordFileSettings(retention_gib=1.5).octets_max == 3 << 29
    assert RefusedSettings().octets_max == 64 << 20


def test_carriers_have_the_librarys_names() -> None:
    assert set(get_args(CarrierName)) == {carrier.name.lower() for carrier in Carrier}
    sniffer = Sniffer.model_validate({"name": "a", "interface": "lo", "ports": {"5000": "tali"}})
    assert sniffer.ports == {5000: "tali"}


def test_reports_are_of_days_in_a_time_zone(tmp_path: Path) -> None:
    assert str(loaded(tmp_path, LEARN).report.time_zone) == "UTC"
    config = loaded(tmp_path, LEARN, "[report]", 'time_zone = "America/New_York"')
    assert config.report.time_zone.key == "America/New_York"
    assert config.report_directory == config.state_directory / "reports"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../UTC", "America", "", "/etc/localtime"])
def test_a_time_zone_that_is_none_is_refused(tmp_path: Path, zone: str) -> None:
    assert faults(tmp_path, LEARN, "[report]", f'time_zone = "{zone}"') == {
        "report.time_zone": f"should be a time zone like America/New_York or UTC, is '{zone}'"
    }
