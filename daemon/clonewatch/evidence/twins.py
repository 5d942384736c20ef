"""One MIN with two ESNs: a finding of its own, wherever the two register, at one MSC even.

A subscriber who gets another phone changes the ESN once. Two phones in use change it to and fro.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clonewatch.registrations import Batch

CHANGES_MIN: Final = 2  # to another ESN and back: one change is an exchange of phones


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """One MSID that is used with several ESNs, to and fro."""

    msid: int
    esns: tuple[int, ...]
    changes: int  # from one to another
    first_at: int  # ms since 1970 UTC: of the first change
    last_at: int
    mscids: tuple[int, ...]  # where the registrations at the changes were


def twins(batch: Batch) -> Iterator[Twins]:
    """Find them among registrations in any order, by MSID."""
    order = np.lexsort((batch.esn, batch.time, batch.msid))
    before, behind = order[:-1], order[1:]
    changed = (batch.msid[before] == batch.msid[behind]) & (batch.esn[before] != batch.esn[behind])
    places = np.flatnonzero(changed)
    msids, starts = np.unique(batch.msid[before[places]], return_index=True)
    ends = [*starts[1:].tolist(), len(places)]
    for msid, start, end in zip(msids.tolist(), starts.tolist(), ends[: len(starts)], strict=True):
        changes = places[start:end]
        if len(changes) < CHANGES_MIN:
            continue
        rows = np.concatenate((before[changes], behind[changes]))
        esns = np.unique(batch.esn[rows])
        if len(esns) > len(changes):
            continue  # ever another phone, none twice
        yield Twins(
            msid=msid,
            esns=tuple(esns.tolist()),
            changes=len(changes),
            first_at=int(batch.time[behind[changes[0]]]),
            last_at=int(batch.time[behind[changes[-1]]]),
            mscids=tuple(np.unique(batch.mscid[rows]).tolist()),
        )
