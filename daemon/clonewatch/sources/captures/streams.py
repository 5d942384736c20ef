"""The messages in a TCP flow, in order: TALI, XOT or one of the user adaptation layers.

A message is as long as its header says, if another header stands behind it or if nothing has come
that says otherwise. Of a message that a segment's end cuts, the beginning is *carried* until the
rest comes. A message that ends with its segment is taken at once, and *kept* besides until it is
seen that a header follows. Where none follows, a length was wrong: the next header is looked for,
within that message first. So a wrong length costs the message that has it and no other, however
the stream is cut, and a stream without damage is read the same however it is cut. What is found
late bears the packet and the time of the segment that completed it (see `marks`).

What cannot be told apart: a length that is wrong by just the messages behind it; a message with a
length too short, which is taken as far as that goes, from one with rubbish behind it; and in the
rest of a message that a gap cuts, messages from octets that look like them. XOT has little that
tells a header, two zeros and a length that may be: one is believed if another stands behind its
packet, or if the octets end before; so where a wrong length ends in data full of zeros, messages
behind it may be lost too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.sources.captures.flows import (
    ALIGNED,
    CARRIED,
    CARRIER,
    COUNTS_A_CARRIER,
    DUE,
    GAPS,
    KEPT,
    MARK_END,
    MARK_PACKET,
    MARK_TIME,
    MARKS,
    MARKS_MAX,
    State,
    fault,
    place,
)
from clonewatch.sources.captures.payloads import lose_joined, put_message
from is41 import sigtran
from is41.kernel import helper, part
from is41.octets import copy
from is41.sigtran import Carrier
from is41.tali import framing as tali
from is41.tali.codes import HEADER_LENGTH as TALI_HEADER_LENGTH
from is41.tali.framing import NO_LAYER, OCTETS_SKIPPED, SYNCS_LOST
from is41.xot import framing as xot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from is41.scan import Frames

_TALI: Final = int(Carrier.TALI)
_XOT: Final = int(Carrier.XOT)
# octets that tell of any carrier whether a header stands there
_HEADER_MAX: Final = max(
    int(TALI_HEADER_LENGTH),
    int(sigtran.HEADER_LENGTH),
    int(xot.HEADER_LENGTH + xot.PACKET_LENGTH_LEAST),
)
_NO_LAYER: Final = int(NO_LAYER)


@part
def _header(
    octets: NDArray[np.uint8], at: int, end: int, carrier: int, aligned: int
) -> tuple[int, int]:
    """Length of the message whose header is at *at*, and what layer TALI's opcode says.

    The length is 0 where more octets would tell, -1 where no header stands. Where it is not
    *aligned*, so that a header is only hoped for, XOT's must look more like one.
    """
    if carrier == _TALI:
        return tali.message_length(octets, at, end)
    if carrier == _XOT:
        return xot.message_length(octets, at, end, aligned == 1), _NO_LAYER
    return sigtran.message_length(octets, at, end), _NO_LAYER


@helper
def _header_again(
    octets: NDArray[np.uint8], at: int, end: int, carrier: int, aligned: int
) -> tuple[int, int]:
    """Read a header as `_header` does; one copy of that for those who seldom need it."""
    return _header(octets, at, end, carrier, aligned)


@part
def _following(octets: NDArray[np.uint8], at: int, end: int, carrier: int) -> tuple[int, int]:
    """Likewise of the header that should stand behind a message, and nothing behind the end.

    XOT's is none where none follows behind its own packet: four octets say too little.
    """
    if at == end:
        return 0, _NO_LAYER
    length, layer = _header(octets, at, end, carrier, 0)
    if carrier == _XOT and length > 0 and at + length < end:
        behind = xot.message_length(octets, at + length, end, False)
        length = length if behind >= 0 else -1
    return length, layer


@helper
def _next_header(
    octets: NDArray[np.uint8], at: int, stop: int, end: int, carrier: int, is_last: int
) -> int:
    """Where to go on between *at* and *stop*; *stop* if nowhere. The octets go on to *end*.

    Nothing comes behind them if *is_last*: then a message that does not end there is none.
    """
    begun = stop
    while at < stop:
        length = _header_again(octets, at, end, carrier, 0)[0]
        behind = at + length
        if length == 0 or behind > end:
            if carrier != _XOT and not is_last:
                return at
            if begun == stop and not is_last:
                begun = at
        elif length > 0 and (
            carrier != _XOT
            or behind == end
            or _header_again(octets, behind, end, carrier, 0)[0] >= 0
        ):
            return at
        at += 1
    return begun


@helper
def _header_instead(
    octets: NDArray[np.uint8], at: int, end: int, length: int, kept: int, carrier: int
) -> int:
    """Where to go on, as the message at *at* of *length*, or -1, has no header or none behind it.

    Without a header, that is looked for in the *kept* octets before, too. With one, it is believed
    where none stands inside its message: then that is -1.
    """
    if length > 0:
        behind = at + length
        found = _next_header(octets, at + 1, behind, end, carrier, 0)
        return found if found < behind else -1
    found = _next_header(octets, at - kept + 1, at, end, carrier, 0) if kept > 0 else at
    return found if found < at else _next_header(octets, at + 1, end, end, carrier, 0)


@helper
def _lose(skipped: int, packet: int, row: int, state: State) -> None:
    """Tell of octets passed, and of a header that was due and not there."""
    flows = state.flows
    counted = COUNTS_A_CARRIER * flows[row, CARRIER]
    if flows[row, ALIGNED]:
        fault(counted + SYNCS_LOST, 1, packet, state)
        lose_joined(row, packet, state)
    flows[row, ALIGNED] = 0
    if skipped > 0:
        fault(counted + OCTETS_SKIPPED, skipped, packet, state)


@part
def _mark(row: int, packet: int, time: int, state: State) -> None:
    """Remember which packet brought the octets carried last."""
    flows = state.flows
    which = min(flows[row, MARKS], MARKS_MAX - 1)
    flows[row, MARKS] = which + 1
    state.marks[row, which, MARK_END] = flows[row, CARRIED]
    state.marks[row, which, MARK_PACKET] = packet
    state.marks[row, which, MARK_TIME] = time


@helper
def _forget_marks(row: int, passed: int, state: State) -> None:
    """Drop the marks of the first *passed* octets, and count those of the rest from there."""
    flows, marks = state.flows, state.marks
    left = 0
    for which in range(flows[row, MARKS]):
        if marks[row, which, MARK_END] > passed:
            marks[row, left, MARK_END] = marks[row, which, MARK_END] - passed
            marks[row, left, MARK_PACKET] = marks[row, which, MARK_PACKET]
            marks[row, left, MARK_TIME] = marks[row, which, MARK_TIME]
            left += 1
    flows[row, MARKS] = left


@part
def _put(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    layer: int,
    base: int,
    row: int,
    time: int,
    packet: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Take a whole message; of one out of what is carried, from *base* on, the marks tell when."""
    if base >= 0:
        for which in range(state.flows[row, MARKS]):
            if state.marks[row, which, MARK_END] >= end - base:
                packet = state.marks[row, which, MARK_PACKET]
                time = state.marks[row, which, MARK_TIME]
                break
    return put_message(octets, at, end, layer, row, time, packet, frames, count, state)


