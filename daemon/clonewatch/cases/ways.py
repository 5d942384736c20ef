"""Whether a journey that was too quick was possible over another MSC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from clonewatch.registrations import MSC_UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from clonewatch.clonerecords import CloneRecords
    from clonewatch.evidence.network import Network


@dataclass(frozen=True, slots=True)
class Ways:
    """Travel times of *network*, where they are known; *words* tell MSCs by name."""

    words: CloneRecords
    network: Network

    def lead_over(self, msc: str, row: Mapping[str, Any]) -> bool:
        """Whether the time of a clone record was enough for the way over *msc*."""
        travel_ms = self.network.travel_ms
        between = self.words.indices(msc)
        ends = [self.words.index_of(row[f"{which}_mscid"]) for which in ("first", "second")]
        if travel_ms is None or not between or MSC_UNKNOWN in ends:
            return False
        first, second = ends
        there, on = int(travel_ms[first, between[0]]), int(travel_ms[between[0], second])
        return there >= 0 and on >= 0 and there + on <= row["elapsed_ms"]
