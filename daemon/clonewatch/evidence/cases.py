"""The conflicts of one MSID together: how sure, how grave, and where the clone is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .findings import Severity, Side, severity_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from clonewatch.detector import Conflict

    from .findings import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvidence:
    """What the conflicts of one MSID come to."""

    confidence: float
    severity: Severity
    clone_mscs: tuple[int, ...]  # by index, where the clone was more often than the subscriber
    clone_esns: tuple[int, ...]  # used by the clone only
    is_held: bool  # every conflict is held from suspending


def of_case(weighed: Iterable[tuple[Conflict, Evidence]]) -> CaseEvidence:
    """Put conflicts of one MSID together, in any order.

    The confidence is that of the surest conflict: each was weighed with those before it in mind.
    """
    confidence, is_held = 0.0, True
    mscs: Counter[int] = Counter()  # clone's registrations there, less the subscriber's
    clone_esns: set[int] = set()
    owner_esns: set[int] = set()
    for conflict, evidence in weighed:
        confidence = max(confidence, evidence.confidence)
        is_held &= bool(evidence.holds)
        for side, registration in ((Side.FIRST, conflict.first), (Side.SECOND, conflict.second)):
            if evidence.clone is Side.UNKNOWN:
                continue
            is_clone = evidence.clone is side
            mscs[registration.msc] += 1 if is_clone else -1
            (clone_esns if is_clone else owner_esns).add(registration.esn)
    return CaseEvidence(
        confidence=confidence,
        severity=severity_of(confidence),
        clone_mscs=tuple(sorted(msc for msc, count in mscs.items() if count > 0)),
        clone_esns=tuple(sorted(clone_esns - owner_esns)),
        is_held=is_held,
    )
