"""Tables as CSV."""

from __future__ import annotations

import csv
import io

from clonewatch.report.table import Table, write_csv


def test_a_table_is_read_back() -> None:
    stream = io.StringIO()
    write_csv(Table("t", ("a", "b", "c"), [("x, y", 1, None), ('"q"\n', 0.5, "é")]), stream)
    rows = list(csv.reader(io.StringIO(stream.getvalue())))
    assert rows == [["a", "b", "c"], ["x, y", "1", ""], ['"q"\n', "0.5", "é"]]


def test_no_cell_is_a_formula() -> None:
    stream = io.StringIO()
    write_csv(Table("t", ("a",), [("=HYPERLINK(1)",), ("@x",), ("-1+2",), (-1,)]), stream)
    rows = stream.getvalue().splitlines()[1:]
    assert rows == ["'=HYPERLINK(1)", "'@x", "'-1+2", "-1"]
