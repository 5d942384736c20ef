"""Points become a confidence, and that a severity."""

from __future__ import annotations

import json

import pytest

from clonewatch.evidence.findings import (
    Evidence,
    Found,
    Severity,
    Side,
    confidence_of,
    severity_of,
)
from clonewatch.evidence.marks import Mark


def test_ten_points_are_ten_to_one() -> None:
    assert confidence_of(0) == 0.5
    assert confidence_of(10) == pytest.approx(10 / 11)
    assert confidence_of(-10) == pytest.approx(1 / 11)


@pytest.mark.parametrize(
    ("confidence", "severity"),
    [(0.0, "warning"), (0.49, "warning"), (0.5, "minor"), (0.8, "major"), (1.0, "critical")],
)
def test_severity_grows_with_confidence(confidence: float, severity: str) -> None:
    assert severity_of(confidence) == severity


def test_severities_have_an_order() -> None:
    assert sorted(Severity, key=lambda each: each.rank) == list(Severity)
    assert Severity.CRITICAL.rank > Severity.WARNING.rank


@pytest.mark.parametrize(("speed", "told"), [(1234.6, 1235), (float("inf"), None), (None, None)])
def test_evidence_as_json(speed: float | None, told: int | None) -> None:
    evidence = Evidence(
        found=(Found(mark=Mark.AT_HOME, side=Side.FIRST, words="at home"),),
        confidence=0.98765,
        severity=Severity.CRITICAL,
        clone=Side.SECOND,
        reasons=("first: at home",),
        holds=(Mark.CAME_LATE,),
        speed_kmh=speed,
    )
    assert json.loads(json.dumps(evidence.as_record())) == {
        "confidence": 0.988,
        "severity": "critical",
        "clone": "second",
        "reasons": ["first: at home"],
        "holds": ["came_late"],
        "speed_kmh": told,
        "found": [
            {
                "mark": "at_home",
                "side": "first",
                "clone_points": 0,
                "owner_points": 5,
                "words": "at home",
            }
        ],
    }
