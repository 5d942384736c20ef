"""``clonewatch replay --to``: captures sent to a far end instead of through the pipeline."""

from __future__ import annotations

import json
import time
from contextlib import closing
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clonewatch.cli.output import Exit, faults_explained, say

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.feed.conversion import Conversion, Route
    from clonewatch.feed.feeder import Fed
    from clonewatch.links.urls import Url
    from clonewatch.sources.captures.reader import Wiring


class AsLayer(StrEnum):
    """What messages are sent as."""

    TCAP = "tcap"
    SCCP = "sccp"
    MTP3 = "mtp3"


To = Annotated[
    str | None,
    typer.Option(
        "--to",
        help="Send the messages to a running daemon or any peer instead.",
        metavar="tali://HOST:PORT",
    ),
]
Speed = Annotated[
    float,
    typer.Option(
        "--speed", help="With --to: so many times real time; 0: as fast as it goes.", min=0
    ),
]
As = Annotated[
    AsLayer | None,
    typer.Option("--as", help="With --to: the layer to send; else the captured, or the nearest."),
]
PointCodes = Annotated[
    str | None,
    typer.Option(
        "--route",
        help="With --to: point codes, from and to, for messages that bear none.",
        metavar="10-20-1,10-20-50",
    ),
]


def feed(
    captures: list[Path],
    *,
    to: str,
    speed: float,
    layer: AsLayer | None,
    route: str | None,
    wiring: Wiring,
    summary_file: Path | None,
) -> None:
    """Send captures, and say how it went."""
    import asyncio

    from clonewatch.feed.conversion import RouteMissing
    from clonewatch.feed.feeder import Feeder, FeedError
    from clonewatch.feed.messages import Messages
    from clonewatch.feed.pace import Pace

    url = _url(to)
    feeder = Feeder(url, _conversion(url, layer, _route(route)), Pace(speed))
    begun = time.perf_counter()
    failure: str | None = None
    with faults_explained(), closing(Messages(captures, wiring)) as messages:
        try:
            asyncio.run(feeder.run(messages.batches()))
        except (FeedError, RouteMissing) as error:
            failure = str(error)
    _end(feeder.fed, url, time.perf_counter() - begun, messages.cut, summary_file)
    if failure is not None:
        say(f"clonewatch: {failure}")
        raise typer.Exit(Exit.FAILED)
    if messages.cut:
        raise typer.Exit(Exit.UNREADABLE)


def _end(fed: Fed, url: Url, elapsed_s: float, cut: list[str], summary_file: Path | None) -> None:
    numbers: dict[str, Any] = {
        "frames": fed.frames,
        "sent": fed.sent,
        "answered": fed.answered,
        "refused": dict(sorted(fed.refused.items())),
        "elapsed_s": round(elapsed_s, 3),
    }
    if cut:
        numbers["cut"] = cut
    if summary_file is not None:
        summary_file.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
    say(f"{fed.sent:,} of {fed.frames:,} messages sent to {url} in {elapsed_s:.2f} s")
    if fed.answered:
        say(f"  {fed.answered:,} messages came back")
    if fed.refused:
        say("  not sent: " + ", ".join(f"{n:,} {name}" for name, n in sorted(fed.refused.items())))
    for where in cut:
        say(f"  cut: {where}")


def _url(text: str) -> Url:
    from clonewatch.links.urls import Url

    try:
        return Url.of(text)
    except ValueError as error:
        raise typer.BadParameter(f"--to: {error}") from None


def _conversion(url: Url, layer: AsLayer | None, route: Route | None) -> Conversion:
    from clonewatch.feed.conversion import Conversion
    from is41.layers import Layer

    try:
        wanted = None if layer is None else Layer[layer.name]
        return Conversion(url.transport, layer=wanted, route=route)
    except ValueError as error:
        raise typer.BadParameter(f"--as: {error}") from None


def _route(text: str | None) -> Route | None:
    from clonewatch.feed.conversion import Route
    from is41.mtp.pointcode import PointCode

    if text is None:
        return None
    opc, _, dpc = text.partition(",")
    try:
        return Route(opc=PointCode.of(opc), dpc=PointCode.of(dpc))
    except ValueError as error:
        raise typer.BadParameter(f"--route: two point codes and a comma: {error}") from None
