"""The command line, run in this process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner

from clonewatch.cli.app import app

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    exit_code: int
    octets: bytes
    errors: str

    @property
    def output(self) -> str:
        """Standard output, as text."""
        return self.octets.decode()

    @property
    def records(self) -> list[dict[str, Any]]:
        """Standard output, as JSON lines."""
        return [json.loads(line) for line in self.output.splitlines()]


def clonewatch(*words: str | Path) -> Ran:
    """Run ``clonewatch WORDS``."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(result.exit_code, result.stdout_bytes, result.stderr)
