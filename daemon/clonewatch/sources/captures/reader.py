"""A capture of any kind and link type we know, as blocks of octets with frames in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clonewatch.errors import InputError
from clonewatch.sources.captures import flows
from clonewatch.sources.captures.assembly import Assembly
from clonewatch.sources.captures.files import CaptureFile
from clonewatch.sources.captures.links import LINK_TYPES, USER_LINK_TYPES, Link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from clonewatch.sources.captures.assembly import FrameBlock, LinkFault
    from is41.sigtran import Carrier


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What a capture does not say itself: what user link types hold, and what ports carry."""

    links: Mapping[int, Link] = field(default_factory=dict)
    ports: Mapping[int, Carrier] = field(default_factory=dict)


class Capture:
    """One capture file. Raises InputError, when made, where it cannot be read at all.

    Each fault below the messages is told to *tell*, if that is given.
    """

    def __init__(
        self,
        path: Path,
        wiring: Wiring | None = None,
        tell: Callable[[LinkFault], None] | None = None,
    ) -> None:
        self._path = path
        self._wiring = wiring or Wiring()
        self._file = CaptureFile(path, self._link, room=flows.ROOM)
        link = self._file.link
        if link == Link.UNKNOWN:
            self._file.close()
            raise InputError(path, self._unknown)
        self._assembly = Assembly(link, self._wiring.ports, tell)

    @property
    def packets(self) -> int:
        """Packets read so far."""
        return self._assembly.packets

    @property
    def cut(self) -> str | None:
        """Where the file breaks off, once all of it is read; None for a whole one."""
        return self._file.cut

    @property
    def counts(self) -> dict[str, int]:
        """What was passed over on the way to the frames, but for zeros."""
        return self._assembly.counts

    def close(self) -> None:
        """Close the file; `blocks` does so at its end."""
        self._file.close()

    def blocks(self) -> Iterator[FrameBlock]:
        """Give the frames, in the order in which they are complete. Raises OSError."""
        try:
            for block in self._file.blocks():
                yield from self._assembly.take(block)
            yield from self._assembly.finish()
        finally:
            self._file.close()

    def _link(self, link_type: int) -> int:
        """Tell what packets of a link type begin with."""
        link = self._wiring.links.get(link_type, LINK_TYPES.get(link_type, Link.UNKNOWN))
        if link is Link.UNKNOWN:
            known = ", ".join(str(number) for number in sorted(LINK_TYPES))
            self._unknown = f"link type {link_type} is not read here; known are {known}"
            if link_type in USER_LINK_TYPES:
                self._unknown = (
                    f"link type {link_type} is the user's own: say what it holds, as in "
                    f"--linktype {link_type}=mtp3"
                )
        return link
