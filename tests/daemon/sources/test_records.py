"""`records.csv`."""

import gzip
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.errors import InputError
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import DTYPES, MSC_UNKNOWN, Batch, Flags, Registration
from clonewatch.sources.records import RecordsWriter, read_records, write_records
from is41.msid import IMSI_LENGTH_FACTOR, msid_of_imsi

MSCS = Mscs(
    [
        Msc(mscid=4660 << 8 | 1, name="MSC A"),
        Msc(mscid=4661 << 8 | 1, name="MSC A"),
        Msc(mscid=4662 << 8 | 1, name="MSC B"),
    ]
)
AT_10 = 1_795_341_600_000  # 2026-11-22T10:00:00Z
Refused = list[tuple[str, int, str]]


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "records.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(path: Path, batch_rows: int = 65536) -> tuple[list[Batch], Refused]:
    refused: Refused = []

    def refuse(reason: str, line: int, detail: str) -> None:
        refused.append((reason, line, detail))

    return list(read_records(path, 7, MSCS, refuse=refuse, batch_rows=batch_rows)), refused


def rows_of(batches: Sequence[Batch]) -> list[tuple[int, ...]]:
    return list(
        chain.from_iterable(
            zip(*(getattr(batch, name).tolist() for name in DTYPES), strict=True)
            for batch in batches
        )
    )


def read_one(folder: Path, text: str) -> Batch:
    (batch,), refused = read(write(folder, text))
    assert not refused
    return batch


def test_the_four_columns_are_enough(tmp_path: Path) -> None:
    text = "time,min,esn,mscid\n2026-11-22T10:00:00.250Z,6145551234,82123456,4660-1\n"
    batch = read_one(tmp_path, text)
    expected = Batch.of(
        [
            Registration(
                time=AT_10 + 250,
                msid=6145551234,
                esn=0x82123456,
                msc=0,
                mscid=4660 << 8 | 1,
                source=7,
                flags=Flags.NO_TRANSACTION_ID,
            )
        ]
    )
    assert rows_of([batch]) == rows_of([expected])


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-11-22T10:00:00Z", AT_10),
        ("2026-11-22T10:00:00.999999Z", AT_10 + 999),
        ("2026-11-22T10:00:00.9999999999Z", AT_10 + 999),
        ("2026-11-22 11:00:00.001+01:00", AT_10 + 1),
        ("2026-11-22t10:00:00z", AT_10),
        ("1795341600", AT_10),
        ("1795341600.", AT_10),
        ("1795341600.1", AT_10 + 100),
        ("1795341600.1239", AT_10 + 123),
        ("0", 0),
        ("1970-01-01T00:00:00.000Z", 0),
    ],
)
def test_time_is_cut_to_milliseconds(tmp_path: Path, text: str, ms: int) -> None:
    batch = read_one(tmp_path, f"time,min,esn,mscid\n{text},6145551234,82123456,4660-1\n")
    assert batch.time.tolist() == [ms]


@pytest.mark.parametrize(
    ("text", "esn"),
    [("82123456", 0x82123456), ("abcdefAB", 0xABCDEFAB), ("13001193046", 0x82123456)],
)
def test_an_esn_is_hex_or_decimal(tmp_path: Path, text: str, esn: int) -> None:
    batch = read_one(tmp_path, f"time,min,esn,mscid\n0,6145551234,{text},4660-1\n")
    assert batch.esn.tolist() == [esn]


def test_an_imsi_may_stand_instead_of_a_min(tmp_path: Path) -> None:
    text = "time,min,imsi,esn,mscid\n0,,310006145551234,82123456,1-1\n1,0005551234,,82123456,1-1\n"
    batch = read_one(tmp_path, text)
    assert batch.msid.tolist() == [msid_of_imsi("310006145551234"), 5551234]
    assert batch.flags.tolist() == [
        Flags.IMSI | Flags.NO_TRANSACTION_ID,
        Flags.NO_TRANSACTION_ID,
    ]
    alone = read_one(tmp_path, "time,imsi,esn,mscid\n0,310006145551234,82123456,1-1\n")
    assert alone.msid.tolist() == [msid_of_imsi("310006145551234")]


