"""What some tests need of the machine."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from clonewatch.cli.output import load_kernels

# What an assertion saw is told for theirs too.
pytest.register_assert_rewrite(
    *(path.stem for path in (Path(__file__).parent / "support").glob("*.py"))
)

# No test is timed: the machine may be busy with others.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

if TYPE_CHECKING:
    from collections.abc import Callable


def _may_sniff() -> bool:
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    except PermissionError:
        return False
    return True


NEEDS: dict[
    str, tuple[Callable[[], bool], str]
] = {  # marker -> whether it is there, and what to say if not
    "alertmanager": (
        lambda: shutil.which("prometheus-alertmanager") is not None,
        "prometheus-alertmanager is not installed",
    ),
    "rsyslogd": (lambda: shutil.which("rsyslogd") is not None, "rsyslogd is not installed"),
    "snmptrapd": (
        lambda: bool(shutil.which("snmptrapd") and shutil.which("snmptranslate")),
        "snmptrapd or snmptranslate is not installed",
    ),
    "tshark": (lambda: shutil.which("tshark") is not None, "tshark is not installed"),
    "sniff": (_may_sniff, "sniffing needs CAP_NET_RAW"),
}


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile what has to be compiled: no test waits that long for a daemon."""
    if not hasattr(session.config, "workerinput"):  # whoever starts the workers does it for all
        load_kernels()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, (is_there, otherwise) in NEEDS.items():
        if item.get_closest_marker(marker) and not is_there():
            if os.environ.get("CI") == "true":
                pytest.fail(f"{otherwise}, and in CI that is a failure")
            pytest.skip(otherwise)
