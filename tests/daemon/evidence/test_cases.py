"""The conflicts of one MSID together."""

from __future__ import annotations

from clonewatch.detector import Conflict
from clonewatch.evidence.cases import of_case
from clonewatch.evidence.findings import Evidence, Severity, Side, severity_of
from clonewatch.evidence.marks import Mark
from fig4 import HOUR, MSC_A, MSC_B, MSC_C, registration


def conflict(first: int, second: int, first_esn: int = 1, second_esn: int = 1) -> Conflict:
    return Conflict(
        msid=1,
        first=registration(0, first, esn=first_esn),
        second=registration(HOUR, second, esn=second_esn),
        elapsed_ms=HOUR,
        travel_time_ms=2 * HOUR,
        found_at=0,
    )


def evidence(confidence: float, clone: Side, *holds: Mark) -> Evidence:
    return Evidence(
        found=(),
        confidence=confidence,
        severity=severity_of(confidence),
        clone=clone,
        reasons=(),
        holds=holds,
        speed_kmh=None,
    )


def test_the_surest_conflict_says_how_sure_the_case_is() -> None:
    case = of_case(
        [
            (conflict(MSC_A, MSC_C), evidence(0.97, Side.UNKNOWN)),
            (conflict(MSC_C, MSC_A), evidence(0.3, Side.UNKNOWN, Mark.CAME_LATE)),
        ]
    )
    assert (case.confidence, case.severity) == (0.97, Severity.CRITICAL)
    assert not case.is_held
    assert case.clone_mscs == case.clone_esns == ()


def test_the_clone_is_where_it_was_judged_to_be_more_often() -> None:
    case = of_case(
        [
            (conflict(MSC_A, MSC_C, 1, 2), evidence(0.9, Side.SECOND)),
            (conflict(MSC_C, MSC_A, 2, 1), evidence(0.9, Side.FIRST)),
            (conflict(MSC_A, MSC_B, 1, 2), evidence(0.9, Side.SECOND)),
            (conflict(MSC_C, MSC_B, 1, 1), evidence(0.9, Side.SECOND)),
        ]
    )
    assert case.clone_mscs == (MSC_B, MSC_C)
    assert case.clone_esns == (2,)


def test_a_case_is_held_when_every_conflict_is() -> None:
    held = evidence(0.9, Side.UNKNOWN, Mark.CLOCK_RUNAWAY)
    assert of_case([(conflict(MSC_A, MSC_C), held)] * 2).is_held
    assert of_case([]).severity is Severity.WARNING
