"""`mscs.csv`, and placing MSCIDs."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.errors import InputError
from clonewatch.mscs import MSCID_NONE, MSCIDS_MAX, Msc, Mscs, parse_mscid
from clonewatch.registrations import MSC_UNKNOWN, mscid_text
from is41.mtp.pointcode import PointCode

HEADINGS = "mscid,name,latitude,longitude,radius_km,msc_number,point_code"
ROWS = """\
4660-1,MSC A,39.1,-94.6,20,15550000001,10-20-30
4661-1,MSC A,,,,,
4662-7,,,,,,10-20-31
"""
MSCIDS = st.integers(0, (1 << 24) - 1)


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "mscs.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_file_is_read_row_by_row(tmp_path: Path) -> None:
    mscs = Mscs.load(write(tmp_path, f"{HEADINGS}\n{ROWS}"))
    assert len(mscs) == 3
    assert mscs.rows[0] == Msc(
        mscid=4660 << 8 | 1,
        name="MSC A",
        latitude=39.1,
        longitude=-94.6,
        radius_km=20,
        msc_number="15550000001",
        point_code=PointCode(10, 20, 30),
    )
    assert mscs.mscid_of.tolist() == [4660 << 8 | 1, 4661 << 8 | 1, 4662 << 8 | 7]


def test_rows_of_one_name_are_one_msc(tmp_path: Path) -> None:
    mscs = Mscs.load(write(tmp_path, f"{HEADINGS}\n{ROWS}"))
    assert mscs.names == ("MSC A", "4662-7")
    assert mscs.msc_of.tolist() == [0, 0, 1]
    assert mscs.indices("MSC A") == mscs.indices("4661-1") == (0, 1)
    assert mscs.indices("MSC B") == mscs.indices("1-1") == ()


def test_an_msc_without_a_name_bears_its_number(tmp_path: Path) -> None:
    mscs = Mscs.load(write(tmp_path, f"{HEADINGS}\n{ROWS}"))
    assert [mscs.name(index) for index in range(3)] == ["MSC A", "MSC A", "4662-7"]


def test_what_else_names_an_msc(tmp_path: Path) -> None:
    mscs = Mscs.load(write(tmp_path, f"{HEADINGS}\n{ROWS}"))
    assert mscs.index_of(4662 << 8 | 7) == 2
    assert mscs.index_of(4662 << 8) is None
    assert [mscs.name_of(4662 << 8 | switch) for switch in (7, 0)] == ["4662-7", "4662-0"]
    assert mscs.by_point_code(int(PointCode(10, 20, 31))) == 2
    assert mscs.by_point_code(0) is None
    assert mscs.by_msc_number("15550000001") == 0
    assert mscs.by_msc_number("1555") is None


def test_only_the_mscid_is_needed_and_order_is_free(tmp_path: Path) -> None:
    assert Mscs.load(write(tmp_path, "mscid\n1-2\n")).names == ("1-2",)
    assert Mscs.load(write(tmp_path, "name,mscid\nMSC A,1-2\n")).names == ("MSC A",)


def test_a_spreadsheets_octets_are_tolerated(tmp_path: Path) -> None:
    text = "\ufeffmscid,name\r\n 1-2 , MSC Ä \r\n\r\n,\r\n"
    assert Mscs.load(write(tmp_path, text)).names == ("MSC Ä",)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "the file is empty"),
        ("\n \n", None, "the file is empty"),
        ("mscid,name\n", None, "no MSC under the headings"),
        ("name\nMSC A\n", 1, "the heading 'mscid' is missing"),
        ("mscid,mame\n1-1,A\n", 1, "unknown heading 'mame'; known are mscid, name, latitude"),
        ("mscid,mscid\n1-1,1-2\n", 1, "heading 'mscid' stands twice"),
        ("mscid,name\n1-1\n", 2, "1 cells under 2 headings"),
        ("mscid\n1-1\n1.1\n", 3, "column 'mscid': an MSCID is MARKET-SWITCH in decimal"),
        ("mscid\n65536-1\n", 2, "column 'mscid': an MSCID is"),
        ("mscid\n1-256\n", 2, "not '1-256'"),
        ("mscid,name\n,A\n", 2, "not ''"),
        ("mscid\n1-1\n01-001\n", 3, "column 'mscid': 1-1 stands in two rows"),
        (
            "mscid,latitude,longitude\n1-1,91,0\n",
            2,
            "column 'latitude': degrees must be from -90 to 90, not '91'",
        ),
        (
            "mscid,latitude,longitude\n1-1,0,-180.5\n",
            2,
            "column 'longitude': degrees must be from -180 to 180, not '-180.5'",
        ),
        (
            "mscid,latitude,longitude\n1-1,north,0\n",
            2,
            "column 'latitude': degrees must be a number, not 'north'",
        ),
        (
            "mscid,latitude,longitude\n1-1,nan,0\n",
            2,
            "column 'latitude': degrees must be a number, not 'nan'",
        ),
        ("mscid,latitude,longitude\n1-1,39,\n", 2, "give both or neither"),
        (
            "mscid,radius_km\n1-1,-1\n",
            2,
            "column 'radius_km': kilometres must be 0 or more, not '-1'",
        ),
        (f"mscid,radius_km\n1-1,{'9' * 400}\n", 2, "column 'radius_km': kilometres must be"),
        ("mscid,point_code\n1-1,10-20\n", 2, "column 'point_code': '10-20' is not network-"),
        ("mscid,point_code\n1-1,10-20-256\n", 2, "column 'point_code':"),
        ("mscid,msc_number\n1-1,+1555\n", 2, "column 'msc_number': an MSC number is digits"),
        (
            "mscid,name,point_code\n1-1,A,1-2-3\n1-2,B,1-2-3\n",
            3,
            "column 'point_code': 'A' has it already: give both rows one name",
        ),
        (
            "mscid,name,msc_number\n1-1,A,1555\n1-2,B,1555\n",
            3,
            "column 'msc_number': 'A' has it already",
        ),
        (b"mscid,name\n1-1,A\n1-2,MSC \xc4\n", 3, "octet C4 is not UTF-8: save it as UTF-8"),
        (f"mscid,name\n1-1,{'A' * 140_000}\n", 2, "not a CSV file: field larger"),
    ],
)
def test_a_fault_is_named_with_its_place(
    tmp_path: Path, text: str | bytes, line: int | None, words: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        Mscs.load(path)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{path}:" if line is None else f"{path}:{line}: ")
    assert "\n" not in str(caught.value)
    assert caught.value.line == line


def test_a_missing_file_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"mscs\.csv: cannot be read: No such file"):
        Mscs.load(tmp_path / "mscs.csv")


def test_more_mscids_than_an_index_holds_are_refused(tmp_path: Path) -> None:
    rows = "\n".join(mscid_text(mscid) for mscid in range(MSCIDS_MAX + 1))
    with pytest.raises(InputError, match=f"{MSCIDS_MAX + 2}: more than {MSCIDS_MAX} MSCIDs"):
        Mscs.load(write(tmp_path, f"mscid\n{rows}\n"))
    with pytest.raises(ValueError, match="65535 MSCIDs are more"):
        Mscs([Msc(mscid=mscid, name=mscid_text(mscid)) for mscid in range(MSCIDS_MAX + 1)])


def test_the_last_index_is_not_unknown() -> None:
    mscs = Mscs([Msc(mscid=mscid, name=mscid_text(mscid)) for mscid in range(MSCIDS_MAX)])
    assert mscs.place(np.array([MSCIDS_MAX - 1, MSCIDS_MAX], np.uint32)).tolist() == [
        MSCIDS_MAX - 1,
        MSC_UNKNOWN,
    ]


def test_headings_alone_make_mscs() -> None:
    mscs = Mscs.from_headings(["4660-1", "MSC B", "04660-001"])
    assert mscs.names == ("4660-1", "MSC B")
    assert mscs.mscid_of.tolist() == [4660 << 8 | 1, MSCID_NONE]
    assert mscs.place(np.array([4660 << 8 | 1, MSCID_NONE], np.uint32)).tolist() == [
        0,
        MSC_UNKNOWN,
    ]


@given(MSCIDS)
def test_an_mscid_survives_its_text(mscid: int) -> None:
    assert parse_mscid(mscid_text(mscid)) == mscid


@given(st.lists(MSCIDS, unique=True, max_size=20), st.lists(st.integers(0, (1 << 32) - 1)))
def test_placing_is_looking_up_one_by_one(mscids: list[int], wanted: list[int]) -> None:
    mscs = Mscs([Msc(mscid=mscid, name=mscid_text(mscid)) for mscid in mscids])
    known = {mscid: index for index, mscid in enumerate(mscids)}
    wanted += mscids
    placed = mscs.place(np.array(wanted, np.uint32))
    assert placed.dtype == np.uint16
    assert placed.tolist() == [known.get(mscid, MSC_UNKNOWN) for mscid in wanted]


MSCS = st.builds(
    Msc,
    mscid=MSCIDS,
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
        lambda name: name == name.strip()
    ),
    radius_km=st.none() | st.integers(0, 10**6).map(float),
    msc_number=st.none(),
    point_code=st.none(),
)


@given(rows=st.lists(MSCS, min_size=1, max_size=8, unique_by=lambda row: row.mscid))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Msc]
) -> None:
    stream = io.StringIO()
    Mscs(rows).write(stream)
    path = write(tmp_path_factory.mktemp("mscs"), stream.getvalue())
    assert Mscs.load(path).rows == tuple(rows)
