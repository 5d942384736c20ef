"""`clonewatch lab simulate`: a town's registrations, as captures and CSV, and the truth of them."""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

from clonewatch.lab.carriers import Message, WrappedCapture, Wrapping, file_name
from clonewatch.lab.country import Country
from clonewatch.lab.groups import GroupsWriter
from clonewatch.lab.numbering import write_homes
from clonewatch.lab.pcaps import LinkType, PcapWriter
from clonewatch.lab.phones import Habits, Phones
from clonewatch.lab.populace import Populace
from clonewatch.lab.regnots import encode_mtp3, encode_sccp
from clonewatch.lab.tali import TaliWriter, Wire, disordered
from clonewatch.lab.town import Town
from clonewatch.lab.traffic import Mishaps, Traffic
from clonewatch.lab.truth import Conflict, conflicts, write_conflicts
from clonewatch.registrations import Registration, mscid_text, time_text
from clonewatch.sources.records import RecordsWriter
from is41.msid import msid_digits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from clonewatch.lab.phones import Registrants
    from clonewatch.lab.regnots import Invokes, Messages
    from clonewatch.lab.switches import Network
    from clonewatch.lab.traffic import Block
    from clonewatch.registrations import Batch

START_MS: Final = 1_795_305_600_000  # 2026-11-22T00:00:00Z
TALI_TICK_MS: Final = 50  # so that several messages share a millisecond, and a segment
NO_MISHAPS: Final = Mishaps()
GOOD_WIRE: Final = Wire()
CLONE_HEADINGS: Final = (
    "msid",
    "esn",
    "first_time",
    "last_time",
    "mscids",
    "registrations",
    "registrations_of_original",
    "conflicts",
    "kinds",
)


