"""A group of any format, opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clonewatch.errors import InputError
from clonewatch.messages import Held
from clonewatch.replay import CaptureSource, Placing, RecordsSource
from clonewatch.sources.parquet import is_parquet

from .names import Form, form_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from clonewatch.mscs import Mscs
    from clonewatch.replay import Source
    from clonewatch.sources.captures.reader import Wiring


class GroupReader:
    """Opens groups as registrations of *source*; of *form* alone, if one is given."""

    def __init__(
        self,
        mscs: Mscs,
        source: int,
        *,
        form: Form | None = None,
        placing: Placing | None = None,
        wiring: Wiring | None = None,
        messages: Held = Held.NOT,
    ) -> None:
        self.source = source
        self._mscs = mscs
        self._form = form
        self._placing = placing or Placing()
        self._wiring = wiring
        self._messages = messages

    def open(self, path: Path, refuse: Callable[[str], None]) -> Source:
        """Open a group; *refuse* is told of what cannot be used in it.

        Raises InputError, OSError.
        """
        form = form_of(path.name)
        if self._form is not None and form is not self._form:
            raise InputError(path, f"is not {self._form}, which alone this spool is to take")
        if form is Form.PCAP:
            return CaptureSource(
                path,
                self.source,
                self._mscs,
                self._placing,
                refuse,
                self._wiring,
                messages=self._messages,
            )
        if is_parquet(path) is not (form is Form.PARQUET):
            raise InputError(path, f"does not hold what its name says: it is no {form}")
        return RecordsSource([path], self.source, self._mscs, refuse)
