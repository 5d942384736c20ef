"""SCTP (RFC 9260): DATA chunks, bundled, repeated, in pieces; as a capture shows them.

Whole messages are taken as they come: what reads them sorts by time, and needs no order of
streams. A chunk is known again by its TSN. Pieces of a message bear TSNs one after another, from
the B bit to the E bit; a message is taken with the piece that completes it.

An association is told by addresses, ports and verification tag. What it sends again over another
pair of addresses is taken twice; the copy is found by whoever finds copies of registrations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.sources.captures.flows import (
    CARRY_MAX,
    CHUNKS_OTHER,
    CHUNKS_REPEATED,
    DUE,
    FLAGS,
    FLOW,
    LENGTH,
    NO_PORT,
    ON_SCTP,
    PACKETS_MALFORMED,
    PIECES_LOST,
    PIECES_MAX,
    SEEN,
    SEGMENT_LENGTH_MAX,
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
from clonewatch.sources.captures.payloads import put_adapted
from is41.kernel import helper, part
from is41.octets import copy, half_word, octet, word
from is41.sigtran import PAYLOAD_PROTOCOLS, Carrier

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from is41.scan import Frames

COMMON_HEADER_LENGTH: Final = 12  # octets: ports, verification tag, checksum
CHUNK_HEADER_LENGTH: Final = 4
DATA_HEADER_LENGTH: Final = 16  # chunk header, TSN, stream, its sequence number, protocol
PIECE_MS_MAX: Final = 30_000  # ms of capture time a piece may wait: ours
PIECES_A_MESSAGE_MAX: Final = 128  # ours
WINDOW: Final = 1 << 12  # TSNs that are known again behind the newest: ours
NO_ROW: Final = -1  # the table of flows is full
_DATA: Final = 0
_ENDS, _BEGINS = 0x01, 0x02  # flags of a DATA chunk
_WHOLE: Final = _BEGINS | _ENDS
_TAG_SCTP: Final = 2
_MASK: Final = 0xFFFF_FFFF
_TALI, _XOT = int(Carrier.TALI), int(Carrier.XOT)
_NO_CARRIER: Final = NO_PORT
_CARRIERS: Final = np.array([PAYLOAD_PROTOCOLS.get(ppid, NO_PORT) for ppid in range(8)], np.int64)

assert WINDOW // 8 <= CARRY_MAX


@part
def _carrier(octets: NDArray[np.uint8], chunk: int, sctp: int, state: State) -> int:
    """What a chunk carries: its payload protocol says, or if that is 0 the ports."""
    ppid = word(octets, chunk + 12)
    if ppid == 0:
        source, destination = half_word(octets, sctp), half_word(octets, sctp + 2)
        carrier = carrier_of(source, destination, ON_SCTP, state)
        return _NO_CARRIER if carrier in (_TALI, _XOT) else carrier
    if ppid & 0x00FF_FFFF == 0:
        ppid >>= 24  # written with the low octet first, as some do
    return int(_CARRIERS[ppid]) if ppid < _CARRIERS.size else _NO_CARRIER


@part
def _is_new(row: int, tsn: int, state: State) -> bool:
    """Note that *tsn* has come; False where it had come before."""
    newest = state.flows[row, DUE]
    seen = state.carry[row]
    distance = ahead(tsn, newest)
    if distance >= WINDOW or distance <= -WINDOW:
        for octet in range(WINDOW // 8):
            seen[octet] = 0
    else:
        for step in range(1, distance + 1):
            bit = (newest + step) & (WINDOW - 1)
            seen[bit >> 3] &= 0xFF ^ (1 << (bit & 7))
    if distance > 0 or distance <= -WINDOW:
        state.flows[row, DUE] = tsn
    bit = tsn & (WINDOW - 1)
    mask = 1 << (bit & 7)
    if seen[bit >> 3] & mask:
        return False
    seen[bit >> 3] |= mask
    return True


@part
def _slot(row: int, tsn: int) -> int:
    return (tsn + row * 61) & (PIECES_MAX - 1)


@helper
def _has(row: int, tsn: int, time: int, state: State) -> bool:
    """Tell whether the piece *tsn* waits."""
    slot = _slot(row, tsn)
    pieces = state.pieces
    return bool(
        pieces[slot, FLOW] == row
        and pieces[slot, SEQUENCE] == tsn
        and pieces[slot, TIME] >= time - PIECE_MS_MAX
    )


@helper
def _whole(row: int, tsn: int, time: int, state: State) -> tuple[int, int]:
    """The first TSN of the message that piece *tsn* belongs to, and of how many; 0: not whole."""
    first, many = tsn, 1
    while not state.pieces[_slot(row, first), FLAGS] & _BEGINS:
        first = (first - 1) & _MASK
        many += 1
        if many > PIECES_A_MESSAGE_MAX or not _has(row, first, time, state):
            return first, 0
        if state.pieces[_slot(row, first), FLAGS] & _ENDS:
            return first, 0
    last = tsn
    while not state.pieces[_slot(row, last), FLAGS] & _ENDS:
        last = (last + 1) & _MASK
        many += 1
        if many > PIECES_A_MESSAGE_MAX or not _has(row, last, time, state):
            return first, 0
        if state.pieces[_slot(row, last), FLAGS] & _BEGINS:
            return first, 0
    return first, many


@helper
def _join(
    octets: NDArray[np.uint8], row: int, first: int, many: int, packet: int, state: State
) -> tuple[int, int]:
    """Put *many* pieces together in the block's room: where, or -1, and how many octets."""
    length = 0
    for step in range(many):
        length += state.pieces[_slot(row, (first + step) & _MASK), LENGTH]
    to = place(octets, length, state)
    at = to
    for step in range(many):
        slot = _slot(row, (first + step) & _MASK)
        if to >= 0:
            copy(state.piece_octets[slot], 0, state.pieces[slot, LENGTH], octets, at)
            at += state.pieces[slot, LENGTH]
        else:
            fault(PIECES_LOST, 1, packet, state)
        state.pieces[slot, FLOW] = -1
    return to, length


