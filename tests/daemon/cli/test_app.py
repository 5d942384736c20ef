"""All verbs in one command."""

from __future__ import annotations

import subprocess
import sys

from clonewatch.cli.output import Exit
from command import clonewatch


def test_help_names_every_verb() -> None:
    ran = clonewatch("--help")
    assert ran.exit_code == 0
    for verb in ("replay", "detect", "decode", "travel", "lab", "demo"):
        assert verb in ran.output


def test_exit_codes_are_those_of_sysexits() -> None:
    assert (Exit.DONE, Exit.FAILED, Exit.USAGE) == (0, 1, 2)
    assert (Exit.UNREADABLE, Exit.MISCONFIGURED) == (65, 78)


def test_help_loads_nothing_that_takes_long() -> None:
    words = (
        "import sys, clonewatch.cli.app; print([m for m in ('numba', 'numpy') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
