"""The REGNOT record collector (302): octets of any source become registrations."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.fates import Fate, code_of, counted, fates_of
from clonewatch.gathering import gathered
from clonewatch.messages import Held, Messages
from clonewatch.registrations import Batch
from is41.errors import DecodeError
from is41.flags import RegnotFlag
from is41.invoked import invoked
from is41.layers import Layer
from is41.map.operations import OTHER
from is41.msid import IMSI_DIGITS_MAX, IMSI_LENGTH_FACTOR, MIN_DIGITS
from is41.scan import REGNOTS_A_FRAME_MAX, Frames, Outcome, Regnots, scan
from is41.sigtran import Carrier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs
    from clonewatch.sources.captures.assembly import FrameBlock
    from clonewatch.suasegments import SuaSegments
    from clonewatch.throughgrammars import GrammarReader

ROWS: Final = 65_536  # registrations of a batch, at most: ours
_ALIKE: Final = (  # columns that pass through as they are
    "time",
    "msid",
    "esn",
    "mscid",
    "transaction_id",
    "flags",
    "terminal_type",
    "system_access_type",
    "system_capabilities",
    "transaction_capability",
    "location_area",
)
_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that could not be used: in which packet, what is wrong with it, its octets."""

    packet: int
    time: int  # ms since 1970 UTC
    layer: Layer  # what it begins with
    octets: bytes
    error: DecodeError


@dataclass(slots=True)
class Collected:
    """What a collector has counted; monotonic."""

    messages: int = 0
    regnots: int = 0
    handed_over: int = 0  # to the grammars
    returned: int = 0  # brought back by a unitdata service
    refused: Counter[str] = field(default_factory=Counter)
    others: Counter[int] = field(default_factory=Counter)  # without registration, by `fates` code


