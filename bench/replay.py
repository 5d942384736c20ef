"""`clonewatch replay` beside the yardstick and tshark: whole processes, caches warm, in turn."""

from __future__ import annotations

import json
import shutil
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bench import captures, tshark, yardstick
from bench.processes import COMMAND, OUT, run
from bench.yardstick import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.processes import Run

FEW_PACKETS: Final = 100
TALI_READ_LEAST: Final = 0.9  # of its REGNOTs, by tshark
RECORDS: Final = OUT / "records"
SUMMARY: Final = OUT / "summary.json"

Command = list["str | Path"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is measured."""

    registrations: int
    subscribers: int
    disturbed: int
    worst: int
    rare: int
    tshark_packets: int
    runs: int
    warm: bool  # a run of each that is not counted, so that kernels are compiled and caches warm


FULL: Final = Size(
    registrations=10_000_000, subscribers=2_500_000, disturbed=2_000_000,
    worst=2_000_000, rare=50_000, tshark_packets=200_000, runs=5, warm=True,
)  # fmt: skip
SMOKE: Final = Size(
    registrations=10_000, subscribers=2_500, disturbed=4_000,
    worst=4_000, rare=200, tshark_packets=1_000, runs=1, warm=False,
)  # fmt: skip


class Clonewatch:
    """`clonewatch replay` of a capture, with or without the record file."""

    def __init__(self, capture: Path, travel: Path, *, record: bool = False) -> None:
        self._record = record
        self._command: Command = [
            COMMAND, "replay", capture, "--travel", travel, "--summary", SUMMARY
        ]  # fmt: skip
        if record:
            self._command += ["--record", RECORDS]

    def run(self) -> Run:
        """Run it; a record file begins anew."""
        shutil.rmtree(RECORDS, ignore_errors=True)
        done = run(*self._command)
        summary = self.summary
        if (
            self._record
            and summary["recorded"] - summary["record_lost"] != summary["registrations"]
        ):
            raise SystemExit(f"bench: only {summary['recorded']} registrations were recorded")
        shutil.rmtree(RECORDS, ignore_errors=True)
        return done

    def runs(self, size: Size) -> list[Run]:
        """Run it as often as is measured."""
        return [self.run() for _ in range(size.warm + size.runs)][size.warm :]

    @property
    def summary(self) -> dict[str, Any]:
        """Of the last run."""
        found: dict[str, Any] = json.loads(SUMMARY.read_text(encoding="utf-8"))
        return found

    @property
    def answer(self) -> Answer:
        """What must be the same for the peer, of the last run: what stands."""
        told = self.summary
        return Answer(told["registrations"], told["conflicts"] - told["superseded"])


def measure(size: Size) -> dict[str, Any]:
    """Everything in turn."""
    yardstick.built()
    town = captures.town(size.registrations, size.subscribers)
    disturbed = captures.disturbed(size.disturbed)
    return {
        "disturbed": size.disturbed,
        "worst": size.worst,
        "rare": size.rare,
        "tshark_packets": size.tshark_packets,
        **_town(size, town),
        **_carried("tali", disturbed.tali, disturbed, size, TALI_READ_LEAST),
        **_carried("m3ua", disturbed.m3ua, disturbed, size, 1.0),
        **_worst(size),
        **_few(size, town),
    }


def _town(size: Size, town: captures.Captures) -> dict[str, Any]:
    """MTP3, without and with the record file."""
    plain = _beside_yardstick("mtp3", town.mtp3, town.travel, size.subscribers, size)
    kept = _beside_yardstick(
        "recorded", town.mtp3, town.travel, size.subscribers, size, record=True
    )
    beside = _beside_tshark("mtp3", Clonewatch(town.mtp3, town.travel), town.mtp3, size, 1.0)
    return {"registrations": size.registrations, **beside, **plain, **kept}


def _carried(
    name: str, capture: Path, beside: captures.Captures, size: Size, read_least: float
) -> dict[str, Any]:
    """A carrier over IP, which must hold what MTP3 holds."""
    replay = Clonewatch(capture, beside.travel)
    found = _beside_tshark(name, replay, capture, size, read_least)
    least = run(*yardstick.command(beside.mtp3, beside.travel, size.disturbed // 2))
    _same(capture, replay.answer, yardstick.told(least.output))
    return found


def _worst(size: Size) -> dict[str, Any]:
    """What costs us most; where the yardstick cannot read it, it reads the same in order."""
    worst = captures.worst(size.worst, size.rare)
    travel = worst.travel
    one = _beside_yardstick("one", worst.one, travel, 1, size)
    late = _beside_yardstick(
        "late", worst.late, travel, size.worst // captures.VISITS, size, in_order=worst.in_order
    )
    rare = Clonewatch(worst.rare, travel)
    rare_s = _median(rare.runs(size))
    if rare.summary["through_grammars"] != size.rare or rare.answer.registrations != size.rare:
        raise SystemExit(f"bench: not all of {worst.rare} was read, and by the grammars")
    return one | late | {"rare_per_s": size.rare / rare_s}


def _few(size: Size, town: captures.Captures) -> dict[str, Any]:
    """What it takes to start: the command's help, and a capture of few packets."""
    few = Clonewatch(captures.head(town.mtp3, FEW_PACKETS), town.travel)
    return {
        "help_s": _median([run(COMMAND, "--help") for _ in range(size.runs)]),
        "few_s": _median(few.runs(size)),
    }


def _beside_yardstick(
    name: str,
    capture: Path,
    travel: Path,
    subscribers: int,
    size: Size,
    *,
    in_order: Path | None = None,
    record: bool = False,
) -> dict[str, Any]:
    """Ours and the least C in turn: the same answer, and the median of the ratios."""
    replay = Clonewatch(capture, travel, record=record)
    command = yardstick.command(in_order or capture, travel, subscribers)
    pairs = _in_turn(replay, command, size)
    _same(capture, replay.answer, yardstick.told(pairs[-1][1].output))
    our_s = _median([ours for ours, _ in pairs])
    return {
        f"{name}_s": our_s,
        f"{name}_yardstick_s": _median([least for _, least in pairs]),
        f"{name}_times_yardstick": statistics.median(
            ours.wall_s / least.wall_s for ours, least in pairs
        ),
        f"{name}_per_s": replay.answer.registrations / our_s,
        f"{name}_conflicts": replay.answer.conflicts,
        f"{name}_peak_mib": max(ours.peak_mib for ours, _ in pairs),
    }


def _beside_tshark(
    name: str, replay: Clonewatch, capture: Path, size: Size, read_least: float
) -> dict[str, Any]:
    """Ours, and tshark over the first packets, in turn: rates, and the median of the ratios."""
    first = captures.head(capture, size.tshark_packets)
    pairs = _in_turn(replay, tshark.command(first), size)
    expected = tshark.ours(first)
    read = tshark.share_read(pairs[0][1].output, expected)
    if read < read_least:
        raise SystemExit(f"bench: tshark reads only {read:.1%} of the REGNOTs in {first}")
    registrations = replay.answer.registrations
    times_theirs = registrations / expected.total()
    return {
        f"{name}_per_s": registrations / _median([ours for ours, _ in pairs]),
        f"{name}_tshark_per_s": expected.total() / _median([theirs for _, theirs in pairs]),
        f"{name}_tshark_read": read,
        f"{name}_times_tshark": times_theirs
        * statistics.median(theirs.wall_s / ours.wall_s for ours, theirs in pairs),
    }


def _in_turn(replay: Clonewatch, command: Command, size: Size) -> list[tuple[Run, Run]]:
    """Ours and a peer, one after the other each time."""
    return [(replay.run(), run(*command)) for _ in range(size.warm + size.runs)][size.warm :]


def _median(runs: Sequence[Run]) -> float:
    return statistics.median(each.wall_s for each in runs)


def _same(capture: Path, ours: Answer, theirs: Answer) -> None:
    if ours != theirs:
        raise SystemExit(f"bench: {capture}: we say {ours}, the yardstick {theirs}")
