"""TALI on TCP on IPv4 on Ethernet: segments in order, and the messages in them as frames.

Each direction of a connection is a *flow*. A segment that comes when it is due is read where it
lies; of a message that a segment's end cuts, the beginning is *carried* until the rest comes. A
segment that comes early is *held* until what lies between has come, or is given up as missing.

The block that frames point into begins with room for what must be put together: carried messages
completed, held segments taken up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import types

from clonewatch.sources.captures.pcap import PACKETS, Packets
from is41.kernel import columns, helper, kernel, part
from is41.scan import FRAMES, Frames
from is41.tali.framing import (
    MESSAGE_LENGTH_MAX,
    MESSAGES_OTHER,
    NO_LAYER,
    OCTETS_SKIPPED,
    SYNCS_LOST,
    TALLY,
    message_length,
    put,
    split_run,
)
from is41.tali.messages import HEADER_LENGTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLOWS_MAX: Final = 1 << 14  # rows of the table, at most three quarters of them used: ours
SEGMENT_LENGTH_MAX: Final = 1 << 16  # octets: IPv4's own bound
HELD_MAX: Final = 512  # segments of all flows together: ours
HELD_OCTETS_MAX: Final = 1 << 18  # octets of one flow: ours, four of the longest segments
GAP_MS_MAX: Final = 5_000  # ms of capture time a gap may wait to be filled: ours
FRAMES_A_PACKET_MAX: Final = 2 * (HELD_OCTETS_MAX + SEGMENT_LENGTH_MAX) // 10
ROOM: Final = 4 * (HELD_OCTETS_MAX + SEGMENT_LENGTH_MAX)  # octets to put together in

# What `reassemble` counts, after what `is41.tali.framing` counts.
SEGMENTS_REPEATED: Final = 3  # brought nothing new
SEGMENTS_EARLY: Final = 4  # were held
GAPS: Final = 5  # places where octets never came
PACKETS_OTHER: Final = 6  # not TCP on IPv4
PACKETS_MALFORMED: Final = 7  # headers that do not fit into the packet
FRAGMENTS: Final = 8  # of IPv4: not put together
COUNTS: Final = 9

_ETHERNET: Final = 14  # octets of header
_IPV4: Final = 0x0800
_VLAN: Final = (0x8100, 0x88A8)
_TCP: Final = 6
_SYN: Final = 0x02
_OTHER, _BAD, _PIECE = -1, -2, -3  # instead of where a segment's data begins
_MASK: Final = 0xFFFF_FFFF
_HALF: Final = 0x8000_0000
_REPEATED_SYN_MAX: Final = 1 << 20  # octets: a SYN so little behind opened this connection
_NEVER: Final = 1 << 62  # ms: no held segment is that young
_MIX: Final = 0x9E37_79B1  # a prime near 2^32 over the golden ratio


class Flows(NamedTuple):
    """The flows: a table with open addressing, one row a flow."""

    addresses: NDArray[np.int64]  # source, destination; of a row in use with `ports` not 0
    ports: NDArray[np.int64]  # 1, source port, destination port
    due: NDArray[np.int64]  # sequence number of the next octet
    seen: NDArray[np.int64]  # number of its last packet
    aligned: NDArray[np.int64]  # 1: a message ended just before what is carried or due
    carried: NDArray[np.int64]  # octets of `carry` in use
    held: NDArray[np.int64]  # octets held


class Held(NamedTuple):
    """Segments that came early; a row whose `flow` is -1 is free."""

    flow: NDArray[np.int64]
    sequence: NDArray[np.int64]
    length: NDArray[np.int64]
    time: NDArray[np.int64]
    packet: NDArray[np.int64]


FLOWS: Final = columns(Flows, dict.fromkeys(Flows._fields, types.int64))
HELD: Final = columns(Held, dict.fromkeys(Held._fields, types.int64))
_BLOCK: Final = types.Array(types.uint8, 1, "C")
_ROWS: Final = types.Array(types.uint8, 2, "C")


class State(NamedTuple):
    """All that is remembered between blocks, and what is counted."""

    flows: Flows
    carry: NDArray[np.uint8]  # a row a flow
    held: Held
    data: NDArray[np.uint8]  # a row a held segment
    counts: NDArray[np.int64]
    room: NDArray[np.int64]  # octets used of the block's room; rows used of the flows

    @classmethod
    def empty(cls) -> State:
        """No flows yet. The large arrays take memory only as they are used."""
        held = Held(*(np.zeros(HELD_MAX, np.int64) for _ in Held._fields))
        held.flow.fill(-1)
        return cls(
            Flows(*(np.zeros(FLOWS_MAX, np.int64) for _ in Flows._fields)),
            np.zeros((FLOWS_MAX, MESSAGE_LENGTH_MAX), np.uint8),
            held,
            np.zeros((HELD_MAX, SEGMENT_LENGTH_MAX), np.uint8),
            np.zeros(COUNTS, np.int64),
            np.zeros(2, np.int64),
        )


STATE: Final = types.NamedTuple([FLOWS, _ROWS, HELD, _ROWS, TALLY, TALLY], State)


@part
def _copy(source: NDArray[np.uint8], at: int, end: int, target: NDArray[np.uint8], to: int) -> None:
    for step in range(end - at):
        target[to + step] = source[at + step]


@part
def _number(octets: NDArray[np.uint8], at: int, length: int) -> int:
    value = 0
    for step in range(length):
        value = value << 8 | int(np.int64(octets[at + step]))
    return value


@part
def _ipv4(octets: NDArray[np.uint8], at: int, end: int) -> tuple[int, int]:
    """Find the TCP header behind an IPv4 one: where it begins and the packet's true end."""
    if at + 20 > end:
        return _BAD, 0
    header = (_number(octets, at, 1) & 0x0F) * 4
    total = _number(octets, at + 2, 2)
    if octets[at] >> 4 != 4 or header < 20:
        return _BAD, 0
    if octets[at + 9] != _TCP:
        return _OTHER, 0
    if _number(octets, at + 6, 2) & 0x3FFF:
        return _PIECE, 0
    # A total of 0 is a segment captured before the network card cut it up.
    return at + header, at + total if total else end


