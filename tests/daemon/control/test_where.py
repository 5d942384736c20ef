"""Where daemon and command meet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clonewatch.control.where import control_socket

if TYPE_CHECKING:
    import pytest


def test_it_lies_in_the_runtime_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RUNTIME_DIRECTORY", raising=False)
    assert control_socket() == Path("/run/clonewatch/control.sock")
    monkeypatch.setenv("RUNTIME_DIRECTORY", "/run/other")
    assert control_socket() == Path("/run/other/control.sock")
