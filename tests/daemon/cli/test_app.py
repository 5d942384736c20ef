"""All verbs in one command."""

from __future__ import annotations

from clonewatch.cli.app import VERBS
from clonewatch.cli.output import Exit
from command import clonewatch
from pythons import after_command


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
    loaded = "[m for m in ('numba', 'numpy') if m in sys.modules]"
    assert after_command("--help", then=loaded) == "[]"


def test_a_verb_is_imported_without_the_others() -> None:
    loaded = "[m for m in ('cases', 'lab') if f'clonewatch.cli.{m}' in sys.modules]"
    assert after_command("cases", "--help", then=loaded) == "['cases']"


def test_the_command_has_no_threads_for_products_of_matrices() -> None:
    threads = "__import__('numpy') and len(os.listdir('/proc/self/task'))"
    assert after_command("--help", then=threads) == "1"
