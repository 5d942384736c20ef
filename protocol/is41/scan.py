"""The hot path: many messages in octets -> columns of REGNOTs.

`scan` walks frames (where each message lies, and from which layer on it is there) through
MTP3 -> SCCP -> TCAP -> the few RegistrationNotification parameters that detection needs, and
writes a row for each. It never guesses. Of each frame it says one of three things (`Outcome`):
its REGNOTs are taken; there is none in it, the whole of it read to the end of every component; or
it is handed over to the grammars, which also say what is wrong with it. For every octet string
`scan` gives the rows that `is41.regnots` gives, or hands it over.

Handed over are indefinite lengths, dialogue portions, optional SCCP parts and so segmented
messages, messages returned (UDTS), REGNOTs without a usable MSCID, and all that is malformed.

Layers of T1.111.4, T1.112.3, T1.114.3 and TIA-41; their codes are the grammars' own.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Final, NamedTuple, Self

import numpy as np

from .flags import PSEUDO_ESN_MANUFACTURER, RegnotFlag
from .kernel import OCTETS, Array, columns, kernel, part
from .map.codes import SystemAccessType
from .map.operations import FAMILY, Operation
from .map.tags import ParameterTag as Name
from .msid import IMSI_DIGITS_MAX, IMSI_LENGTH_FACTOR, MIN_DIGITS
from .octets import half_word, octet, word
from .tcap.codes import ComponentType, ParameterTag, Tag
from .walking import HANDED_OVER, NO_SCCP, Octets, component_ids, components, element, package

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Outcome(IntEnum):
    """What `scan` found in a frame."""

    NONE = 0
    TAKEN = 1
    HANDED_OVER = 2


class Frames(NamedTuple):
    """Where messages lie in octets: columns of one length."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    time: NDArray[np.int64]  # ms since 1970 UTC
    layer: NDArray[np.uint8]
    packet: NDArray[np.int64]  # the number of the packet, or read, that completed the message

    @classmethod
    def empty(cls, length: int) -> Self:
        """Room for *length* frames."""
        return cls(**{name: np.empty(length, dtype) for name, dtype in _FRAME_DTYPES.items()})

    def between(self, first: int, end: int) -> Self:
        """Views of the frames from *first* to before *end*."""
        return self._replace(**{name: col[first:end] for name, col in self._asdict().items()})


class Regnots(NamedTuple):
    """REGNOTs: columns of one length; 0 where the parameter is absent."""

    frame: NDArray[np.int64]  # which of the frames it stood in
    time: NDArray[np.int64]
    msid: NDArray[np.uint64]
    esn: NDArray[np.uint32]
    mscid: NDArray[np.uint32]  # market << 8 | switch
    transaction_id: NDArray[np.uint32]
    flags: NDArray[np.uint8]  # RegnotFlag
    terminal_type: NDArray[np.uint8]
    system_access_type: NDArray[np.uint8]
    system_capabilities: NDArray[np.uint8]
    transaction_capability: NDArray[np.uint16]
    location_area: NDArray[np.uint16]

    @classmethod
    def empty(cls, length: int) -> Self:
        """Room for *length* rows."""
        return cls(**{name: np.empty(length, dtype) for name, dtype in _REGNOT_DTYPES.items()})

    def head(self, length: int) -> Self:
        """Views of the first *length* rows."""
        return self._replace(**{name: col[:length] for name, col in self._asdict().items()})


_FRAME_DTYPES: Final = {
    "start": np.int64,
    "end": np.int64,
    "time": np.int64,
    "layer": np.uint8,
    "packet": np.int64,
}
_REGNOT_DTYPES: Final = {
    "frame": np.int64,
    "time": np.int64,
    "msid": np.uint64,
    "esn": np.uint32,
    "mscid": np.uint32,
    "transaction_id": np.uint32,
    "flags": np.uint8,
    "terminal_type": np.uint8,
    "system_access_type": np.uint8,
    "system_capabilities": np.uint8,
    "transaction_capability": np.uint16,
    "location_area": np.uint16,
}