class Carrier(StrEnum):
    """What carries the REGNOTs in a capture; its file is named after it.

    These are written by the million; a `Wrapping` does as well, but more slowly.
    """

    MTP3 = "mtp3"
    SCCP = "sccp"
    TALI = "tali"


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What was written, and how much of it."""

    directory: Path
    mscs: Path
    travel: Path
    truth: Path  # the conflicts
    clones: Path  # each clone, with where and when it registered
    records: Path | None
    parquet: Path | None
    homes: Path | None  # of a country
    captures: dict[Carrier | Wrapping, Path]
    registrations: int  # messages, copies included
    copies: int
    late: int
    conflicts: int


class _Records(Protocol):
    def write(self, batch: Batch) -> None: ...
    def close(self) -> None: ...


class _Capture(Protocol):
    def write(
        self, invokes: Invokes, times_us: NDArray[np.int64], connection: NDArray[np.int64]
    ) -> None: ...
    def close(self) -> None: ...


class _World(NamedTuple):
    """Where phones register, and who they are."""

    network: Network
    phones: Registrants
    homes: list[tuple[str, int]] | None  # (prefix, MSC); None where nobody is at home
    kinds: dict[int, str]  # of clones, by MSID


def _town(
    mscs: int,
    subscribers: int,
    clones: int,
    habits: Habits,
    rng: np.random.Generator,
    *,
    names: bool,
) -> _World:
    town = Town.build(mscs, rng, names=names)
    return _World(town, Phones(town, subscribers, clones, habits, rng), None, {})


def _country(
    mscs: int,
    subscribers: int,
    clones: int,
    habits: Habits,
    rng: np.random.Generator,
    *,
    names: bool,
) -> _World:
    country = Country.build(mscs, names=names)
    people = Populace(country, subscribers, clones, habits, rng)
    return _World(country, people, people.homes, people.clone_kinds())


def simulate(
    directory: Path | str,
    *,
    subscribers: int,
    mscs: int,
    hours: float,
    clones: int,
    seed: int,
    carriers: Sequence[str] = (Carrier.MTP3,),
    registrations: int | None = None,
    per_hour: float = 1.0,
    imsi: float = 0.0,
    mishaps: Mishaps = NO_MISHAPS,
    wire: Wire = GOOD_WIRE,
    tick_ms: int | None = None,
    records: bool = True,
    names: bool = True,
    start_ms: int = START_MS,
    country: bool = False,
    parquet: bool = False,
) -> Simulation:
    """Write a folder of captures, `mscs.csv`, `travel.csv`, `records.csv` and the truth.

    Every file holds the same registrations in the same order, that of arrival; *registrations* ends
    them early. *per_hour* is of one phone, roughly; *imsi* the share of subscribers with an IMSI
    instead of a MIN. Times are multiples of *tick_ms*: 50 with TALI, or where packets change
    places, else 1. Without *names* every MSC is one MSCID and bears its number. A *country* has
    real cities and people who go about, and `homes.csv`; there, a *parquet* file is much faster
    than CSV. Raises ValueError for numbers out of bounds.
    """
    chosen = [_carrier(carrier) for carrier in carriers]
    if tick_ms is None:
        tick_ms = TALI_TICK_MS if Carrier.TALI in chosen or wire.swapped else 1
    rng = np.random.default_rng(seed)
    habits = Habits(start_ms=start_ms, per_hour=per_hour, tick_ms=tick_ms, imsi=imsi)
    build = _country if country else _town
    world = build(mscs, subscribers, clones, habits, rng, names=names)
    traffic = Traffic(world.network, world.phones, mishaps, wire.connections, rng)
    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    files = _Files(
        captures={carrier: folder / _file_name(carrier) for carrier in chosen},
        records=folder / "records.csv" if records else None,
        parquet=folder / "records.parquet" if parquet else None,
    )
    seen = _Seen(subscribers, world.phones.is_cloned)
    with files.open(wire, start_ms, rng) as write:
        for block in traffic.blocks(hours, registrations):
            write(block)
            seen.add(block)
    found = list(conflicts((row for row, _ in seen.cloned), world.network.travel))
    simulation = Simulation(
        directory=folder,
        mscs=folder / "mscs.csv",
        travel=folder / "travel.csv",
        truth=folder / "truth.csv",
        clones=folder / "clones.csv",
        homes=None if world.homes is None else folder / "homes.csv",
        records=files.records,
        parquet=files.parquet,
        captures=files.captures,
        conflicts=len(found),
        **seen.counts,
    )
    _write(simulation, world, seen.cloned, found)
    asked = {"subscribers": subscribers, "mscs": mscs, "hours": hours, "clones": clones}
    asked |= {"seed": seed, "tick_ms": tick_ms, "country": country, "per_hour": per_hour}
    _write_summary(simulation, asked | {"imsi": imsi} | asdict(mishaps))
    return simulation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """Where registrations are written."""

    captures: dict[Carrier | Wrapping, Path]
    records: Path | None
    parquet: Path | None

    @contextmanager
    def open(
        self, wire: Wire, start_ms: int, rng: np.random.Generator
    ) -> Iterator[Callable[[Block], None]]:
        """Give what writes a block to all of them."""
        with ExitStack() as files:
            captures = [
                files.enter_context(closing(_capture(carrier, path, wire, start_ms, rng)))
                for carrier, path in self.captures.items()
            ]
            makers: list[tuple[Path | None, Callable[[Path], _Records]]] = [
                (self.records, RecordsWriter),
                (self.parquet, GroupsWriter),
            ]
            tables = [files.enter_context(closing(make(path))) for path, make in makers if path]

            def write(block: Block) -> None:
                for capture in captures:
                    capture.write(block.invokes, block.times_us, block.connection)
                for table in tables:
                    table.write(block.invokes.registrations)

            yield write


class _Seen:
    """What is kept of the blocks: counts, and every registration of a cloned MSID."""

    def __init__(self, subscribers: int, is_cloned: NDArray[np.bool_]) -> None:
        self._subscribers = subscribers
        self._is_cloned = is_cloned  # by phone
        self.cloned: list[tuple[Registration, bool]] = []  # and whether the clone sent it
        self.counts = {"registrations": 0, "copies": 0, "late": 0}

    def add(self, block: Block) -> None:
        self.counts["registrations"] += len(block.phone)
        self.counts["copies"] += int(block.is_copy.sum())
        self.counts["late"] += int(block.is_late.sum())
        rows = self._is_cloned[block.phone]
        by_clone = (block.phone[rows] >= self._subscribers).tolist()
        of_cloned = block.invokes.registrations[rows].registrations()
        self.cloned += zip(of_cloned, by_clone, strict=True)


class _PlainCapture:
    """Messages as packets, one each."""

    def __init__(
        self, path: Path, linktype: LinkType, encode: Callable[[Invokes], Messages]
    ) -> None:
        self._pcap = PcapWriter(path, linktype)
        self._encode = encode

    def write(
        self,
        invokes: Invokes,
        times_us: NDArray[np.int64],
        connection: NDArray[np.int64],  # noqa: ARG002 - there are none
    ) -> None:
        messages = self._encode(invokes)
        self._pcap.write(times_us, messages.octets, messages.lengths)

    def close(self) -> None:
        self._pcap.close()


class _WrappedCapture:
    """Messages in any wrapping, one after the other; the wire does what it may to a stream."""

    def __init__(
        self, path: Path, wrapping: Wrapping, wire: Wire, rng: np.random.Generator
    ) -> None:
        self._capture = WrappedCapture(path, wrapping)
        self._wire = wire
        self._rng = rng

    def write(
        self,
        invokes: Invokes,
        times_us: NDArray[np.int64],
        connection: NDArray[np.int64],  # noqa: ARG002 - there is one
    ) -> None:
        messages = encode_mtp3(invokes)
        packets = [
            self._capture.packets(Message.of(row[:length].tobytes()))
            for row, length in zip(messages.octets, messages.lengths.tolist(), strict=True)
        ]
        order = disordered(np.diff(times_us // 1000) == 0, self._wire, self._rng)
        for at, time_us in zip(order, np.maximum.accumulate(times_us[order]).tolist(), strict=True):
            self._capture.write(time_us, packets[at])

    def close(self) -> None:
        self._capture.close()


def _carrier(name: str) -> Carrier | Wrapping:
    """Find a carrier by its name. Raises ValueError."""
    return Carrier(name) if name in set(Carrier) else Wrapping(name)


def _file_name(carrier: Carrier | Wrapping) -> str:
    return file_name(carrier, carrier) if isinstance(carrier, Wrapping) else f"{carrier}.pcap"


def _capture(
    carrier: Carrier | Wrapping, path: Path, wire: Wire, start_ms: int, rng: np.random.Generator
) -> _Capture:
    match carrier:
        case Carrier.MTP3:
            return _PlainCapture(path, LinkType.MTP3, encode_mtp3)
        case Carrier.SCCP:
            return _PlainCapture(path, LinkType.SCCP, encode_sccp)
        case Carrier.TALI:
            return TaliWriter(path, wire, start_ms * 1000, rng)
    return _WrappedCapture(path, carrier, wire, rng)


def _write(
    simulation: Simulation,
    world: _World,
    cloned: Sequence[tuple[Registration, bool]],
    found: Sequence[Conflict],
) -> None:
    """The tables and the truth."""
    network = world.network
    if simulation.homes is not None and world.homes is not None:
        with simulation.homes.open("w", encoding="utf-8", newline="") as stream:
            write_homes(stream, network, world.homes)
    with simulation.mscs.open("w", encoding="utf-8", newline="") as stream:
        network.mscs.write(stream)
    with simulation.travel.open("w", encoding="utf-8", newline="") as stream:
        network.travel.write(stream)
    with simulation.truth.open("w", encoding="utf-8", newline="") as stream:
        write_conflicts(stream, found)
    with simulation.clones.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(CLONE_HEADINGS)
        writer.writerows(_clone_rows(cloned, found, world.kinds))


def _clone_rows(
    cloned: Iterable[tuple[Registration, bool]],
    found: Iterable[Conflict],
    kinds: Mapping[int, str],
) -> Iterable[tuple[object, ...]]:
    """Each clone that registered, by MSID; copies count."""
    counts = Counter(conflict.first.msid for conflict in found)
    originals: Counter[int] = Counter()
    clones: defaultdict[int, list[Registration]] = defaultdict(list)
    for row, by_clone in cloned:
        if by_clone:
            clones[row.msid].append(row)
        else:
            originals[row.msid] += 1
    for msid, rows in sorted(clones.items()):
        times = [row.time for row in rows]
        yield (
            msid_digits(msid),
            f"{rows[0].esn:08X}",
            time_text(min(times)),
            time_text(max(times)),
            " ".join(mscid_text(mscid) for mscid in sorted({row.mscid for row in rows})),
            len(rows),
            originals[msid],
            counts[msid],
            kinds.get(msid, ""),
        )


def _write_summary(simulation: Simulation, asked: dict[str, float]) -> None:
    """`summary.json`: what was asked for, and what was written."""
    written = {
        name: str(value.relative_to(simulation.directory)) if isinstance(value, Path) else value
        for name, value in asdict(simulation).items()
        if name not in {"directory", "captures"}
    }
    written["captures"] = [path.name for path in simulation.captures.values()]
    text = json.dumps({"asked": asked, "written": written}, indent=2)
    (simulation.directory / "summary.json").write_text(text + "\n", encoding="utf-8")
