"""Packets of any link in, messages out: the kernel that walks a block of a capture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.sources.captures import ip, links, tcp
from clonewatch.sources.captures.flows import (
    BLOCK,
    CARRIED,
    FAULTS_USED,
    FRAGMENTS,
    FRAMES_A_PACKET_MAX,
    HELD,
    LINKS_UNKNOWN,
    MTP2,
    NO_CARRIER,
    PACKETS_MALFORMED,
    PACKETS_OTHER,
    ROOM,
    ROOM_USED,
    SEEN,
    STATE,
    STOPPED,
    TAG,
    UNITS_OTHER,
    State,
    fault,
)
from clonewatch.sources.captures.links import Link, ip_header
from clonewatch.sources.captures.packets import PACKETS, Packets
from clonewatch.sources.captures.payloads import put_from
from clonewatch.sources.captures.sctp import packet_data
from clonewatch.sources.captures.streams import give_up
from is41.kernel import kernel, part
from is41.layers import Layer
from is41.mtp import framing as mtp2
from is41.octets import octet
from is41.scan import FRAMES, Frames

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# `State.room[STOPPED]`: why `reassemble` left off.
AT_END, AT_FULL_TABLE, AT_FRAGMENT = 0, 1, 2
_NEVER: Final = 1 << 62  # ms: no held segment is that young
_MTP2, _MTP2_PSEUDO = int(Link.MTP2), int(Link.MTP2_PSEUDO_HEADER)
_UNKNOWN: Final = int(Link.UNKNOWN)
_PSEUDO_HEADER_LENGTH: Final = 4  # octets: sent, annex A used, link number
_MTP3: Final = int(Layer.MTP3)
_FULL: Final = tcp.NO_ROW


@part
def _plain(
    octets: NDArray[np.uint8],
    start: int,
    end: int,
    link: int,
    packet: int,
    time: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Take a packet that is a message, or a signal unit; how many frames there are then."""
    if link < _MTP2:
        return put_from(start, start, end, link, NO_CARRIER, time, packet, frames, count, state)
    form = mtp2.UNTOLD
    if link == _MTP2_PSEUDO:
        if start + _PSEUDO_HEADER_LENGTH > end:
            fault(PACKETS_MALFORMED, 1, packet, state)
            return count
        form = min(octet(octets, start + 1), mtp2.UNTOLD)
        start += _PSEUDO_HEADER_LENGTH
    at, stop = mtp2.message_of(octets, start, end, form)
    if at < 0:
        if at == mtp2.NOT_MSU:
            state.counts[UNITS_OTHER] += 1
        else:
            fault(PACKETS_MALFORMED, 1, packet, state)
        return count
    return put_from(start, at, stop, _MTP3, MTP2, time, packet, frames, count, state)


@part
def _internet(
    octets: NDArray[np.uint8],
    start: int,
    end: int,
    link: int,
    packet: int,
    time: int,
    frames: Frames,
    count: int,
    state: State,
) -> tuple[int, int]:
    """Take a packet with an IP header somewhere: how many frames then, and why to leave off."""
    header = ip_header(octets, start, end, link)
    at, true_end, protocol = header, 0, 0
    if header >= 0:
        at, true_end, protocol = ip.payload(octets, header, end)
    if at < 0:
        if at == ip.FRAGMENT:
            state.counts[FRAGMENTS] += 1
            return count, AT_FRAGMENT
        if at == links.OTHER:
            state.counts[PACKETS_OTHER] += 1
        else:
            fault(PACKETS_MALFORMED, 1, packet, state)
        return count, AT_END
    if protocol == ip.TCP:
        after = tcp.segment(octets, header, at, end, true_end, packet, time, frames, count, state)
    else:
        stop = min(end, true_end)
        after = packet_data(octets, header, at, stop, packet, time, frames, count, state)
    return (count, AT_FULL_TABLE) if after == _FULL else (after, AT_END)


@kernel((int, int), BLOCK, PACKETS, int, int, int, FRAMES, STATE)
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
    no room, and where `State.room` says why: at a packet for which the table of flows is full; and
    behind a fragment of IP, which is the caller's to put together.
    """
    state.room[ROOM_USED] = state.room[FAULTS_USED] = 0
    state.room[STOPPED] = AT_END
    found = 0
    packet = first
    while (
        packet < count
        and frames.start.size - found >= FRAMES_A_PACKET_MAX
        and state.room[ROOM_USED] <= ROOM // 2
        and state.room[STOPPED] == AT_END
    ):
        start, end, link = packets.start[packet], packets.end[packet], packets.link[packet]
        time, which = packets.time[packet], number + packet
        why = AT_END
        if link == _UNKNOWN:
            state.counts[LINKS_UNKNOWN] += 1
        elif link <= _MTP2_PSEUDO:
            found = _plain(octets, start, end, link, which, time, frames, found, state)
        else:
            found, why = _internet(octets, start, end, link, which, time, frames, found, state)
        state.room[STOPPED] = why
        if why != AT_FULL_TABLE:
            packet += 1
    return packet, found


@kernel(int, BLOCK, FRAMES, STATE)
def finish(octets: NDArray[np.uint8], frames: Frames, state: State) -> int:
    """Take up what is still held or carried of one flow, gaps notwithstanding.

    Returns how many frames that makes, or -1 where nothing is left.
    """
    state.room[ROOM_USED] = state.room[FAULTS_USED] = 0
    flows = state.flows
    for row in range(flows.shape[0]):
        if flows[row, TAG] == tcp.TAG_TCP and flows[row, HELD] > 0:
            return tcp.release(octets, row, _NEVER, frames, 0, state)
        if flows[row, TAG] == tcp.TAG_TCP and flows[row, CARRIED] > 0:
            count = give_up(octets, flows[row, SEEN], row, frames, 0, state)
            if count > 0 or state.room[FAULTS_USED] > 0:
                return count
    return -1
