"""What is remembered of each flow, one direction of a connection, and what is counted.

A table with open addressing, one row a flow. The block that frames point into begins with room for
what must be put together: carried messages completed, held segments taken up, pieces joined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from is41 import sigtran
from is41.kernel import Array, columns, helper, kernel, part
from is41.sigtran import Carrier
from is41.tali.framing import MESSAGE_LENGTH_MAX, MESSAGES_OTHER, OCTETS_SKIPPED, SYNCS_LOST
from is41.xot import framing as xot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

FLOWS_MAX: Final = 1 << 14  # rows of the table, at most three quarters of them used: ours
SEGMENT_LENGTH_MAX: Final = 1 << 16  # octets: IPv4's own bound
HELD_MAX: Final = 512  # segments of all flows together: ours
HELD_OCTETS_MAX: Final = 1 << 18  # octets of one flow: ours, four of the longest segments
PIECES_MAX: Final = 512  # of SCTP messages, of all flows together: ours
# The longest message, and what may be the beginning of a header behind it.
CARRY_MAX: Final = max(MESSAGE_LENGTH_MAX, sigtran.LENGTH_MAX, xot.LENGTH_MAX) + 16
MARKS_MAX: Final = 64  # packets that are told apart in what is carried: ours; the last for the rest
FAULTS_MAX: Final = 4_096  # that are told one by one, of those between two looks: ours
JOINED_MAX: Final = 1 << 13  # octets that X.25 packets are joined to: ours
FRAMES_A_PACKET_MAX: Final = 2 * (HELD_OCTETS_MAX + SEGMENT_LENGTH_MAX + CARRY_MAX) // 8
ROOM: Final = 4 * (HELD_OCTETS_MAX + SEGMENT_LENGTH_MAX)  # octets to put together in
FRAMES: Final = 2 * FRAMES_A_PACKET_MAX

# Columns of the flows.
TAG = 0  # which protocol, and SCTP's verification tag; 0: the row is free
PORTS = 1  # source, destination
ADDRESS = 2  # four columns: source and destination
DUE = 6  # TCP: sequence number of the next octet. SCTP: the newest TSN
SEEN = 7  # number of its last packet
CARRIER = 8
ALIGNED = 9  # 1: a message ended just before what is carried or due
CARRIED = 10  # octets of `carry` in use
HELD = 11  # octets held
JOINED = 12  # octets of X.25 data joined; -1: the rest of a message that has been lost
CIRCUIT = 13  # GFI and channel of the packets joined
KEPT = 14  # of the octets carried those of a message that was taken already
MARKS = 15  # of `marks` in use
_FLOW_COLUMNS: Final = 16  # two cache lines

# Columns of the segments held, and of the pieces; a row whose flow is -1 is free.
FLOW, SEQUENCE, LENGTH, TIME, PACKET, FLAGS = 0, 1, 2, 3, 4, 5
_HELD_COLUMNS: Final = 6

# Columns of the marks: which packet brought what is carried, up to an octet of it.
MARK_END, MARK_PACKET, MARK_TIME = 0, 1, 2
_MARK_COLUMNS: Final = 3

# Columns of the faults.
FAULT_PACKET, FAULT_COUNT, FAULT_AMOUNT = 0, 1, 2
_FAULT_COLUMNS: Final = 3

# Columns of the room.
ROOM_USED, FLOWS_USED, STOPPED, FAULTS_USED = 0, 1, 2, 3
_ROOM_COLUMNS: Final = 4

# What is counted: of each carrier four things, at COUNTS_A_CARRIER times its number, the first
# three as `is41.tali.framing` has them; then what belongs to none.
MALFORMED: Final = 3
COUNTS_A_CARRIER: Final = 4
_FREE: Final = COUNTS_A_CARRIER * len(Carrier)
SEGMENTS_REPEATED: Final = _FREE  # brought nothing new
SEGMENTS_EARLY: Final = _FREE + 1  # were held
GAPS: Final = _FREE + 2  # places where octets never came
PACKETS_OTHER: Final = _FREE + 3  # neither TCP nor SCTP on IP, nor a message
PACKETS_MALFORMED: Final = _FREE + 4  # headers that do not fit into the packet
FRAGMENTS: Final = _FREE + 5  # of IP
CHUNKS_REPEATED: Final = _FREE + 6
CHUNKS_OTHER: Final = _FREE + 7  # data of other protocols
PIECES_LOST: Final = _FREE + 8  # of messages that never became whole
JOINS_LOST: Final = _FREE + 9  # X.25 messages of which a packet is missing
QUALIFIED: Final = _FREE + 10  # X.25 packets with the Q bit
UNITS_OTHER: Final = _FREE + 11  # MTP2: FISU and LSSU
LINKS_UNKNOWN: Final = _FREE + 12  # packets of interfaces with other link types
COUNTS: Final = _FREE + 13

# Under which name each is told.
TOLD: Final[Mapping[str, int]] = {
    f"{carrier.name.lower()}_{name}": COUNTS_A_CARRIER * carrier + at
    for carrier in Carrier
    for name, at in (
        ("syncs_lost", SYNCS_LOST),
        ("octets_skipped", OCTETS_SKIPPED),
        ("messages_other", MESSAGES_OTHER),
        ("messages_malformed", MALFORMED),
    )
} | {
    "tcp_segments_repeated": SEGMENTS_REPEATED,
    "tcp_segments_early": SEGMENTS_EARLY,
    "tcp_gaps": GAPS,
    "packets_other": PACKETS_OTHER,
    "packets_malformed": PACKETS_MALFORMED,
    "ip_fragments": FRAGMENTS,
    "sctp_chunks_repeated": CHUNKS_REPEATED,
    "sctp_chunks_other": CHUNKS_OTHER,
    "sctp_pieces_lost": PIECES_LOST,
    "x25_messages_broken": JOINS_LOST,
    "x25_packets_qualified": QUALIFIED,
    "mtp2_units_other": UNITS_OTHER,
    "packets_of_unknown_link": LINKS_UNKNOWN,
}

# `State.carrier` of a frame: a Carrier, or one of these.
MTP2, NO_CARRIER = 0x10, 0xFF
# `State.carriers` of a port: a Carrier, or this.
NO_PORT: Final = 0xFF
ON_TCP, ON_SCTP = 0, 1
PORTS_KNOWN: Final[tuple[Mapping[int, Carrier], ...]] = (
    {1998: Carrier.XOT, 2905: Carrier.M3UA},
    {2904: Carrier.M2UA, 2905: Carrier.M3UA, 3565: Carrier.M2PA, 14001: Carrier.SUA},
)
NO_PORTS: Final[Mapping[int, Carrier]] = {}
_MIX: Final = 0x9E37_79B1  # a prime near 2^32 over the golden ratio


class State(NamedTuple):
    """All that is remembered between blocks, and what is counted."""

    flows: NDArray[np.int64]  # a row a flow
    carry: NDArray[np.uint8]  # a row a flow: a message begun; of SCTP, which TSNs have come
    marks: NDArray[np.int64]  # some rows a flow: the packets that brought what is carried
    joined: NDArray[np.uint8]  # a row a flow: the X.25 data of a message begun
    held: NDArray[np.int64]  # TCP segments that came early
    held_octets: NDArray[np.uint8]
    pieces: NDArray[np.int64]  # of SCTP messages
    piece_octets: NDArray[np.uint8]
    counts: NDArray[np.int64]
    faults: NDArray[np.int64]  # of what was counted, that which is a fault: where, what, how much
    room: NDArray[np.int64]  # octets used of the block's room, rows of the flows; why it stopped
    ports: NDArray[np.uint8]  # the carrier at each port: a row for TCP, a row for SCTP
    carrier: NDArray[np.uint8]  # what carried each frame
    outer: NDArray[np.int64]  # where that carrier's own message begins

    @classmethod
    def empty(cls, ports: Mapping[int, Carrier] = NO_PORTS) -> State:
        """No flows yet; *ports* go before those known.

        The large arrays take memory only as they are used.
        """
        held = np.zeros((HELD_MAX, _HELD_COLUMNS), np.int64)
        pieces = np.zeros((PIECES_MAX, _HELD_COLUMNS), np.int64)
        held[:, FLOW] = pieces[:, FLOW] = -1
        carriers = np.full((len(PORTS_KNOWN), 1 << 16), NO_PORT, np.uint8)
        for row, known in zip(carriers, PORTS_KNOWN, strict=True):
            for port, carrier in {**known, **ports}.items():
                row[port] = carrier
        return cls(
            flows=np.zeros((FLOWS_MAX, _FLOW_COLUMNS), np.int64),
            carry=np.zeros((FLOWS_MAX, CARRY_MAX), np.uint8),
            marks=np.zeros((FLOWS_MAX, MARKS_MAX, _MARK_COLUMNS), np.int64),
            joined=np.zeros((FLOWS_MAX, JOINED_MAX), np.uint8),
            held=held,
            held_octets=np.zeros((HELD_MAX, SEGMENT_LENGTH_MAX), np.uint8),
            pieces=pieces,
            piece_octets=np.zeros((PIECES_MAX, SEGMENT_LENGTH_MAX), np.uint8),
            counts=np.zeros(COUNTS, np.int64),
            faults=np.zeros((FAULTS_MAX, _FAULT_COLUMNS), np.int64),
            room=np.zeros(_ROOM_COLUMNS, np.int64),
            ports=carriers,
            carrier=np.full(FRAMES, NO_CARRIER, np.uint8),
            outer=np.zeros(FRAMES, np.int64),
        )


_OCTETS_1: Final = Array(np.uint8)
_OCTETS_2: Final = Array(np.uint8, 2)
_NUMBERS_1: Final = Array(np.int64)
_NUMBERS_2: Final = Array(np.int64, 2)
_NUMBERS_3: Final = Array(np.int64, 3)
_TYPES: Final = {
    "flows": _NUMBERS_2,
    "carry": _OCTETS_2,
    "marks": _NUMBERS_3,
    "joined": _OCTETS_2,
    "held": _NUMBERS_2,
    "held_octets": _OCTETS_2,
    "pieces": _NUMBERS_2,
    "piece_octets": _OCTETS_2,
    "counts": _NUMBERS_1,
    "faults": _NUMBERS_2,
    "room": _NUMBERS_1,
    "ports": _OCTETS_2,
    "carrier": _OCTETS_1,
    "outer": _NUMBERS_1,
}
STATE: Final = columns(State, _TYPES)
BLOCK: Final = _OCTETS_1


@helper
def fault(which: int, amount: int, packet: int, state: State) -> None:
    """Count what is a fault, and note in which packet it was seen."""
    state.counts[which] += amount
    used = state.room[FAULTS_USED]
    if used < state.faults.shape[0]:
        state.faults[used, FAULT_PACKET] = packet
        state.faults[used, FAULT_COUNT] = which
        state.faults[used, FAULT_AMOUNT] = amount
        state.room[FAULTS_USED] = used + 1


@part
def place(octets: NDArray[np.uint8], length: int, state: State) -> int:
    """Give the place in the block's room where *length* octets may be put together, or -1."""
    at = state.room[ROOM_USED]
    if at + length > min(ROOM, octets.size):
        return -1
    state.room[ROOM_USED] = at + length
    return int(at)


