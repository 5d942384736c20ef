"""What phones' registrations become on the way to the HLR: REGNOT invokes in order of arrival.

MSCs number their transactions and send the parameters that their make sends. Some invokes are
relayed by a VLR, or sent by both RVCDs, and so are seen twice; some come late. All this is
decided for a slice of time after the other, so that memory depends on how many phones there are,
not on how long they talk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from clonewatch.lab.phones import EVENT, HOUR_MS, POWER_DOWN
from clonewatch.lab.regnots import Invokes
from clonewatch.lab.switches import HLR, VLR, point_codes
from clonewatch.registrations import Batch, Flags
from is41.msid import IMSI_LENGTH_FACTOR

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from clonewatch.lab.phones import Registrants
    from clonewatch.lab.switches import Network

BLOCK: Final = 65_536  # invokes written at once
SLICE: Final = 2 * BLOCK  # invokes decided at once, roughly
SSN_HLR: Final = 6
SSN_VLR: Final = 7
SSN_MSC: Final = 8
RELAY_MS_MAX: Final = 400  # what a VLR takes to relay
OTHER_RVCD_MS_MAX: Final = 30_000  # how far the second RVCD may lag behind with the same invoke
DELAY_MS_MIN: Final = 1_000  # of what is late
DIRECT, TO_VLR, FROM_VLR = range(3)  # hops: MSC to HLR, MSC to VLR, VLR to HLR
# QualificationInformationCode, by the low bits of the transaction ID: mostly 3, validation and
# profile; also 1 no information, 2 validation only, 4 profile only.
QUALIFICATION: Final = np.array([3, 3, 3, 3, 3, 2, 1, 4], np.uint8)


class Make(NamedTuple):
    """A make of MSC: its SystemMyTypeCode, and 1 for each parameter that it sends."""

    system_my_type_code: int
    system_access_type: int
    border_cell_access: int
    terminal_type: int
    system_capabilities: int
    transaction_capability: int  # the value itself
    location_area: int


# fmt: off
MAKES: Final = np.array([
    #    code  access  border  terminal  capabilities  transaction  area
    Make(3,    1,      1,      1,        1,            0x4F01,      0),  # Lucent
    Make(4,    1,      0,      1,        0,            0x0F00,      1),  # Ericsson
    Make(6,    0,      0,      0,        0,            0,           0),  # Motorola
    Make(8,    1,      1,      1,        1,            0x4F11,      1),  # Nortel
    Make(1,    1,      0,      0,        0,            0,           0),  # EDS
])
# fmt: on

# A registration on its way.
SENT: Final = np.dtype(
    [
        *EVENT.descr,
        ("arrival", np.int64),  # ms since 1970 UTC
        ("connection", np.int64),
        ("transaction_id", np.uint32),
        ("hop", np.uint8),
        ("is_copy", np.bool_),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mishaps:
    """What befalls invokes on their way."""

    relayed: float = 0.0  # share that is seen twice: half relayed by a VLR, half by two RVCDs
    late: float = 0.0  # share that arrives late
    late_ms_max: int = HOUR_MS // 2
    lost: float = 0.0  # share that nobody ever sees
    skewed: float = 0.0  # share of MSCs whose clocks are wrong
    skew_ms_max: int = 600_000  # by as much, ahead or behind, or by less


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Invokes in order of arrival; those of one connection and millisecond stand together."""

    invokes: Invokes
    times_us: NDArray[np.int64]  # of the packets
    connection: NDArray[np.int64]
    phone: NDArray[np.uint32]
    is_copy: NDArray[np.bool_]
    is_late: NDArray[np.bool_]


