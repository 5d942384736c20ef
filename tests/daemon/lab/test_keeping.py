"""A replay kept as the daemon would have kept it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from clonewatch.cli.replay import detector_of
from clonewatch.lab.keeping import keep
from clonewatch.lab.scenes import FIG6, FIG6_CLONES, write_scenes
from clonewatch.recordfile.reading import read
from clonewatch.replay import CaptureSource, Placing, Replay
from clonewatch.settings import read as read_settings
from clonewatch.store import positions
from clonewatch.store.database import read_only
from clonewatch.store.store import JUDGED
from clonewatch.store.tables import cases
from is41.msid import msid_digits

if TYPE_CHECKING:
    from pathlib import Path


def test_the_state_directory_is_that_of_the_captures_day(tmp_path: Path) -> None:
    write_scenes(tmp_path)
    (tmp_path / "c.toml").write_text(
        'state_directory = "state"\n[tables]\ntravel = "travel.csv"\nmscs = "mscs.csv"\n'
    )
    settings = read_settings(tmp_path / "c.toml")
    assert settings.travel is not None
    run = Replay([CaptureSource(tmp_path / "fig6-mtp3.pcap", 0, settings.mscs, Placing(), None)])
    keep(run, detector_of(settings.travel, 6.5, 45), settings)
    with read_only(settings.config.store_file) as connection:
        rows = connection.execute(select(cases)).all()
        assert {msid_digits(row.msid) for row in rows} == set(FIG6_CLONES)
        assert all(0 <= row.opened_at - row.last_at < 60_000 for row in rows)
        assert positions.value(connection, JUDGED) == len(FIG6)
    kept = list(read(settings.config.record_directory))
    assert sum(len(each) for each in kept) == len(FIG6)
    assert all((abs(each.received - each.batch.time) < 60_000).all() for each in kept)
