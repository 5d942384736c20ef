"""Scenario files: what is shipped is right, and what is wrong is said by key."""

from __future__ import annotations

from pathlib import Path

import pytest

from clonewatch.errors import Misconfigured
from clonewatch.lab.scenario import Copies, load_scenario, shipped


def faults(path: Path, text: str) -> list[str]:
    path.write_text(text)
    with pytest.raises(Misconfigured) as caught:
        load_scenario(str(path))
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_is_right(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.title.lower().startswith(name.replace("fig", "fig. "))
    assert all(int(subscriber.min[3:6]) == 555 for subscriber in scenario.subscribers)
    assert scenario.steps


def test_the_figures_are_shipped_and_one_without_an_rvcd_and_one_to_the_end() -> None:
    assert list(shipped()) == ["direct", "fig1", "fig2", "fig6", "suspension"]


def test_a_file_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(shipped()["fig2"].read_text())
    scenario = load_scenario(str(path))
    assert [rvcd.copies for rvcd in scenario.rvcds] == [Copies.LINK, Copies.GROUPS]
    assert scenario.starts == 8 * 3600
    assert scenario.steps[0].at == 8 * 3600 + 120


def test_every_fault_is_said_at_once(tmp_path: Path) -> None:
    text = shipped()["fig6"].read_text()
    text = text.replace("speed = 60", "speed = 0").replace('at = "10:45"', 'at = "9:45"')
    text = text.replace('mscid = "4660-2"', 'mscid = "4660"').replace('esn = "82000085"', "esn = 5")
    told = faults(tmp_path / "bad.toml", text)
    assert len(told) == 4
    for key in ("speed", "mscs[1].mscid", "subscribers[1].esn", "steps[6].at"):
        assert any(each.startswith(key) for each in told), told


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "MSC B"', 'name = "MSC A"', "two nodes have the name MSC A"),
        ('"10-20-2"', '"10-20-1"', "two nodes have the point_code 10-20-1"),
        ('sends_to = ["RVCD A"]', 'sends_to = ["RVCD Z"]', "sends to RVCD Z"),
        ('home = "MSC B"', 'home = "MSC Z"', "at home at MSC Z"),
        ("[0,   0,   80,  120], # from", "[0, 0, 80], # from", "4 rows of 4 minutes"),
        ('heard = "MSC D"', 'heard = "MSC Z"', "there is no MSC Z"),
        ('heard = "MSC D"', 'heard = "MSC D"\nstop = "HLR"', "give one of"),
        ('heard = "MSC A"\nmin = "6145551234"', 'heard = "MSC A"', "goes with heard"),
        ('heard = "MSC A"\nmin = "6145551234"', 'stop = "PSMS"', "there is no PSMS"),
        ('heard = "MSC D"', 'stop = "HLR"', "goes with heard and wait"),
        ('heard = "MSC D"', 'wait = "denied"', "steps[8].wait"),
        ('heard = "MSC A"\nmin = "6145551234"', 'wait = "restored"', "goes with heard and wait"),
        ('heard = "MSC A"\nmin = "6145551234"', 'heard = "MSC A"\nmin = "6145559999"', "its esn"),
        ('starts = "10:00"', 'starts = "10:30"', "before the scenario starts"),
        ('at = "10:00"', 'at = "10:60"', "HH:MM"),
    ],
)
def test_what_does_not_go_together_is_said(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = shipped()["fig6"].read_text()
    assert old in text
    told = faults(tmp_path / "bad.toml", text.replace(old, new, 1))
    assert any(says in each for each in told), told


def test_no_such_scenario_is_said() -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        load_scenario("fig99")


def test_the_scenario_of_the_page_is_right(tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "lab.md"
    path = tmp_path / "page.toml"
    path.write_text(page.read_text().partition("```toml\n")[2].partition("```")[0])
    assert len(load_scenario(str(path)).steps) == 2
