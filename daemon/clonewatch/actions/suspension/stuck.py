"""What cannot be done for one case, by a fault of ours: it is left, and holds up no other.

It is known in memory, for whatever is at fault need not let it be written: a start tries again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    from clonewatch.store.apart import Fault

AGAIN_MS: Final = 60_000  # ours
NAMED_MAX: Final = 3  # ours: faults that `problems` names


class Task(StrEnum):
    """What is done for each case, or item of the outbox, by itself; the end of a sentence."""

    FOLLOW = "be brought under other rules"
    DECIDE = "be decided"
    RESTORE = "be put back, though its time is over"
    EXPIRE = "be given up, though its time is over"
    ALARM = "be told of by an alarm"


# Who is out of service must come back: so it does not take a start to try again.
_TRIED_AGAIN: Final = frozenset({Task.RESTORE, Task.EXPIRE, Task.ALARM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something to do since *at* (ms since 1970); another time tells that its case has changed."""

    task: Task
    id: int  # of the case, or of the item; 0: of neither
    case_id: int | None = None
    at: int = 0


Results = dict[Due, "Fault | None"]  # what was tried; None: it is done
Left = Mapping[Task, Mapping[int, int]]  # by `Due.id`, when what is left was due
NOTHING_LEFT: Final[Left] = {task: {} for task in Task}


@dataclass(frozen=True, slots=True)
class Stuck:
    """What could not be done, and why."""

    due: Due
    fault: Fault

    def __str__(self) -> str:
        whose = f"case {self.due.case_id}" if self.due.case_id is not None else "what waits"
        return f"{whose} cannot {self.due.task}, by a fault of ours: {self.fault.reason}"


class Pile:
    """What is stuck since the start."""

    def __init__(self) -> None:
        self._stuck: dict[tuple[Task, int], tuple[Stuck, int]] = {}  # and when it was tried

    def left(self, now_ms: int) -> Left:
        """What not to try now."""
        left: dict[Task, dict[int, int]] = {task: {} for task in Task}
        for (task, its_id), (stuck, tried_at) in self._stuck.items():
            if task not in _TRIED_AGAIN or now_ms < tried_at + AGAIN_MS:
                left[task][its_id] = stuck.due.at
        return left

    def take(self, results: Results, now_ms: int) -> list[Stuck]:
        """Remember what became of what was tried; what of it is stuck, and was not before."""
        news = []
        for due, fault in results.items():
            before = self._stuck.pop((due.task, due.id), None)
            if fault is None:
                continue
            stuck = Stuck(due, fault)
            self._stuck[due.task, due.id] = stuck, now_ms
            if before is None or before[0].fault.reason != fault.reason:
                news.append(stuck)
        return news

    def forget_decided(self, left: Left, undecided: Collection[int]) -> None:
        """Forget those *left* that are not *undecided* any more: people took them in hand."""
        for case_id in left[Task.DECIDE]:
            if case_id not in undecided:
                self._stuck.pop((Task.DECIDE, case_id), None)

    def problems(self) -> list[str]:
        """What is stuck, in words."""
        words = [str(stuck) for stuck, _ in self._stuck.values()]
        more = len(words) - NAMED_MAX
        return words[:NAMED_MAX] + ([f"and {more} more cases like these"] if more > 0 else [])
