"""What tests do with links: drain them, read what they told, join two by a wire that cuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from is41.link import Event, Link, MessagesReceived

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from is41.machine import Machine


def events_of(link: Link | Machine[Any]) -> list[Event]:
    return list(iter(link.next_event, None))


def payloads(events: Sequence[Event]) -> list[bytes]:
    """The messages told, in order."""
    return [
        event.octets[event.frames.start[at] : event.frames.end[at]].tobytes()
        for event in events
        if isinstance(event, MessagesReceived)
        for at in range(event.count)
    ]


class Wire:
    """Two links joined. Each `carry` brings some of the octets on their way, cut anywhere."""

    def __init__(self, first: Link, second: Link) -> None:
        self.ends = (first, second)
        self.events: tuple[list[Event], list[Event]] = ([], [])
        self.heard: tuple[list[bytes], list[bytes]] = ([], [])
        self._on_the_way = (bytearray(), bytearray())  # from each end

    def carry(self, now: float, cuts: random.Random | None = None) -> bool:
        """Let timers expire and bring octets both ways, all without *cuts*: whether any came."""
        moved = False
        for this, end in enumerate(self.ends):
            end.expire(now)
            octets = self._on_the_way[this]
            octets += end.octets_to_send()
            count = len(octets) if cuts is None else cuts.randint(0, len(octets))
            self.ends[1 - this].receive(bytes(octets[:count]), now)
            del octets[:count]
            moved = moved or count > 0
            for side in (0, 1):
                events = events_of(self.ends[side])
                self.heard[side].extend(payloads(events))
                self.events[side].extend(events)
        return moved

    def settle(self, now: float) -> None:
        """Bring all there is, until both ends have nothing more to say."""
        while self.carry(now):
            pass
