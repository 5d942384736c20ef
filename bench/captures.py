"""The captures that `replay` is measured with, made once and kept in bench/out.

A *town* is the lab's, on MTP3. *Disturbed* is a smaller one, with the same REGNOTs in TALI on TCP
and in M3UA on SCTP: cut anywhere, 1 % out of order or repeated. The *worst* are what costs us most:
all of one subscriber, all late, all in encodings that only the grammars read.

Each is made column-wise, a million REGNOTs in some seconds. `python -m bench.captures` makes them.
"""

from __future__ import annotations

import shutil
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bench.live_traffic import MSCS, SWITCHES, encoded, for_grammars, invokes, write_travel
from bench.m3ua import carry
from bench.processes import OUT
from clonewatch.lab.pcaps import LinkType, PcapWriter
from clonewatch.lab.regnots import TALI_HEADER_LENGTH, Messages, encode_mtp3
from clonewatch.lab.simulate import START_MS, simulate
from clonewatch.lab.tali import Wire
from clonewatch.sources.captures.pcap import FILE_HEADER_LENGTH, RECORD_HEADER_LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

BLOCK: Final = 65_536  # REGNOTs written at once
WIRE: Final = Wire(cut=0.5, swapped=0.02, repeated=0.005)
DISTURBED_HOURS: Final = 2.25  # so that segments of one moment hold several messages
TOWN_HOURS: Final = 24.0
TOWN_MSCS: Final = 300
CLONE_EACH: Final = 2000  # subscribers
CLONES_LEAST: Final = 20
LATE_MS: Final = 2_400_000  # all of it within the lateness
VISITS: Final = 4  # of each subscriber in that time
BETWEEN_MS: Final = 10  # registrations of the one subscriber
AWAY_EACH: Final = 1000  # of his registrations, or of the late subscribers: far away
MSID_FIRST: Final = 5_550_000_000
SPREAD: Final = 7_919  # between neighbouring MINs


@dataclass(frozen=True, slots=True, kw_only=True)
class Captures:
    """Captures of the same REGNOTs, and the travel times beside them."""

    travel: Path
    mtp3: Path
    tali: Path
    m3ua: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Worst:
    """Captures of what costs us most."""

    travel: Path
    one: Path  # all of one subscriber
    late: Path  # all behind the newest
    in_order: Path  # the same as `late`, sorted by time
    rare: Path  # for the grammars alone


def town(registrations: int, subscribers: int, out: Path = OUT) -> Captures:
    """A day of a town, on MTP3 alone."""
    folder = out / f"town-{registrations}"
    return _simulated(folder, ("mtp3",), registrations, subscribers, TOWN_HOURS)


def disturbed(registrations: int, out: Path = OUT) -> Captures:
    """Two hours of a town in all three carriers, of which two are disturbed."""
    folder = out / f"disturbed-{registrations}"
    made = _simulated(folder, ("mtp3", "tali"), registrations, registrations // 2, DISTURBED_HOURS)
    if not made.m3ua.exists():
        unfinished = made.m3ua.with_suffix(".part")
        carry(made.mtp3, unfinished, WIRE)
        unfinished.rename(made.m3ua)
    return made


def worst(registrations: int, rare: int, out: Path = OUT) -> Worst:
    """All of one subscriber, all late, and *rare* messages for the grammars."""
    folder = out / f"worst-{registrations}-{rare}"
    made = Worst(
        travel=folder / "travel.csv",
        one=folder / "one.pcap",
        late=folder / "late.pcap",
        in_order=folder / "in-order.pcap",
        rare=folder / "rare.pcap",
    )
    if made.travel.exists():
        return made
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    in_order = np.arange(registrations)
    late = np.random.default_rng(1).permutation(registrations)
    late = np.concatenate((in_order[-1:], late[late != registrations - 1]))
    _write(made.one, LinkType.MTP3, in_order, _of_one)
    for path, numbers in ((made.in_order, in_order), (made.late, late)):
        _write(path, LinkType.MTP3, numbers, lambda some: _of_many(some, registrations))
    _write(made.rare, LinkType.SCCP, np.arange(rare), _of_rare)
    write_travel(made.travel)
    return made


def head(capture: Path, packets: int) -> Path:
    """The first *packets* of a capture, beside it."""
    path = capture.with_name(f"{capture.stem}-{packets}.pcap")
    if not path.exists():
        with capture.open("rb") as whole, path.open("wb") as part:
            part.write(whole.read(FILE_HEADER_LENGTH))
            for _ in range(packets):
                record = whole.read(RECORD_HEADER_LENGTH)
                if not record:
                    break
                part.write(record + whole.read(struct.unpack_from("<8xI", record)[0]))
    return path


def _simulated(
    folder: Path, carriers: tuple[str, ...], registrations: int, subscribers: int, hours: float
) -> Captures:
    if not (folder / "summary.json").exists():
        simulate(
            folder,
            subscribers=subscribers,
            mscs=TOWN_MSCS,
            hours=hours,
            clones=max(CLONES_LEAST, subscribers // CLONE_EACH),
            seed=1,
            carriers=carriers,
            registrations=registrations,
            wire=WIRE,
            records=False,
            names=False,
        )
    captures = {carrier: folder / f"{carrier}.pcap" for carrier in ("mtp3", "tali", "m3ua")}
    return Captures(travel=folder / "travel.csv", **captures)


def _of_one(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], Messages]:
    """Registrations of one subscriber's many phones, one after another."""
    msids = np.full(len(numbers), MSID_FIRST, np.uint64)
    msc = np.where(numbers % AWAY_EACH, numbers % SWITCHES, MSCS // 2)
    made = invokes(msids, numbers, msc, numbers)
    return START_MS + numbers * BETWEEN_MS, encode_mtp3(made)


def _of_many(numbers: NDArray[np.int64], of: int) -> tuple[NDArray[np.int64], Messages]:
    """Registrations number so and so by time; every subscriber comes round in his turn."""
    subscribers = -(-of // VISITS)
    visit, turn = np.divmod(numbers, subscribers)
    subscriber = turn * SPREAD % subscribers if subscribers % SPREAD else turn
    msids = (MSID_FIRST + subscriber).astype(np.uint64)
    home = subscriber % MSCS // SWITCHES * SWITCHES
    is_away = (subscriber % AWAY_EACH == 0) & (visit == 1)
    msc = np.where(is_away, (home + MSCS // 2) % MSCS, home + visit % SWITCHES)
    made = invokes(msids, subscriber, msc, numbers)
    return START_MS + numbers * LATE_MS // of, encode_mtp3(made)


def _of_rare(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], Messages]:
    """Messages of SCCP with components of indefinite length."""
    msids = (MSID_FIRST + numbers).astype(np.uint64)
    made = for_grammars(encoded(msids, numbers % MSCS, numbers))[:, TALI_HEADER_LENGTH:]
    lengths = np.full(len(made), made.shape[1], np.int64)
    return START_MS + numbers * BETWEEN_MS, Messages(made, lengths)


def _write(
    path: Path,
    linktype: LinkType,
    numbers: NDArray[np.int64],
    made: Callable[[NDArray[np.int64]], tuple[NDArray[np.int64], Messages]],
) -> None:
    with PcapWriter(path, linktype) as capture:
        for first in range(0, len(numbers), BLOCK):
            times_ms, messages = made(numbers[first : first + BLOCK])
            capture.write(times_ms * 1000, *messages)


def main() -> None:
    """Make those of the full measurement."""
    for made in (town(10_000_000, 2_500_000), disturbed(2_000_000), worst(2_000_000, 100_000)):
        print(made)


if __name__ == "__main__":
    main()
