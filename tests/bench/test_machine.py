"""Where something was measured."""

from __future__ import annotations

import re

import pytest

from bench.machine import machine


@pytest.mark.tshark
def test_commit_versions_and_machine_are_told() -> None:
    told = machine()
    assert re.fullmatch(r"[0-9a-f]{7,}\+?|none", told["commit"])
    assert re.fullmatch(r"[0-9.]+", told["tshark"])
    assert told["memory"].endswith(" GiB")
    assert {"numpy", "numba", "duckdb", "processor", "kernel"} <= set(told)
