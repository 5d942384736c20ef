"""All verbs in one command."""

from __future__ import annotations

from clonewatch.cli.app import VERBS
from clonewatch.cli.output import Exit
from command import clonewatch
from pythons import run


def test_help_names_every_verb() -> None:
    ran = clonewatch("--help")
    assert ran.exit_code == 0
    for verb in VERBS:
        assert f" {verb} " in ran.output


def test_a_verb_that_there_is_not_is_told_with_one_that_may_have_been_meant() -> None:
    ran = clonewatch("replya")
    assert ran.exit_code == Exit.USAGE
    assert "No such command 'replya'. Did you mean 'replay'?" in ran.errors


def test_exit_codes_are_those_of_sysexits() -> None:
    assert (Exit.DONE, Exit.FAILED, Exit.USAGE) == (0, 1, 2)
    assert (Exit.UNREADABLE, Exit.MISCONFIGURED) == (65, 78)


def test_help_loads_nothing_that_takes_long() -> None:
    script = (
        "import sys; from clonewatch.__main__ import main; sys.argv = ['clonewatch', '--help']\n"
        "try: main()\n"
        "except SystemExit: print([m for m in ('numba', 'numpy') if m in sys.modules])"
    )
    assert run(script).splitlines()[-1] == "[]"


def test_a_verb_is_imported_without_the_others() -> None:
    script = (
        "import sys; from clonewatch.__main__ import main; sys.argv = ['clonewatch', 'cases', '--help']\n"
        "try: main()\n"
        "except SystemExit: print([m for m in ('cases', 'lab') if f'clonewatch.cli.{m}' in sys.modules])"
    )
    assert run(script).splitlines()[-1] == "['cases']"


def test_the_command_has_no_threads_for_products_of_matrices() -> None:
    script = (
        "import os, sys; from clonewatch.__main__ import main; sys.argv = ['clonewatch', '--help']\n"
        "os.environ.pop('OPENBLAS_NUM_THREADS', None)\n"
        "try: main()\n"
        "except SystemExit: import numpy; print(len(os.listdir('/proc/self/task')))"
    )
    assert run(script).splitlines()[-1] == "1"
