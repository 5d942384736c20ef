"""Grammars are imported when a message needs them, and by the daemon before any comes.

What they make of a message is seen through the collector (test_collector).
"""

from __future__ import annotations

from pythons import run

GRAMMARS = "sorted({'construct', 'clonewatch.throughgrammars'} & sys.modules.keys())"


def test_a_capture_without_odd_messages_needs_no_grammars() -> None:
    script = "import sys, clonewatch.replay, clonewatch.travel.table, clonewatch.detector\n"
    assert run(f"{script}print({GRAMMARS})") == "[]"


def test_the_daemon_has_them_before_its_first_message() -> None:
    script = (
        "import sys\n"
        "from clonewatch.live.lines import LinesCollector\n"
        "from clonewatch.mscs import Mscs\n"
        "LinesCollector(Mscs([]))\n"
    )
    assert run(f"{script}print({GRAMMARS})") == "['clonewatch.throughgrammars', 'construct']"
