"""``clonewatch decode``: every message of a capture, whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clonewatch.cli import options  # Typer reads the annotations
from clonewatch.cli.output import (
    Exit,
    faults_explained,
    json_line,
    say,
    tell_of_compiling,
    tree,
    wants_json,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clonewatch.sources.captures.reader import Wiring

Octets = Annotated[
    str | None, typer.Option("--hex", help="Decode these octets instead.", metavar="OCTETS")
]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        help="What --hex begins with: tcap, sccp, mtp3, mtp2, tali, xot, m3ua, m2ua, m2pa, sua.",
    ),
]
Capture = Annotated[Path | None, typer.Argument(help="A capture.", metavar="CAPTURE")]


def decode(
    capture: Capture = None,
    octets: Octets = None,
    layer: As = None,
    as_json: options.Json = False,
    link_types: options.LinkTypes = None,
    ports: options.Ports = None,
) -> None:
    """Show every message of a capture whole: JSON lines, or trees on a terminal."""
    if (capture is None) == (octets is None):
        raise typer.BadParameter("give one of a capture and --hex OCTETS")
    show = json_line if wants_json(as_json) else tree
    with faults_explained():
        if octets is not None:
            message = _hex_told(octets, layer)
            show(message)
            if "error" in message:
                raise typer.Exit(Exit.UNREADABLE)
            return
        assert capture is not None
        tell_of_compiling()
        for message in _capture_told(capture, options.wiring(link_types, ports)):
            show(message)


def _capture_told(path: Path, wiring: Wiring) -> Iterator[dict[str, Any]]:
    from clonewatch.carriers import carrier_told
    from clonewatch.decoding import told
    from clonewatch.registrations import time_text
    from clonewatch.sources.captures.reader import Capture
    from is41.layers import Layer

    capture = Capture(path, wiring)
    for block in capture.blocks():
        frames = block.frames
        for frame in range(block.count):
            octets = block.octets[frames.start[frame] : frames.end[frame]].tobytes()
            yield {
                "packet": int(frames.packet[frame]),
                "time": time_text(int(frames.time[frame])),
                **carrier_told(block, frame),
                **told(octets, Layer(frames.layer[frame])),
            }
    if capture.cut:
        say(f"clonewatch: {path}: {capture.cut}")
        raise typer.Exit(Exit.UNREADABLE)


def _hex_told(text: str, name: str | None) -> dict[str, Any]:
    from clonewatch.unwrapping import NAMES, unwrapped_told

    if name is not None and name not in NAMES:
        raise typer.BadParameter(f"--as: no layer {name!r}; one of {', '.join(NAMES)}")
    try:
        octets = bytes.fromhex(text.replace(":", " "))
    except ValueError as exc:
        raise typer.BadParameter(f"--hex: {exc}") from None
    message = unwrapped_told(octets, name)
    if message is None:
        raise typer.BadParameter("--hex: no layer is seen in these octets; say which with --as")
    return message