FRAMES: Final = columns(Frames, _FRAME_DTYPES)
REGNOTS: Final = columns(Regnots, _REGNOT_DTYPES)
OUTCOMES: Final = Array(np.uint8)
REGNOTS_A_FRAME_MAX: Final = 64  # ours; a package with more is handed over

# Numba takes plain integers as constants, but no members of an IntEnum.
_OUTCOME_HANDED_OVER: Final = int(Outcome.HANDED_OVER)
_NATIONAL_OPERATION: Final = int(Tag.NATIONAL_OPERATION)
_PRIVATE_OPERATION: Final = int(Tag.PRIVATE_OPERATION)
_NATIONAL_ERROR: Final = int(Tag.NATIONAL_ERROR)
_PRIVATE_ERROR: Final = int(Tag.PRIVATE_ERROR)
_PROBLEM: Final = int(Tag.PROBLEM)
_INVOKE: Final = int(ComponentType.INVOKE_LAST)
_INVOKE_NOT_LAST: Final = int(ComponentType.INVOKE_NOT_LAST)
_RESULT: Final = int(ComponentType.RETURN_RESULT_LAST)
_RESULT_NOT_LAST: Final = int(ComponentType.RETURN_RESULT_NOT_LAST)
_ERROR: Final = int(ComponentType.RETURN_ERROR)
_REJECT: Final = int(ComponentType.REJECT)
_SET: Final = int(ParameterTag.SET)
_SEQUENCE: Final = int(ParameterTag.SEQUENCE)
_SEQUENCE_UNIVERSAL: Final = int(ParameterTag.SEQUENCE_UNIVERSAL)
_FAMILY: Final = int(FAMILY)
_REGNOT: Final = int(Operation.REGISTRATION_NOTIFICATION)
_MIN: Final = int(Name.MOBILE_IDENTIFICATION_NUMBER)
_IMSI: Final = int(Name.IMSI)
_ESN: Final = int(Name.ELECTRONIC_SERIAL_NUMBER)
_MSCID: Final = int(Name.MSCID)
_BORDER: Final = int(Name.BORDER_CELL_ACCESS)
_TERMINAL_TYPE: Final = int(Name.TERMINAL_TYPE)
_ACCESS_TYPE: Final = int(Name.SYSTEM_ACCESS_TYPE)
_CAPABILITIES: Final = int(Name.SYSTEM_CAPABILITIES)
_TRANSACTION_CAPABILITY: Final = int(Name.TRANSACTION_CAPABILITY)
_LOCATION_AREA: Final = int(Name.LOCATION_AREA_ID)
_POWER_DOWN: Final = int(SystemAccessType.POWER_DOWN_REGISTRATION)
_FLAG_BORDER: Final = int(RegnotFlag.BORDER_CELL_ACCESS)
_FLAG_POWER_DOWN: Final = int(RegnotFlag.POWER_DOWN)
_FLAG_IMSI: Final = int(RegnotFlag.IMSI)
_FLAG_PSEUDO_ESN: Final = int(RegnotFlag.PSEUDO_ESN)
_FLAG_NO_ID: Final = int(RegnotFlag.NO_TRANSACTION_ID)
_PSEUDO: Final = int(PSEUDO_ESN_MANUFACTURER)


@part
def _two(octets: Octets, start: int, length: int) -> int:
    """Read a value of two octets; one octet is the first of the two; 0 for any other length."""
    if length == 2:
        return half_word(octets, start)
    return octet(octets, start) << 8 if length == 1 else 0


@part
def _one(octets: Octets, start: int, length: int) -> int:
    """Read a value of one octet; 0 for any other length."""
    return octet(octets, start) if length == 1 else 0


@part
def _min(octets: Octets, start: int, end: int) -> int:
    """Read a MIN's key, -1 where it has none: two digits an octet, the first one low."""
    if end - start != MIN_DIGITS // 2:
        return HANDED_OVER
    number = 0
    for at in range(start, end):
        pair = octet(octets, at)
        low, high = pair & 0x0F, pair >> 4
        if low > 9 or high > 9:
            return HANDED_OVER
        number = number * 100 + low * 10 + high
    return number


