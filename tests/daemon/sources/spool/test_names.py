"""Names of groups."""

import pytest

from clonewatch.sources.spool.names import Form, form_of, is_unfinished, start_of

AT_1030 = 1_795_343_400_000  # 2026-11-22T10:30:00Z


@pytest.mark.parametrize(
    "name",
    [
        "20261122T1030Z.csv",
        "20261122T1030Z-000000123456.parquet",
        "rvcd-a_2026-11-22_10-30-00.csv.gz",
        "202611221030.pcap",
        "a7-20261122103000.pcap",
    ],
)
def test_a_time_is_found_in_a_name(name: str) -> None:
    assert start_of(name) == AT_1030


@pytest.mark.parametrize("name", ["group.csv", "20261322T1030Z.csv", "6145551234.csv", "x2061.csv"])
def test_a_name_may_tell_no_time(name: str) -> None:
    assert start_of(name) is None


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.csv", Form.CSV),
        ("A.CSV.GZ", Form.CSV),
        ("a.parquet", Form.PARQUET),
        ("a.pcapng", Form.PCAP),
        ("a.pcap.gz", Form.PCAP),
        ("a.csv.filepart", None),
        (".csv", None),
        ("a", None),
    ],
)
def test_the_end_of_a_name_tells_what_a_file_holds(name: str, form: Form | None) -> None:
    assert form_of(name) is form


def test_hidden_names_and_parts_are_still_being_written() -> None:
    assert all(is_unfinished(name) for name in (".a.csv", "a.csv.tmp", "a.csv.part", "a.PART"))
    assert not is_unfinished("part.csv")
