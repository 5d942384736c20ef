"""The switches of a made network: MSCs with their numbers; some serve a second market."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import numpy as np

from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import mscid_text
from is41.mtp.pointcode import PointCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from clonewatch.travel.table import TravelTimes

TWO_MARKETS_EVERY: Final = 10  # every tenth switch serves a second market
MARKET_FIRST: Final = 4660
SECOND_MARKET_FIRST: Final = 34_660
SWITCHES_PER_MARKET: Final = 4
HLR: Final = PointCode(10, 20, 40)
VLR: Final = PointCode(10, 20, 50)
MSC_CLUSTER_FIRST: Final = 21
MEMBERS: Final = 250  # point codes used of a cluster


class Network(Protocol):
    """MSCs by number from 0; the MSCIDs of each by their index in `mscs`."""

    @property
    def mscs(self) -> Mscs:
        """Give all MSCIDs."""

    @property
    def travel(self) -> TravelTimes:
        """Give the travel times that are true."""

    @property
    def indices(self) -> NDArray[np.uint16]:
        """Give MSC x 2 indices: a switch of one market has its index twice."""


def switches(
    places: Iterable[tuple[float, float, float, str]], *, names: bool
) -> tuple[Mscs, NDArray[np.uint16]]:
    """MSCs at *places* (degrees north and east, radius in km, name), and their indices.

    Without *names* each is one MSCID, called MARKET-SWITCH.
    """
    rows: list[Msc] = []
    indices: list[tuple[int, int]] = []
    for msc, (latitude, longitude, radius_km, name) in enumerate(places):
        market, switch = divmod(msc, SWITCHES_PER_MARKET)
        markets = [MARKET_FIRST + market]
        if names and msc % TWO_MARKETS_EVERY == TWO_MARKETS_EVERY - 1:
            markets.append(SECOND_MARKET_FIRST + market)
        indices.append((len(rows), len(rows) + len(markets) - 1))
        for number in markets:
            mscid = number << 8 | switch + 1
            rows.append(
                Msc(
                    mscid=mscid,
                    name=name if names else mscid_text(mscid),
                    latitude=round(latitude, 5),
                    longitude=round(longitude, 5),
                    radius_km=radius_km,
                    msc_number=f"1555{msc:07d}",
                    point_code=point_code(msc),
                )
            )
    return Mscs(rows), np.array(indices, np.uint16)


def point_codes(network: Network) -> NDArray[np.uint32]:
    """Point code of each MSC."""
    return np.array([int(point_code(msc)) for msc in range(len(network.indices))], np.uint32)


def point_code(msc: int) -> PointCode:
    """Point code of the MSC of that number."""
    cluster, member = divmod(msc, MEMBERS)
    return PointCode(10, MSC_CLUSTER_FIRST + cluster, member + 1)
