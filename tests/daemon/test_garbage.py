"""When Python looks for garbage."""

from __future__ import annotations

from pythons import after_command, run

SCRIPT = """
import gc
from clonewatch import garbage
default = gc.get_threshold()
garbage.starting()
print(gc.get_threshold()[0] > 50 * default[0], gc.get_freeze_count())
garbage.running()
print(gc.get_threshold() == default, gc.get_freeze_count() > 1000)
"""


def test_it_looks_seldom_at_a_start_and_then_no_more_at_what_stays() -> None:
    assert run(SCRIPT).split() == ["True", "0", "True", "True"]


def test_the_command_starts_so_and_leaves_the_end_to_the_system() -> None:
    told = after_command("--help", then="gc.get_threshold()[0], gc.get_freeze_count() > 1000")
    assert told == "250000 True"
