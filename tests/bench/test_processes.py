"""Processes are run to their end, and timed."""

from __future__ import annotations

import sys

import pytest

from bench.processes import run


def test_what_a_process_prints_and_holds_is_told_and_not_what_we_hold() -> None:
    ours = bytes(range(256)) * (1 << 20)
    work = "held = b'x' * (50 << 20); import numpy; print('octets')"
    done = run(sys.executable, "-c", work)
    assert done.output == "octets\n"
    assert done.wall_s > 0
    assert 50 < done.peak_mib < len(ours) >> 20


def test_a_process_that_fails_ends_the_run_and_says_what_it_said() -> None:
    with pytest.raises(SystemExit, match="no such luck"):
        run(sys.executable, "-c", "raise SystemExit('no such luck')")
