"""Phones are honest, each by itself."""

from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

from clonewatch.lab.phones import GAP_MS_MIN, HOUR_MS, POWER_DOWN, Habits, Phones
from clonewatch.lab.town import Town
from is41.msid import msid_digits


def phones(
    subscribers: int = 300,
    clones: int = 30,
    seed: int = 1,
    *,
    tick_ms: int = 1,
    imsi: float = 0.0,
    per_hour: float = 4.0,
) -> tuple[Town, Phones]:
    rng = np.random.default_rng(seed)
    town = Town.build(50, rng)
    habits = Habits(start_ms=0, per_hour=per_hour, tick_ms=tick_ms, imsi=imsi)
    return town, Phones(town, subscribers, clones, habits, rng)


@pytest.mark.parametrize("tick_ms", [1, 1000])
def test_every_phone_travels_as_the_table_allows(tick_ms: int) -> None:
    town, some = phones(tick_ms=tick_ms)
    seen: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for end in range(HOUR_MS, 12 * HOUR_MS, HOUR_MS):
        for event in some.until(end):
            seen[int(event["phone"])].append((int(event["time"]), int(event["msc"])))
    assert len(seen) == 330
    moves = 0
    for history in seen.values():
        for (t1, a), (t2, b) in pairwise(history):
            assert t1 % tick_ms == 0
            assert t2 - t1 >= max(GAP_MS_MIN, town.travel_ms[a, b])
            moves += town.travel_ms[a, b] > 0
    assert moves > 50


def test_registrations_come_in_order_and_none_twice() -> None:
    _, whole = phones()
    _, sliced = phones()
    at_once = whole.until(HOUR_MS)
    assert (np.diff(at_once["time"]) >= 0).all()
    assert at_once["time"].max() < HOUR_MS
    again = whole.until(HOUR_MS)
    assert len(again) == 0
    first = sliced.until(HOUR_MS // 2)
    assert len(first) > 100
    assert first["time"].max() < HOUR_MS // 2 <= sliced.until(HOUR_MS)["time"].min()


def test_they_register_about_as_often_as_asked() -> None:
    _, some = phones(2000, 0, per_hour=2.0)
    count = len(some.until(4 * HOUR_MS))
    assert 0.75 < count / (2000 * 4 * 2) < 1.1


def test_a_clone_has_its_originals_identity_and_another_place() -> None:
    _, some = phones()
    clones = np.arange(300, 330)
    originals = some.subscriber[clones]
    assert len(set(originals.tolist())) == 30
    assert (originals < 300).all()
    assert (some.msid[clones] == some.msid[originals]).all()
    assert (some.esn[clones] == some.esn[originals]).all()
    assert some.is_cloned[clones].all()
    assert some.is_cloned[originals].all()
    assert some.is_cloned.sum() == 60
    events = some.until(100 * HOUR_MS)
    first = {int(event["phone"]): int(event["msc"]) for event in events[::-1]}
    assert all(first[int(c)] != first[int(o)] for c, o in zip(clones, originals, strict=True))


def test_numbers_are_555_numbers_and_all_differ() -> None:
    _, some = phones(5000, 0, imsi=0.2)
    texts = [msid_digits(msid) for msid in some.msid.tolist()]
    assert len(set(texts)) == 5000
    assert {text[-7:-4] for text in texts} == {"555"}
    lengths = [len(text) for text in texts]
    assert set(lengths) == {10, 15}
    assert 800 < lengths.count(15) < 1200


def test_some_switch_off_and_some_stand_at_a_border() -> None:
    _, some = phones()
    events = some.until(12 * HOUR_MS)
    assert 0.02 < (events["access_type"] == POWER_DOWN).mean() < 0.06
    assert 0 < events["is_border"].mean() < 0.05


@pytest.mark.parametrize(
    ("subscribers", "clones", "words"),
    [(0, 0, "1 to 8000000 subscribers"), (10, 11, "0 to 10 clones"), (10, -1, "0 to 10 clones")],
)
def test_there_are_bounds(subscribers: int, clones: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        phones(subscribers, clones)