@part
def _run(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    length: int,
    layer: int,
    base: int,
    kept: int,
    packet: int,
    time: int,
    row: int,
    frames: Frames,
    count: int,
    state: State,
) -> tuple[int, int, int]:
    """Take the messages of a run: where its rest begins, how much of that is kept, how many frames.

    *length* and *layer* are what the header at *at* says. *kept* octets before *at* are a message
    taken before. *base* is where what is carried begins, or -1 where nothing is.
    """
    flows = state.flows
    carrier = flows[row, CARRIER]
    while at < end:
        behind = at + length
        if length == 0 or behind > end:
            break
        following, its_layer = -1, _NO_LAYER
        if length > 0:
            following, its_layer = _following(octets, behind, end, carrier)
        if following < 0:
            found = _header_instead(octets, at, end, length, kept, carrier)
            if found >= 0:
                _lose(max(found - at, 0), packet, row, state)
                at, kept = found, 0
                if at < end:
                    length, layer = _header_again(octets, at, end, carrier, 0)
                continue
            following, its_layer = _header_again(octets, behind, end, carrier, 1)
        count = _put(octets, at, behind, layer, base, row, time, packet, frames, count, state)
        flows[row, ALIGNED] = 1
        at, kept = behind, length
        length, layer = following, its_layer
    if at < end and length > 0:
        kept = 0
    return at - kept, kept, count


@part
def _carry(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    kept: int,
    packet: int,
    time: int,
    row: int,
    state: State,
) -> None:
    """Keep the rest of a run for when more comes."""
    state.flows[row, CARRIED], state.flows[row, KEPT] = end - at, kept
    if end > at:
        copy(octets, at, end, state.carry[row], 0)
        _mark(row, packet, time, state)


@helper
def _run_carried(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    base: int,
    kept: int,
    packet: int,
    time: int,
    row: int,
    frames: Frames,
    count: int,
    state: State,
) -> tuple[int, int, int]:
    """Take the messages of a run as `_run` does; one copy of that for those who seldom need it."""
    flows = state.flows
    length, layer = 0, _NO_LAYER
    if at < end:
        length, layer = _header_again(octets, at, end, flows[row, CARRIER], flows[row, ALIGNED])
    return _run(octets, at, end, length, layer, base, kept, packet, time, row, frames, count, state)