@part
def _imsi(octets: Octets, start: int, end: int) -> int:
    """Read an IMSI's key, -1 where it has none; a filler F, or a sixteenth digit 0, is left out."""
    digits = 2 * (end - start)
    if digits == 0 or digits > IMSI_DIGITS_MAX + 1:
        return HANDED_OVER
    last = octet(octets, end - 1) >> 4
    if last == 0x0F or (digits > IMSI_DIGITS_MAX and last == 0):
        digits -= 1
    if digits > IMSI_DIGITS_MAX:
        return HANDED_OVER
    number = 0
    for at in range(digits):
        digit = octet(octets, start + at // 2) >> (at % 2 * 4) & 0x0F
        if digit > 9:
            return HANDED_OVER
        number = number * 10 + digit
    return number + digits * IMSI_LENGTH_FACTOR


@part
def _regnot(  # noqa: C901, PLR0912, PLR0915  # one branch a parameter
    octets: Octets, at: int, end: int, to: int, regnots: Regnots
) -> bool:
    """Read a REGNOT's parameters into row *to*, the first of repeated ones; False hands over."""
    msid = esn = mscid = border = terminal = access = capabilities = transactions = area = -1
    imsi_start = imsi_end = -1
    while at < end:
        tag, start, at_next = element(octets, at, end)
        if start < 0:
            return False
        length = at_next - start
        if tag == _MIN and msid < 0:
            msid = _min(octets, start, at_next)
            if msid < 0:
                return False
        elif tag == _ESN and esn < 0:
            if length != 4:
                return False
            esn = word(octets, start)
        elif tag == _MSCID and mscid < 0:
            if length != 3:
                return False
            mscid = half_word(octets, start) << 8 | octet(octets, start + 2)
        elif tag == _ACCESS_TYPE and access < 0:
            access = _one(octets, start, length)
        elif tag == _TERMINAL_TYPE and terminal < 0:
            terminal = _one(octets, start, length)
        elif tag == _CAPABILITIES and capabilities < 0:
            capabilities = _one(octets, start, length)
        elif tag == _TRANSACTION_CAPABILITY and transactions < 0:
            transactions = _two(octets, start, length)
        elif tag == _LOCATION_AREA and area < 0:
            area = _two(octets, start, length)
        elif tag == _BORDER and border < 0:
            border = _one(octets, start, length)
        elif tag == _IMSI and imsi_start < 0:
            imsi_start, imsi_end = start, at_next
        at = at_next
    flags = 0
    if msid < 0 and imsi_start >= 0:
        msid = _imsi(octets, imsi_start, imsi_end)
        flags |= _FLAG_IMSI
    if msid < 0 or mscid < 0:
        return False
    if border == 1:
        flags |= _FLAG_BORDER
    if access == _POWER_DOWN:
        flags |= _FLAG_POWER_DOWN
    if esn >> 24 == _PSEUDO:
        flags |= _FLAG_PSEUDO_ESN
    regnots.msid[to] = msid
    regnots.esn[to] = max(esn, 0)
    regnots.mscid[to] = mscid
    regnots.flags[to] = flags
    regnots.terminal_type[to] = max(terminal, 0)
    regnots.system_access_type[to] = max(access, 0)
    regnots.system_capabilities[to] = max(capabilities, 0)
    regnots.transaction_capability[to] = max(transactions, 0)
    regnots.location_area[to] = max(area, 0)
    return True


@part
def _parameter_set(octets: Octets, at: int, end: int) -> tuple[int, int]:
    """Find a component's last element, its parameters: (start, end), (0, 0) if none, or -1."""
    if at == end:
        return 0, 0
    tag, start, stop = element(octets, at, end)
    known = tag in (_SET, _SEQUENCE, _SEQUENCE_UNIVERSAL)
    if start < 0 or stop != end or not known:
        return HANDED_OVER, 0
    return start, stop


@part
def _invoke(octets: Octets, at: int, end: int, to: int, regnots: Regnots) -> int:
    """Read an invoke: 1 if it is a REGNOT, now in row *to*; 0 if it is another; or -1."""
    at = component_ids(octets, at, end)
    if at < 0:
        return HANDED_OVER
    tag, start, stop = element(octets, at, end)
    if start < 0 or tag not in (_NATIONAL_OPERATION, _PRIVATE_OPERATION):
        return HANDED_OVER
    if not 1 <= stop - start <= 4:
        return HANDED_OVER
    first, last = _parameter_set(octets, stop, end)
    if first < 0:
        return HANDED_OVER
    if tag != _PRIVATE_OPERATION or stop - start != 2:
        return 0
    if octet(octets, start) != _FAMILY or octet(octets, start + 1) != _REGNOT:
        return 0
    return 1 if _regnot(octets, first, last, to, regnots) else HANDED_OVER


@part
def _answer(octets: Octets, kind: int, at: int, end: int) -> int:
    """Pass a result, an error or a reject: 0, or -1."""
    at = component_ids(octets, at, end)
    if at < 0:
        return HANDED_OVER
    if kind in (_ERROR, _REJECT):
        tag, start, at = element(octets, at, end)
        length = at - start
        if start < 0:
            return HANDED_OVER
        if kind == _REJECT and (tag != _PROBLEM or length != 2):
            return HANDED_OVER
        if kind == _ERROR and (
            tag not in (_NATIONAL_ERROR, _PRIVATE_ERROR) or not 1 <= length <= 4
        ):
            return HANDED_OVER
    first, _ = _parameter_set(octets, at, end)
    return min(first, 0)


@part
def _components(octets: Octets, at: int, end: int, to: int, regnots: Regnots) -> int:
    """Read a component sequence: how many REGNOTs it put into rows from *to* on, or -1."""
    found = 0
    while at < end:
        kind, start, at = element(octets, at, end)
        if start < 0 or found == REGNOTS_A_FRAME_MAX:
            return HANDED_OVER
        if kind in (_INVOKE, _INVOKE_NOT_LAST):
            taken = _invoke(octets, start, at, to + found, regnots)
        elif kind in (_RESULT, _RESULT_NOT_LAST, _ERROR, _REJECT):
            taken = _answer(octets, kind, start, at)
        else:
            return HANDED_OVER
        if taken < 0:
            return HANDED_OVER
        found += taken
    return found


@part
def _message(octets: Octets, at: int, end: int, layer: int, to: int, regnots: Regnots) -> int:
    """Read a message from *layer* on: REGNOTs put into rows from *to* on, or -1."""
    start, end = package(octets, at, end, layer)
    if start < 0:
        return 0 if start == NO_SCCP else HANDED_OVER
    start, ids, transaction_id = components(octets, start, end)
    if start < 0:
        return HANDED_OVER
    found = _components(octets, start, end, to, regnots)
    for taken in range(found):
        regnots.transaction_id[to + taken] = transaction_id
        if ids == 0:
            regnots.flags[to + taken] |= _FLAG_NO_ID
    return found


@kernel((int, int), OCTETS, FRAMES, int, int, REGNOTS, OUTCOMES)
def scan(
    octets: Octets,
    frames: Frames,
    first: int,
    count: int,
    regnots: Regnots,
    outcomes: NDArray[np.uint8],
) -> tuple[int, int]:
    """Take the REGNOTs of frames *first* to *count*; say an `Outcome` of each in *outcomes*.

    Returns the frame to go on with (*count* if there was room for all) and how many rows of
    *regnots* are filled. *regnots* needs more than REGNOTS_A_FRAME_MAX rows.
    """
    taken = 0
    room = regnots.msid.size - REGNOTS_A_FRAME_MAX
    frame = first
    while frame < count and taken < room:
        start, end, layer = frames.start[frame], frames.end[frame], frames.layer[frame]
        found = _message(octets, start, end, layer, taken, regnots)
        outcomes[frame] = min(found, 1) if found >= 0 else _OUTCOME_HANDED_OVER
        for row in range(taken, taken + max(found, 0)):
            regnots.frame[row] = frame
            regnots.time[row] = frames.time[frame]
        taken += max(found, 0)
        frame += 1
    return frame, taken