@part
def find(
    flows: NDArray[np.int64],
    tag: int,
    ports: int,
    first: int,
    second: int,
    third: int,
    fourth: int,
) -> int:
    """Row of a flow, or of the free place where it would stand."""
    mask = flows.shape[0] - 1
    mixed = tag ^ ports ^ first ^ second ^ third ^ fourth
    mixed = (mixed ^ mixed >> 32 ^ ports >> 15) & 0x7FFF_FFFF
    row = (mixed * _MIX >> 24) & mask
    while flows[row, TAG] != 0 and (
        flows[row, TAG] != tag
        or flows[row, PORTS] != ports
        or flows[row, ADDRESS] != first
        or flows[row, ADDRESS + 1] != second
        or flows[row, ADDRESS + 2] != third
        or flows[row, ADDRESS + 3] != fourth
    ):
        row = (row + 1) & mask
    return int(row)


@part
def begin(
    row: int,
    tag: int,
    ports: int,
    key: tuple[int, int, int, int],
    due: int,
    state: State,
) -> bool:
    """Begin a flow in a free row; False where the table is full."""
    flows = state.flows
    if state.room[FLOWS_USED] * 4 >= flows.shape[0] * 3:
        return False
    state.room[FLOWS_USED] += 1
    for column in range(flows.shape[1]):
        flows[row, column] = 0
    flows[row, TAG], flows[row, PORTS] = tag, ports
    flows[row, ADDRESS], flows[row, ADDRESS + 1] = key[0], key[1]
    flows[row, ADDRESS + 2], flows[row, ADDRESS + 3] = key[2], key[3]
    flows[row, DUE] = due
    return True


