"""Numbers of sources, which outlive changes of the configuration.

A registration in the record file names its source by number. So a name keeps its number for good:
in a file of the state directory, one name after another.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from clonewatch.errors import InputError
from clonewatch.registrations import SOURCES_MAX
from clonewatch.travel.table import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILE: Final = "sources.json"


class SourceNumbers:
    """The numbers given so far, kept in *directory*. Raises InputError, OSError."""

    def __init__(self, directory: Path) -> None:
        self.names: list[str] = []
        self._path = directory / FILE
        if self._path.exists():
            self.names = _names(self._path)

    def number(self, names: Iterable[str]) -> dict[str, int]:
        """Numbers of *names*; those that are new get one. Raises InputError, OSError."""
        wanted = list(names)
        new = [name for name in wanted if name not in self.names]
        if len(self.names) + len(new) > SOURCES_MAX:
            raise InputError(
                self._path,
                f"{len(self.names)} sources have been named so far, and {len(new)} are new; "
                f"more than {SOURCES_MAX} cannot be told apart: use old names again",
            )
        if new:
            self.names += new
            with write_atomically(self._path) as stream:
                json.dump(self.names, stream, indent=0)
        return {name: self.names.index(name) for name in wanted}


def _names(path: Path) -> list[str]:
    try:
        names = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(path, f"cannot be read: {error}") from None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(path, "should be a list of names")
    return names