@helper
def _piece(
    octets: NDArray[np.uint8],
    at: int,
    end: int,
    flags: int,
    tsn: int,
    carrier: int,
    row: int,
    packet: int,
    time: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Keep a piece, and take the message if it is whole now; how many frames there are then."""
    if end - at > SEGMENT_LENGTH_MAX:
        fault(PIECES_LOST, 1, packet, state)
        return count
    slot, pieces = _slot(row, tsn), state.pieces
    if pieces[slot, FLOW] >= 0:
        fault(PIECES_LOST, 1, packet, state)
    pieces[slot, FLOW], pieces[slot, SEQUENCE], pieces[slot, LENGTH] = row, tsn, end - at
    pieces[slot, TIME], pieces[slot, FLAGS] = time, flags
    copy(octets, at, end, state.piece_octets[slot], 0)
    first, many = _whole(row, tsn, time, state)
    if many == 0:
        return count
    to, length = _join(octets, row, first, many, packet, state)
    if to < 0:
        return count
    return put_adapted(octets, to, to + length, carrier, time, packet, frames, count, state)


@part
def _data(
    octets: NDArray[np.uint8],
    sctp: int,
    chunk: int,
    end: int,
    row: int,
    packet: int,
    time: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Take the DATA chunk at *chunk*; how many frames there are then."""
    carrier = _carrier(octets, chunk, sctp, state)
    if carrier == _NO_CARRIER:
        state.counts[CHUNKS_OTHER] += 1
        return count
    tsn = word(octets, chunk + 4)
    if not _is_new(row, tsn, state):
        state.counts[CHUNKS_REPEATED] += 1
        return count
    at = chunk + DATA_HEADER_LENGTH
    flags = octet(octets, chunk + 1) & _WHOLE
    if flags == _WHOLE:
        return put_adapted(octets, at, end, carrier, time, packet, frames, count, state)
    return _piece(octets, at, end, flags, tsn, carrier, row, packet, time, frames, count, state)


@part
def _flow(octets: NDArray[np.uint8], ip: int, sctp: int, tsn: int, state: State) -> int:
    """Row of the flow of a packet with data, begun if it is new; NO_ROW where the table is full."""
    key = addresses(octets, ip)
    ports = word(octets, sctp)
    tag = word(octets, sctp + 4) << 2 | _TAG_SCTP
    row = find(state.flows, tag, ports, key[0], key[1], key[2], key[3])
    if state.flows[row, TAG] == 0:
        if not begin(row, tag, ports, key, tsn, state):
            return NO_ROW
        for octet in range(WINDOW // 8):
            state.carry[row, octet] = 0
    return row


@part
def packet_data(
    octets: NDArray[np.uint8],
    ip: int,
    sctp: int,
    end: int,
    packet: int,
    time: int,
    frames: Frames,
    count: int,
    state: State,
) -> int:
    """Take the SCTP packet whose header is at *sctp*; how many frames then, or NO_ROW."""
    row = NO_ROW
    at = sctp + COMMON_HEADER_LENGTH
    if at > end:
        fault(PACKETS_MALFORMED, 1, packet, state)
    while at + CHUNK_HEADER_LENGTH <= end:
        length = half_word(octets, at + 2)
        if length < CHUNK_HEADER_LENGTH or at + length > end:
            fault(PACKETS_MALFORMED, 1, packet, state)
            break
        if octets[at] == _DATA and length > DATA_HEADER_LENGTH:
            if row < 0:
                row = _flow(octets, ip, sctp, word(octets, at + 4), state)
                if row < 0:
                    return NO_ROW
                state.flows[row, SEEN] = packet
            count = _data(octets, sctp, at, at + length, row, packet, time, frames, count, state)
        at += length + 3 & ~3
    return count


def drop_pieces(state: State) -> None:
    """Count, at the end of a capture, the pieces whose messages never became whole."""
    waiting = state.pieces[:, FLOW] >= 0
    state.counts[PIECES_LOST] += int(waiting.sum())
    state.pieces[waiting, FLOW] = -1