def test_an_mscid_may_be_a_name_and_may_be_unknown(tmp_path: Path) -> None:
    text = "time,min,esn,mscid\n" + "".join(
        f"0,6145551234,82123456,{mscid}\n" for mscid in ("MSC B", "4661-1", "MSC A", "9-9")
    )
    batch = read_one(tmp_path, text)
    assert batch.msc.tolist() == [2, 1, 0, MSC_UNKNOWN]
    assert batch.mscid.tolist() == [4662 << 8 | 1, 4661 << 8 | 1, 4660 << 8 | 1, 9 << 8 | 9]


def test_further_columns_are_read_in_any_order(tmp_path: Path) -> None:
    text = (
        "location_area,transaction_capability,system_capabilities,system_access_type,"
        "terminal_type,flags,transaction_id,mscid,esn,min,time\n"
        "65535,20225,31,7,33,1,0x0000002A,4660-1,80123456,6145551234,0\n"
        ",,,,,,42,4660-1,82123456,6145551234,0\n"
    )
    batch = read_one(tmp_path, text)
    assert batch.transaction_id.tolist() == [42, 42]
    assert batch.location_area.tolist() == [65535, 0]
    assert batch.transaction_capability.tolist() == [20225, 0]
    assert batch.system_capabilities.tolist() == [31, 0]
    assert batch.system_access_type.tolist() == [7, 0]
    assert batch.terminal_type.tolist() == [33, 0]
    first = Flags.BORDER_CELL_ACCESS | Flags.POWER_DOWN | Flags.PSEUDO_ESN
    assert batch.flags.tolist() == [first, 0]


def test_a_spreadsheets_octets_are_tolerated(tmp_path: Path) -> None:
    text = '\ufeff time ,min,esn,mscid\r\n\r\n"0", 6145551234 ,82123456,"MSC\r\n"\r\n'
    batches, refused = read(write(tmp_path, text))
    assert batches == []
    assert [(reason, line) for reason, line, _ in refused] == [("mscid_malformed", 4)]
    text = '\ufefftime,min,esn,mscid\r\n\r\n"0", 6145551234 ,82123456,"MSC A"\r\n'
    assert read_one(tmp_path, text).msc.tolist() == [0]


@pytest.mark.parametrize(
    ("row", "reason", "words"),
    [
        ("x,6145551234,,82123456,1-1,,", "time_malformed", "a time is seconds since 1970, or as"),
        ("2026-11-22T10:00:00,6145551234,,82123456,1-1,,", "time_malformed", "its offset, not"),
        ("2026-13-22T10:00:00.000Z,6145551234,,82123456,1-1,,", "time_malformed", "not '2026-13"),
        ("2026-11-22,6145551234,,82123456,1-1,,", "time_malformed", "not '2026-11-22'"),
        ("-1,6145551234,,82123456,1-1,,", "time_malformed", "not '-1'"),
        ("1969-12-31T23:59:59.999Z,6145551234,,82123456,1-1,,", "time_malformed", "not '1969"),
        (",6145551234,,82123456,1-1,,", "time_malformed", "not ''"),
        ("0,614555123,,82123456,1-1,,", "min_malformed", "a MIN has ten digits, not '614555123'"),
        ("0,614555123A,,82123456,1-1,,", "min_malformed", "not '614555123A'"),
        ("0,,31000614555123X,82123456,1-1,,", "imsi_malformed", "an IMSI has 1 to 15 digits"),
        ("0,,,82123456,1-1,,", "record_malformed", "min and imsi must be given, not neither"),
        ("0,6145551234,3100061455512,82123456,1-1,,", "record_malformed", "given, not both"),
        ("0,6145551234,,8212345,1-1,,", "esn_malformed", "an ESN is 8 hex digits, or 11 decimal"),
        ("0,6145551234,,8212 456,1-1,,", "esn_malformed", "not '8212 456'"),
        ("0,6145551234,,25600000000,1-1,,", "esn_malformed", "not '25600000000'"),
        ("0,6145551234,,13016777216,1-1,,", "esn_malformed", "not '13016777216'"),
        ("0,6145551234,,82123456,MSC X,,", "mscid_malformed", "MARKET-SWITCH in decimal"),
        ("0,6145551234,,82123456,,,", "mscid_malformed", "not ''"),
        ("0,6145551234,,82123456,1-1,0x123,", "record_malformed", "column 'transaction_id'"),
        ("0,6145551234,,82123456,1-1,4294967296,", "record_malformed", "at most 32 bits"),
        ("0,6145551234,,82123456,1-1,,256", "record_malformed", "column 'terminal_type': 0 to 255"),
        ("0,6145551234,,82123456,1-1,,-1", "record_malformed", "column 'terminal_type'"),
        ("0,6145551234,,82123456,1-1,", "record_malformed", "6 cells under 7 headings"),
        ("0,6145551234,,82123456,1-1,,,", "record_malformed", "8 cells under 7 headings"),
    ],
)
def test_a_bad_row_is_refused_and_named(tmp_path: Path, row: str, reason: str, words: str) -> None:
    headings = "time,min,imsi,esn,mscid,transaction_id,terminal_type"
    good = "0,6145551234,,82123456,4660-1,,"
    batches, refused = read(write(tmp_path, f"{headings}\n{good}\n{row}\n{good}\n"))
    assert sum(map(len, batches)) == 2
    ((found, line, detail),) = refused
    assert (found, line) == (reason, 3)
    assert words in detail


