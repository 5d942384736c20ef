"""What the kernels hand over: a message through the grammars, its REGNOTs as rows.

A module of its own, imported when the first such message comes: what the grammars are made of
takes a sixth of the time of a start.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final, NamedTuple

from clonewatch.fates import Fate, code_of
from is41.errors import DecodeError
from is41.layers import Layer
from is41.map.codes import MscType
from is41.map.operations import OTHER, Operation
from is41.map.registry import decode_value
from is41.map.tags import ParameterTag
from is41.map.values import Digits, ExtendedMscid, PcSsn
from is41.mtp.pointcode import PointCode
from is41.reading import Reading, operation_in, parameter_offsets, read
from is41.regnots import Regnot, regnots_of
from is41.scan import Regnots
from is41.sccp.addresses import Address
from is41.sccp.messages import Unitdata, UnitdataService, is_segment
from is41.sccp.reassembly import Reassembler
from is41.tcap.messages import Package

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from clonewatch.mscs import Mscs

_PLACING: Final = {MscType.SERVING_MSC, MscType.BORDER_MSC, MscType.ORIGINATING_MSC}
_COLUMNS: Final = tuple(name for name in Regnots._fields if name not in ("frame", "time"))


class Read(NamedTuple):
    """A message through the grammars: its code, its REGNOTs as rows or what is wrong with them."""

    code: int
    regnots: Sequence[dict[str, int] | DecodeError] = ()


class GrammarReader:
    """Reads messages of one source. *place_by_calling*: see `Collector`.

    *joined* is given the TCAP of each frame in which the last segment of a message came.
    """

    def __init__(self, mscs: Mscs, *, place_by_calling: bool, joined: dict[int, bytes]) -> None:
        self.mscs = mscs
        self._joined = joined
        self._place_by_calling = place_by_calling
        self._reassembler = Reassembler()

    def read(self, message: bytes, layer: Layer, frame: int, now: float) -> Read:
        """Read the message of a frame, which came at *now* seconds."""
        try:
            reading = self._whole(read(message, layer), frame, now)
        except DecodeError as error:
            return Read(code_of(Fate.REFUSED, OTHER), [error])
        operation = operation_in(reading.tcap)
        if isinstance(reading.sccp, UnitdataService):
            return Read(code_of(Fate.RETURNED, operation))
        regnots = list(self._regnots(message, reading))
        if not regnots:
            return Read(code_of(Fate.READ, operation))
        is_refused = all(isinstance(each, DecodeError) for each in regnots)
        fate = Fate.REFUSED if is_refused else Fate.TAKEN
        return Read(code_of(fate, Operation.REGISTRATION_NOTIFICATION), regnots)

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
        row = {name: getattr(regnot, name) for name in _COLUMNS}
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
                return int(self.mscs.mscid_of[index])
        return 0

    def _indices(self, regnot: Regnot, reading: Reading) -> Iterator[int | None]:
        """Look up, in turn, whatever else may name the switch."""
        address = _value(regnot, ParameterTag.PC_SSN)
        if isinstance(address, PcSsn) and address.msc_type in _PLACING:
            yield self.mscs.by_point_code(int(address.point_code))
        number = _value(regnot, ParameterTag.MSC_IDENTIFICATION_NUMBER)
        if isinstance(number, Digits) and isinstance(number.number, str):
            yield self.mscs.by_msc_number(number.number)
        if self._place_by_calling:
            point_code = _calling_point_code(reading)
            if point_code is not None:
                yield self.mscs.by_point_code(int(point_code))


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
