"""One notice of an alarm."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from clonewatch.actions.alarms.notice import Notice
from clonewatch.evidence.findings import Severity
from notices import NOTICE


@pytest.mark.parametrize("severity", [*Severity, None])
@pytest.mark.parametrize("before", [*Severity, None])
def test_a_payload_is_the_notice(severity: Severity | None, before: Severity | None) -> None:
    notice = replace(NOTICE, severity=severity, before=before)
    assert Notice.of_payload(json.loads(json.dumps(notice.as_payload()))) == notice


@pytest.mark.parametrize(
    ("before", "severity", "trend"),
    [
        (None, Severity.WARNING, "moreSevere"),
        (Severity.MINOR, Severity.MAJOR, "moreSevere"),
        (Severity.MAJOR, Severity.MAJOR, "noChange"),
        (Severity.MAJOR, Severity.MINOR, "lessSevere"),
        (Severity.MAJOR, None, "lessSevere"),
    ],
)
def test_the_trend_compares_with_the_severity_before(
    before: Severity | None, severity: Severity | None, trend: str
) -> None:
    assert replace(NOTICE, severity=severity, before=before).trend == trend


def test_a_record_has_x733s_words() -> None:
    assert NOTICE.as_record() == {
        "notification": 7,
        "change": "raised",
        "alarm": "case-1",
        "kind": "clone",
        "event_type": "securityServiceOrMechanismViolation",
        "probable_cause": "unauthorizedAccessAttempt",
        "object": "subscriber 6145551234",
        "severity": "major",
        "trend": "moreSevere",
        "text": "case 1, open",
        "raised_at": "2026-11-22T10:00:00.000Z",
        "at": "2026-11-22T10:00:00.000Z",
        "count": 1,
        "case": 1,
        "details": {"msid": "6145551234", "mscs": ["MSC A", "MSC C"]},
    }
    assert replace(NOTICE, severity=None).as_record()["severity"] == "cleared"
