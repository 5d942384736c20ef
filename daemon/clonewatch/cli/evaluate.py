"""``clonewatch evaluate``: how good the alarms are, on movement of which the truth is known."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clonewatch.cli import options  # noqa: TC001  # Typer reads the annotations
from clonewatch.cli.output import faults_explained, json_line, say, tell_of_compiling

if TYPE_CHECKING:
    from clonewatch.evaluate.scores import Score

Directory = Annotated[
    Path | None,
    typer.Option("--page", help="Write evaluation.md and its plots here.", metavar="FOLDER"),
]
Movement = Annotated[
    Path | None,
    typer.Option("--movement", help="Real movement: a CSV of user,time,lat,lon.", metavar="CSV"),
]
OwnTravel = Annotated[
    Path | None,
    typer.Option("--travel", help="With --movement and --mscs: your table.", metavar="CSV"),
]


def evaluate(
    page: Directory = None,
    movement: Movement = None,
    mscs: options.Mscs = None,
    travel: OwnTravel = None,
    cloned: Annotated[int, typer.Option(help="Of --movement: users to clone.", min=1)] = 100,
    smoke: Annotated[
        bool, typer.Option("--smoke", help="Small, to see that it runs: no figures to quote.")
    ] = False,
    seed: int = 1,
) -> None:
    """Measure precision, recall, coverage, time to detection, false alarms, and who is the clone.

    On a simulated country, over tables, slack, windows and clocks; or on movement that you bring.
    Scores go to standard output as JSON lines.
    """
    if movement is None and (mscs is not None or travel is not None):
        raise typer.BadParameter("--mscs and --travel go with --movement")
    if travel is not None and mscs is None:
        raise typer.BadParameter("--travel needs --mscs, which says where the MSCs are")
    with faults_explained():
        tell_of_compiling()
        if movement is not None:
            json_line(_record("movement", "", _moved(movement, mscs, travel, cloned, seed)))
        else:
            _simulated(page, smoke=smoke, seed=seed)


def _simulated(page: Path | None, *, smoke: bool, seed: int) -> None:
    from clonewatch.evaluate import suite

    size = dataclasses.replace(suite.SMOKE if smoke else suite.FULL, seed=seed)
    results = suite.run(size, say)
    for tried, scores in (
        ("table", results.by_table),
        ("skewed", results.skewed),
        ("factor", results.by_factor),
        ("window_h", results.by_window),
        ("month", {"built": results.month}),
    ):
        for name, score in scores.items():
            json_line(_record(tried, str(name), score))
    for name, learnt in results.learnt.items():
        json_line({"tried": "learn", "name": name, **dataclasses.asdict(learnt)})
    if page is None:
        return
    from clonewatch.evaluate.page import page as written
    from clonewatch.evaluate.plots import write_plots
    from clonewatch.travel.table import write_atomically

    page.mkdir(parents=True, exist_ok=True)
    write_plots(results, page)
    with write_atomically(page / "evaluation.md") as stream:
        stream.write(written(results))
    say(f"written: {page / 'evaluation.md'}")


def _moved(path: Path, mscs: Path | None, travel: Path | None, cloned: int, seed: int) -> Score:
    import numpy as np

    from clonewatch.clocks.offsets import ALL_RIGHT
    from clonewatch.evaluate.movement import grid_over, load_points, trial_of
    from clonewatch.evaluate.suite import tried
    from clonewatch.evaluate.suspending import Rails
    from clonewatch.mscs import Mscs
    from clonewatch.travel.table import TravelTimes

    points = load_points(path)
    directory = grid_over(points, path) if mscs is None else Mscs.load(mscs)
    trial = trial_of(points, directory, cloned, np.random.default_rng(seed))
    table = trial.exact if travel is None else TravelTimes.load(travel, directory)
    return tried(trial, table, ALL_RIGHT, rails=Rails)


def _record(tried: str, name: str, score: Score) -> dict[str, Any]:
    """A score as JSON; delays and calibration as their quantiles, shares and rates with intervals.

    Breakdowns of which there is nothing are left out.
    """
    from clonewatch.evaluate.intervals import quantile, rate

    told = dataclasses.asdict(score)
    delays, calibration = told.pop("delays_s"), told.pop("calibration")
    for suspended in told["suspended"].values():
        waits = suspended.pop("delays_s")
        suspended["delay_median_s"] = quantile(waits, 0.5).value if waits else None
    told = _with_shares(told)
    for key, exposure in (
        ("false_per_million", score.registrations / 1e6),
        ("false_per_100000_a_day", score.subscriber_days / 1e5),
    ):
        told[key] = dataclasses.asdict(rate(score.honest_alarmed, exposure))
    told["delay_median_s"], told["delay_p95_s"] = (
        quantile(delays, which).value if delays else None for which in (0.5, 0.95)
    )
    told["confidence_median"] = (
        quantile([confidence for confidence, _ in calibration], 0.5).value if calibration else None
    )
    return {"tried": tried, "name": name, **told}


def _with_shares(told: dict[str, Any]) -> dict[str, Any]:
    """Put beside each tally its share, with the interval of 95 %."""
    from clonewatch.evaluate.intervals import share

    if told.keys() == {"count", "of"}:
        found = dataclasses.asdict(share(told["count"], told["of"])) if told["of"] else {}
        return told | {key: round(value, 5) for key, value in found.items()}
    return {
        key: _with_shares(value) if isinstance(value, dict) else value
        for key, value in told.items()
        if not _is_bare(key, value)
    }


def _is_bare(key: str, value: object) -> bool:
    """Whether it is a breakdown of nothing."""
    return (
        "_by_" in key
        and isinstance(value, dict)
        and all(not tally["of"] for tally in value.values())
    )
