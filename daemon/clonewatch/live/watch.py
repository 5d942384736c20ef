"""How much comes from each source, and which of them have fallen silent: looked at now and then."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import structlog

from clonewatch.live.silence import Silence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clonewatch.live.lines import Counts
    from clonewatch.live.linkset import LinkSet
    from clonewatch.live.sniffers import SnifferSet
    from clonewatch.live.troubles import Troubles

RATE_OVER_S: Final = 10.0  # what "a second" is taken from
MINUTE_S: Final = 60.0


class Rates:
    """Registrations a second of each source, over the last RATE_OVER_S."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, dict[str, int]]] = deque()

    def look(self, now: float, registrations: Mapping[str, int]) -> None:
        """Remember where the counters stand."""
        self._seen.append((now, dict(registrations)))
        while now - self._seen[0][0] > RATE_OVER_S:
            self._seen.popleft()

    def per_s(self, name: str) -> float:
        """Of one source."""
        if len(self._seen) < 2:
            return 0.0
        (begun, before), (now, after) = self._seen[0], self._seen[-1]
        return (after.get(name, 0) - before.get(name, 0)) / (now - begun)


class SourceWatch:
    """Watches *links* and *sniffers*; links that are down, or silent, go to *troubles*."""

    def __init__(self, links: LinkSet, sniffers: SnifferSet, troubles: Troubles) -> None:
        self.rates = Rates()
        self.silences: dict[str, Silence] = {}  # by the name of a link
        self._links = links
        self._sniffers = sniffers
        self._troubles = troubles

    def counts(self) -> dict[str, Counts]:
        """What came from each link and sniffer, by its name."""
        links = self._links.links.items()
        names = [name for name, live in links if live.config.is_source]
        return {name: self._links.counts(name) for name in (*names, *self._sniffers.sniffers)}

    def look(self, now: float) -> None:
        """Look again; *now* in seconds of any steady clock."""
        counts = self.counts()
        self.rates.look(now, {name: each.registrations for name, each in counts.items()})
        links = self._links.links
        for name, live in links.items():
            if live.config.is_source:
                minutes = live.config.silent_after_minutes
                after_s = None if minutes is None else minutes * MINUTE_S
                silence = self.silences.setdefault(name, Silence.begin(after_s, now))
                change = silence.look(
                    now, is_connected=live.endpoint.is_up, messages=counts[name].messages
                )
                if change is not None:
                    self._silence_changed(name, is_silent=change)
        self._troubles.links_looked_at({n: live.endpoint.is_up for n, live in links.items()}, now)

    def _silence_changed(self, source: str, *, is_silent: bool) -> None:
        log = structlog.get_logger()
        say = log.warning if is_silent else log.info
        say("source_silent" if is_silent else "source_heard_again", source=source)
        self._troubles.silence_changed(source, is_silent=is_silent)
