"""How much of the record file is kept, in hours and in octets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .groups import GROUP_MS, groups_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .groups import Group

HOUR_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """What to keep; None is without bound."""

    hours: float | None = None  # since the receipt of a group's last
    octets_max: int | None = None  # of all groups together

    def keeps(self, age_ms: int, octets: int) -> bool:
        """Whether the oldest group stays, of that age, where all have so many octets."""
        is_old = self.hours is not None and age_ms > self.hours * HOUR_MS
        return not is_old and (self.octets_max is None or octets <= self.octets_max)


def expired(
    groups: Sequence[tuple[Group, int]], received_ms: int, retention: Retention
) -> list[Group]:
    """Which of *groups* (in order of arrival, each with its octets) are to go, oldest first.

    The newest stays whatever it is: its name tells what number comes next.
    """
    octets = sum(octets for _, octets in groups)
    gone = []
    for group, its_octets in groups[:-1]:
        age_ms = received_ms - group.start_ms - GROUP_MS
        if retention.keeps(age_ms, octets):
            break
        if not group.is_sealed:
            break  # its rows are wanted yet
        octets -= its_octets
        gone.append(group)
    return gone


def remove_expired(directory: Path, received_ms: int, retention: Retention) -> list[Path]:
    """Remove what is not to be kept; what was removed. Raises OSError."""
    groups = [(group, group.octets) for group in groups_in(directory)]
    gone = expired(groups, received_ms, retention)
    for group in gone:
        group.messages_sealed_path.unlink(missing_ok=True)
        group.sealed_path.unlink()  # last: without it nobody would find the other
    return [group.sealed_path for group in gone]
