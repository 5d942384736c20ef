"""The REGNOT record collector (302): octets of any source become registrations."""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from clonewatch.fates import Fate, code_of, counted
from clonewatch.gathering import gathered
from clonewatch.messages import Held, Messages
from clonewatch.registrations import Batch
from clonewatch.suasegments import SuaSegments
from is41.errors import DecodeError
from is41.invoked import OTHER, invoked, operation_in
from is41.map.codes import MscType
from is41.map.operations import Operation
from is41.map.registry import decode_value
from is41.map.tags import ParameterTag
from is41.map.values import Digits, ExtendedMscid, PcSsn
from is41.msid import IMSI_DIGITS_MAX, IMSI_LENGTH_FACTOR, MIN_DIGITS
from is41.mtp.pointcode import PointCode
from is41.reading import Layer, Reading, parameter_offsets, read
from is41.regnots import Regnot, RegnotFlag, regnots_of
from is41.scan import REGNOTS_A_FRAME_MAX, Frames, Outcome, Regnots, scan
from is41.sccp.addresses import Address
from is41.sccp.messages import Unitdata, UnitdataService, is_segment
from is41.sccp.reassembly import Reassembler
from is41.tcap.messages import Package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from clonewatch.mscs import Mscs
    from clonewatch.sources.captures.assembly import FrameBlock

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
_PLACING: Final = {MscType.SERVING_MSC, MscType.BORDER_MSC, MscType.ORIGINATING_MSC}
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


