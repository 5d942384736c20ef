"""TCP (RFC 9293): segments in order, as a capture shows them.

A segment that comes when it is due is read where it lies. A segment that comes early is *held*
until what lies between has come, or is given up as missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.sources.captures.flows import (
    ALIGNED,
    CARRIER,
    DUE,
    FLOW,
    HELD,
    HELD_OCTETS_MAX,
    JOINED,
    LENGTH,
    NO_PORT,
    ON_TCP,
    PACKET,
    PACKETS_MALFORMED,
    SEEN,
    SEGMENT_LENGTH_MAX,
    SEGMENTS_EARLY,
    SEGMENTS_REPEATED,
    SEQUENCE,
    TAG,
    TIME,
    State,
    ahead,
    begin,
    carrier_of,
    fault,
    find,
    place,
)
from clonewatch.sources.captures.ip import addresses
from clonewatch.sources.captures.streams import give_up, skip_gap, take
from is41.kernel import helper, part
from is41.octets import copy, octet, word
from is41.sigtran import Carrier

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from is41.scan import Frames

GAP_MS_MAX: Final = 5_000  # ms of capture time a gap may wait to be filled: ours
TAG_TCP: Final = 1
NO_ROW: Final = -1  # the table of flows is full
_HEADER: Final = 20  # octets, at least
_SYN: Final = 0x02
_MASK: Final = 0xFFFF_FFFF
_REPEATED_SYN_MAX: Final = 1 << 20  # octets: a SYN so little behind opened this connection
_TALI: Final = int(Carrier.TALI)


@helper
def _next_held(row: int, state: State) -> int:
    """Of the segments held for *row* the first in sequence, or -1."""
    held, due = state.held, state.flows[row, DUE]
    best, slot = -1, 0
    left = state.flows[row, HELD]  # octets not seen yet: few wait, and those in the first places
    while left > 0 and slot < held.shape[0]:
        if held[slot, FLOW] == row:
            left -= held[slot, LENGTH]
            if best < 0 or ahead(held[slot, SEQUENCE], due) < ahead(held[best, SEQUENCE], due):
                best = slot
        slot += 1
    return best


@helper
def release(
    octets: NDArray[np.uint8], row: int, patience: int, frames: Frames, count: int, state: State
) -> int:
    """Take up held segments that are due; those past a gap too, while *patience* is exceeded.

    *patience* is the oldest time, ms, that a held segment may have.
    """
    flows, held = state.flows, state.held
    while flows[row, HELD] > 0:
        slot = _next_held(row, state)
        distance = ahead(held[slot, SEQUENCE], flows[row, DUE])
        if distance > 0:
            if flows[row, HELD] <= HELD_OCTETS_MAX // 2 and held[slot, TIME] >= patience:
                break
            packet = held[slot, PACKET]
            count = skip_gap(octets, row, held[slot, SEQUENCE], packet, frames, count, state)
            distance = 0
        length = held[slot, LENGTH]
        flows[row, HELD] -= length
        held[slot, FLOW] = -1
        fresh = length + distance
        to = place(octets, fresh, state) if fresh > 0 else -1
        if to >= 0:
            copy(state.held_octets[slot], -distance, length, octets, to)
            packet, time = held[slot, PACKET], held[slot, TIME]
            count = take(octets, to, to + fresh, packet, time, row, frames, count, state)
    return count


@helper
def _hold(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    sequence: int,
    packet: int,
    time: int,
    row: int,
    state: State,
) -> bool:
    """Keep a segment that came early; False where there is no place.

    A segment of another flow that has waited far too long gives up its place.
    """
    held = state.held
    if end - at > SEGMENT_LENGTH_MAX:
        return False
    for slot in range(held.shape[0]):
        if held[slot, FLOW] >= 0 and held[slot, TIME] < time - 10 * GAP_MS_MAX:
            state.flows[held[slot, FLOW], HELD] -= held[slot, LENGTH]
            held[slot, FLOW] = -1
        if held[slot, FLOW] < 0:
            held[slot, FLOW], held[slot, SEQUENCE], held[slot, LENGTH] = row, sequence, end - at
            held[slot, TIME], held[slot, PACKET] = time, packet
            copy(octets, at, end, state.held_octets[slot], 0)
            state.flows[row, HELD] += end - at
            state.counts[SEGMENTS_EARLY] += 1
            return True
    return False


@part
def _place_segment(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    true_end: int,
    sequence: int,
    row: int,
    packet: int,
    time: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Place one segment with data in its flow; how many frames there are then.

    One that comes early and cannot be held goes round twice: what is held before it is released.
    """
    flows = state.flows
    is_placed = False
    for turn in range(2):
        distance = ahead(sequence, flows[row, DUE])
        patience = time - GAP_MS_MAX
        if distance > 0 and turn == 0:
            is_placed = end == true_end and _hold(
                octets, at, end, sequence, packet, time, row, state
            )
            if not is_placed:
                patience = time + 1
        else:
            is_placed = True
            if distance > 0:
                count = skip_gap(octets, row, sequence, packet, frames, count, state)
                distance = 0
            if at - distance >= true_end:
                state.counts[SEGMENTS_REPEATED] += 1
            else:
                if at - distance < end:
                    fresh = at - distance
                    count = take(octets, fresh, end, packet, time, row, frames, count, state)
                if true_end > end:
                    after = (sequence + true_end - at) & _MASK
                    count = skip_gap(octets, row, after, packet, frames, count, state)
        if flows[row, HELD] > 0:
            count = release(octets, row, patience, frames, count, state)
        if is_placed:
            break
    return count


