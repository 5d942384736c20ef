"""Whether a journey was possible over another MSC."""

from __future__ import annotations

import numpy as np

from clonewatch.cases.ways import Ways
from clonewatch.evidence.network import Network
from clonewatch.store.recording import row_of
from stores import MINUTE, TEN, WORDS, conflict

# FIG. 6: A and B touch, B and C touch, A and C are 80 minutes apart; D is far, E not known.
TRAVEL = MINUTE * np.array(
    [
        [0, 0, 80, 30, -1],
        [0, 0, 0, 30, -1],
        [80, 0, 0, 30, -1],
        [30, 30, 30, 0, -1],
        [-1, -1, -1, -1, 0],
    ]
)
TRAVEL[TRAVEL < 0] = -1
ROW = row_of(conflict(), WORDS, TEN)  # A to C in 45 minutes
WAYS = Ways(WORDS, Network(travel_ms=TRAVEL))


def test_a_way_is_possible_if_both_its_parts_are() -> None:
    assert WAYS.lead_over("MSC B", ROW)
    assert not WAYS.lead_over("MSC D", ROW)
    assert WAYS.lead_over("MSC D", {**ROW, "elapsed_ms": 60 * MINUTE})


def test_what_is_not_known_leads_nowhere() -> None:
    assert not WAYS.lead_over("MSC E", ROW)
    assert not WAYS.lead_over("MSC X", ROW)
    assert not WAYS.lead_over("MSC B", {**ROW, "first_mscid": 1})
    assert not Ways(WORDS, Network()).lead_over("MSC B", ROW)
