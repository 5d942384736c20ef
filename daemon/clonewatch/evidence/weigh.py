"""Weighing one conflict: which marks it bears, and what they come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from clonewatch.registrations import UNTRUSTED, Flags, mscid_text

from .findings import Evidence, Found, Side, confidence_of, severity_of
from .history import NOTHING_KNOWN
from .judgement import judged, owner_marks
from .marks import PRIOR, Mark
from .network import NOTHING_OF_IT
from .phones import TELLS_MIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clonewatch.detector import Conflict

    from .history import History
    from .network import Network

FAR_SHARE: Final = 0.5  # of the travel time
BARELY_SHARE: Final = 0.9
REPEATED_APART_MS: Final = 3_600_000  # one mishap may make several conflicts within an hour
MANY_CONFLICTS: Final = 4
MANY_MSCS: Final = 4
MINUTE_MS: Final = 60_000
HOLDS: Final = frozenset({Mark.CLOCK_RUNAWAY, Mark.TIME_UNCERTAIN, Mark.CAME_LATE})


def weigh(
    conflict: Conflict, history: History = NOTHING_KNOWN, network: Network = NOTHING_OF_IT
) -> Evidence:
    """Everything that speaks for or against *conflict* being a clone, and whose the clone is."""
    found = (
        *_impossibility(conflict),
        *_phones(conflict, history),
        *_repetition(conflict, history),
        *_doubts(conflict, network),
        *owner_marks(conflict, history, network),
    )
    clone, reasons = judged(found)
    confidence = confidence_of(PRIOR + sum(each.is_clone for each in found))
    return Evidence(
        found=found,
        confidence=confidence,
        severity=severity_of(confidence),
        clone=clone,
        reasons=reasons,
        holds=tuple(each.mark for each in found if each.mark in HOLDS),
        speed_kmh=network.speed_kmh(conflict),
    )


def _impossibility(conflict: Conflict) -> Iterator[Found]:
    """How impossible it is."""
    # A table that was changed since may forbid it no more.
    share = conflict.elapsed_ms / max(1, conflict.travel_time_ms)
    words = (
        f"{conflict.elapsed_ms / MINUTE_MS:.1f} min of the "
        f"{round(conflict.travel_time_ms / MINUTE_MS, 2):g} min that it takes"
    )
    if share < FAR_SHARE:
        yield Found(mark=Mark.FAR_TOO_SOON, words=words)
    elif share < BARELY_SHARE:
        yield Found(mark=Mark.TOO_SOON, words=words)
    else:
        yield Found(mark=Mark.BARELY_TOO_SOON, words=words)


def _phones(conflict: Conflict, history: History) -> Iterator[Found]:
    """Whether they are two phones by themselves."""
    first, second = conflict.first, conflict.second
    if first.esn != second.esn:
        yield Found(mark=Mark.ESN_DIFFERS, words=f"ESN {first.esn:08X} and {second.esn:08X}")
        if (first.flags ^ second.flags) & Flags.PSEUDO_ESN:
            yield Found(mark=Mark.PSEUDO_ESN, words="one of the two ESNs is a pseudo-ESN")
    one, other = history.look(first), history.look(second)
    if one is None or other is None:
        return
    both_tell = min(one.terminal_type, other.terminal_type) >= TELLS_MIN
    if both_tell and one.terminal_type != other.terminal_type:
        yield Found(
            mark=Mark.TERMINAL_TYPE_DIFFERS,
            words=f"TerminalType {one.terminal_type} and {other.terminal_type}",
        )
    for name, a, b in (
        ("SystemCapabilities", one.system_capabilities, other.system_capabilities),
        ("TransactionCapability", one.transaction_capability, other.transaction_capability),
    ):
        if a and b and a != b:
            yield Found(mark=Mark.CAPABILITIES_DIFFER, words=f"{name} {a:02X} and {b:02X}")
            return


def _repetition(conflict: Conflict, history: History) -> Iterator[Found]:
    """What earlier conflicts of the MSID add."""
    earlier = history.conflicts
    if not earlier:
        return
    if conflict.second.time - earlier[0].second.time > REPEATED_APART_MS:
        yield Found(mark=Mark.CONFLICTS_REPEATED, words=f"{len(earlier)} conflicts before this")
    if len(earlier) >= MANY_CONFLICTS:
        yield Found(mark=Mark.CONFLICTS_MANY, words=f"{len(earlier)} conflicts before this")
    mscs = {r.msc for each in (*earlier, conflict) for r in (each.first, each.second)}
    if len(mscs) >= MANY_MSCS:
        yield Found(mark=Mark.MSCS_MANY, words=f"conflicts at {len(mscs)} MSCs")
    if _is_ping_pong((*earlier[-2:], conflict)):
        yield Found(
            mark=Mark.PING_PONG,
            words="to and fro between "
            f"{mscid_text(conflict.first.mscid)} and {mscid_text(conflict.second.mscid)}",
        )


def _is_ping_pong(conflicts: tuple[Conflict, ...]) -> bool:
    """Whether three conflicts are A B, B A, A B.

    One registration with a wrong time or place makes two of them, never three.
    """
    ways = [(each.first.msc, each.second.msc) for each in conflicts]
    return len(ways) == 3 and ways[0] == ways[2] == ways[1][::-1]


def _doubts(conflict: Conflict, network: Network) -> Iterator[Found]:
    """What an honest cause may be."""
    first, second, clocks = conflict.first, conflict.second, network.clocks
    sides = ((Side.FIRST, first), (Side.SECOND, second))
    for side, registration in sides:
        if registration.flags & Flags.BORDER_CELL_ACCESS:
            yield Found(mark=Mark.BORDER_CELL, side=side, words="heard by a border cell")
    ahead_ms = clocks.ahead_ms(second) - clocks.ahead_ms(first)
    by_true_time_ms = conflict.elapsed_ms - ahead_ms
    if ahead_ms and not -conflict.travel_time_ms < by_true_time_ms < conflict.travel_time_ms:
        yield Found(
            mark=Mark.CLOCK_EXPLAINS,
            words=f"by true time {by_true_time_ms / MINUTE_MS:.1f} min passed",
        )
    for side, registration in sides:
        if clocks.is_runaway(registration):
            yield Found(
                mark=Mark.CLOCK_RUNAWAY,
                side=side,
                words=f"its clock is {clocks.ahead_ms(registration) / 1000:+.0f} s off",
            )
    for side, registration in sides:
        if flags := registration.flags & UNTRUSTED:
            yield Found(mark=Mark.TIME_UNCERTAIN, side=side, words=f"flagged {flags.name}")
        if registration.flags & Flags.LATE:
            yield Found(mark=Mark.CAME_LATE, side=side, words="came later than the lateness")