@helper
def _forget_held(row: int, state: State) -> None:
    """Drop what is held for *row*: its connection begins anew."""
    if state.flows[row, HELD] > 0:
        for slot in range(state.held.shape[0]):
            if state.held[slot, FLOW] == row:
                state.held[slot, FLOW] = -1
        state.flows[row, HELD] = 0


@helper
def _open(
    octets: NDArray[np.uint8],
    tcp: int,
    row: int,
    packet: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Take a SYN: the flow begins here, unless it is the SYN that began it, repeated.

    Gives how many frames there are then: what the connection before it left may hold some.
    """
    flows = state.flows
    due = (word(octets, tcp + 4) + 1) & _MASK
    if flows[row, SEEN] == 0 or not -_REPEATED_SYN_MAX < ahead(due, flows[row, DUE]) <= 0:
        count = give_up(octets, packet, row, frames, count, state)
        flows[row, DUE] = due
        flows[row, JOINED] = 0
        flows[row, ALIGNED] = 1
        _forget_held(row, state)
    return count


@part
def _flow(octets: NDArray[np.uint8], ip: int, tcp: int, state: State) -> int:
    """Row of the flow a segment belongs to, begun if it is new; NO_ROW where the table is full."""
    flows = state.flows
    key = addresses(octets, ip)
    ports = word(octets, tcp)
    row = find(flows, TAG_TCP, ports, key[0], key[1], key[2], key[3])
    if flows[row, TAG] == 0:
        if not begin(row, TAG_TCP, ports, key, word(octets, tcp + 4), state):
            return NO_ROW
        carrier = carrier_of(ports >> 16, ports & 0xFFFF, ON_TCP, state)
        flows[row, CARRIER] = carrier if carrier != NO_PORT else _TALI
    return row


@part
def segment(
    octets: NDArray[np.uint8],
    ip: int,
    tcp: int,
    end: int,
    true_end: int,
    packet: int,
    time: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Take the TCP segment whose header is at *tcp*; how many frames then, or NO_ROW."""
    data = tcp + (octet(octets, tcp + 12) >> 4) * 4 if tcp + _HEADER <= end else 0
    if data < tcp + _HEADER or data > true_end:
        fault(PACKETS_MALFORMED, 1, packet, state)
        return count
    row = _flow(octets, ip, tcp, state)
    if row < 0:
        return NO_ROW
    if octets[tcp + 13] & _SYN:
        count = _open(octets, tcp, row, packet, frames, count, state)
    state.flows[row, SEEN] = packet
    if true_end <= data:
        return count
    sequence = word(octets, tcp + 4)
    if octets[tcp + 13] & _SYN:
        sequence = (sequence + 1) & _MASK
    stop = min(end, true_end)
    # Options that the capture cut off leave no data, but a gap.
    data_end = max(data, stop)
    return _place_segment(
        octets, data, data_end, true_end, sequence, row, packet, time, frames, count, state
    )
