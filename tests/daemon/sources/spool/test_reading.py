"""Groups of each format, opened."""

from pathlib import Path

import pytest

from clonewatch.errors import InputError
from clonewatch.mscs import Mscs
from clonewatch.recordfile.sealing import seal
from clonewatch.registrations import Batch
from clonewatch.sources.spool.names import Form
from clonewatch.sources.spool.reading import GroupReader
from recordfiles import Told as RecordsTold
from recordfiles import open_group
from spools import MSCS, keys, put_csv, put_parquet, registrations

PCAPS = Path(__file__).parents[4] / "pcaps"
BATCH = registrations(500, 1)


def reader(form: Form | None = None) -> GroupReader:
    return GroupReader(Mscs.load(MSCS), 7, form=form)


def read(path: Path) -> Batch:
    return Batch.joined(list(reader().open(path, pytest.fail).batches()))


def test_every_format_gives_its_registrations(tmp_path: Path) -> None:
    group = open_group(tmp_path, BATCH)
    seal(group, RecordsTold())
    for path in (
        put_csv(tmp_path, "a.csv", BATCH),
        put_csv(tmp_path, "a.csv.gz", BATCH),
        put_parquet(tmp_path, "a.parquet", BATCH),
        group.sealed_path,
    ):
        batch = read(path)
        assert keys(batch) == keys(BATCH), path
        assert set(batch.source.tolist()) == {7}
    assert len(read(PCAPS / "fig6-mtp3.pcap")) == 14


def test_a_name_that_says_something_else_is_refused(tmp_path: Path) -> None:
    csv = put_csv(tmp_path, "a.csv", BATCH)
    for name, words in (("b.parquet", "no parquet"), ("b.pcap", "not a capture")):
        with pytest.raises(InputError, match=words):
            reader().open(csv.rename(tmp_path / name), pytest.fail)
        csv = tmp_path / name
    put_parquet(tmp_path, "c.csv", BATCH)
    with pytest.raises(InputError, match="no csv"):
        reader().open(tmp_path / "c.csv", pytest.fail)


def test_a_spool_may_take_one_format_only(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not pcap, which alone"):
        reader(Form.PCAP).open(put_csv(tmp_path, "a.csv", BATCH), pytest.fail)