def test_octets_that_are_not_utf_8_spoil_their_row_only(tmp_path: Path) -> None:
    text = b"time,min,esn,mscid\n0,6145551234,82123456,\xc4\n0,6145551234,82123456,1-1\n"
    batches, refused = read(write(tmp_path, text))
    assert (sum(map(len, batches)), [row[:2] for row in refused]) == (1, [("mscid_malformed", 2)])


def test_a_field_past_all_bounds_spoils_its_row_only(tmp_path: Path) -> None:
    good = "0,6145551234,82123456,1-1\n"
    text = f'time,min,esn,mscid\n{good}0,"{"6" * 140_000}",82123456,1-1\n{good}'
    batches, refused = read(write(tmp_path, text))
    assert sum(map(len, batches)) == 2
    assert [row[:2] for row in refused] == [("record_malformed", 3)]


@pytest.mark.parametrize("quoted", ["", '0,"6145551234",82123456,1-1\n'])
@pytest.mark.parametrize(
    "long", ["6" * 10_000_000, '0,"' + "6" * 2000, "0,6145551234,82123456\0,1-1"]
)
def test_a_line_past_all_bounds_is_refused_by_its_number(
    tmp_path: Path, quoted: str, long: str
) -> None:
    good = "0,6145551234,82123456,1-1\n"
    batches, refused = read(
        write(tmp_path, f"time,min,esn,mscid\n{quoted}{good}{long}\n{good}{good}")
    )
    assert sum(map(len, batches)) == 3 + bool(quoted)
    words = "longer than 1,024 octets, or with a NUL"
    assert refused == [("record_malformed", 3 + bool(quoted), words)]