class Traffic:
    """Invokes of a town's phones."""

    def __init__(
        self,
        town: Network,
        phones: Registrants,
        mishaps: Mishaps,
        connections: int,
        rng: np.random.Generator,
    ) -> None:
        """*connections*: how many the MSCs share out; as many again carry what is late."""
        self._town = town
        self._phones = phones
        self._mishaps = mishaps
        self._connections = connections
        self._rng = rng
        self._tick_ms = phones.habits.tick_ms
        self._point_codes = point_codes(town)
        # The next of each MSC, and of the VLR.
        self._transaction_ids = rng.integers(0, 1 << 32, len(town.indices) + 1, np.int64)
        self.skew_ms = _skew_ms(len(town.indices), mishaps, rng)

    def blocks(self, hours: float, count_max: int | None = None) -> Iterator[Block]:
        """Everything of so many *hours*, or of it the first *count_max* invokes."""
        habits = self._phones.habits
        start, stop = habits.start_ms, habits.start_ms + int(hours * HOUR_MS)
        per_ms = len(self._phones.msid) * habits.per_hour / HOUR_MS
        slice_ms = max(1_000, int(SLICE / per_ms))
        left = count_max
        held = np.zeros(0, SENT)  # not arrived yet
        for begin in range(start, stop, slice_ms):
            end = min(begin + slice_ms, stop)
            new = self._send(self._phones.until(end))
            if left is not None:
                # The last in time are left out, not the last to arrive: what is late may be what
                # acquits a subscriber.
                new = new[np.argsort(new["time"], kind="stable")][:left]
                left -= len(new)
            is_last = end == stop or left == 0
            sent = np.concatenate((held, new))
            sent = sent[np.lexsort((sent["connection"], sent["arrival"]))]
            arrived = len(sent) if is_last else int(np.searchsorted(sent["arrival"], end))
            held = sent[arrived:]
            for at in range(0, arrived, BLOCK):
                yield self._block(sent[at : min(at + BLOCK, arrived)])
            if is_last:
                return

    def _send(self, events: NDArray[np.void]) -> NDArray[np.void]:
        """Registrations with all that befalls them, copies included."""
        rng, tick = self._rng, self._tick_ms
        if self._mishaps.lost:
            events = events[rng.random(len(events)) >= self._mishaps.lost]
        sent = np.zeros(len(events), SENT)
        for name in EVENT.names or ():
            sent[name] = events[name]
        sent["transaction_id"] = self._next_ids(sent["msc"].astype(np.intp))
        chosen = rng.random(len(sent)) < self._mishaps.relayed
        by_vlr = chosen & (rng.random(len(sent)) < 0.5)
        sent["hop"][by_vlr] = TO_VLR
        copies = sent[chosen]
        relayed = copies["hop"] == TO_VLR
        lag_max = np.where(relayed, RELAY_MS_MAX, OTHER_RVCD_MS_MAX)
        copies["time"] += rng.integers(0, lag_max // tick + 1) * tick
        copies["hop"][relayed] = FROM_VLR
        vlr = np.full(int(relayed.sum()), len(self._transaction_ids) - 1)
        copies["transaction_id"][relayed] = self._next_ids(vlr)
        copies["is_copy"] = True
        sent = np.concatenate((sent, copies))
        is_late = rng.random(len(sent)) < self._mishaps.late
        delay = rng.integers(
            DELAY_MS_MIN, max(DELAY_MS_MIN + 1, self._mishaps.late_ms_max), len(sent)
        )
        sent["arrival"] = sent["time"] + np.where(is_late, delay, 0)
        sent["connection"] = sent["msc"] % self._connections + self._connections * is_late
        return sent

    def _next_ids(self, counter: NDArray[np.intp]) -> NDArray[np.uint32]:
        """The next transaction ID of each counter, one after the other."""
        order = np.argsort(counter, kind="stable")
        counters = counter[order]
        rank = np.arange(len(counter)) - np.searchsorted(counters, counters, side="left")
        ids = np.empty(len(counter), np.int64)
        ids[order] = self._transaction_ids[counters] + rank
        np.add.at(self._transaction_ids, counter, 1)
        return (ids % (1 << 32)).astype(np.uint32)

    def _block(self, sent: NDArray[np.void]) -> Block:
        return Block(
            invokes=self._invokes(sent),
            times_us=_times_us(sent),
            connection=sent["connection"],
            phone=sent["phone"],
            is_copy=sent["is_copy"],
            is_late=sent["arrival"] > sent["time"],
        )

    def _invokes(self, sent: NDArray[np.void]) -> Invokes:
        """Every column of the messages."""
        town, phones = self._town, self._phones
        phone, msc, hop = sent["phone"], sent["msc"], sent["hop"]
        make = dict(zip(Make._fields, MAKES[msc % len(MAKES)].T, strict=True))
        batch = Batch.empty(len(sent))
        batch.time[:] = sent["time"] + self.skew_ms[msc]  # the packet has its time of somebody else
        batch.msid[:] = phones.msid[phone]
        batch.esn[:] = phones.esn[phone]
        batch.msc[:] = town.indices[msc, phone & 1]  # of two markets, a phone is in one
        batch.mscid[:] = town.mscs.mscid_of[batch.msc]
        batch.transaction_id[:] = sent["transaction_id"]
        batch.system_access_type[:] = sent["access_type"] * make["system_access_type"]
        batch.terminal_type[:] = phones.terminal_type[phone] * make["terminal_type"]
        batch.system_capabilities[:] = (
            phones.system_capabilities[phone] * make["system_capabilities"]
        )
        batch.transaction_capability[:] = make["transaction_capability"]
        batch.location_area[:] = (msc.astype(np.int64) * 8 + phone % 8 + 1) * make["location_area"]
        for flag, mask in (
            (Flags.BORDER_CELL_ACCESS, sent["is_border"] & (make["border_cell_access"] == 1)),
            (Flags.POWER_DOWN, batch.system_access_type == POWER_DOWN),
            (Flags.IMSI, batch.msid >= IMSI_LENGTH_FACTOR),
            (Flags.PSEUDO_ESN, batch.esn >> 24 == 0x80),
        ):
            batch.flags[mask] |= np.uint8(flag)
        return Invokes(
            registrations=batch,
            qualification_information_code=QUALIFICATION[batch.transaction_id % len(QUALIFICATION)],
            system_my_type_code=make["system_my_type_code"].astype(np.uint8),
            opc=np.where(hop == FROM_VLR, int(VLR), self._point_codes[msc]).astype(np.uint32),
            dpc=np.where(hop == TO_VLR, int(VLR), int(HLR)).astype(np.uint32),
            calling_ssn=np.where(hop == FROM_VLR, SSN_VLR, SSN_MSC).astype(np.uint8),
            called_ssn=np.where(hop == TO_VLR, SSN_VLR, SSN_HLR).astype(np.uint8),
        )


def _skew_ms(mscs: int, mishaps: Mishaps, rng: np.random.Generator) -> NDArray[np.int64]:
    """By how much each MSC's clock is ahead."""
    skew_ms = np.zeros(mscs, np.int64)
    if mishaps.skewed:
        wrong = rng.choice(mscs, max(1, round(mscs * mishaps.skewed)), replace=False)
        skew_ms[wrong] = rng.integers(-mishaps.skew_ms_max, mishaps.skew_ms_max + 1, len(wrong))
    return skew_ms


def _times_us(sent: NDArray[np.void]) -> NDArray[np.int64]:
    """Packets' times: somewhere within the millisecond, one after the other."""
    at = np.arange(len(sent))
    is_first = np.ones(len(sent), bool)
    is_first[1:] = np.diff(sent["arrival"]) != 0
    rank = at - np.maximum.accumulate(np.where(is_first, at, 0))
    within = np.minimum(999, sent["time"] * 7919 % 990 + rank)
    return np.asarray(sent["time"] * 1000 + within, np.int64)
