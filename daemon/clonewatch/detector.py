"""The detector: FIG. 4 and FIG. 5 of US patent 6,370,373, without their half-hourly rescans.

Each conflict is told once, as soon as its second registration is known. Where a later arrival
belongs between the two, it is told again, as superseded.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

import numpy as np

from clonewatch.registrations import Flags, Registration
from clonewatch.window import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from clonewatch.messages import Message
    from clonewatch.registrations import Batch
    from clonewatch.window import Findings

INT32_MAX: Final = 2**31 - 1
_TOLD_APART_BY: Final = ("time", "msc", "esn", "source", "transaction_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two registrations of one MSID, sooner after one another than anybody could travel.

    Of the one that came last, the message is there if its batch brought it.
    """

    msid: int
    first: Registration
    second: Registration
    elapsed_ms: int
    travel_time_ms: int
    found_at: int  # ms since 1970 UTC: the newest time that had been seen by then
    superseded: bool = False
    first_message: Message | None = field(default=None, compare=False)
    second_message: Message | None = field(default=None, compare=False)


class WindowOptions(TypedDict, total=False):
    """What `Window` may be told; see there."""

    window_ms: int
    lateness_ms: int
    subscribers_max: int
    registrations_per_msid_max: int
    overflow_octets_max: int
    seed: int | None


class Detector:
    """Registrations in, conflicts out.

    *travel_ms*: [first MSC, second MSC], 0 adjacent, negative unknown. *mscid_of*: by MSC.
    """

    def __init__(
        self,
        travel_ms: NDArray[np.int64],
        mscid_of: NDArray[np.uint32],
        **options: Unpack[WindowOptions],
    ) -> None:
        self._travel_ms = travel_ms
        self._mscid_of = mscid_of
        self._found = 0
        self._superseded = 0
        self.window = Window(_in_32_bits(travel_ms), mscid_of, **options)

    def take(self, batch: Batch) -> list[Conflict]:
        """Judge registrations in their order of arrival; conflicts in order of finding."""
        findings = self.window.take(batch)
        superseded = int(findings["superseded"].sum())
        self._superseded += superseded
        self._found += len(findings) - superseded
        found = list(conflicts_of(findings, self._travel_ms, self._mscid_of))
        if batch.messages is None:
            return found
        return [
            _with_message(conflict, batch, row)
            for conflict, row in zip(found, findings["at"].tolist(), strict=True)
        ]

    def set_lateness(self, source: int, lateness_ms: int) -> None:
        """Say how late a source may deliver; from now on its registrations are waited for."""
        self.window.set_lateness(source, lateness_ms)

    def source_ended(self, source: int) -> None:
        """Wait for a source no more."""
        self.window.source_ended(source)

    def set_travel(self, travel_ms: NDArray[np.int64], mscid_of: NDArray[np.uint32]) -> None:
        """Judge by other travel times from now on. MSCs may be added, behind those there are."""
        self.window.set_travel(_in_32_bits(travel_ms), mscid_of)
        self._travel_ms = travel_ms
        self._mscid_of = mscid_of

    @property
    def newest(self) -> int:
        """Newest time of all sources, ms since 1970; 0 before the first."""
        return self.window.newest or 0

    @property
    def counts(self) -> dict[str, int]:
        """Conflicts and superseded ones, and what became of registrations that were not stored."""
        counts = asdict(self.window.counts)
        del counts["taken"], counts["stored"]
        return {"conflicts": self._found, "superseded": self._superseded, **counts}


def conflicts_of(
    findings: Findings,
    travel_ms: NDArray[np.int64],
    mscid_of: NDArray[np.uint32],
) -> Iterator[Conflict]:
    """Findings, one by one."""
    if not len(findings):
        return
    firsts, seconds = findings["first"], findings["second"]
    for msid, superseded, elapsed_ms, travel_time_ms, at, first, second in zip(
        findings["msid"].tolist(),
        findings["superseded"].tolist(),
        (seconds["time"] - firsts["time"]).tolist(),
        travel_ms[firsts["msc"], seconds["msc"]].tolist(),
        findings["found_at"].tolist(),
        _registrations(findings["msid"], firsts, mscid_of),
        _registrations(findings["msid"], seconds, mscid_of),
        strict=True,
    ):
        yield Conflict(
            msid=msid,
            first=first,
            second=second,
            elapsed_ms=elapsed_ms,
            travel_time_ms=travel_time_ms,
            found_at=at,
            superseded=superseded,
        )


def _with_message(conflict: Conflict, batch: Batch, row: int) -> Conflict:
    """Add the message of the registration that caused a conflict, if it is one of the two."""
    assert batch.messages is not None
    came = tuple(int(getattr(batch, name)[row]) for name in _TOLD_APART_BY)
    first, second = (
        tuple(getattr(registration, name) for name in _TOLD_APART_BY)
        for registration in (conflict.first, conflict.second)
    )
    if came == second:
        return replace(conflict, second_message=batch.messages.of(row))
    if came == first:
        return replace(conflict, first_message=batch.messages.of(row))
    return conflict


def _registrations(
    msids: NDArray[np.uint64], rows: NDArray[np.void], mscid_of: NDArray[np.uint32]
) -> Iterator[Registration]:
    columns = zip(msids.tolist(), mscid_of[rows["msc"]].tolist(), rows.tolist(), strict=True)
    for msid, mscid, (time, esn, transaction_id, msc, source, flags) in columns:
        yield Registration(
            time=time,
            msid=msid,
            esn=esn,
            msc=msc,
            mscid=mscid,
            transaction_id=transaction_id,
            source=source,
            flags=Flags(flags),
        )


def _in_32_bits(travel_ms: NDArray[np.int64]) -> NDArray[np.int32]:
    """Travel times for the kernel: what 32 bits do not hold is past every window."""
    return np.clip(travel_ms, -1, INT32_MAX).astype(np.int32)
