"""What becomes of registrations on the way to the HLR."""

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from clonewatch.lab.phones import HOUR_MS, Habits, Phones
from clonewatch.lab.switches import HLR, VLR
from clonewatch.lab.town import Town
from clonewatch.lab.traffic import Block, Mishaps, Traffic
from clonewatch.lab.truth import originals
from clonewatch.registrations import Flags

START = 1_795_305_600_000


def blocks(
    mishaps: Mishaps | None = None,
    *,
    hours: float = 3,
    count_max: int | None = None,
    subscribers: int = 1500,
    tick_ms: int = 1,
) -> list[Block]:
    rng = np.random.default_rng(1)
    town = Town.build(30, rng)
    habits = Habits(start_ms=START, per_hour=2, tick_ms=tick_ms, imsi=0)
    traffic = Traffic(town, Phones(town, subscribers, 0, habits, rng), mishaps or Mishaps(), 4, rng)
    return list(traffic.blocks(hours, count_max))


def column(found: list[Block], name: str) -> NDArray[np.int64]:
    """A column of all blocks, of the block, its invokes or their registrations."""
    parts = []
    for block in found:
        holders = (block, block.invokes, block.invokes.registrations)
        holder = next(each for each in holders if name in {f.name for f in fields(each)})
        parts.append(np.asarray(getattr(holder, name), np.int64))
    return np.concatenate(parts)


def test_everything_arrives_in_order() -> None:
    found = blocks()
    times = column(found, "times_us")
    assert (np.diff(times) >= 0).all()
    assert (times // 1000 == column(found, "time")).all()
    assert times.min() >= START * 1000
    assert times.max() < (START + 3 * HOUR_MS) * 1000
    assert (times % 1000 > 500).any()  # so that rounding instead of cutting is found out


def test_one_connections_messages_of_a_millisecond_stand_together() -> None:
    found = blocks(tick_ms=10_000)
    keys = list(
        zip(column(found, "time").tolist(), column(found, "connection").tolist(), strict=True)
    )
    runs = 1 + sum(one != two for one, two in pairwise(keys))
    assert runs == len(set(keys)) < len(keys)


def test_transaction_ids_of_an_msc_differ() -> None:
    found = blocks()
    pairs = set(
        zip(column(found, "opc").tolist(), column(found, "transaction_id").tolist(), strict=True)
    )
    assert len(pairs) == len(column(found, "opc"))


def test_it_ends_when_enough_is_sent() -> None:
    assert len(column(blocks(count_max=1234), "time")) == 1234
    whole = column(blocks(), "transaction_id")
    assert np.array_equal(column(blocks(count_max=1234), "transaction_id"), whole[:1234])


@pytest.mark.parametrize("tick_ms", [1, 50, 30_000])
def test_a_relayed_invoke_is_seen_twice_and_is_a_duplicate(tick_ms: int) -> None:
    found = blocks(Mishaps(relayed=0.2), tick_ms=tick_ms)
    is_copy = column(found, "is_copy") == 1
    assert 0.15 < is_copy.sum() / (~is_copy).sum() < 0.25
    histories: dict[int, list[int]] = {}
    rows = [row for block in found for row in block.invokes.registrations.registrations()]
    for at, row in enumerate(rows):
        histories.setdefault(row.msid, []).append(at)
    kept = sum(len(originals(rows[at] for at in history)) for history in histories.values())
    assert kept == (~is_copy).sum()


def test_a_vlr_relays_between_its_two_hops() -> None:
    found = blocks(Mishaps(relayed=0.2))
    hops = set(
        zip(
            (column(found, "opc") == int(VLR)).tolist(),
            column(found, "calling_ssn").tolist(),
            column(found, "called_ssn").tolist(),
            column(found, "dpc").tolist(),
            strict=True,
        )
    )
    assert hops == {
        (False, 8, 6, int(HLR)),
        (False, 8, 7, int(VLR)),
        (True, 7, 6, int(HLR)),
    }


def test_what_is_late_comes_after_newer_ones_on_a_connection_of_its_own() -> None:
    found = blocks(Mishaps(late=0.1))
    is_late = column(found, "is_late") == 1
    time, connection = column(found, "time"), column(found, "connection")
    assert 0.07 < is_late.mean() < 0.13
    assert (np.diff(time[~is_late]) >= 0).all()
    assert set(connection[~is_late].tolist()) == {0, 1, 2, 3}
    assert set(connection[is_late].tolist()) == {4, 5, 6, 7}
    newest = np.maximum.accumulate(time)
    assert 0 < (newest - time).max() <= HOUR_MS // 2
    assert len(time) == len(column(blocks(), "time"))  # nothing is lost at the end


def test_flags_follow_from_the_columns() -> None:
    found = blocks()
    flags = column(found, "flags")
    power_down = column(found, "system_access_type") == 7
    assert np.array_equal(flags & Flags.POWER_DOWN != 0, power_down)
    assert np.array_equal(flags & Flags.PSEUDO_ESN != 0, column(found, "esn") >> 24 == 0x80)
    assert (flags & Flags.BORDER_CELL_ACCESS != 0).any()
    assert not (flags & Flags.NO_TRANSACTION_ID).any()


def test_makes_of_msc_send_different_parameters() -> None:
    found = blocks()
    shapes = np.stack(
        [
            column(found, name) > 0
            for name in ("system_access_type", "terminal_type", "location_area")
        ],
        axis=1,
    )
    assert len(np.unique(shapes, axis=0)) >= 4
    assert set(column(found, "system_my_type_code").tolist()) == {1, 3, 4, 6, 8}
    assert set(column(found, "qualification_information_code").tolist()) == {1, 2, 3, 4}


def test_what_is_lost_is_never_seen() -> None:
    assert (
        0.85 < len(column(blocks(Mishaps(lost=0.1)), "time")) / len(column(blocks(), "time")) < 0.95
    )


def test_a_skewed_clock_moves_the_registrations_time_and_not_the_packets() -> None:
    found = blocks(Mishaps(skewed=0.1))
    ahead = column(found, "time") - column(found, "times_us") // 1000
    wrong = np.unique(column(found, "opc")[ahead != 0])
    assert len(wrong) == 3  # of 30
    for opc in wrong:
        assert len(np.unique(ahead[column(found, "opc") == opc])) == 1
    assert 0 < np.abs(ahead).max() <= 600_000
