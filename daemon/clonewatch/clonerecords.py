"""Clone records (314): conflicts written down, one JSON object a line."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from clonewatch.registrations import MSC_UNKNOWN, mscid_text, time_text
from is41.msid import msid_digits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clonewatch.detector import Conflict
    from clonewatch.mscs import Mscs
    from clonewatch.registrations import Registration

MS = 1000  # a second


def record_id(conflict: Conflict) -> str:
    """Identity of a conflict's clone record: its MSID, both times and both MSCs, hashed."""
    first, second = conflict.first, conflict.second
    told = (conflict.msid, first.time, first.mscid, second.time, second.mscid)
    return hashlib.sha256(" ".join(map(str, told)).encode()).hexdigest()[:32]


class CloneRecords:
    """Words for conflicts: names for the MSCs of *mscs* and for *sources* by their number."""

    def __init__(self, mscs: Mscs, sources: Sequence[str]) -> None:
        self._mscs = mscs
        self._sources = sources

    def record(self, conflict: Conflict) -> dict[str, Any]:
        """Give the clone record of one conflict."""
        return {
            "id": record_id(conflict),
            "msid": msid_digits(conflict.msid),
            "first": self._registration(conflict.first),
            "second": self._registration(conflict.second),
            "elapsed_s": conflict.elapsed_ms / MS,
            "travel_time_s": conflict.travel_time_ms / MS,
            "detected_at": time_text(conflict.found_at),
            "superseded": conflict.superseded,
        }

    def msc(self, registration: Registration) -> str:
        """Name of the MSC that sent a registration."""
        return self._mscs.name(registration.msc)

    def index_of(self, mscid: int) -> int:
        """Index of the MSC of an MSCID; MSC_UNKNOWN if no table has it any more."""
        index = self._mscs.index_of(mscid)
        return MSC_UNKNOWN if index is None else index

    def name_of(self, mscid: int) -> str:
        """Name of the MSC of an MSCID; MARKET-SWITCH if no table has it any more."""
        return self._mscs.name_of(mscid)

    def indices(self, name: str) -> tuple[int, ...]:
        """Every index of the MSC of a name; none if no table has it any more."""
        return self._mscs.indices(name)

    def source(self, registration: Registration) -> str:
        """Name of the source that a registration came from."""
        return self._sources[registration.source]

    def _registration(self, registration: Registration) -> dict[str, str]:
        return {
            "time": time_text(registration.time),
            "mscid": mscid_text(registration.mscid),
            "msc": self.msc(registration),
            "esn": f"{registration.esn:08X}",
            "source": self.source(registration),
        }
