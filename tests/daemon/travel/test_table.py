"""`travel.csv`, FIG. 6's table."""

import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.errors import InputError
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import mscid_text
from clonewatch.travel.table import BLANK, TravelTimes, load_travel, write_atomically, written

# US patent 6,370,373, FIG. 6.
FIG_6 = "minutes,MSC A,MSC B,MSC C\nMSC A,0,0,80\nMSC B,0,0,0\nMSC C,80,0,0\n"
MSCS_CSV = "mscid,name\n4660-1,MSC A\n4661-1,MSC B\n4662-1,MSC C\n"
MIN_MS = 60_000


def write(folder: Path, text: str | bytes, name: str = "travel.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def mscs_of(*names: str) -> Mscs:
    """MSCs 1-1, 2-1 and so on, named so."""
    return Mscs([Msc(mscid=at << 8 | 1, name=name) for at, name in enumerate(names, 1)])


def load(folder: Path, text: str | bytes) -> TravelTimes:
    return load_travel(write(folder, text), write(folder, MSCS_CSV, "mscs.csv"))[1]


def test_fig_6_is_read(tmp_path: Path) -> None:
    travel = load(tmp_path, FIG_6)
    expected = np.array([[0, 0, 80], [0, 0, 0], [80, 0, 0]]) * MIN_MS
    assert travel.ms.tolist() == expected.tolist()
    assert travel.ms.dtype == np.int64
    assert travel.ms32.dtype == np.int32
    assert travel.ms32.tolist() == expected.tolist()


def test_rows_are_the_first_registration(tmp_path: Path) -> None:
    travel = load(tmp_path, "minutes,MSC A,MSC B\nMSC A,0,10\nMSC B,20,0\n")
    assert travel.ms[0, 1] == 10 * MIN_MS
    assert travel.ms[1, 0] == 20 * MIN_MS


def test_rows_may_stand_in_another_order(tmp_path: Path) -> None:
    travel = load(tmp_path, "minutes,MSC A,MSC B\nMSC B,20,0\nMSC A,0,10\n")
    assert travel.ms[:2, :2].tolist() == [[0, 10 * MIN_MS], [20 * MIN_MS, 0]]


def test_decimals_become_whole_milliseconds_once(tmp_path: Path) -> None:
    travel = load(tmp_path, "minutes,MSC A,MSC B\nMSC A,0, 0.5 \nMSC B,1e1,0\n")
    assert (travel.ms[0, 1], travel.ms[1, 0]) == (30_000, 600_000)
    travel = load(tmp_path, "minutes,MSC A,MSC B\nMSC A,0,.00001\nMSC B,1.00001,0\n")
    assert (travel.ms[0, 1], travel.ms[1, 0]) == (1, 60_001)


def test_blank_is_not_known(tmp_path: Path) -> None:
    travel = load(tmp_path, "minutes,MSC A,MSC B\nMSC A,, \nMSC B,5,\n")
    assert travel.ms[:2, :2].tolist() == [[0, BLANK], [5 * MIN_MS, 0]]


def test_an_msc_that_the_table_lacks_is_blank(tmp_path: Path) -> None:
    travel = load(tmp_path, "minutes,MSC A,MSC B\nMSC A,0,1\nMSC B,1,0\n")
    assert travel.ms[2].tolist() == [BLANK, BLANK, 0]
    assert travel.ms[:, 2].tolist() == [BLANK, BLANK, 0]


def test_every_mscid_of_a_name_has_its_row(tmp_path: Path) -> None:
    mscs = mscs_of("A", "B", "A", "C", "C")
    travel = TravelTimes.load(write(tmp_path, "minutes,A,2-1\nA,0,7\nB,9,0\n"), mscs)
    assert (travel.ms[[0, 2], 1] == 7 * MIN_MS).all()
    assert (travel.ms[1, [0, 2]] == 9 * MIN_MS).all()
    assert travel.ms[0, 2] == travel.ms[2, 0] == 0
    assert travel.ms[3, 4] == travel.ms[4, 3] == 0
    assert travel.ms[3, 0] == BLANK


def test_a_table_may_stand_alone(tmp_path: Path) -> None:
    mscs, travel = load_travel(write(tmp_path, "minutes,4660-1,MSC B\n4660-1,0,3\nMSC B,4,0\n"))
    assert mscs.names == ("4660-1", "MSC B")
    assert mscs.index_of(4660 << 8 | 1) == 0
    assert travel.ms.tolist() == [[0, 3 * MIN_MS], [4 * MIN_MS, 0]]


def test_where_registrations_are_placed_every_heading_needs_an_mscid(tmp_path: Path) -> None:
    load_travel(write(tmp_path, "minutes,4660-1\n4660-1,0\n"), placed=True)
    with pytest.raises(InputError, match=r"travel.csv:1: column 'MSC A': no MSC of that name; def"):
        load_travel(write(tmp_path, FIG_6), placed=True)


def test_comments_at_the_top_are_kept(tmp_path: Path) -> None:
    travel = load(tmp_path, f"\ufeff# from coordinates\r\n\n#\n{FIG_6}")
    assert travel.comments == ("# from coordinates", "#")
    stream = io.StringIO()
    travel.write(stream)
    assert stream.getvalue() == f"# from coordinates\n#\n{FIG_6}"


def test_long_times_fit_the_kernels(tmp_path: Path) -> None:
    travel = load(tmp_path, "minutes,MSC A,MSC B\nMSC A,0,10000000\nMSC B,35791,0\n")
    assert travel.ms[0, 1] == 600_000_000_000
    assert travel.ms32[0, 1] == 2**31 - 1
    assert travel.ms32[1, 0] == 35791 * MIN_MS


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", None, "the file is empty"),
        ("# nothing\n", None, "nothing but comments: no travel times"),
        ("hours,MSC A\nMSC A,0\n", 1, "the first cell must be 'minutes', not 'hours'"),
        ("minutes\nMSC A\n", 1, "the headings name no MSC"),
        ("minutes,MSC A,\nMSC A,0,0\n", 1, "column 3 has no name"),
        ("minutes,MSC A,MSC A\nMSC A,0,0\n", 1, "column 'MSC A' stands twice"),
        ("minutes,MSC A\nMSC A,0\nMSC A,0\n", 3, "row 'MSC A' stands twice"),
        ("minutes,MSC A\n,0\n", 2, "the row has no name in its first cell"),
        (
            "minutes,MSC A,4660-1\nMSC A,0,0\n4660-1,0,0\n",
            1,
            "column '4660-1': the same MSC as 'MSC A'",
        ),
        ("minutes,MSC A\nMSC A,0\n4660-1,0\n", 3, "row '4660-1': the same MSC as 'MSC A'"),
        ("minutes,MSC A,MSC B\nMSC A,0,1\n", 1, "column 'MSC B' has no row: add it, or take it"),
        ("# x\nminutes,MSC A\nMSC A,0\nMSC B,1\n", 4, "row 'MSC B' has no column: add it"),
        ("minutes,MSC A,MSC X\nMSC A,0,1\n", 1, "column 'MSC X': no MSC of that name; define it"),
        ("minutes,MSC A\nMSC A,0\nMSC X,0\n", 3, "row 'MSC X': no MSC of that name; define it"),
        ("minutes,MSC A,MSC B\nMSC A,0\n", 2, "row 'MSC A' has 2 cells, the headings 3"),
        ("minutes,MSC A\nMSC A,0,\n", 2, "row 'MSC A' has 3 cells, the headings 2"),
        (
            "minutes,MSC A,MSC C\nMSC A,0,0\nMSC C,x,0\n",
            3,
            "column 'MSC A': minutes must be a number or blank, not 'x'",
        ),
        (
            "minutes,MSC A,MSC C\nMSC A,0,-5\nMSC C,0,0\n",
            2,
            "column 'MSC C': minutes must be 0 or more, not '-5'",
        ),
        ("minutes,MSC A\nMSC A,nan\n", 2, "column 'MSC A': minutes must be a number or blank"),
        ("minutes,MSC A\nMSC A,inf\n", 2, "not 'inf'"),
        ("minutes,MSC A\nMSC A,1_0\n", 2, "not '1_0'"),
        ("minutes,MSC A\nMSC A,1 0\n", 2, "not '1 0'"),
        ("minutes,MSC A\nMSC A,٣\n", 2, "not '٣'"),
        ("minutes,MSC A\nMSC A,10000001\n", 2, "minutes must be at most 10000000, not '10000001'"),
        ("minutes,MSC A\nMSC A,1e999\n", 2, "minutes must be at most"),
        (
            "minutes,MSC A,MSC B\nMSC A,0,1\nMSC B,1,2.5\n",
            3,
            "column 'MSC B': an MSC is 0 minutes from itself, not 2.5",
        ),
        (b"minutes,MSC A\nMSC A,\xff\n", 2, "octet FF is not UTF-8"),
        (f"minutes,MSC A\nMSC A,{'1' * 140_000}\n", 2, "not a CSV file: field larger"),
    ],
)
def test_a_fault_is_named_with_its_place(
    tmp_path: Path, text: str | bytes, line: int | None, words: str
) -> None:
    with pytest.raises(InputError) as caught:
        load(tmp_path, text)
    assert words in str(caught.value)
    assert caught.value.line == line
    assert caught.value.path == tmp_path / "travel.csv"
    assert "\n" not in str(caught.value)


