"""The window: registrations in, findings out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from is41.kernel import bound

from . import layout
from .clearing import Clearing
from .findings import PAIR, pairs_of
from .kernels import take
from .layout import FOUND, MSID_MAX, NEVER, WINDOW_MS_MAX, Columns
from .tables import Limits, empty_tables, fronts, octets_kept, travel_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.registrations import Batch

    from .findings import Findings
    from .layout import Tables

WINDOW_MS: Final = 23_400_000  # 6.5 h, the patent's
LATENESS_MS: Final = 2_700_000  # 45 min: a half hour group, and the time to deliver it
SUBSCRIBERS_MAX: Final = 120_000_000
REGISTRATIONS_PER_MSID_MAX: Final = 4096
OVERFLOW_OCTETS_MAX: Final = 1 << 30
SEGMENTS: Final = 4096
SEGMENT_SLOTS: Final = 256  # fewer would touch as many pages


@dataclass(frozen=True, slots=True)
class WindowCounts:
    """What became of the registrations taken. Monotonic; in the order of `Tables.counts`."""

    taken: int
    stored: int
    duplicates: int
    late: int
    unknown_msc: int
    pairs_unknown: int  # neighbours without a travel time
    window_overflowed: int  # registrations that pushed an older one out, or found no place
    clock_suspect: int


class Window:
    """A sliding window over the registrations of each MSID, in memory.

    Within the lateness, the order of arrival does not matter: all findings, less those marked
    superseded, are the pairs that the rule finds in the sorted whole. Two caveats. Copies are
    judged against what stands, so a chain of copies that spans more than two seconds and arrives
    out of order may leave another of its members standing. And what overflows a bound is counted
    (`window_overflowed`), and ends the promise for its MSID.

    A registration with a suspect clock is stored unless it is more than a window ahead; until a
    clock has moved, all such are. A window is one thread's at a time; the kernel releases the GIL.
    """

    def __init__(
        self,
        travel_ms: NDArray[np.int32],
        mscid_of: NDArray[np.uint32],
        *,
        window_ms: int = WINDOW_MS,
        lateness_ms: int = LATENESS_MS,
        subscribers_max: int = SUBSCRIBERS_MAX,
        registrations_per_msid_max: int = REGISTRATIONS_PER_MSID_MAX,
        overflow_octets_max: int = OVERFLOW_OCTETS_MAX,
        seed: int | None = None,
        segments: int = SEGMENTS,
        segment_slots: int = SEGMENT_SLOTS,
    ) -> None:
        """Reserve memory; it becomes resident as subscribers come. Raises ValueError.

        *travel_ms*: [first MSC, second MSC], 0 adjacent, -1 unknown. *mscid_of*: by MSC. A
        lateness beyond the window is as good as the window. *seed* of the index's hash: secret
        unless given. The index has *segments*, at first of *segment_slots* each.
        """
        if not 0 < window_ms <= WINDOW_MS_MAX:
            raise ValueError(f"a window of {window_ms} ms is not of up to 7 days")
        self._use(
            empty_tables(
                travel_ms,
                mscid_of,
                limits=Limits(
                    subscribers_max=subscribers_max,
                    registrations_per_msid_max=registrations_per_msid_max,
                    overflow_octets_max=overflow_octets_max,
                    segments=segments,
                    segment_slots=segment_slots,
                ),
                window_ms=window_ms,
                lateness_ms=lateness_ms,
                seed=seed,
            )
        )
        self._clearing = Clearing(*fronts(self._tables))

    def take(self, batch: Batch) -> Findings:
        """Judge registrations in their order of arrival; what is found, in order of finding."""
        if len(batch) and batch.msid.max() > MSID_MAX:
            raise ValueError("no MIN or IMSI has such a key")
        columns = Columns(*(_plain(getattr(batch, name)) for name in Columns._fields))
        found, at = [], 0
        while at < len(batch):
            at = self._take(columns, at)
            self._clearing.look(self._octets_kept)
            if self._tables.state[FOUND]:
                found.append(self._tables.found[: self._tables.state[FOUND]].copy())
        return pairs_of(np.concatenate(found)) if found else np.empty(0, PAIR)

    def set_lateness(self, source: int, lateness_ms: int) -> None:
        """Say how late a source may deliver; from now on its registrations are waited for."""
        self._tables.sources[source, layout.SOURCE_LATENESS] = lateness_ms
        if self._tables.sources[source, layout.SOURCE_STANDING] == layout.UNSEEN:
            self._tables.sources[source, layout.SOURCE_STANDING] = layout.AWAITED

    def source_ended(self, source: int) -> None:
        """Wait for a source no more. Should it deliver again, its clock begins anew."""
        self._tables.sources[source, layout.SOURCE_STANDING] = layout.UNSEEN
        self._tables.sources[source, layout.SOURCE_NEWEST] = NEVER

    def set_travel(self, travel_ms: NDArray[np.int32], mscid_of: NDArray[np.uint32]) -> None:
        """Judge by other travel times from now on. MSCs may be added, behind those there are."""
        known = self._tables.mscid_of
        if not np.array_equal(known, mscid_of[: len(known)]):
            raise ValueError("the window holds MSCs by their index, which must stay")
        self._use(
            self._tables._replace(
                travel_ms=travel_table(travel_ms, mscid_of), mscid_of=np.array(mscid_of, np.uint32)
            )
        )

    @property
    def counts(self) -> WindowCounts:
        """What became of the registrations taken."""
        return WindowCounts(*self._tables.counts.tolist())

    @property
    def subscribers(self) -> int:
        """MSIDs of whom registrations are kept."""
        state = self._tables.state
        return int(state[layout.ROWS_END] - 1 - state[layout.ROWS_FREE])

    @property
    def newest(self) -> int | None:
        """Newest time of all sources, ms since 1970; None before the first."""
        newest = int(self._tables.state[layout.NEWEST])
        return None if newest == NEVER else newest

    @property
    def octets_resident(self) -> int:
        """Memory touched so far, nearly; what is freed is used again, not given back."""
        slots = (1 << self._tables.slots_log2.astype(np.int64)).sum()
        return int(self._octets_kept + slots * self._tables.slots.itemsize)

    @property
    def _octets_kept(self) -> int:
        """Of rows and rings."""
        return sum(octets_kept(self._tables))

    def _use(self, tables: Tables) -> None:
        self._tables = tables
        self._take = bound(take, tables)


def _plain(column: NDArray[Any]) -> NDArray[Any]:
    """A column as the kernel takes it: it lies together, and could be written to."""
    return column if column.flags.carray else column.copy()
