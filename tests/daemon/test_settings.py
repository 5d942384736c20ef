"""A configuration and its files, read at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from clonewatch.errors import Misconfigured
from clonewatch.settings import Settings, read
from configuration import LEARN, TAP
from network import certificate

PCAPS = Path(__file__).parents[2] / "pcaps"
TABLES = f'[tables]\ntravel = "{PCAPS}/travel.csv"\nmscs = "{PCAPS}/mscs.csv"\n'


def settings(folder: Path, *lines: str) -> Settings:
    path = folder / "clonewatch.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return read(path)


def test_tables_and_certificates_are_read(tmp_path: Path) -> None:
    certificate(tmp_path, "ours")
    found = settings(tmp_path, TABLES, TAP, 'tls = { certificate = "ours.pem", key = "ours.key" }')
    assert found.travel is not None
    assert found.travel.ms.shape[0] == len(found.mscs) > 0
    assert found.tls.keys() == {"rvcd-a"}


def test_headings_of_travel_times_are_the_mscs_where_no_others_are_given(tmp_path: Path) -> None:
    table = "minutes,1-1,1-2\n1-1,0,5\n1-2,5,0\n"
    (tmp_path / "travel.csv").write_text(table, encoding="utf-8")
    found = settings(tmp_path, 'tables = { travel = "travel.csv" }')
    assert found.mscs.names == ("1-1", "1-2")


def test_learning_needs_no_tables(tmp_path: Path) -> None:
    found = settings(tmp_path, LEARN)
    assert (len(found.mscs), found.travel) == (0, None)
    found = settings(tmp_path, LEARN, f'tables = {{ mscs = "{PCAPS}/mscs.csv" }}')
    assert len(found.mscs) > 0


def test_faults_of_all_files_are_said_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "mscs.csv").write_text("mscid\n1-1\n1-999\n", encoding="utf-8")
    tables = '[tables]\nmscs = "mscs.csv"\ntravel = "t.csv"\n'
    lines = [tables, TAP, 'tls = { certificate = "none.pem", key = "none.key" }']
    with pytest.raises(Misconfigured) as caught:
        settings(tmp_path, *lines)
    mscs, tls = caught.value.faults
    assert mscs.key == "tables.mscs"
    assert mscs.message.startswith(f"{tmp_path}/mscs.csv:3: ")
    assert tls.key == "links[0].tls"
    (tmp_path / "mscs.csv").write_text("mscid\n1-1\n", encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        settings(tmp_path, *lines)
    assert [fault.key for fault in caught.value.faults] == ["tables.travel", "links[0].tls"]


def test_homes_are_those_of_the_mscs(tmp_path: Path) -> None:
    homes = tmp_path / "homes.csv"
    homes.write_text("prefix,mscid\n614555,4660-1\n", encoding="utf-8")
    lines = [TABLES, f'homes = "{homes}"']
    assert settings(tmp_path, *lines).homes.of(6145551234) == (0,)
    homes.write_text("prefix,mscid\n614555,9-9\n", encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        settings(tmp_path, *lines)
    (fault,) = caught.value.faults
    assert fault.key == "tables.homes"
    assert fault.message.startswith(f"{homes}:2: ")


def test_filters_of_sniffers_are_tried(tmp_path: Path) -> None:
    lines = [LEARN, '[[sniffers]]\nname = "mirror"\ninterface = "eth9"\n']
    assert settings(tmp_path, *lines, 'filter = "tcp"').config.sniffers[0].filter == "tcp"
    with pytest.raises(Misconfigured) as caught:
        settings(tmp_path, *lines, 'filter = "port port"')
    (fault,) = caught.value.faults
    assert fault.key == "sniffers[0].filter"
