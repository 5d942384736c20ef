"""Processes are run to their end, and timed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from bench.processes import run

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_process_prints_and_holds_is_told_and_not_what_we_hold() -> None:
    ours = bytes(range(256)) * (1 << 20)
    work = "held = b'x' * (50 << 20); import numpy; print('octets')"
    done = run(sys.executable, "-c", work)
    assert done.output == "octets\n"
    assert done.wall_s > 0
    assert 50 < done.peak_mib < len(ours) >> 20


def test_what_a_process_is_given_need_not_be_there(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"12345")
    given = (tmp_path / "folder", tmp_path / "folder" / "file", tmp_path / "to be written")
    done = run(sys.executable, "-c", "import sys; print(sys.argv[1:])", *given)
    assert done.output == f"{[str(each) for each in given]}\n"


def test_a_process_that_fails_ends_the_run_and_says_what_it_said() -> None:
    with pytest.raises(SystemExit, match="no such luck"):
        run(sys.executable, "-c", "raise SystemExit('no such luck')")