@helper
def _again(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    packet: int,
    time: int,
    row: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Read what is carried once more, and what follows it *at* to *end*; how many frames then."""
    flows = state.flows
    used, kept = flows[row, CARRIED], flows[row, KEPT]
    to = place(octets, used + end - at, state)
    if to < 0:
        _lose(used - kept, packet, row, state)
        flows[row, CARRIED], flows[row, MARKS] = 0, 0
        rest, kept, count = _run_carried(
            octets, at, end, -1, 0, packet, time, row, frames, count, state
        )
        _carry(octets, rest, end, kept, packet, time, row, state)
        return count
    copy(state.carry[row], 0, used, octets, to)
    copy(octets, at, end, octets, to + used)
    flows[row, CARRIED] = used + end - at
    _mark(row, packet, time, state)
    stop = to + used + end - at
    rest, kept, count = _run_carried(
        octets, to + kept, stop, to, kept, packet, time, row, frames, count, state
    )
    _forget_marks(row, rest - to, state)
    copy(octets, rest, stop, state.carry[row], 0)
    flows[row, CARRIED], flows[row, KEPT] = stop - rest, kept
    return count


@part
def _append(
    octets: NDArray[np.uint8], at: int, end: int, packet: int, time: int, row: int, state: State
) -> None:
    """Add a segment to what is carried."""
    used = state.flows[row, CARRIED]
    copy(octets, at, end, state.carry[row], used)
    state.flows[row, CARRIED] = used + end - at
    _mark(row, packet, time, state)


@part
def _complete(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    packet: int,
    time: int,
    row: int,
    frames: Frames,
    count: int,
    state: State,
) -> tuple[int, int]:
    """Go on with the message that *row* carries: where to read on, or *end*; how many frames."""
    flows, carry = state.flows, state.carry[row]
    carrier, used = flows[row, CARRIER], flows[row, CARRIED]
    known = used
    if used < _HEADER_MAX:
        known = min(_HEADER_MAX, used + end - at)
        copy(octets, at, at + known - used, carry, used)
    length, layer = _header_again(carry, 0, known, carrier, flows[row, ALIGNED])
    behind = at + length - used
    if length >= 0 and (length == 0 or behind > end):
        _append(octets, at, end, packet, time, row, state)
        return end, count
    following = _following(octets, behind, end, carrier)[0] if length > 0 else -1
    to = place(octets, length, state) if following >= 0 else -1
    if to < 0:
        return end, _again(octets, at, end, packet, time, row, frames, count, state)
    copy(carry, 0, used, octets, to)
    copy(octets, at, behind, octets, to + used)
    count = _put(octets, to, to + length, layer, -1, row, time, packet, frames, count, state)
    flows[row, ALIGNED] = 1
    if following > 0:
        flows[row, CARRIED], flows[row, MARKS] = 0, 0
        return behind, count
    _append(octets, at, end, packet, time, row, state)
    flows[row, KEPT] = length
    return end, count


@part
def take(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    packet: int,
    time: int,
    row: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Read octets that are due; how many frames there are then."""
    flows = state.flows
    carrier, kept = flows[row, CARRIER], flows[row, KEPT]
    flows[row, DUE] = (flows[row, DUE] + end - at) & 0xFFFF_FFFF
    if kept > 0:
        length, layer = -1, _NO_LAYER
        if kept == flows[row, CARRIED]:
            length, layer = _following(octets, at, end, carrier)
        if length <= 0:
            return _again(octets, at, end, packet, time, row, frames, count, state)
        flows[row, CARRIED], flows[row, KEPT], flows[row, MARKS] = 0, 0, 0
    else:
        if flows[row, CARRIED] > 0:
            at, count = _complete(octets, at, end, packet, time, row, frames, count, state)
            if at == end:
                return count
        length, layer = _header_again(octets, at, end, carrier, flows[row, ALIGNED])
    rest, kept, count = _run(
        octets, at, end, length, layer, -1, 0, packet, time, row, frames, count, state
    )
    _carry(octets, rest, end, kept, packet, time, row, state)
    return count


@helper
def give_up(
    octets: NDArray[np.uint8], packet: int, row: int, frames: Frames, count: int, state: State
) -> int:
    """Take what is whole in what is carried, for no more will come; how many frames then."""
    flows = state.flows
    used, carrier = flows[row, CARRIED], flows[row, CARRIER]
    at = flows[row, KEPT]
    flows[row, ALIGNED] = 0
    to = -1
    if at < used:
        lose_joined(row, packet, state)
        to = place(octets, used, state)
    if to >= 0:
        copy(state.carry[row], 0, used, octets, to)
        end = to + used
        at += to
        while at < end:
            found = _next_header(octets, at + 1, end, end, carrier, 1)
            _lose(found - at, packet, row, state)
            at, kept = found, 0
            if at < end:
                at, kept, count = _run_carried(
                    octets, at, end, to, 0, packet, 0, row, frames, count, state
                )
            at += kept
    flows[row, CARRIED], flows[row, KEPT], flows[row, MARKS] = 0, 0, 0
    return count


@helper
def skip_gap(
    octets: NDArray[np.uint8],
    row: int,
    due: int,
    packet: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Go on at *due*: what lies before will not come. How many frames there are then."""
    flows = state.flows
    fault(GAPS, 1, packet, state)
    count = give_up(octets, packet, row, frames, count, state)
    flows[row, ALIGNED] = 0
    flows[row, DUE] = due
    lose_joined(row, packet, state)
    return count
