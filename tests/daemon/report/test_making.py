"""A report is read beside the daemon, and written whole."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from clonewatch.errors import InputError
from clonewatch.registrations import Batch, Registration
from clonewatch.report.making import make, where
from daemons import settings
from reports import MONDAY, SUNDAY, place, record
from stores import MARKET, MIN, MINUTE, TEN, conflict, store_in

if TYPE_CHECKING:
    from pathlib import Path

TABLES = {
    "alarms", "cases", "conflicts", "done", "missed", "mscs", "offenders", "pairs", "suspects",
    "suspensions", "waiting",
}  # fmt: skip


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_a_page_and_every_table_are_written(tmp_path: Path) -> None:
    what = place(tmp_path)
    one = Registration(time=TEN, msid=MIN, esn=0x82123456, msc=0, mscid=MARKET | 1)
    record(what.records, Batch.of([one]))
    page, *tables = make(SUNDAY, what, tmp_path / "out", SUNDAY.end_ms)
    assert page.name == "clonewatch-2026-11-22.html"
    assert {path.stem.removeprefix("clonewatch-2026-11-22-") for path in tables} == TABLES
    assert {path.stat().st_mode & 0o777 for path in (page, *tables)} == {0o640}
    conflicts = rows(tmp_path / "out" / "clonewatch-2026-11-22-conflicts.csv")
    assert conflicts[1][1:3] == [str(MIN), "1"]
    text = page.read_text("utf-8")
    assert "Sunday, 22 November 2026" in text
    assert "45 of 80 min" in text


def test_writing_again_gives_the_same_octets(tmp_path: Path) -> None:
    what = place(tmp_path)
    once = [path.read_bytes() for path in make(SUNDAY, what, tmp_path, SUNDAY.end_ms)]
    assert once == [path.read_bytes() for path in make(SUNDAY, what, tmp_path, SUNDAY.end_ms)]


def test_it_is_read_while_the_daemon_writes(tmp_path: Path) -> None:
    what = place(tmp_path)
    store = store_in(tmp_path)
    try:
        store.submit([conflict(MIN + 1, at=TEN + 50 * MINUTE)], 9)
        store.flush()
        make(SUNDAY, what, tmp_path / "out", SUNDAY.end_ms)
        assert len(rows(tmp_path / "out" / "clonewatch-2026-11-22-conflicts.csv")) == 3
        store.submit([conflict(MIN + 2)], 10)
        assert store.flush()
    finally:
        store.close()


def test_where_says_what_the_configuration_says(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "sources.json").write_text('["gone", "west"]')
    what = where(
        settings(
            tmp_path,
            '[[links]]\nname = "west"\ntransport = "tali"\nrole = "tap"\n'
            'listen = "127.0.0.1:0"\npeers = ["127.0.0.0/8"]\nlateness_minutes = 7\n',
        )
    )
    assert what.store == state / "clonewatch.sqlite"
    assert what.records == state / "records"
    assert what.lateness_ms == {1: 7 * MINUTE}
    assert list(what.names) == ["gone", "west"]


def test_without_a_store_it_says_which_is_missing(tmp_path: Path) -> None:
    what = where(settings(tmp_path))
    with pytest.raises(InputError, match="there is no store"):
        make(MONDAY, what, tmp_path, MONDAY.end_ms)