@part
def _tcp(octets: NDArray[np.uint8], start: int, end: int) -> tuple[int, int, int, int]:
    """Find a packet's IPv4 and TCP headers and the data: where each begins, and its true end."""
    at = start + _ETHERNET
    if at > end:
        return _BAD, 0, 0, 0
    kind = _number(octets, at - 2, 2)
    while kind in _VLAN and at + 4 <= end:
        at += 4
        kind = _number(octets, at - 2, 2)
    if kind != _IPV4:
        return _OTHER, 0, 0, 0
    tcp, true_end = _ipv4(octets, at, end)
    if tcp < 0:
        return tcp, 0, 0, 0
    if tcp + 20 > end:
        return _BAD, 0, 0, 0
    data = tcp + (_number(octets, tcp + 12, 1) >> 4) * 4
    if data < tcp + 20 or data > true_end:
        return _BAD, 0, 0, 0
    return at, tcp, data, true_end


@part
def _find(flows: Flows, addresses: int, ports: int) -> int:
    """Row of a flow, or of the free place where it would stand."""
    mask = flows.ports.size - 1
    mixed = (addresses ^ addresses >> 32 ^ ports ^ ports >> 15) & 0x7FFF_FFFF
    row = (mixed * _MIX >> 24) & mask
    while flows.ports[row] != 0 and (
        flows.ports[row] != ports or flows.addresses[row] != addresses
    ):
        row = (row + 1) & mask
    return row


@helper
def _shift_carry(carry: NDArray[np.uint8], used: int) -> int:
    """Drop the first octet carried, and on to where a header may stand; how many are left."""
    at = 1
    while at < used and message_length(carry, at, used)[0] < 0:
        at += 1
    for step in range(used - at):
        carry[step] = carry[at + step]
    return used - at


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
    """Go on with the message that *row* carries: where its octets end here, and how many frames."""
    carry = state.carry[row]
    used = state.flows.carried[row]
    while at < end and used > 0:
        length, layer = message_length(carry, 0, used)
        if length < 0:
            if state.flows.aligned[row]:
                state.counts[SYNCS_LOST] += 1
            state.flows.aligned[row] = 0
            left = _shift_carry(carry, used)
            state.counts[OCTETS_SKIPPED] += used - left
            used = left
        elif length == 0:
            carry[used] = octets[at]
            used += 1
            at += 1
        else:
            take = min(length - used, end - at)
            _copy(octets, at, at + take, carry, used)
            used += take
            at += take
        length, layer = message_length(carry, 0, used)
        if length > 0 and used == length:
            count = _put_carried(octets, carry, length, layer, time, packet, frames, count, state)
            state.flows.aligned[row] = 1
            used = 0
    state.flows.carried[row] = used
    return at, count


