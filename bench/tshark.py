"""tshark beside us: what it is asked, and the REGNOTs in its answer.

Its TALI is found by its first octets: of a segment that begins inside a header it makes nothing.
So of TALI cut anywhere it reads some REGNOTs less, which its rate is not made to pay for.
"""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from clonewatch.mscs import Mscs
from clonewatch.replay import CaptureSource, Placing, Replay
from is41.msid import msid_digits

if TYPE_CHECKING:
    from pathlib import Path

PREFERENCES: Final = (
    "mtp3.standard:ANSI",
    "tali.reassemble:TRUE",
    "tcp.reassemble_out_of_order:TRUE",
)
FIELDS: Final = (
    "mtp3.opc",
    "ansi_tcap.identifier",
    "ansi_map.bcd_digits",
    "ansi_map.electronicSerialNumber",
    "ansi_map.marketid",
    "ansi_map.swno",
)


class Regnot(NamedTuple):
    """What is compared."""

    transaction_id: int
    min: str
    esn: int
    mscid: int


def command(capture: Path) -> list[str | Path]:
    """How it is called. Raises SystemExit when it is not there."""
    if shutil.which("tshark") is None:
        raise SystemExit("bench: tshark is not installed")
    preferences = [word for each in PREFERENCES for word in ("-o", each)]
    fields = [word for each in FIELDS for word in ("-e", each)]
    return ["tshark", "-n", "-r", capture, *preferences, "-T", "fields", *fields]


def told(output: str) -> Counter[Regnot]:
    """What it printed; several REGNOTs of one packet stand together, comma by comma."""
    found: Counter[Regnot] = Counter()
    for line in output.splitlines():
        columns = [column.split(",") for column in line.split("\t")[1:]]
        if columns[0] == [""]:
            continue
        for identifier, digits, esn, market, switch in zip(*columns, strict=True):
            mscid = int(market) << 8 | int(switch)
            found[Regnot(int(identifier, 16), digits, int(esn, 16), mscid)] += 1
    return found


def ours(capture: Path) -> Counter[Regnot]:
    """The same of a capture as we read it."""
    run = Replay([CaptureSource(capture, 0, Mscs([]), Placing(), None)])
    return Counter(
        Regnot(row.transaction_id, msid_digits(row.msid), row.esn, row.mscid)
        for batch in run.batches()
        for row in batch.registrations()
    )


def share_read(output: str, expected: Counter[Regnot]) -> float:
    """How much of what we read it has read, too. Raises SystemExit where it read what we did not."""
    theirs = told(output)
    if further := theirs - expected:
        raise SystemExit(f"bench: tshark reads {further.total()} REGNOTs that we do not")
    return theirs.total() / expected.total()
