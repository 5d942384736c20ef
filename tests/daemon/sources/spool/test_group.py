"""The group in hand."""

import gzip
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.mscs import Mscs
from clonewatch.sources.spool.group import FAULTS_TOLD_MAX, Group
from clonewatch.sources.spool.reading import GroupReader
from messages import mutated
from spools import MSCS, put_csv, put_parquet, registrations

PCAPS = Path(__file__).parents[4] / "pcaps"
MSCS_LOADED = Mscs.load(MSCS)
HEADINGS = "time,min,esn,mscid\n"
GOOD = "1,6145551234,82123456,4660-1\n"


@pytest.fixture
def reader() -> GroupReader:
    return GroupReader(MSCS_LOADED, 0)


def group(path: Path, reader: GroupReader) -> Group:
    it = Group(path)
    assert sum(map(len, it.batches(reader))) == it.registrations
    return it


def test_a_whole_group_has_no_words(tmp_path: Path, reader: GroupReader) -> None:
    it = group(put_csv(tmp_path, "a.csv", registrations(10, 1)), reader)
    assert (it.registrations, it.fault, it.words()) == (10, None, None)


def test_bad_rows_are_said_the_first_of_them_by_line(tmp_path: Path, reader: GroupReader) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADINGS + GOOD + "x,6145551234,82123456,4660-1\n" * 25, encoding="utf-8")
    it = group(path, reader)
    assert (it.registrations, it.fault) == (1, None)
    lines = (it.words() or "").splitlines()
    assert lines[0] == "refused: 25 time_malformed"
    assert lines[1].startswith("a.csv:3: time_malformed: ")
    assert lines[-1] == f"and {25 - FAULTS_TOLD_MAX} more"


def test_a_group_of_bad_rows_alone_is_refused(tmp_path: Path, reader: GroupReader) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADINGS + GOOD.replace("614", "x"), encoding="utf-8")
    assert group(path, reader).fault == "a.csv: nothing in it could be used"


def test_headings_alone_are_a_quiet_half_hour(tmp_path: Path, reader: GroupReader) -> None:
    path = tmp_path / "a.csv"
    path.write_text(HEADINGS, encoding="utf-8")
    it = group(path, reader)
    assert (it.registrations, it.fault) == (0, None)


def test_what_breaks_off_is_used_as_far_as_it_goes(tmp_path: Path, reader: GroupReader) -> None:
    text = tmp_path / "a.csv.gz"
    put_csv(tmp_path, "a.csv.gz", registrations(3000, 1))
    text.write_bytes(text.read_bytes()[:-2000])
    capture = tmp_path / "a.pcap"
    capture.write_bytes((PCAPS / "fig6-mtp3.pcap").read_bytes()[:-5])
    for path, words in ((text, "breaks off after here"), (capture, "packet 14, at octet ")):
        it = group(path, reader)
        assert it.registrations > 10
        assert it.fault is not None
        assert words in it.fault
        assert it.fault.startswith(path.name)
        assert "not wanted again" in (it.words() or "")


def test_damage_and_what_may_not_be_read_are_faults_of_the_group(
    tmp_path: Path, reader: GroupReader
) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + bytes(100))
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"nothing\n"))
    (tmp_path / "a.pcap").mkdir()
    for name, words in (
        ("a.parquet", "a.parquet: cannot be read"),
        ("a.csv.gz", "unknown heading"),
        ("a.pcap", "a.pcap: cannot be read: Is a directory"),
    ):
        it = group(tmp_path / name, reader)
        assert words in (it.fault or ""), name


def test_a_group_with_a_fault_beforehand_is_not_read(reader: GroupReader) -> None:
    it = Group(Path("nowhere.csv"))
    it.fault = "had before"
    assert list(it.batches(reader)) == []
    assert it.fault == "had before"


@given(st.data(), st.randoms(use_true_random=False))
def test_damage_anywhere_costs_no_more_than_the_group(data: st.DataObject, random: Random) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        make = data.draw(st.sampled_from([put_csv, put_parquet]))
        suffix = "parquet" if make is put_parquet else data.draw(st.sampled_from(["csv", "csv.gz"]))
        path = make(folder, f"a.{suffix}", registrations(50, 1))
        path.write_bytes(mutated(path.read_bytes(), random))
        group(path, GroupReader(MSCS_LOADED, 0))
        capture = folder / "a.pcap"
        capture.write_bytes(mutated((PCAPS / "fig6-tali.pcap").read_bytes(), random))
        group(capture, GroupReader(MSCS_LOADED, 0))


def test_names_in_parquet_that_are_no_text_are_damage(tmp_path: Path, reader: GroupReader) -> None:
    path = put_parquet(tmp_path, "a.parquet", registrations(50, 1))
    path.write_bytes(path.read_bytes().replace(b"mscid", b"msc\xc2d"))
    assert "cannot be read" in (group(path, reader).fault or "")
