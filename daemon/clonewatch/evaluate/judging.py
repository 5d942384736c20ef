"""How sure the evidence is of each case, and whether it finds out who is the clone."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.evidence.findings import Side
from clonewatch.evidence.history import History
from clonewatch.evidence.weigh import weigh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clonewatch.evidence.network import Network
    from clonewatch.registrations import Batch

    from .reported import Reported
    from .trial import Trial

HISTORY_MAX: Final = 20  # earlier conflicts that one is weighed with, as for cases
WEIGHED_MAX: Final = 8  # conflicts weighed of a case: the first ones
CASES_MAX: Final = 3_000  # of cloned subscribers; of others all


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One subscriber's conflicts, weighed."""

    kinds: frozenset[int]  # of the number's clones, places in CloneKind; none of an honest one
    confidences: tuple[float, ...]
    right: int  # conflicts of two phones whose clone was named rightly
    misjudged: int
    unknown: int

    @property
    def is_honest(self) -> bool:
        """Whether nobody has cloned the number."""
        return not self.kinds

    @property
    def confidence(self) -> float:
        """That of the surest conflict."""
        return max(self.confidences)

    @property
    def is_right(self) -> bool | None:
        """Whether most judgements were right; None where none was made, or as many wrong."""
        if self.right == self.misjudged:
            return None
        return self.right > self.misjudged


def cases(
    trial: Trial, reported: Reported, network: Network, rng: np.random.Generator
) -> Iterator[Case]:
    """Weigh every honest subscriber's case, and of the cloned ones' as many as allowed."""
    is_cloned = trial.is_cloned
    groups = [
        list(group)
        for _, group in groupby(range(len(reported)), key=lambda row: reported.conflicts[row].msid)
    ]
    owners = [int(trial.subscriber[trial.phone[reported.first[group[0]]]]) for group in groups]
    cloned = [at for at, owner in enumerate(owners) if is_cloned[owner]]
    if len(cloned) > CASES_MAX:
        cloned = rng.choice(cloned, CASES_MAX, replace=False).tolist()
    chosen = sorted({*cloned, *(at for at, owner in enumerate(owners) if not is_cloned[owner])})
    registrations = _registrations(trial, [reported.conflicts[groups[at][0]].msid for at in chosen])
    for at, known in zip(chosen, registrations, strict=True):
        yield _case(trial, reported, groups[at], known, network)


def _case(
    trial: Trial, reported: Reported, rows: list[int], known: Batch, network: Network
) -> Case:
    conflicts = [reported.conflicts[row] for row in rows[:WEIGHED_MAX]]
    confidences = []
    votes = {True: 0, False: 0, None: 0}
    for at, (row, conflict) in enumerate(zip(rows, conflicts, strict=False)):
        history = History(
            conflicts=tuple(conflicts[max(0, at - HISTORY_MAX) : at]),
            registrations=known[known.time <= conflict.second.time],
        )
        evidence = weigh(conflict, history, network)
        confidences.append(evidence.confidence)
        first, second = (int(trial.phone[side[row]]) for side in (reported.first, reported.second))
        if (first < trial.subscribers) == (second < trial.subscribers):
            continue  # of one phone, or of two clones: neither answer is right
        clone = Side.SECOND if first < trial.subscribers else Side.FIRST
        votes[None if evidence.clone is Side.UNKNOWN else evidence.clone is clone] += 1
    owner = trial.subscriber[trial.phone[reported.first[rows[0]]]]
    clones = trial.subscriber[trial.subscribers :] == owner
    return Case(
        kinds=frozenset(trial.kind[clones].tolist()),
        confidences=tuple(confidences),
        right=votes[True],
        misjudged=votes[False],
        unknown=votes[None],
    )


def _registrations(trial: Trial, msids: list[int]) -> Iterator[Batch]:
    """All registrations of each of *msids*, which are sorted."""
    batch = trial.batch
    wanted = np.array(msids, np.uint64)
    rows = np.flatnonzero(np.isin(batch.msid, wanted))
    rows = rows[np.argsort(batch.msid[rows], kind="stable")]
    starts = np.searchsorted(batch.msid[rows], wanted)
    ends = np.searchsorted(batch.msid[rows], wanted, side="right")
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        yield batch[rows[start:end]]
