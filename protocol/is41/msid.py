"""The subscriber's key, MSID, as one number.

A MIN is the number its ten digits make; an IMSI is the number its digits make plus 10^16 times how
many they are. So the two never meet, and leading zeros survive.
"""

from __future__ import annotations

from typing import Final

MIN_DIGITS: Final = 10
IMSI_DIGITS_MAX: Final = 15  # ITU-T E.212
IMSI_LENGTH_FACTOR: Final = 10**16


def msid_of_min(digits: str) -> int:
    """Key of a MIN of ten digits. Raises ValueError."""
    if len(digits) != MIN_DIGITS or not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"a MIN has ten digits, not {digits!r}")
    return int(digits)


def msid_of_imsi(digits: str) -> int:
    """Key of an IMSI of at most fifteen digits. Raises ValueError."""
    if not (1 <= len(digits) <= IMSI_DIGITS_MAX and digits.isascii() and digits.isdigit()):
        raise ValueError(f"an IMSI has 1 to {IMSI_DIGITS_MAX} digits, not {digits!r}")
    return int(digits) + IMSI_LENGTH_FACTOR * len(digits)


def msid_digits(msid: int) -> str:
    """Digits of the MIN or IMSI whose key is *msid*."""
    length, number = divmod(msid, IMSI_LENGTH_FACTOR)
    return f"{number:0{length or MIN_DIGITS}d}"
