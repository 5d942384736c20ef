"""The decision: each guard rail alone is enough to keep from suspending, and nothing else is."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonewatch.actions.suspension.deciding import (
    CHECKS,
    Counted,
    Facts,
    Reason,
    decide,
    settled,
    table_text,
    whose,
)
from clonewatch.actions.suspension.rules import EsnChoice, Mode, Rules
from clonewatch.actions.suspension.switch import Switch
from clonewatch.cases.life import State
from clonewatch.evidence.findings import Side

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCUMENT: Final = Path(__file__).parents[4] / "docs" / "suspension.md"
NOW: Final = 10_000_000
OLD: Final = Counted(known_at=0, confidence=0.99, first_esn=1, second_esn=1)
RULES: Final = Rules(mode=Mode.AUTO, settle_ms=1000)
CLEAR: Final = Facts(now_ms=NOW, conflicts=(OLD, OLD))
OTHER_ESN: Final = replace(OLD, second_esn=2)


def test_with_every_guard_rail_clear_it_suspends() -> None:
    verdict = decide(CLEAR, RULES)
    assert (verdict.reason, verdict.esn) == (Reason.SUSPEND, 1)


ALONE: Final[Mapping[Reason, tuple[dict[str, Any], dict[str, Any]]]] = {
    Reason.NOT_OPEN: ({"state": State.DISMISSED}, {}),
    Reason.EXEMPT: ({"exempt_until": NOW + 1}, {}),
    Reason.RESTORED: ({"by_hand": True}, {}),
    Reason.HELD: ({"conflicts": (), "held": 3}, {}),
    Reason.TOO_FEW: ({"conflicts": (OLD,), "held": 3}, {}),
    Reason.TOO_UNSURE: ({}, {"confidence_min": 0.995}),
    Reason.SETTLING: ({}, {"settle_ms": NOW + 1}),
    Reason.ESN_UNCLEAR: ({"conflicts": (OTHER_ESN, OTHER_ESN)}, {}),
    Reason.PAUSED: ({"switch": Switch.PAUSED}, {}),
    Reason.TRIPPED: ({"switch": Switch.TRIPPED}, {}),
    Reason.HOUR_FULL: ({"sent_in_hour": 10}, {}),
    Reason.DAY_FULL: ({"sent_in_day": 50}, {}),
    Reason.BREAKER: ({"in_conflict": 41, "usual": 4.0}, {}),
    Reason.PROPOSED: ({}, {"mode": Mode.PROPOSE}),
    Reason.TEST: ({}, {"sends": False}),
}


@pytest.mark.parametrize("reason", ALONE)
def test_each_guard_rail_alone_is_enough(reason: Reason) -> None:
    facts, rules = ALONE[reason]
    verdict = decide(replace(CLEAR, **facts), replace(RULES, **rules))
    assert verdict.reason is reason
    assert verdict.words


def test_every_row_of_the_table_is_tried() -> None:
    assert {check.reason for check in CHECKS} == set(ALONE) == set(Reason) - {Reason.SUSPEND}


def test_the_documentation_has_the_table() -> None:
    assert f"<!-- decision -->\n{table_text()}\n<!-- end -->" in DOCUMENT.read_text()


COUNTED: Final = st.builds(
    Counted,
    known_at=st.integers(NOW - 5000, NOW + 5000),
    confidence=st.floats(0, 1),
    first_esn=st.integers(1, 2),
    second_esn=st.integers(1, 2),
    clone=st.sampled_from(Side),
)
FACTS: Final = st.builds(
    Facts,
    now_ms=st.just(NOW),
    state=st.sampled_from([State.OPEN, State.OPEN, *State]),
    exempt_until=st.sampled_from([0, 0, NOW, NOW + 1]),
    by_hand=st.sampled_from([False, False, True]),
    held=st.integers(0, 3),
    conflicts=st.lists(COUNTED, max_size=5).map(tuple),
    is_asked=st.booleans(),
    switch=st.sampled_from([Switch.ON, *Switch]),
    sent_in_hour=st.integers(0, 12),
    sent_in_day=st.integers(40, 60),
    in_conflict=st.integers(0, 100),
    usual=st.floats(0, 20),
)
ALL_RULES: Final = st.builds(
    Rules,
    mode=st.sampled_from([Mode.AUTO, Mode.PROPOSE]),
    sends=st.booleans(),
    settle_ms=st.integers(0, 6000),
    conflicts_min=st.integers(1, 3),
    confidence_min=st.floats(0, 1),
    esn=st.sampled_from(EsnChoice),
)

Drawn = TypeVar("Drawn", Facts, Rules)


def near(clear: Drawn, drawn: st.SearchStrategy[Drawn]) -> st.SearchStrategy[Drawn]:
    """What differs from *clear* in a few fields: of what is drawn whole hardly anything is clear."""
    names = st.sets(st.sampled_from([field.name for field in fields(clear)]), max_size=3)
    return st.builds(
        lambda other, few: replace(clear, **{name: getattr(other, name) for name in few}),
        drawn,
        names,
    )


NEAR: Final = (near(CLEAR, FACTS), near(RULES, ALL_RULES))


@settings(max_examples=1000)
@given(*NEAR)
def test_nobody_is_suspended_against_a_guard_rail(facts: Facts, rules: Rules) -> None:
    verdict = decide(facts, rules)
    if verdict.reason is not Reason.SUSPEND:
        return
    assert facts.state in {State.OPEN, State.CONFIRMED}
    assert facts.exempt_until <= NOW
    assert not facts.by_hand
    assert rules.sends
    assert rules.mode is Mode.AUTO
    enough = settled(facts, rules)
    assert len(enough) >= rules.conflicts_min
    assert max(each.confidence for each in enough) >= rules.confidence_min
    assert all(each.known_at + rules.settle_ms <= NOW for each in enough)
    assert verdict.esn in {esn for each in enough for esn in (each.first_esn, each.second_esn)}
    if not facts.is_asked:
        assert facts.switch is Switch.ON
        assert facts.sent_in_hour < rules.per_hour_max
        assert facts.sent_in_day < rules.per_day_max
        most = max(rules.breaker_factor * facts.usual, rules.breaker_subscribers)
        assert facts.in_conflict <= most


@given(*NEAR)
def test_what_settles_is_looked_at_when_it_has(facts: Facts, rules: Rules) -> None:
    verdict = decide(facts, rules)
    assert (verdict.look_at is not None) == (verdict.reason is Reason.SETTLING)
    if verdict.look_at is not None:
        assert verdict.look_at > NOW
        assert decide(replace(facts, now_ms=verdict.look_at), rules).reason is not Reason.SETTLING


@given(*NEAR)
def test_more_held_conflicts_never_help(facts: Facts, rules: Rules) -> None:
    more = decide(replace(facts, held=facts.held + 1), rules)
    assert (more.reason is Reason.SUSPEND) <= (decide(facts, rules).reason is Reason.SUSPEND)


def test_of_several_esns_the_clones_is_told() -> None:
    second = replace(OTHER_ESN, clone=Side.SECOND)
    assert whose([OLD, second], RULES) == 2
    assert whose([replace(OTHER_ESN, clone=Side.FIRST)], RULES) == 1
    assert whose([second, replace(OTHER_ESN, clone=Side.FIRST)], RULES) is None
    assert whose([OTHER_ESN], replace(RULES, esn=EsnChoice.SECOND)) == 2
    assert whose([], RULES) is None
