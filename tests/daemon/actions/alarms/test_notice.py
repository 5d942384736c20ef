"""One notice of an alarm."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

import pytest

from clonewatch.actions.alarms.kinds import Kind
from clonewatch.actions.alarms.notice import Change, Notice
from clonewatch.evidence.findings import Severity
from stores import TEN

NOTICE: Final = Notice(
    number=7,
    change=Change.RAISED,
    key="case-1",
    kind=Kind.CLONE,
    object="subscriber 6145551234",
    severity=Severity.MAJOR,
    before=None,
    text="case 1, open",
    details={"msid": "6145551234"},
    raised_at=TEN,
    at=TEN,
    count=1,
    case_id=1,
)


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
        "details": {"msid": "6145551234"},
    }
    assert replace(NOTICE, severity=None).as_record()["severity"] == "cleared"
