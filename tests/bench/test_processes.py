"""Processes are run to their end, and timed."""

from __future__ import annotations

import sys

import pytest

from bench.processes import run


def test_what_a_process_prints_and_takes_is_told() -> None:
    done = run(sys.executable, "-c", "held = bytearray(50 << 20); print('octets')")
    assert done.output == "octets\n"
    assert done.wall_s > 0
    assert done.peak_mib > 50


def test_a_process_that_fails_ends_the_run_and_says_what_it_said() -> None:
    with pytest.raises(SystemExit, match="no such luck"):
        run(sys.executable, "-c", "raise SystemExit('no such luck')")
