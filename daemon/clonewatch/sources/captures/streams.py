"""The messages in a TCP flow, in order: TALI, XOT or one of the user adaptation layers.

Of a message that a segment's end cuts, the beginning is *carried* until the rest comes. Where no
header stands, the next one is looked for, and what is passed on the way is counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.sources.captures.flows import (
    ALIGNED,
    CARRIED,
    CARRIER,
    CIRCUIT,
    COUNTS_A_CARRIER,
    DUE,
    GAPS,
    JOINED,
    JOINED_MAX,
    JOINS_LOST,
    MALFORMED,
    QUALIFIED,
    State,
    copy,
    place,
)
from clonewatch.sources.captures.links import number
from is41 import sigtran
from is41.kernel import helper, part
from is41.sigtran import Carrier
from is41.tali import framing as tali
from is41.tali.framing import MESSAGES_OTHER, NO_LAYER, OCTETS_SKIPPED, SYNCS_LOST, put, split_run
from is41.tali.messages import HEADER_LENGTH as TALI_HEADER_LENGTH
from is41.xot import framing as xot

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from is41.scan import Frames

_TALI: Final = int(Carrier.TALI)
_XOT: Final = int(Carrier.XOT)
_TALI_HEADER: Final = int(TALI_HEADER_LENGTH)
_XOT_HEADER: Final = int(xot.HEADER_LENGTH)
_LOST: Final = -1  # in JOINED: what remains of a message is passed over


@helper
def _length(octets: NDArray[np.uint8], at: int, end: int, carrier: int, aligned: int) -> int:
    """Length of the message whose header is at *at*; 0: more octets would tell; -1: none there."""
    if carrier == _TALI:
        return tali.message_length(octets, at, end)[0]
    if carrier == _XOT:
        return xot.message_length(octets, at, end, aligned == 1)
    return sigtran.message_length(octets, at, end)


@part
def put_from(
    outer: int,
    start: int,
    end: int,
    layer: int,
    carrier: int,
    time: int,
    packet: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Write a frame and what carried it; how many there are then."""
    state.carrier[count], state.outer[count] = carrier, outer
    return put(frames, count, start, end, layer, time, packet)


