"""REGNOTs for the live measurements, encoded beforehand, so that a sender costs next to nothing.

Everybody registers at home again and again, at times at the switch next door, which touches; very
few are clones. The messages are a pool that is gone through lap by lap: each lap is other
subscribers', until all have had their turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from clonewatch.lab.pcaps import big_endian
from clonewatch.lab.regnots import Invokes, encode_tali
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import Batch, mscid_text
from clonewatch.travel.table import TravelTimes, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MSCS: Final = 300
MARKET_FIRST: Final = 4660
SWITCHES: Final = 2  # of a market, which touch
APART_MINUTES: Final = 30.0  # between markets
POOL: Final = 1 << 20  # messages; 90 MB
GROUPS_MAX: Final = 60  # of subscribers, by the first two digits of their MINs
GROUP_FIRST: Final = 20  # those digits
GROUP_CLONES: Final = 19  # likewise, of clones whose alarms are waited for
SPREAD: Final = 61_000_003  # has no factor in common with 10^8: MINs stand in no order
CLONE_EACH: Final = 100_000  # subscribers
POINT_CODE: Final = 10 << 16 | 20 << 8 | 1
# Octets of a message of the lab's; `_check` sees that they are still so.
DATA_LENGTH_AT: Final = 27  # UDT's data, which begins with the query
QUERY_LENGTH_AT: Final = 29
TRANSACTION_ID_AT: Final = 32
COMPONENTS_LENGTH_AT: Final = 37
MIN_AT: Final = 57
MSCID_AT: Final = 64
_TAGS: Final = {28: "E2", 30: "C704", 36: "E8", 49: "8904", 55: "8805", 62: "9503"}


class Clones(NamedTuple):
    """Pairs of REGNOTs that conflict, a row each."""

    msids: NDArray[np.uint64]
    firsts: NDArray[np.uint8]
    seconds: NDArray[np.uint8]


class Traffic:
    """TALI messages of *subscribers*, whose MINs begin with *group* and the numbers behind it."""

    def __init__(self, subscribers: int, *, group: int = GROUP_FIRST) -> None:
        self._size = min(subscribers, POOL)
        self._groups = -(-subscribers // self._size)
        if self._groups > GROUPS_MAX:
            raise ValueError(f"at most {GROUPS_MAX * POOL} subscribers, not {subscribers}")
        self._group = group
        home = np.random.default_rng(group).integers(0, MSCS, self._size)
        self._pool = encoded(_lower_digits(self._size), home, np.arange(self._size))
        self._away = encoded(_lower_digits(self._size), _far(home), np.arange(self._size))
        self._away = self._away[:, MSCID_AT : MSCID_AT + 2].copy()
        self._at = self._lap = 0

    def take(self, count: int) -> NDArray[np.uint8]:
        """The next messages, a row each: a copy."""
        here = min(count, self._size - self._at)
        rows = self._lapped(self._at, here)
        self._at += here
        if self._at == self._size:
            self._at, self._lap = 0, self._lap + 1
        return rows if here == count else np.concatenate([rows, self.take(count - here)])

    def _lapped(self, at: int, count: int) -> NDArray[np.uint8]:
        """Messages of the pool as this lap has them."""
        rows = self._pool[at : at + count].copy()
        visit, group = divmod(self._lap, self._groups)
        tens, ones = divmod(self._group + group, 10)
        rows[:, MIN_AT] = ones << 4 | tens
        rows[:, TRANSACTION_ID_AT : TRANSACTION_ID_AT + 4] = big_endian(
            np.arange(at, at + count) + self._lap * self._size, 4
        )
        if visit % 2:
            rows[:, MSCID_AT + 2] ^= 3  # the other switch of the market
            clones = np.arange(-at % CLONE_EACH, count, CLONE_EACH)
            rows[clones, MSCID_AT : MSCID_AT + 2] = self._away[at + clones]
        return rows


def clone_pairs(count: int) -> Clones:
    """*count* clones, spread over all pairs of MSCs."""
    at = np.arange(count)
    msids = GROUP_CLONES * 100_000_000 + _lower_digits(count)
    home = at % MSCS
    away = (home + SWITCHES + at // MSCS * SWITCHES) % MSCS
    return Clones(msids, encoded(msids, home, 2 * at), encoded(msids, away, 2 * at + 1))


def for_grammars(rows: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The same messages with components of indefinite length (X.690 8.1.3.6): not for kernels."""
    rare = np.pad(rows, ((0, 0), (0, 2)))  # end-of-contents octets
    for at in (8, DATA_LENGTH_AT, QUERY_LENGTH_AT):  # TALI's length comes first
        rare[:, at] += 2
    rare[:, COMPONENTS_LENGTH_AT] = 0x80
    return rare


def encoded(
    msids: NDArray[np.uint64], msc: NDArray[np.int64], transaction_id: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """TALI messages, all of one length, a row each."""
    messages = encode_tali(invokes(msids, msids % np.uint64(1 << 24), msc, transaction_id))
    _check(messages.octets)
    return messages.octets


def invokes(
    msids: NDArray[np.uint64],
    phones: NDArray[np.integer[Any]],
    msc: NDArray[np.int64],
    transaction_id: NDArray[np.int64],
) -> Invokes:
    """REGNOTs of these subscribers' *phones*, below 2^24, whose numbers end their ESNs."""
    batch = Batch.empty(len(msids))
    batch.msid[:] = msids
    batch.esn[:] = 0x82000000 + phones
    batch.mscid[:] = mscids()[msc]
    batch.transaction_id[:] = transaction_id
    batch.system_access_type[:] = 1
    octets = np.ones(len(batch), np.uint8)
    points = np.full(len(batch), POINT_CODE, np.uint32)
    return Invokes(
        registrations=batch,
        qualification_information_code=octets,
        system_my_type_code=octets,
        opc=points,
        dpc=points,
        calling_ssn=octets * 8,
        called_ssn=octets * 5,
    )


def mscids() -> NDArray[np.int64]:
    """MSCIDs by MSC."""
    market, switch = np.divmod(np.arange(MSCS), SWITCHES)
    found: NDArray[np.int64] = (MARKET_FIRST + market) << 8 | 1 + switch
    return found


def write_travel(path: Path) -> None:
    """Switches of a market touch, all others are half an hour apart."""
    market = np.arange(MSCS) // SWITCHES
    minutes = np.where(market[:, None] == market, 0.0, APART_MINUTES)
    mscs = Mscs([Msc(mscid=mscid, name=mscid_text(mscid)) for mscid in mscids().tolist()])
    with write_atomically(path) as stream:
        TravelTimes.of_minutes(mscs, minutes, []).write(stream)


def _lower_digits(count: int) -> NDArray[np.uint64]:
    """The last eight digits of so many MINs, no two alike."""
    return (np.arange(count) * SPREAD % 100_000_000).astype(np.uint64)


def _far(msc: NDArray[np.int64]) -> NDArray[np.int64]:
    return (msc + MSCS // 2) % MSCS


def _check(rows: NDArray[np.uint8]) -> None:
    for at, tag in _TAGS.items():
        octets = bytes.fromhex(tag)
        if len(rows) and rows[0, at : at + len(octets)].tobytes() != octets:
            raise ValueError(f"the lab writes REGNOTs otherwise: no {tag} at octet {at}")
