"""What is known of the network."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from clonewatch.detector import Conflict
from clonewatch.evidence.network import NOTHING_OF_IT, Network
from clonewatch.mscs import Msc, Mscs
from fig4 import HOUR, MSC_A, MSC_B, MSC_C, MSC_D, TRAVEL_MS, registration

CONFLICT = Conflict(
    msid=1,
    first=registration(0, MSC_A),
    second=registration(HOUR, MSC_B),
    elapsed_ms=HOUR,
    travel_time_ms=2 * HOUR,
    found_at=0,
)


def network(radius_km: float = 0, longitude: float | None = 2.0) -> Network:
    latitude = None if longitude is None else 0.0
    places = ((MSC_A, 0.0, 0.0), (MSC_B, latitude, longitude))
    rows = [
        Msc(mscid=msc, name=str(msc), latitude=north, longitude=east, radius_km=radius_km)
        for msc, north, east in places
    ]
    return Network(mscs=Mscs(rows), travel_ms=TRAVEL_MS)


def test_near_is_the_same_or_touching() -> None:
    known = network()
    assert known.is_near(MSC_A, MSC_A)
    assert known.is_near(MSC_A, MSC_B)
    assert not known.is_near(MSC_A, MSC_C)
    assert not known.is_near(MSC_A, MSC_D)  # not known
    assert not NOTHING_OF_IT.is_near(MSC_A, MSC_B)


def test_speed_is_from_edge_to_edge() -> None:
    degree_km = 2 * math.pi * 6371 / 360
    assert network().speed_kmh(CONFLICT) == pytest.approx(2 * degree_km)
    assert network(50).speed_kmh(CONFLICT) == pytest.approx(2 * degree_km - 100)
    assert network(200).speed_kmh(CONFLICT) == 0
    assert network().speed_kmh(replace(CONFLICT, elapsed_ms=0)) == math.inf
    assert network(0, None).speed_kmh(CONFLICT) is None
    assert NOTHING_OF_IT.speed_kmh(CONFLICT) is None
