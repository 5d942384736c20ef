"""Whether to suspend, as one table. `docs/suspension.md` shows it to operators; a test compares.

The first row that applies is the answer; if none does, the MSID is to be suspended.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from clonewatch.cases.life import State
from clonewatch.evidence.findings import Side
from clonewatch.registrations import time_text

from .rules import EsnChoice, Mode
from .switch import Switch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .rules import Rules


class Reason(StrEnum):
    """What was decided."""

    NOT_OPEN = "not open"
    EXEMPT = "exempt"
    RESTORED = "restored by hand"
    HELD = "held"
    TOO_FEW = "too few"
    TOO_UNSURE = "too unsure"
    SETTLING = "settling"
    ESN_UNCLEAR = "ESN unclear"
    PAUSED = "paused"
    TRIPPED = "tripped"
    HOUR_FULL = "hour full"
    DAY_FULL = "day full"
    BREAKER = "breaker"
    PROPOSED = "proposed"
    TEST = "test"
    SUSPEND = "suspend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A conflict that counts: not superseded, suspect, held, or before a restoration."""

    known_at: int  # ms since 1970: the later of its second registration and its storing
    confidence: float
    first_esn: int
    second_esn: int
    clone: Side = Side.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a decision rests on."""

    now_ms: int
    state: State = State.OPEN
    exempt_until: int = 0  # ms since 1970
    by_hand: bool = False  # an operator restored it
    held: int = 0  # conflicts that are never to suspend
    conflicts: Sequence[Counted] = ()  # in order of their second registrations
    is_asked: bool = False  # it is on its way already, and counts in what follows
    switch: Switch = Switch.ON
    sent_in_hour: int = 0  # by itself
    sent_in_day: int = 0
    in_conflict: int = 0  # subscribers, within the last hour
    usual: float = 0.0  # of them in an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was decided, why in words, and when it is to be looked at again."""

    reason: Reason
    words: str = ""
    look_at: int | None = None  # ms since 1970; None: when the case changes
    esn: int | None = None  # whom to suspend, or to propose


class Check(NamedTuple):
    """A row of the table; *why* gives words if it applies."""

    reason: Reason
    why: Callable[[Facts, Rules], str | None]
    meaning: str
    again: str  # when it is decided again, unless by the case's next change


def decide(facts: Facts, rules: Rules) -> Verdict:
    """Decide. With `Reason.SUSPEND` the MSID is to be suspended now."""
    esn = whose(settled(facts, rules), rules)
    for check in CHECKS:
        words = check.why(facts, rules)
        if words is None:
            continue
        again = check.reason is Reason.SETTLING
        return Verdict(
            reason=check.reason,
            words=words,
            look_at=_settled_at(facts, rules) if again else None,
            esn=esn if check.reason in {Reason.PROPOSED, Reason.TEST} else None,
        )
    return Verdict(reason=Reason.SUSPEND, words="every guard rail is clear", esn=esn)


def settled(facts: Facts, rules: Rules) -> list[Counted]:
    """The conflicts that nothing on its way can take back any more."""
    return [each for each in facts.conflicts if each.known_at + rules.settle_ms <= facts.now_ms]


def whose(conflicts: Sequence[Counted], rules: Rules) -> int | None:
    """The ESN to tell: the clone's where there are several. None if that is not clear."""
    esns = {esn for each in conflicts for esn in (each.first_esn, each.second_esn)}
    if len(esns) == 1:
        return esns.pop()
    clones, owners = set(), set()
    for each in conflicts:
        if each.clone is not Side.UNKNOWN:
            pair = (each.first_esn, each.second_esn)
            clone, owner = pair if each.clone is Side.FIRST else pair[::-1]
            clones.add(clone)
            owners.add(owner)
    if len(clones - owners) == 1:
        return (clones - owners).pop()
    if rules.esn is EsnChoice.SECOND and conflicts:
        return conflicts[-1].second_esn
    return None


def _is_enough(conflicts: Sequence[Counted], rules: Rules) -> bool:
    return (
        len(conflicts) >= rules.conflicts_min
        and max((each.confidence for each in conflicts), default=0.0) >= rules.confidence_min
    )


def _settled_at(facts: Facts, rules: Rules) -> int:
    """When enough of the conflicts will have settled."""
    so_far: list[Counted] = []
    for each in sorted(facts.conflicts, key=lambda conflict: conflict.known_at):
        so_far.append(each)
        if _is_enough(so_far, rules):
            break
    return so_far[-1].known_at + rules.settle_ms


def _not_open(facts: Facts, _: Rules) -> str | None:
    is_open = facts.state in {State.OPEN, State.CONFIRMED}
    return None if is_open else f"the case is {facts.state}"


def _exempt(facts: Facts, _: Rules) -> str | None:
    until = facts.exempt_until
    return f"exempt until {time_text(until)}" if facts.now_ms < until else None


def _by_hand(facts: Facts, _: Rules) -> str | None:
    return "an operator restored it: another suspension is an operator's" if facts.by_hand else None


def _held(facts: Facts, _: Rules) -> str | None:
    if facts.conflicts or not facts.held:
        return None
    return f"all {facts.held} conflicts are held by uncertain times or clocks, or came too late"