def test_a_quote_that_is_never_closed_takes_no_memory(tmp_path: Path) -> None:
    good = "0,6145551234,82123456,1-1\n"
    text = f'time,min,esn,mscid\n{good}0,"' + ("6" * 1000 + "\n") * 5000 + good
    batches, refused = read(write(tmp_path, text), batch_rows=10)
    assert sum(map(len, batches)) == 2
    assert {reason for reason, _, _ in refused} == {"record_malformed"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no headings in the first line"),
        ("\ntime\n", "no headings in the first line"),
        ("time,min,esn\n", "the heading 'mscid' is missing"),
        ("time,esn,mscid\n", "the heading 'min' (or 'imsi') is missing"),
        ("time,min,esn,mscid,cell\n", "unknown heading 'cell'; known are time, min, imsi, esn"),
        ("time,min,min,esn,mscid\n", "heading 'min' stands twice"),
        (b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", "unknown heading"),
    ],
)
def test_headings_at_fault_end_it(tmp_path: Path, text: str | bytes, words: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(InputError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:1: ")
    assert words in str(caught.value)


def test_a_missing_file_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read(tmp_path / "records.csv")


def test_what_is_not_compressed_is_said_to_be(tmp_path: Path) -> None:
    path = tmp_path / "records.csv.gz"
    path.write_text("time,min,esn,mscid\n")
    with pytest.raises(InputError, match="cannot be read: Not a gzipped file"):
        read(path)


def test_a_compressed_file_cut_short_gives_what_it_holds(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    row = "{:.3f},6145551234,{:08x},1-1\n"
    rows = (row.format(t, e) for t, e in rng.integers(0, 1 << 31, (50_000, 2)).tolist())
    octets = gzip.compress(("time,min,esn,mscid\n" + "".join(rows)).encode())
    path = tmp_path / "records.csv.gz"
    path.write_bytes(octets[: len(octets) // 2])
    read_so_far: list[Batch] = []
    with pytest.raises(InputError, match="breaks off after here: Compressed file ended") as caught:
        read_so_far.extend(read_records(path, 0, MSCS, refuse=_never, batch_rows=1000))
    count = sum(map(len, read_so_far))
    assert 20_000 < count < 30_000
    assert caught.value.line == count + 1


def _never(reason: str, line: int, detail: str) -> None:
    pytest.fail(f"{reason} in line {line}: {detail}")


def test_a_file_is_read_in_batches(tmp_path: Path) -> None:
    text = "time,min,esn,mscid\n" + "0,6145551234,82123456,1-1\n" * 10
    batches, _ = read(write(tmp_path, text), batch_rows=4)
    assert [len(batch) for batch in batches] == [4, 4, 2]


TIMES = st.integers(0, 253_402_300_799_999)  # to the year 9999
MSIDS = st.integers(0, 10**10 - 1) | st.text("0123456789", min_size=1, max_size=15).map(
    msid_of_imsi
)


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """Registrations whose flags agree with their columns, as `read_records` gives them."""
    batch = Batch.of(
        draw(
            st.lists(
                st.builds(
                    Registration,
                    time=TIMES,
                    msid=MSIDS,
                    esn=st.integers(0, (1 << 32) - 1),
                    msc=st.just(MSC_UNKNOWN),
                    mscid=st.integers(0, (1 << 24) - 1) | st.just(4660 << 8 | 1),
                    transaction_id=st.integers(0, (1 << 32) - 1),
                    source=st.just(7),
                    flags=st.sampled_from([Flags(0), Flags.BORDER_CELL_ACCESS, Flags.LATE]),
                ),
                max_size=8,
            )
        )
    )
    for name in DTYPES:
        if name in {"terminal_type", "system_access_type", "system_capabilities"}:
            getattr(batch, name)[:] = draw(st.integers(0, 255))
        if name in {"transaction_capability", "location_area"}:
            getattr(batch, name)[:] = draw(st.integers(0, 65535))
    batch.msc[:] = MSCS.place(batch.mscid)
    batch.transaction_id[::3] = 0
    batch.flags[::3] |= np.uint8(Flags.NO_TRANSACTION_ID)
    batch.flags[batch.msid >= IMSI_LENGTH_FACTOR] |= np.uint8(Flags.IMSI)
    batch.flags[batch.esn >> 24 == 0x80] |= np.uint8(Flags.PSEUDO_ESN)
    batch.flags[batch.system_access_type == 7] |= np.uint8(Flags.POWER_DOWN)
    return batch


@given(written=st.lists(batches(), max_size=3), suffix=st.sampled_from([".csv", ".csv.gz"]))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, written: list[Batch], suffix: str
) -> None:
    path = tmp_path_factory.mktemp("records") / f"records{suffix}"
    write_records(path, written)
    again, refused = read(path)
    assert not refused
    assert rows_of(again) == rows_of(written)


def test_records_may_be_written_bit_by_bit(tmp_path: Path) -> None:
    path = tmp_path / "records.csv"
    batch = read_one(tmp_path, "time,min,esn,mscid\n0,6145551234,82123456,4660-1\n")
    writer = RecordsWriter(path)
    writer.write(batch)
    writer.write(batch)
    writer.close()
    assert rows_of(read(path)[0]) == rows_of([batch]) * 2


CELLS = st.tuples(
    st.sampled_from(["2026-11-22T10:00:00.250Z", "2026-02-30T10:00:00.250Z", "1.5", " 7", "x"]),
    st.sampled_from(["6145551234", "614555123", " 6145551234", "", "614555123x"]),
    st.sampled_from(["", "", "310006145551234", "x"]),
    st.sampled_from(["82123456", "8212345g", " 2123456", "80123456", "13001193046"]),
    st.sampled_from(["4660-1", "MSC B", "9-9", '"MSC A"', "-", "4660-1,"]),
    st.sampled_from(["0x0000002A", "0x000000 A", "42", ""]),
)


@given(rows=st.lists(CELLS, min_size=1, max_size=12))
def test_many_rows_at_once_are_read_as_each_alone(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]]
) -> None:
    text = "time,min,imsi,esn,mscid,transaction_id\n" + "".join(
        ",".join(row) + "\n" for row in rows
    )
    path = write(tmp_path_factory.mktemp("records"), text)
    one_by_one, refused_one_by_one = read(path, batch_rows=1)
    together, refused = read(path)
    assert rows_of(together) == rows_of(one_by_one)
    assert sorted(refused) == sorted(refused_one_by_one)