@part
def _put_carried(
    octets: NDArray[np.uint8],
    carry: NDArray[np.uint8],
    length: int,
    layer: int,
    time: int,
    packet: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Copy a completed message into the room before the block; how many frames there are then."""
    if layer == NO_LAYER:
        state.counts[MESSAGES_OTHER] += 1
        return count
    at = state.room[0]
    _copy(carry, 0, length, octets, at)
    state.room[0] = at + length
    return put(frames, count, at + HEADER_LENGTH, at + length, layer, time, packet)


@part
def _take(
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
    flows.due[row] = (flows.due[row] + end - at) & _MASK
    at, count = _complete(octets, at, end, packet, time, row, frames, count, state)
    if at == end:
        return count
    at, count, aligned = split_run(
        octets, at, end, time, packet, flows.aligned[row] == 1, frames, count, state.counts
    )
    flows.aligned[row] = 1 if aligned else 0
    _copy(octets, at, end, state.carry[row], 0)
    flows.carried[row] = end - at
    return count


@helper
def _skip_gap(row: int, due: int, state: State) -> None:
    """Go on at *due*: what a cut message lacks will not come."""
    flows = state.flows
    state.counts[GAPS] += 1
    state.counts[OCTETS_SKIPPED] += flows.carried[row]
    flows.carried[row] = 0
    flows.aligned[row] = 0
    flows.due[row] = due


@helper
def _next_held(row: int, state: State) -> int:
    """Of the segments held for *row* the first in sequence, or -1."""
    held, due = state.held, state.flows.due[row]
    best = -1
    for slot in range(held.flow.size):
        if held.flow[slot] == row and (
            best < 0 or _ahead(held.sequence[slot], due) < _ahead(held.sequence[best], due)
        ):
            best = slot
    return best


@part
def _ahead(sequence: int, due: int) -> int:
    """How far *sequence* lies ahead of *due*, behind if negative."""
    distance = (sequence - due) & _MASK
    return distance - 2 * _HALF if distance >= _HALF else distance


@helper
def _release(
    octets: NDArray[np.uint8], row: int, patience: int, frames: Frames, count: int, state: State
) -> int:
    """Take up held segments that are due; those past a gap too, while *patience* is exceeded.

    *patience* is the oldest time, ms, that a held segment may have.
    """
    flows, held = state.flows, state.held
    while flows.held[row] > 0:
        slot = _next_held(row, state)
        ahead = _ahead(held.sequence[slot], flows.due[row])
        if ahead > 0:
            if flows.held[row] <= HELD_OCTETS_MAX // 2 and held.time[slot] >= patience:
                break
            _skip_gap(row, held.sequence[slot], state)
            ahead = 0
        length = held.length[slot]
        flows.held[row] -= length
        held.flow[slot] = -1
        if -ahead < length:
            at = state.room[0]
            fresh = length + ahead
            _copy(state.data[slot], -ahead, length, octets, at)
            state.room[0] = at + fresh
            count = _take(
                octets,
                at,
                at + fresh,
                held.packet[slot],
                held.time[slot],
                row,
                frames,
                count,
                state,
            )
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
    for slot in range(held.flow.size):
        if held.flow[slot] >= 0 and held.time[slot] < time - 10 * GAP_MS_MAX:
            state.flows.held[held.flow[slot]] -= held.length[slot]
            held.flow[slot] = -1
        if held.flow[slot] < 0:
            held.flow[slot], held.sequence[slot], held.length[slot] = row, sequence, end - at
            held.time[slot], held.packet[slot] = time, packet
            _copy(octets, at, end, state.data[slot], 0)
            state.flows.held[row] += end - at
            state.counts[SEGMENTS_EARLY] += 1
            return True
    return False


@part
def _segment(
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
    """Place one segment with data in its flow; how many frames there are then."""
    flows = state.flows
    ahead = _ahead(sequence, flows.due[row])
    if ahead > 0 and end == true_end and _hold(octets, at, end, sequence, packet, time, row, state):
        return _release(octets, row, time - GAP_MS_MAX, frames, count, state)
    if ahead > 0:
        count = _release(octets, row, time + 1, frames, count, state)
        ahead = _ahead(sequence, flows.due[row])
        if ahead > 0:
            _skip_gap(row, sequence, state)
            ahead = 0
    if at - ahead >= end:
        state.counts[SEGMENTS_REPEATED] += 1
        return count
    count = _take(octets, at - ahead, end, packet, time, row, frames, count, state)
    if true_end > end:
        _skip_gap(row, (sequence + true_end - at) & _MASK, state)
    return _release(octets, row, time - GAP_MS_MAX, frames, count, state)


@part
def _flow(octets: NDArray[np.uint8], ip: int, tcp: int, packet: int, state: State) -> int:
    """Row of the flow a segment belongs to, begun if it is new; -1 where the table is full."""
    flows = state.flows
    addresses = _number(octets, ip + 12, 4) << 32 | _number(octets, ip + 16, 4)
    ports = 1 << 32 | _number(octets, tcp, 4)
    row = _find(flows, addresses, ports)
    control = octets[tcp + 13]
    if flows.ports[row] == 0:
        if state.room[1] * 4 >= flows.ports.size * 3:
            return -1
        state.room[1] += 1
        flows.addresses[row], flows.ports[row] = addresses, ports
        flows.due[row] = _number(octets, tcp + 4, 4)
        flows.aligned[row] = flows.carried[row] = flows.held[row] = 0
        flows.seen[row] = 0
    if control & _SYN:
        due = (_number(octets, tcp + 4, 4) + 1) & _MASK
        if flows.seen[row] == 0 or not -_REPEATED_SYN_MAX < _ahead(due, flows.due[row]) <= 0:
            flows.due[row] = due
            flows.carried[row] = 0
            flows.aligned[row] = 1
            _forget_held(row, state)
    flows.seen[row] = packet
    return row


@helper
def _forget_held(row: int, state: State) -> None:
    """Drop what is held for *row*: its connection begins anew."""
    if state.flows.held[row] > 0:
        for slot in range(state.held.flow.size):
            if state.held.flow[slot] == row:
                state.held.flow[slot] = -1
        state.flows.held[row] = 0


@kernel(
    types.UniTuple(types.int64, 2)(
        _BLOCK, PACKETS, types.int64, types.int64, types.int64, FRAMES, STATE
    )
)
def reassemble(
    octets: NDArray[np.uint8],
    packets: Packets,
    first: int,
    count: int,
    number: int,
    frames: Frames,
    state: State,
) -> tuple[int, int]:
    """Fill *frames* from packets *first* to *count*, of which packet 0 has *number*.

    Returns the packet to go on with and how many frames there are. Leaves off where there may be
    no room, or where the table of flows is full (then the packet is the one it began with).
    """
    state.room[0] = 0
    found = 0
    packet = first
    while (
        packet < count
        and frames.start.size - found >= FRAMES_A_PACKET_MAX
        and state.room[0] <= ROOM // 2
    ):
        end = packets.end[packet]
        ip, tcp, data, true_end = _tcp(octets, packets.start[packet], end)
        if ip >= 0:
            row = _flow(octets, ip, tcp, number + packet, state)
            if row < 0:
                break
            if true_end > data:
                sequence = _number(octets, tcp + 4, 4)
                if octets[tcp + 13] & _SYN:
                    sequence = (sequence + 1) & _MASK
                found = _segment(
                    octets,
                    data,
                    min(end, true_end),
                    true_end,
                    sequence,
                    row,
                    number + packet,
                    packets.time[packet],
                    frames,
                    found,
                    state,
                )
        elif ip == _OTHER:
            state.counts[PACKETS_OTHER] += 1
        elif ip == _BAD:
            state.counts[PACKETS_MALFORMED] += 1
        else:
            state.counts[FRAGMENTS] += 1
        packet += 1
    return packet, found


@kernel(types.int64(_BLOCK, FRAMES, STATE))
def finish(octets: NDArray[np.uint8], frames: Frames, state: State) -> int:
    """Take up what is still held of one flow, gaps notwithstanding; how many frames, or -1."""
    state.room[0] = 0
    for row in range(state.flows.held.size):
        if state.flows.held[row] > 0:
            return _release(octets, row, _NEVER, frames, 0, state)
    return -1


def forget_idle(state: State) -> None:
    """Drop the flows idle longest, half of them, with what is carried and held for them."""
    flows, carry = state.flows, state.carry
    rows = np.flatnonzero(flows.ports)
    keep = rows[np.argsort(flows.seen[rows])[len(rows) // 2 :]]
    kept = {name: column[keep].copy() for name, column in flows._asdict().items()}
    kept_carry = carry[keep].copy()
    for column in flows:
        column.fill(0)
    moved = {}
    for at, (addresses, ports) in enumerate(zip(kept["addresses"], kept["ports"], strict=True)):
        row = _find(flows, addresses, ports)
        moved[int(keep[at])] = row
        for name, column in flows._asdict().items():
            column[row] = kept[name][at]
        carry[row] = kept_carry[at]
    for slot, row in enumerate(state.held.flow):
        state.held.flow[slot] = moved.get(int(row), -1)
    state.room[1] = len(keep)
