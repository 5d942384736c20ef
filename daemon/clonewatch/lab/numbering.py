"""Numbers for subscribers by where they are at home: blocks of a thousand MINs for each MSC."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Final, TextIO

import numpy as np

from clonewatch.registrations import mscid_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clonewatch.lab.switches import Network

BLOCK: Final = 1_000
BLOCKS_MAX: Final = 8_000  # 800 area codes, exchange 555, ten blocks each
AREA_FIRST: Final = 200
EXCHANGE: Final = 555
SHUFFLE: Final = 4_799  # prime to BLOCKS_MAX: neighbouring MSCs' area codes look unlike


def numbers(home: NDArray[np.int64]) -> tuple[NDArray[np.uint64], list[tuple[str, int]]]:
    """MINs of subscribers whose numbers belong to the MSCs *home*, and (prefix, MSC) of blocks.

    Raises ValueError when there are not blocks enough.
    """
    order = np.argsort(home, kind="stable")
    msc, starts, counts = np.unique(home[order], return_index=True, return_counts=True)
    blocks = -(-counts // BLOCK)
    if blocks.sum() > BLOCKS_MAX:
        raise ValueError(f"more subscribers than {BLOCKS_MAX} blocks of {BLOCK} numbers hold")
    first = np.cumsum(blocks) - blocks
    rank = np.arange(len(home)) - np.repeat(starts, counts)
    block = np.repeat(first, counts) + rank // BLOCK
    mins = np.empty(len(home), np.uint64)
    mins[order] = (_prefix(block) * BLOCK + rank % BLOCK).astype(np.uint64)
    owners = np.repeat(msc, blocks)
    prefixes = _prefix(np.arange(len(owners)))
    return mins, [(str(p), int(m)) for p, m in zip(prefixes, owners, strict=True)]


def write_homes(stream: TextIO, network: Network, homes: list[tuple[str, int]]) -> None:
    """As `homes.csv`."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(("prefix", "mscid"))
    mscids = network.mscs.mscid_of[network.indices[:, 0]].tolist()
    writer.writerows((prefix, mscid_text(mscids[msc])) for prefix, msc in sorted(homes))


def _prefix(block: NDArray[np.int64]) -> NDArray[np.int64]:
    """NPA-555-X of a block, seven digits."""
    shuffled = block * SHUFFLE % BLOCKS_MAX
    return np.asarray((AREA_FIRST + shuffled // 10) * 10_000 + EXCHANGE * 10 + shuffled % 10)