class _Read(NamedTuple):
    """A message through the grammars: its code, its REGNOTs as rows or what is wrong with them."""

    code: int
    regnots: Sequence[dict[str, int] | DecodeError] = ()


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
        self._reassembler = Reassembler()
        self._sua_segments = SuaSegments()

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
                batch = self._placed(taken, frames.packet[taken.frame])
                if self._messages is not Held.NOT:
                    messages = self._messages_of(octets, frames, taken.frame)
                    batch = replace(batch, messages=messages)
                yield batch
            at = after

    def take_block(self, block: FrameBlock) -> Iterator[Batch]:
        """Give the registrations of a block of a capture, where SUA may carry some in segments."""
        segments = self._sua_segments.take(block)
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

    def use(self, mscs: Mscs) -> None:
        """Place registrations at the MSCs of another directory from now on."""
        self._mscs = mscs

    def _placed(self, regnots: Regnots, packets: NDArray[np.int64]) -> Batch:
        """Give the batch whose rows are *regnots*, found in *packets*."""
        if self._imsi_prefix:
            self._fold_imsis(regnots, int(self._imsi_prefix))
        return Batch(
            **{name: getattr(regnots, name) for name in _ALIKE},
            msc=self._mscs.place(regnots.mscid),
            source=np.full(len(packets), self._source, np.uint8),
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
            codes[at], regnots = self._read(message, layer, int(frame), time / _MS)
            for found in regnots:
                if isinstance(found, DecodeError):
                    packet = int(frames.packet[frame])
                    self._count_refused(Refusal(packet, time, layer, message, found))
                else:
                    rows.append(found | {"frame": int(frame), "time": time})
        if self._by_operation:
            others = codes < code_of(Fate.TAKEN, 0)
            self._count_others(frames.packet[handed_over[others]], codes[others])
        if not rows:
            return taken
        columns = [
            np.concatenate([column, np.array([row[name] for row in rows], column.dtype)])
            for name, column in taken._asdict().items()
        ]
        order = np.argsort(columns[0], kind="stable")
        return Regnots(*(column[order] for column in columns))

    def _count_refused(self, refusal: Refusal) -> None:
        self.counts.refused[refusal.error.counted_as] += 1
        if self._refuse is not None:
            self._refuse(refusal)

    def _read(self, message: bytes, layer: Layer, frame: int, now: float) -> _Read:
        """Read one message through the grammars."""
        try:
            reading = self._whole(read(message, layer), frame, now)
        except DecodeError as error:
            return _Read(code_of(Fate.REFUSED, OTHER), [error])
        operation = operation_in(reading.tcap)
        if isinstance(reading.sccp, UnitdataService):
            self.counts.returned += 1
            return _Read(code_of(Fate.RETURNED, operation))
        regnots = list(self._regnots(message, reading))
        if not regnots:
            return _Read(code_of(Fate.READ, operation))
        is_refused = all(isinstance(each, DecodeError) for each in regnots)
        fate = Fate.REFUSED if is_refused else Fate.TAKEN
        return _Read(code_of(fate, Operation.REGISTRATION_NOTIFICATION), regnots)

    def _regnots(self, message: bytes, reading: Reading) -> Iterator[dict[str, int] | DecodeError]:
        """Give the REGNOTs of a message as rows, or what is wrong with them."""
        if not isinstance(reading.tcap, Package):
            return
        for number, regnot in regnots_of(reading.tcap):
            if isinstance(regnot, Regnot):
                yield self._row(regnot, reading)
            elif reading.sccp is None or not is_segment(reading.sccp):
                yield regnot.moved(parameter_offsets(message, reading)[number])
            else:
                yield regnot  # the octets of a message in segments lie in several packets

    def _whole(self, reading: Reading, frame: int, now: float) -> Reading:
        """Put segments together; what is not complete yet has no TCAP part. Raises DecodeError."""
        segment = reading.sccp
        if not isinstance(segment, Unitdata) or not is_segment(segment):
            return reading
        data = self._reassembler.take(segment, now)
        if data is None:
            return reading
        self._joined[frame] = data
        return Reading(msu=reading.msu, sccp=segment, tcap=read(data, Layer.TCAP).tcap)

    def _row(self, regnot: Regnot, reading: Reading) -> dict[str, int]:
        """Give a REGNOT's columns, its MSCID as far as anything names one."""
        row = {name: getattr(regnot, name) for name in _ALIKE if name != "time"}
        if regnot.mscid is None:
            row["mscid"] = self._placing_mscid(regnot, reading)
        return {name: int(value) for name, value in row.items()}

    def _placing_mscid(self, regnot: Regnot, reading: Reading) -> int:
        """MSCID of a REGNOT that says none of three octets itself; 0 if nothing names one."""
        extended = _value(regnot, ParameterTag.EXTENDED_MSCID)
        if isinstance(extended, ExtendedMscid) and extended.msc_type in _PLACING:
            return int(extended.mscid)
        for index in self._indices(regnot, reading):
            if index is not None:
                return int(self._mscs.mscid_of[index])
        return 0

    def _indices(self, regnot: Regnot, reading: Reading) -> Iterator[int | None]:
        """Look up, in turn, whatever else may name the switch."""
        address = _value(regnot, ParameterTag.PC_SSN)
        if isinstance(address, PcSsn) and address.msc_type in _PLACING:
            yield self._mscs.by_point_code(int(address.point_code))
        number = _value(regnot, ParameterTag.MSC_IDENTIFICATION_NUMBER)
        if isinstance(number, Digits) and isinstance(number.number, str):
            yield self._mscs.by_msc_number(number.number)
        if self._place_by_calling:
            point_code = _calling_point_code(reading)
            if point_code is not None:
                yield self._mscs.by_point_code(int(point_code))


def _chosen(frames: Frames, which: NDArray[np.intp]) -> Frames:
    return frames._replace(**{name: col[which] for name, col in frames._asdict().items()})


def _value(regnot: Regnot, tag: ParameterTag) -> object:
    """Value of the first parameter of *tag*; None if it is absent or damaged."""
    octets = regnot.parameters.first(tag)
    try:
        return None if octets is None else decode_value(tag, octets)
    except DecodeError:
        return None


def _calling_point_code(reading: Reading) -> PointCode | None:
    """Point code of who sent a message: of the calling party, or else of the label."""
    if isinstance(reading.sccp, Unitdata):
        with contextlib.suppress(DecodeError):
            address = Address.decode(reading.sccp.calling)
            if isinstance(address.point_code, PointCode):
                return address.point_code
    return None if reading.msu is None else reading.msu.opc