@part
def carrier_of(source: int, destination: int, over: int, state: State) -> int:
    """What ports say that a connection carries, the lower one first; NO_PORT if they do not."""
    low, high = min(source, destination), max(source, destination)
    carrier = int(np.int64(state.ports[over, low]))
    return carrier if carrier != NO_PORT else int(np.int64(state.ports[over, high]))


@part
def ahead(sequence: int, due: int) -> int:
    """How far *sequence* lies ahead of *due*, behind if negative, in numbers of 32 bits."""
    distance = (sequence - due) & 0xFFFF_FFFF
    return distance - 0x1_0000_0000 if distance >= 0x8000_0000 else distance


@kernel(int, _NUMBERS_2, _NUMBERS_1)
def find_again(flows: NDArray[np.int64], key: NDArray[np.int64]) -> int:
    """Row of a flow whose first columns are *key*, or of the free place for it."""
    return find(flows, key[0], key[1], key[2], key[3], key[4], key[5])


def forget_idle(state: State) -> None:
    """Drop the flows idle longest, half of them, with what is carried and held for them."""
    flows = state.flows
    rows = np.flatnonzero(flows[:, TAG])
    keep = rows[np.argsort(flows[rows, SEEN])[len(rows) // 2 :]]
    kept, marks = flows[keep].copy(), state.marks[keep].copy()
    carry, joined = state.carry[keep].copy(), state.joined[keep].copy()
    flows.fill(0)
    moved = {}
    for at, flow in enumerate(kept):
        row = find_again(flows, flow[: ADDRESS + 4].copy())
        moved[int(keep[at])] = row
        flows[row], state.marks[row] = flow, marks[at]
        state.carry[row], state.joined[row] = carry[at], joined[at]
    for held in state.held:
        held[FLOW] = moved.get(int(held[FLOW]), -1)
    # Where a piece stands depends on its flow's row: the few that wait are given up.
    waiting = state.pieces[:, FLOW] >= 0
    state.counts[PIECES_LOST] += int(waiting.sum())
    state.pieces[waiting, FLOW] = -1
    state.room[FLOWS_USED] = len(keep)