def test_a_table_alone_with_a_row_too_many_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"travel\.csv:3: row 'MSC B' has no column"):
        load_travel(write(tmp_path, "minutes,MSC A\nMSC A,0\nMSC B,0\n"))


@st.composite
def tables(draw: st.DrawFn) -> TravelTimes:
    """Tables of a few MSCs, some with several MSCIDs."""
    names = draw(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=5).filter(
                lambda name: name == name.strip()
            ),
            min_size=1,
            max_size=5,
        )
    )
    mscs = mscs_of(*names)
    count = len(mscs.names)
    cells = st.just(BLANK) | st.integers(0, 10_000_000 * MIN_MS)
    ms = draw(st.lists(cells, min_size=count**2, max_size=count**2))
    minutes = np.array([np.nan if cell == BLANK else cell / MIN_MS for cell in ms])
    return TravelTimes.of_minutes(mscs, minutes.reshape(count, count), ["# drawn"])


@given(table=tables())
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, table: TravelTimes
) -> None:
    path = tmp_path_factory.mktemp("travel") / "travel.csv"
    with write_atomically(path) as stream:
        table.write(stream)
    again = TravelTimes.load(path, table.mscs)
    assert np.array_equal(again.ms, table.ms)
    assert again.comments == table.comments


def test_a_failed_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = write(tmp_path, "old")
    with pytest.raises(UnicodeEncodeError), write_atomically(path) as stream:
        stream.write("new \ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_where_nothing_can_be_written_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for path, error in ((tmp_path / "none" / "x", FileNotFoundError), (folder, IsADirectoryError)):
        with pytest.raises(error) as caught, write_atomically(path):
            pass
        assert caught.value.filename == str(path)
    assert list(tmp_path.iterdir()) == [folder]


def test_without_a_path_standard_output_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (None, tmp_path / "x.csv"):
        with written(path) as stream:
            stream.write("x")
    assert capsys.readouterr().out == (tmp_path / "x.csv").read_text() == "x"


def test_a_table_does_not_change_once_made(tmp_path: Path) -> None:
    travel = load(tmp_path, FIG_6)
    with pytest.raises(ValueError, match="read-only"):
        travel.ms[0, 0] = 1


def test_a_table_of_numbers_is_written_with_them(tmp_path: Path) -> None:
    text = "minutes,4660-1,4661-2\n4660-1,0,1.5\n4661-2,,0\n"
    mscs, travel = load_travel(write(tmp_path, text))
    assert [mscid_text(mscid) for mscid in mscs.mscid_of.tolist()] == ["4660-1", "4661-2"]
    stream = io.StringIO()
    travel.write(stream)
    assert stream.getvalue() == text