class Collector:
    """Turns the messages of one *source* into batches of registrations.

    *imsi_prefix*: MCC and MNC of IMSIs that contain the MIN; these become that MIN.
    *place_by_calling*: let the calling point code place a REGNOT that nothing else places. It may
    belong to a VLR or an STP. *by_operation*: count the messages without registration, too.
    *messages*: whether batches bring the messages that they were read in.
    """

    def __init__(
        self,
        mscs: Mscs,
        *,
        source: int = 0,
        imsi_prefix: str | None = None,
        place_by_calling: bool = False,
        by_operation: bool = False,
        refuse: Callable[[Refusal], None] | None = None,
        messages: Held = Held.NOT,
    ) -> None:
        self.counts = Collected()
        self._mscs = mscs
        self._source = source
        self._imsi_prefix = imsi_prefix
        self._place_by_calling = place_by_calling
        self._by_operation = by_operation
        self._refuse = refuse
        self._messages = messages
        self._joined: dict[int, bytes] = {}  # by frame: TCAP whose last segment came in it

    def take(self, octets: NDArray[np.uint8], frames: Frames, count: int) -> Iterator[Batch]:
        """Give the registrations of *count* frames, in batches that own their columns."""
        outcomes = np.empty(count, np.uint8)
        self.counts.messages += count
        at = 0
        while at < count:
            # Batches wait to be written, and should not be larger than what is in them.
            regnots = Regnots.empty(min(ROWS, count - at) + REGNOTS_A_FRAME_MAX + 1)
            after, rows = scan(octets, frames, at, count, regnots, outcomes)
            taken = regnots.head(rows)
            if self._by_operation:
                others = at + np.flatnonzero(outcomes[at:after] == Outcome.NONE)
                self._count_read(octets, frames, others)
            self._joined.clear()
            handed_over = at + np.flatnonzero(outcomes[at:after] == Outcome.HANDED_OVER)
            if len(handed_over):
                taken = self._with_read(taken, octets, frames, handed_over)
            if len(taken.msid):
                self.counts.regnots += len(taken.msid)
                batch = self._placed(taken, frames)
                if self._messages is not Held.NOT:
                    messages = self._messages_of(octets, frames, taken.frame)
                    batch = replace(batch, messages=messages)
                yield batch
            at = after

    def take_block(self, block: FrameBlock) -> Iterator[Batch]:
        """Give the registrations of a block of a capture, where SUA may carry some in segments."""
        segments = self._segments_in(block)
        if not segments:
            yield from self.take(block.octets, block.frames, block.count)
            return
        others = np.delete(np.arange(block.count), list(segments))
        yield from self.take(block.octets, _chosen(block.frames, others), len(others))
        for frame, whole in segments.items():
            packet, time = int(block.frames.packet[frame]), int(block.frames.time[frame])
            if isinstance(whole, DecodeError):
                octets = block.octets[block.frames.start[frame] : block.frames.end[frame]].tobytes()
                self.counts.messages += 1
                self.counts.others[code_of(Fate.REFUSED, OTHER)] += 1
                self._count_refused(Refusal(packet, time, Layer.TCAP, octets, whole))
            elif whole is not None:
                frames = _chosen(block.frames, np.array([frame]))
                frames.start[0], frames.end[0] = 0, len(whole)
                yield from self.take(np.frombuffer(whole, np.uint8), frames, 1)

    def _segments_in(self, block: FrameBlock) -> dict[int, bytes | DecodeError | None]:
        """See `SuaSegments.take`."""
        frames = np.flatnonzero(block.carriers[: block.count] == Carrier.SUA)
        return self._sua_segments.take(block, frames) if len(frames) else {}

    def use(self, mscs: Mscs) -> None:
        """Place registrations at the MSCs of another directory from now on."""
        self._mscs = mscs
        self._reader.mscs = mscs

    def _placed(self, regnots: Regnots, frames: Frames) -> Batch:  # noqa: ARG002  # see `Lines`
        """Give the batch whose rows are *regnots*, found in *frames*."""
        if self._imsi_prefix:
            self._fold_imsis(regnots, int(self._imsi_prefix))
        return Batch(
            **{name: getattr(regnots, name) for name in _ALIKE},
            msc=self._mscs.place(regnots.mscid),
            source=np.full(len(regnots.msid), self._source, np.uint8),
        )

    def _messages_of(
        self, octets: NDArray[np.uint8], frames: Frames, which: NDArray[np.int64]
    ) -> Messages:
        """The messages of some frames; one in segments as the TCAP that they make up."""
        start, end, layer = frames.start, frames.end, frames.layer
        if self._joined:
            start, end, layer = start.copy(), end.copy(), layer.copy()
            ends = len(octets) + np.cumsum([len(data) for data in self._joined.values()])
            segmented = list(self._joined)
            end[segmented] = ends
            start[segmented] = [len(octets), *ends[:-1]]
            layer[segmented] = Layer.TCAP
            octets = np.concatenate(
                [octets, np.frombuffer(b"".join(self._joined.values()), np.uint8)]
            )
        lent = Messages(octets=octets, start=start, end=end, layer=layer, which=which)
        return gathered(lent) if self._messages is Held.OWNED else lent

    def _fold_imsis(self, regnots: Regnots, prefix: int) -> None:
        """Give IMSIs that contain a MIN the key of that MIN: one phone, one key."""
        whole = IMSI_DIGITS_MAX * IMSI_LENGTH_FACTOR // 10**MIN_DIGITS + prefix
        inside = regnots.msid // 10**MIN_DIGITS == whole
        regnots.msid[inside] %= 10**MIN_DIGITS
        regnots.flags[inside] &= ~np.uint8(RegnotFlag.IMSI)

    def _count_read(
        self, octets: NDArray[np.uint8], frames: Frames, others: NDArray[np.intp]
    ) -> None:
        """Count the frames *others*, in which there is no REGNOT, by their operations."""
        if len(others):
            specifiers = np.empty(len(others), np.uint8)
            invoked(octets, frames, others, specifiers)
            codes = specifiers.astype(np.uint16) + np.uint16(code_of(Fate.READ, 0))
            self._count_others(frames.packet[others], codes)

    def _count_others(
        self,
        packets: NDArray[np.int64],  # noqa: ARG002  # whose they are, where there are several
        codes: NDArray[np.uint16],
    ) -> None:
        """Count messages that gave no registration."""
        self.counts.others.update(counted(codes))

    def _with_read(
        self,
        taken: Regnots,
        octets: NDArray[np.uint8],
        frames: Frames,
        handed_over: NDArray[np.intp],
    ) -> Regnots:
        """Add what the grammars read in the frames *handed_over*, in the order of the frames."""
        self.counts.handed_over += len(handed_over)
        rows: list[dict[str, int]] = []
        codes = np.empty(len(handed_over), np.uint16)
        for at, frame in enumerate(handed_over):
            message = octets[frames.start[frame] : frames.end[frame]].tobytes()
            layer, time = Layer(frames.layer[frame]), int(frames.time[frame])
            codes[at], regnots = self._reader.read(message, layer, int(frame), time / _MS)
            for found in regnots:
                if isinstance(found, DecodeError):
                    packet = int(frames.packet[frame])
                    self._count_refused(Refusal(packet, time, layer, message, found))
                else:
                    rows.append(found | {"frame": int(frame), "time": time})
        fates = fates_of(codes)
        self.counts.returned += int(np.count_nonzero(fates == Fate.RETURNED))
        if self._by_operation:
            others = fates < Fate.TAKEN
            self._count_others(frames.packet[handed_over[others]], codes[others])
        if not rows:
            return taken
        columns = [
            np.concatenate([column, np.array([row[name] for row in rows], column.dtype)])
            for name, column in taken._asdict().items()
        ]
        order = np.argsort(columns[0], kind="stable")
        return Regnots(*(column[order] for column in columns))

    @cached_property
    def _reader(self) -> GrammarReader:
        """What reads through the grammars, from the first message on that needs it."""
        from clonewatch.throughgrammars import GrammarReader  # noqa: PLC0415  # see there

        return GrammarReader(
            self._mscs, place_by_calling=self._place_by_calling, joined=self._joined
        )

    @cached_property
    def _sua_segments(self) -> SuaSegments:
        from clonewatch.suasegments import SuaSegments  # noqa: PLC0415  # made of grammars, too

        return SuaSegments()

    def _count_refused(self, refusal: Refusal) -> None:
        self.counts.refused[refusal.error.counted_as] += 1
        if self._refuse is not None:
            self._refuse(refusal)


def _chosen(frames: Frames, which: NDArray[np.intp]) -> Frames:
    return frames._replace(**{name: col[which] for name, col in frames._asdict().items()})
