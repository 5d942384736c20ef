"""Weighing all conflicts of some records, with everything that the records know of each MSID."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.registrations import Batch

from .history import History
from .weigh import weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from clonewatch.detector import Conflict

    from .findings import Evidence
    from .network import Network

HISTORY_MAX: Final = 20  # earlier conflicts of an MSID that one is weighed with


def standing(conflicts: Iterable[Conflict]) -> list[Conflict]:
    """Those that no later arrival superseded, in order of finding."""
    found: dict[tuple[object, object], Conflict] = {}
    for conflict in conflicts:
        pair = conflict.first, conflict.second
        if conflict.superseded:
            found.pop(pair, None)
        else:
            found[pair] = conflict
    return list(found.values())


def weigh_together(
    conflicts: Sequence[Conflict], batches: Iterable[Batch], network: Network
) -> Iterator[tuple[Conflict, Evidence]]:
    """Weigh *conflicts*, none of them superseded, by what was known when each happened.

    *batches*: the registrations that they were found in, every column of them.
    """
    msids = np.unique(np.array([conflict.msid for conflict in conflicts], np.uint64))
    kept = [batch[np.isin(batch.msid, msids)] for batch in batches]
    registrations = Batch.joined(kept)
    registrations = registrations[np.lexsort((registrations.time, registrations.msid))]
    begins = np.searchsorted(registrations.msid, msids).tolist()
    ends = np.searchsorted(registrations.msid, msids, side="right").tolist()
    span = dict(zip(msids.tolist(), zip(begins, ends, strict=True), strict=True))
    of_msid: dict[int, list[Conflict]] = {}
    for conflict in sorted(conflicts, key=lambda each: each.second.time):
        of_msid.setdefault(conflict.msid, []).append(conflict)
    for conflict in conflicts:
        begin, end = span[conflict.msid]
        times = registrations.time[begin:end]
        until = begin + int(np.searchsorted(times, conflict.second.time, side="right"))
        earlier = [
            each for each in of_msid[conflict.msid] if each.second.time < conflict.second.time
        ]
        history = History(
            conflicts=tuple(earlier[-HISTORY_MAX:]), registrations=registrations[begin:until]
        )
        yield conflict, weigh(conflict, history, network)