@helper
def put_adapted(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    carrier: int,
    time: int,
    packet: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Take what a message of a user adaptation layer carries; how many frames there are then."""
    start, stop = sigtran.payload_of(octets, at, end, carrier)
    if start < 0:
        which = MESSAGES_OTHER if start == sigtran.OTHER else MALFORMED
        state.counts[COUNTS_A_CARRIER * carrier + which] += 1
        return count
    layer = sigtran.layer_in(carrier)
    return put_from(at, start, stop, layer, carrier, time, packet, frames, count, state)


@helper
def _put_x25(
    octets: NDArray[np.uint8],
    outer: int,
    start: int,
    end: int,
    time: int,
    packet: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Take a message that X.25 brought, its layer told by its octets; how many frames then."""
    layer = xot.layer_at(octets, start, end)
    if layer < 0:
        state.counts[COUNTS_A_CARRIER * _XOT + MESSAGES_OTHER] += 1
        return count
    return put_from(outer, start, end, layer, _XOT, time, packet, frames, count, state)


@helper
def lose_joined(row: int, state: State) -> None:
    """Give up the X.25 data joined so far: something is missing."""
    if state.flows[row, JOINED] != 0:
        if state.flows[row, JOINED] > 0:
            state.counts[JOINS_LOST] += 1
        state.flows[row, JOINED] = 0


@helper
def _x25(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    row: int,
    time: int,
    packet: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Take the XOT packet at *at*, joining data that belong together; how many frames then."""
    flows = state.flows
    meaning, start = xot.data_of(octets, at + _XOT_HEADER, end)
    if meaning not in (xot.DATA, xot.MORE_DATA):
        if meaning == xot.RESTARTS:
            lose_joined(row, state)
        elif meaning == xot.QUALIFIED:
            state.counts[QUALIFIED] += 1
        elif meaning == xot.MALFORMED:
            state.counts[COUNTS_A_CARRIER * _XOT + MALFORMED] += 1
        return count
    circuit = number(octets, at + _XOT_HEADER, 2) & 0x3FFF  # modulo and channel
    if flows[row, CIRCUIT] != circuit:
        lose_joined(row, state)
    flows[row, CIRCUIT] = circuit
    if flows[row, JOINED] == 0 and meaning == xot.DATA:
        return _put_x25(octets, at, start, end, time, packet, frames, count, state)
    used = _join(octets, start, end, row, state)
    if meaning == xot.MORE_DATA:
        return count
    flows[row, JOINED] = 0
    header = start - at
    to = place(octets, header + used, state) if used > 0 else -1
    if to < 0:
        return count
    copy(octets, at, start, octets, to)
    copy(state.joined[row], 0, used, octets, to + header)
    return _put_x25(octets, to, to + header, to + header + used, time, packet, frames, count, state)


@helper
def _join(octets: NDArray[np.uint8], at: int, end: int, row: int, state: State) -> int:
    """Add data to what is joined; how much that is, or _LOST where it is too much."""
    used = state.flows[row, JOINED]
    if used >= 0 and used + end - at <= JOINED_MAX:
        copy(octets, at, end, state.joined[row], used)
        used += end - at
    elif used >= 0:
        state.counts[JOINS_LOST] += 1
        used = _LOST
    state.flows[row, JOINED] = used
    return int(used)


@helper
def _put(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    row: int,
    time: int,
    packet: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Take the whole message *at* to *end*; how many frames there are then."""
    carrier = state.flows[row, CARRIER]
    if carrier == _TALI:
        layer = tali.message_length(octets, at, end)[1]
        if layer == NO_LAYER:
            state.counts[MESSAGES_OTHER] += 1
            return count
        start = at + _TALI_HEADER
        return put_from(at, start, end, layer, carrier, time, packet, frames, count, state)
    if carrier == _XOT:
        return _x25(octets, at, end, row, time, packet, frames, count, state)
    return put_adapted(octets, at, end, carrier, time, packet, frames, count, state)


@helper
def _shift_carry(carry: NDArray[np.uint8], used: int, carrier: int) -> int:
    """Drop the first octet carried, and on to where a header may stand; how many are left."""
    at = 1
    while at < used and _length(carry, at, used, carrier, 0) < 0:
        at += 1
    for step in range(used - at):
        carry[step] = carry[at + step]
    return used - at


@helper
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
    """Go on with the message that *row* carries: where its octets end here, and how many frames."""
    carry = state.carry[row]
    flows = state.flows
    carrier = flows[row, CARRIER]
    counted = COUNTS_A_CARRIER * carrier
    used = flows[row, CARRIED]
    while at < end and used > 0:
        length = _length(carry, 0, used, carrier, flows[row, ALIGNED])
        if length < 0:
            if flows[row, ALIGNED]:
                state.counts[counted + SYNCS_LOST] += 1
                lose_joined(row, state)
            flows[row, ALIGNED] = 0
            left = _shift_carry(carry, used, carrier)
            state.counts[counted + OCTETS_SKIPPED] += used - left
            used = left
        elif length == 0:
            carry[used] = octets[at]
            used += 1
            at += 1
        else:
            take_up = min(length - used, end - at)
            copy(octets, at, at + take_up, carry, used)
            used += take_up
            at += take_up
        length = _length(carry, 0, used, carrier, flows[row, ALIGNED]) if used > 0 else 0
        if length > 0 and used == length:
            to = place(octets, length, state)
            if to >= 0:
                copy(carry, 0, length, octets, to)
                count = _put(octets, to, to + length, row, time, packet, frames, count, state)
            flows[row, ALIGNED] = 1
            used = 0
    flows[row, CARRIED] = used
    return at, count


@helper
def _split(
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
    """Take the messages of a run: where its incomplete rest begins, and how many frames then."""
    flows = state.flows
    carrier = flows[row, CARRIER]
    counted = COUNTS_A_CARRIER * carrier
    while at < end:
        length = _length(octets, at, end, carrier, flows[row, ALIGNED])
        if length < 0:
            if flows[row, ALIGNED]:
                state.counts[counted + SYNCS_LOST] += 1
                lose_joined(row, state)
            flows[row, ALIGNED] = 0
            state.counts[counted + OCTETS_SKIPPED] += 1
            at += 1
        elif length == 0 or at + length > end:
            break
        else:
            flows[row, ALIGNED] = 1
            count = _put(octets, at, at + length, row, time, packet, frames, count, state)
            at += length
    return at, count


@helper
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
    flows[row, DUE] = (flows[row, DUE] + end - at) & 0xFFFF_FFFF
    if flows[row, CARRIED] > 0:
        at, count = _complete(octets, at, end, packet, time, row, frames, count, state)
    if at == end:
        return count
    if flows[row, CARRIER] == _TALI:
        first = count
        at, count, aligned = split_run(
            octets, at, end, time, packet, flows[row, ALIGNED] == 1, frames, count, state.counts
        )
        flows[row, ALIGNED] = 1 if aligned else 0
        for frame in range(first, count):
            state.carrier[frame] = _TALI
            state.outer[frame] = frames.start[frame] - _TALI_HEADER
    else:
        at, count = _split(octets, at, end, packet, time, row, frames, count, state)
    copy(octets, at, end, state.carry[row], 0)
    flows[row, CARRIED] = end - at
    return count


@helper
def skip_gap(row: int, due: int, state: State) -> None:
    """Go on at *due*: what a cut message lacks will not come."""
    flows = state.flows
    state.counts[GAPS] += 1
    state.counts[COUNTS_A_CARRIER * flows[row, CARRIER] + OCTETS_SKIPPED] += flows[row, CARRIED]
    flows[row, CARRIED] = 0
    flows[row, ALIGNED] = 0
    flows[row, DUE] = due
    lose_joined(row, state)
