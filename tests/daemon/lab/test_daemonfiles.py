"""What is written for a daemon is what it takes, and as fast as the scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from clonewatch.config.links import Role
from clonewatch.lab.daemonfiles import write_daemon_files
from clonewatch.lab.scenario import load_scenario, shipped
from clonewatch.links.urls import Transport
from clonewatch.settings import read

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", shipped())
@pytest.mark.parametrize("transport", Transport)
def test_the_daemon_takes_every_shipped_scenario(
    tmp_path: Path, name: str, transport: Transport
) -> None:
    scenario = load_scenario(name)
    told = write_daemon_files(tmp_path / "new", scenario, 60, transport, 7001)
    settings = read(tmp_path / "new" / "clonewatch.toml")
    assert len(told) == len(settings.config.sources) + 1
    assert len(settings.config.sources) == len(scenario.rvcds or scenario.mscs)
    assert [row.name for row in settings.mscs.rows] == [msc.name for msc in scenario.mscs]


def test_times_are_divided_by_the_speed(tmp_path: Path) -> None:
    write_daemon_files(tmp_path, load_scenario("fig6"), 60, Transport.TALI, 7001)
    settings = read(tmp_path / "clonewatch.toml")
    assert settings.travel is not None
    assert settings.travel.ms.tolist()[0] == [0, 0, 80_000, 120_000]
    assert settings.config.window_ms == 390_000


def test_only_groups_take_a_while_however_fast_the_scenario_is(tmp_path: Path) -> None:
    latenesses = []
    for name in ("fig6", "fig2"):
        write_daemon_files(tmp_path, load_scenario(name), 900, Transport.TALI, 7001)
        latenesses.append(read(tmp_path / "clonewatch.toml").config.window.lateness_minutes)
    assert latenesses == [0.05, 0.25]


@pytest.mark.parametrize("mode", ["propose", "auto"])
def test_a_daemon_that_suspends_is_active_and_writes_its_alarms(
    tmp_path: Path, mode: Literal["propose", "auto"]
) -> None:
    further = '[[alarms]]\nname = "hook"\nkind = "webhook"\nurl = "http://127.0.0.1:9/"'
    scenario = load_scenario("suspension")
    write_daemon_files(
        tmp_path, scenario, 60, Transport.TALI, 7001, suspension=mode, further=further
    )
    config = read(tmp_path / "clonewatch.toml").config
    assert (config.mode, config.suspension.mode, config.suspension.hlr) == ("active", mode, "hlr")
    assert [output.name for output in config.alarms] == ["file", "hook"]


def test_what_the_lab_is_to_be_told_names_each_rvcd(tmp_path: Path) -> None:
    told = write_daemon_files(tmp_path, load_scenario("fig2"), 60, Transport.TALI, 7001)
    assert told == [
        '--to "RVCD A=tali://127.0.0.1:7001"',
        f'--spool "RVCD B={tmp_path / "rvcd-b"}"',
        "--hlr tali://127.0.0.1:8001",
    ]
    assert read(tmp_path / "clonewatch.toml").config.spools[0].group_minutes == 0.5


def test_who_has_no_rvcd_is_answered_as_the_hlr_says(tmp_path: Path) -> None:
    write_daemon_files(tmp_path, load_scenario("direct"), 60, Transport.XOT, 7001)
    *mscs, hlr = read(tmp_path / "clonewatch.toml").config.links
    assert [(link.name, link.role, link.hlr) for link in mscs] == [
        ("msc-a", Role.ANSWER, "hlr"),
        ("msc-b", Role.ANSWER, "hlr"),
    ]
    assert (hlr.role, hlr.query and hlr.query.layer) == (Role.HLR, "tcap")


def test_between_mscs_and_rvcds_each_pair_has_a_relay(tmp_path: Path) -> None:
    told = write_daemon_files(tmp_path, load_scenario("fig1"), 60, Transport.TALI, 7001, relay=True)
    *relays, hlr = read(tmp_path / "clonewatch.toml").config.links
    assert {link.role for link in relays} == {Role.RELAY}
    assert len(relays) == 12
    assert hlr.role is Role.HLR
    assert told[0] == '--relay "MSC A>RVCD A=127.0.0.1:7001,127.0.0.1:7501"'
