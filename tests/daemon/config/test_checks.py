"""Tables side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clonewatch.config.checks import Parts, sources_are_numbered
from configuration import HLR, LEARN, SPOOL, TAP, faults

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = """
[[links]]
name = "msc"
transport = "tali"
role = "answer"
listen = "127.0.0.1:5001"
peers = ["192.0.2.0/24"]
hlr = "hlr"
"""
ACTIVE = 'mode = "active"\ntables = { travel = "t.csv" }\n'


def test_a_name_belongs_to_one_source(tmp_path: Path) -> None:
    spool = SPOOL.replace("rvcd-b", "rvcd-a")
    assert faults(tmp_path, LEARN, TAP, spool) == {
        "spools[0].name": "'rvcd-a' is also links[0].name; a name belongs to one"
    }


def test_more_sources_than_an_octet_numbers_are_refused() -> None:
    names = {f"links[{number}].name": f"a{number}" for number in range(257)}
    assert [fault.key for fault in sources_are_numbered(Parts(values={}, names=names))] == ["links"]
    del names["links[0].name"]
    assert not list(sources_are_numbered(Parts(values={}, names=names)))


def test_an_hlr_is_a_link_with_that_role(tmp_path: Path) -> None:
    assert faults(tmp_path, LEARN, ANSWER, HLR) == {}
    assert faults(tmp_path, LEARN, ANSWER) == {"links[0].hlr": "no link is called 'hlr'"}
    tap = TAP.replace("rvcd-a", "hlr")
    assert faults(tmp_path, LEARN, ANSWER, tap) == {
        "links[0].hlr": "the link 'hlr' has not the role hlr"
    }


def test_an_hlr_that_is_wrong_itself_is_there_nevertheless(tmp_path: Path) -> None:
    assert list(faults(tmp_path, LEARN, ANSWER, HLR.replace(":5000", ""))) == ["links[1].connect"]


def test_two_links_listen_at_two_places(tmp_path: Path) -> None:
    other = TAP.replace("rvcd-a", "rvcd-c")
    assert list(faults(tmp_path, LEARN, TAP, other)) == ["links[1].listen"]
    anywhere = [link.replace(":5000", ":0") for link in (TAP, other)]
    assert faults(tmp_path, LEARN, *anywhere) == {}
    named = [link.replace("127.0.0.1:5000", "systemd:a") for link in (TAP, other)]
    assert list(faults(tmp_path, LEARN, *named)) == ["links[1].listen"]


def test_all_modes_but_learn_need_travel_times(tmp_path: Path) -> None:
    assert list(faults(tmp_path, 'mode = "active"')) == ["tables.travel"]
    assert faults(tmp_path, ACTIVE) == {}


def test_what_is_late_can_still_acquit(tmp_path: Path) -> None:
    window = "[window]\nsettle_minutes = 50"
    late = SPOOL + "lateness_minutes = 51\n"
    assert faults(tmp_path, LEARN, window, SPOOL) == {}
    assert faults(tmp_path, LEARN, window, late) == {
        "window.settle_minutes": "is 50, and registrations come 51 min late "
        "(spools[0].lateness_minutes)"
    }
    assert list(faults(tmp_path, LEARN, "[window]\nsettle_minutes = 44")) == [
        "window.settle_minutes"
    ]


def test_nobody_is_later_than_the_window_is_long(tmp_path: Path) -> None:
    late = SPOOL + "lateness_minutes = 391\n"
    assert list(faults(tmp_path, LEARN, late)) == ["spools[0].lateness_minutes"]


def test_a_group_is_late_by_its_own_length(tmp_path: Path) -> None:
    early = SPOOL + "lateness_minutes = 29\n"
    assert list(faults(tmp_path, LEARN, early)) == ["spools[0].lateness_minutes"]
    hourly = SPOOL + "group_minutes = 60\n"
    assert list(faults(tmp_path, LEARN, hourly)) == ["spools[0].lateness_minutes"]


def test_each_spool_has_its_directory(tmp_path: Path) -> None:
    other = SPOOL.replace("rvcd-b", "rvcd-c")
    assert list(faults(tmp_path, LEARN, SPOOL, other)) == [
        "spools[0].directory",
        "spools[1].directory",
    ]


def test_enough_is_kept_to_fill_the_window_again(tmp_path: Path) -> None:
    short = "[record_file]\nretention_hours = 7"
    assert list(faults(tmp_path, LEARN, short)) == ["record_file.retention_hours"]
    assert faults(tmp_path, LEARN, short, "[window]\nhours = 6") == {}
    late = SPOOL + "lateness_minutes = 61\n"
    assert list(faults(tmp_path, LEARN, short, "[window]\nhours = 6", late)) == [
        "record_file.retention_hours"
    ]
