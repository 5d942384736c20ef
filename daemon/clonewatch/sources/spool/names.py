"""Names of groups: of which format, of which time, and in which order they are taken."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final


class Form(StrEnum):
    """What a group's file holds."""

    CSV = "csv"
    PARQUET = "parquet"
    PCAP = "pcap"


# fmt: off
SUFFIXES: Final = {
    ".csv":       Form.CSV,
    ".csv.gz":    Form.CSV,
    ".parquet":   Form.PARQUET,
    ".pcap":      Form.PCAP,
    ".pcap.gz":   Form.PCAP,
    ".pcapng":    Form.PCAP,
    ".pcapng.gz": Form.PCAP,
}
# fmt: on
_UNFINISHED: Final = (".tmp", ".part")
# 20261122T1030Z, 2026-11-22_10-30-00, 202611221030: UTC.
_TIME: Final = re.compile(
    r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)[T_-]?([01]\d|2[0-3])[-:]?([0-5]\d)(?:[-:]?([0-5]\d))?(?!\d)",
    re.ASCII,
)


def is_unfinished(name: str) -> bool:
    """Whether whoever writes there has not renamed the file into its place yet."""
    return name.startswith(".") or name.lower().endswith(_UNFINISHED)


def form_of(name: str) -> Form | None:
    """What a file of this name holds; None if it is no group."""
    for suffix, form in SUFFIXES.items():
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return form
    return None


def start_of(name: str) -> int | None:
    """The time that a name tells, ms since 1970 UTC; None if it tells none."""
    match = _TIME.search(name)
    if match is None:
        return None
    try:
        moment = datetime(*(int(part or 0) for part in match.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
    except ValueError:  # a month 13, say
        return None
    return round(moment.timestamp() * 1000)
