"""FIG. 4 over the sorted whole: what the window must come to, whatever it was given first."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from clonewatch.registrations import MSC_UNKNOWN, Flags, Registration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clonewatch.window import Findings

MINUTE = 60_000  # ms
HOUR = 60 * MINUTE
MSC_A, MSC_B, MSC_C, MSC_D, MSC_E = range(5)
BLANK = -1

# FIG. 6, and two MSCs more: D is not known from everywhere, E is far.
TRAVEL_MS = np.array(
    [
        [0, 0, 80, BLANK, 600],
        [0, 0, 0, 30, 300],
        [80, 0, 0, BLANK, 1],
        [20, 45, BLANK, 0, BLANK],
        [200, 300, 2, 5, 0],
    ],
    np.int64,
)
TRAVEL_MS[TRAVEL_MS > 0] *= MINUTE
MSCID_OF = np.array([4660 << 8 | 1, 4660 << 8 | 2, 17 << 8, 9000 << 8, 4660 << 8 | 3], np.uint32)

Pair = tuple[Registration, Registration]


def registration(
    time: int, msc: int = MSC_A, *, msid: int = 6145551234, esn: int = 0x82123456, **further: int
) -> Registration:
    """A registration; the MSCID is the MSC's."""
    flags = Flags(further.pop("flags", Flags.NO_TRANSACTION_ID))
    mscid = 0 if msc == MSC_UNKNOWN else int(MSCID_OF[msc])
    return Registration(time=time, msid=msid, esn=esn, msc=msc, mscid=mscid, flags=flags, **further)


def order(x: Registration) -> tuple[int, int, int]:
    """Key of the order that registrations of one MSID stand in."""
    return x.time, x.mscid, x.esn


def fig4(registrations: Iterable[Registration], window_ms: int) -> set[Pair]:
    """Pairs that conflict. Of copies that came at one time, the first that arrived stands."""
    pairs = set()
    standing: defaultdict[int, list[Registration]] = defaultdict(list)
    for x in sorted(registrations, key=order):
        mine = standing[x.msid]
        if x.msc == MSC_UNKNOWN or any(is_copy(earlier, x) for earlier in mine):
            continue
        if mine:
            elapsed_ms = x.time - mine[-1].time
            if elapsed_ms < TRAVEL_MS[mine[-1].msc, x.msc] and elapsed_ms <= window_ms:
                pairs.add((mine[-1], x))
        mine.append(x)
    return pairs


def is_copy(standing: Registration, x: Registration) -> bool:
    """Whether two of one MSID, the first not later, are one REGNOT."""
    if (standing.esn, standing.mscid) != (x.esn, x.mscid):
        return False
    identified = not (standing.flags | x.flags) & Flags.NO_TRANSACTION_ID
    same = identified and standing.transaction_id == x.transaction_id
    return x.time - standing.time <= (60_000 if same else 2_000)


def told(findings: Findings) -> list[tuple[bool, Pair]]:
    """Findings as pairs, each with whether it is superseded."""
    return [
        (
            bool(row["superseded"]),
            (_registration(row["msid"], row["first"]), _registration(row["msid"], row["second"])),
        )
        for row in findings
    ]


def _registration(msid: np.uint64, row: np.void) -> Registration:
    names = ("esn", "transaction_id", "source", "flags")
    return registration(
        int(row["time"]), int(row["msc"]), msid=int(msid), **{n: int(row[n]) for n in names}
    )