def _too_few(facts: Facts, rules: Rules) -> str | None:
    count = len(facts.conflicts)
    if count >= rules.conflicts_min:
        return None
    held = f", and {facts.held} held" if facts.held else ""
    return f"{count} of {rules.conflicts_min} conflicts{held}"


def _too_unsure(facts: Facts, rules: Rules) -> str | None:
    surest = max((each.confidence for each in facts.conflicts), default=0.0)
    if surest >= rules.confidence_min:
        return None
    return f"confidence {surest:.3f} of {rules.confidence_min:g}"


def _settling(facts: Facts, rules: Rules) -> str | None:
    if _is_enough(settled(facts, rules), rules):
        return None
    at = time_text(_settled_at(facts, rules))
    return f"until {at} something may come that acquits the subscriber"


def _esn_unclear(facts: Facts, rules: Rules) -> str | None:
    if whose(settled(facts, rules), rules) is not None:
        return None
    return "several ESNs, and none judged to be the clone's: say which with `cases suspend --esn`"


def _paused(facts: Facts, _: Rules) -> str | None:
    held = facts.switch is Switch.PAUSED and not facts.is_asked
    return "suspension is paused" if held else None


def _tripped(facts: Facts, rules: Rules) -> str | None:
    held = facts.switch is Switch.TRIPPED and rules.mode is Mode.AUTO and not facts.is_asked
    return "the breaker stopped suspension by itself" if held else None


def _hour_full(facts: Facts, rules: Rules) -> str | None:
    return _full(facts, rules, facts.sent_in_hour, rules.per_hour_max, "hour")


def _day_full(facts: Facts, rules: Rules) -> str | None:
    return _full(facts, rules, facts.sent_in_day, rules.per_day_max, "day")


def _full(facts: Facts, rules: Rules, sent: int, most: int, what: str) -> str | None:
    if rules.mode is not Mode.AUTO or facts.is_asked or sent < most:
        return None
    return f"{sent} suspensions within the last {what}, and {most} are allowed"


def _breaker(facts: Facts, rules: Rules) -> str | None:
    most = max(rules.breaker_factor * facts.usual, rules.breaker_subscribers)
    if rules.mode is not Mode.AUTO or facts.is_asked or facts.in_conflict <= most:
        return None
    return (
        f"{facts.in_conflict} subscribers came into conflict within an hour; {facts.usual:.1f} are "
        f"usual, and beyond {most:g} something else than clones is the matter"
    )


def _proposed(_: Facts, rules: Rules) -> str | None:
    return "say yes with `cases suspend`" if rules.mode is Mode.PROPOSE else None


def _test(_: Facts, rules: Rules) -> str | None:
    return None if rules.sends else "in mode active it would be suspended"


_NEVER: Final = ""
# fmt: off
CHECKS: Final = (
    Check(Reason.NOT_OPEN,    _not_open,    "the case is neither open nor confirmed", _NEVER),
    Check(Reason.EXEMPT,      _exempt,      "the MSID is on the list `exempt`, and its day is not over", _NEVER),
    Check(Reason.RESTORED,    _by_hand,     "an operator restored this case before", _NEVER),
    Check(Reason.HELD,        _held,        "every conflict has a registration flagged as uncertain in time, with a suspect clock, or late; or evidence that holds", _NEVER),
    Check(Reason.TOO_FEW,     _too_few,     "fewer conflicts than `conflicts_min`; those held, superseded, on suspect travel times, or up to the last restoration do not count", _NEVER),
    Check(Reason.TOO_UNSURE,  _too_unsure,  "the surest of them is below `confidence_min`", _NEVER),
    Check(Reason.SETTLING,    _settling,    "enough of them have not been known for `window.settle_minutes`", "when they have"),
    Check(Reason.ESN_UNCLEAR, _esn_unclear, "several ESNs, none judged to be the clone's, and `esn` is `clone`", _NEVER),
    Check(Reason.PAUSED,      _paused,      "`suspension pause`", _NEVER),
    Check(Reason.TRIPPED,     _tripped,     "the breaker has tripped, and nobody has said `suspension resume`", _NEVER),
    Check(Reason.HOUR_FULL,   _hour_full,   "`per_hour_max` suspensions within the last hour", _NEVER),
    Check(Reason.DAY_FULL,    _day_full,    "`per_day_max` within the last day", _NEVER),
    Check(Reason.BREAKER,     _breaker,     "more subscribers came into conflict within an hour than `breaker_subscribers`, and than `breaker_factor` times the usual: the breaker trips", _NEVER),
    Check(Reason.TEST,        _test,        "the mode is `test`: what would have been done is written down", _NEVER),
    Check(Reason.PROPOSED,    _proposed,    "`mode` is `propose`: an operator says yes", _NEVER),
)
# fmt: on


def table_text() -> str:
    """The table as Markdown, for the documentation."""
    lines = ["| decision | when | decided again |", "| --- | --- | --- |"]
    lines += [
        f"| {check.reason} | {check.meaning} | {check.again or 'when the case changes'} |"
        for check in CHECKS
    ]
    lines.append(f"| **{Reason.SUSPEND}** | none of these |  |")
    return "\n".join(lines)
