"""What messages on TCP and SCTP carry for us, told apart by their carrier and made frames.

X.25 data that belong together are joined by their M bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.sources.captures.flows import (
    CARRIER,
    CIRCUIT,
    COUNTS_A_CARRIER,
    JOINED,
    JOINED_MAX,
    JOINS_LOST,
    MALFORMED,
    QUALIFIED,
    State,
    fault,
    place,
)
from is41 import sigtran
from is41.kernel import helper, part
from is41.octets import copy, half_word
from is41.sigtran import Carrier
from is41.tali.codes import HEADER_LENGTH as TALI_HEADER_LENGTH
from is41.tali.framing import MESSAGES_OTHER, NO_LAYER, put
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


@part
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
        counted = COUNTS_A_CARRIER * carrier
        if start == sigtran.OTHER:
            state.counts[counted + MESSAGES_OTHER] += 1
        else:
            fault(counted + MALFORMED, 1, packet, state)
        return count
    layer = sigtran.layer_in(carrier)
    return put_from(at, start, stop, layer, carrier, time, packet, frames, count, state)


@part
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
def lose_joined(row: int, packet: int, state: State) -> None:
    """Give up the X.25 data joined so far: something is missing."""
    if state.flows[row, JOINED] != 0:
        if state.flows[row, JOINED] > 0:
            fault(JOINS_LOST, 1, packet, state)
        state.flows[row, JOINED] = 0


@part
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
            lose_joined(row, packet, state)
        elif meaning == xot.QUALIFIED:
            state.counts[QUALIFIED] += 1
        elif meaning == xot.MALFORMED:
            fault(COUNTS_A_CARRIER * _XOT + MALFORMED, 1, packet, state)
        return count
    circuit = half_word(octets, at + _XOT_HEADER) & 0x3FFF  # modulo and channel
    if flows[row, CIRCUIT] != circuit:
        lose_joined(row, packet, state)
    flows[row, CIRCUIT] = circuit
    if flows[row, JOINED] == 0 and meaning == xot.DATA:
        return _put_x25(octets, at, start, end, time, packet, frames, count, state)
    used = _join(octets, start, end, row, packet, state)
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
def _join(octets: NDArray[np.uint8], at: int, end: int, row: int, packet: int, state: State) -> int:
    """Add data to what is joined; how much that is, or _LOST where it is too much."""
    used = state.flows[row, JOINED]
    if used >= 0 and used + end - at <= JOINED_MAX:
        copy(octets, at, end, state.joined[row], used)
        used += end - at
    elif used >= 0:
        fault(JOINS_LOST, 1, packet, state)
        used = _LOST
    state.flows[row, JOINED] = used
    return int(used)


@part
def put_message(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    layer: int,
    row: int,
    time: int,
    packet: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Take the whole message *at* to *end* of a stream; how many frames there are then.

    *layer* is what a TALI message carries, by its opcode.
    """
    carrier = state.flows[row, CARRIER]
    if carrier == _TALI:
        if layer == NO_LAYER:
            state.counts[MESSAGES_OTHER] += 1
            return count
        start = at + _TALI_HEADER
        return put_from(at, start, end, layer, carrier, time, packet, frames, count, state)
    if carrier == _XOT:
        return _x25(octets, at, end, row, time, packet, frames, count, state)
    return put_adapted(octets, at, end, carrier, time, packet, frames, count, state)
