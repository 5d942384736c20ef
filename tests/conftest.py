"""Tools that some tests need."""

from __future__ import annotations

import os
import shutil

import pytest
from hypothesis import settings

# No test is timed: the first call of a kernel may have to compile it.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

TOOLS = {"tshark": "tshark"}  # marker -> command


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker, command in TOOLS.items():
        if item.get_closest_marker(marker) and shutil.which(command) is None:
            if os.environ.get("CI") == "true":
                pytest.fail(f"{command} is not installed, and in CI that is a failure")
            pytest.skip(f"{command} is not installed")
