"""MSIDs as people write them."""

from __future__ import annotations

from is41.msid import IMSI_DIGITS_MAX, MIN_DIGITS, msid_of_imsi, msid_of_min


def parse_msid(text: str) -> int:
    """Key of a MIN, or of an IMSI, in digits. Raises ValueError."""
    if text.isascii() and text.isdigit():
        if len(text) == MIN_DIGITS:
            return msid_of_min(text)
        if MIN_DIGITS < len(text) <= IMSI_DIGITS_MAX:
            return msid_of_imsi(text)
    raise ValueError("give the ten digits of a MIN, or the 11 to 15 of an IMSI")
