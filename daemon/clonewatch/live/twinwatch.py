"""One MIN with two ESNs, told while registrations come in; see `clonewatch.evidence.twins`.

What registered is looked up in `UsedEsns`, a batch at once; only MSIDs whose ESN changed, which are
few, are remembered one by one.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.evidence.twins import Twins
from clonewatch.evidence.usedesns import UsedEsns
from clonewatch.registrations import UNTRUSTED

if TYPE_CHECKING:
    from clonewatch.registrations import Batch

CHANGED_MAX: Final = 100_000  # ours: MSIDs that are remembered one by one: some 60 MB
ESNS_MAX: Final = 16  # ours: of one MSID
MSCIDS_MAX: Final = 64
TOLD_EVERY_MS: Final = 3_600_000  # ours: of one MSID, while it goes on


@dataclass(slots=True)
class _Changed:
    """An MSID that has had another ESN."""

    esns: dict[int, None]  # in the order of their last use
    changes: int = 0
    first_at: int = 0
    last_at: int = 0
    is_twins: bool = False
    told_at: int | None = None
    mscids: set[int] = field(default_factory=set)


class TwinWatch:
    """Registrations in, twins out; memory for some *msids_max*."""

    def __init__(self, msids_max: int, *, changed_max: int = CHANGED_MAX) -> None:
        self._used = UsedEsns(msids_max)
        self._changed: OrderedDict[int, _Changed] = OrderedDict()
        self._changed_max = changed_max

    def take(self, batch: Batch) -> list[Twins]:
        """Look at registrations in their order of arrival; each MSID is told once an hour at most.

        What came behind a later one of its MSID changes nothing, for it may have been overtaken.
        """
        if (batch.flags & UNTRUSTED).any():
            batch = batch[np.flatnonzero(batch.flags & UNTRUSTED == 0)]
        rows, before = self._used.put(
            np.ascontiguousarray(batch.time),
            np.ascontiguousarray(batch.msid),
            np.ascontiguousarray(batch.esn),
        )
        told: dict[int, None] = {}
        for row, earlier in zip(rows, before, strict=True):
            msid = int(batch.msid[row])
            self._change(
                msid, earlier, int(batch.esn[row]), int(batch.time[row]), int(batch.mscid[row])
            )
            told[msid] = None
        return [twins for msid in told if (twins := self._told(msid)) is not None]

    def _change(self, msid: int, before: int, esn: int, time_ms: int, mscid: int) -> None:
        """An MSID has another ESN than before."""
        it = self._changed.pop(msid, None) or _Changed({before: None})
        self._changed[msid] = it
        if len(self._changed) > self._changed_max:
            self._changed.popitem(last=False)
        it.is_twins |= esn in it.esns
        it.esns.pop(esn, None)
        it.esns[esn] = None
        if len(it.esns) > ESNS_MAX:
            del it.esns[next(iter(it.esns))]
        it.first_at = it.first_at or time_ms
        it.last_at = time_ms
        it.changes += 1
        if len(it.mscids) < MSCIDS_MAX:
            it.mscids.add(mscid)

    def _told(self, msid: int) -> Twins | None:
        """What there is to tell of an MSID now."""
        it = self._changed.get(msid)
        if it is None or not it.is_twins:
            return None
        if it.told_at is not None and it.last_at < it.told_at + TOLD_EVERY_MS:
            return None
        it.told_at = it.last_at
        return Twins(
            msid=msid,
            esns=tuple(sorted(it.esns)),
            changes=it.changes,
            first_at=it.first_at,
            last_at=it.last_at,
            mscids=tuple(sorted(it.mscids)),
        )
