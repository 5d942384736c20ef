"""ANSI signalling point codes (T1.111.4)."""

from __future__ import annotations

from typing import NamedTuple, Self


class PointCode(NamedTuple):
    """A signalling point, printed network-cluster-member."""

    network: int
    cluster: int
    member: int

    def __str__(self) -> str:
        return f"{self.network}-{self.cluster}-{self.member}"

    @classmethod
    def of(cls, text: str) -> Self:
        """Read network-cluster-member in decimal. Raises ValueError."""
        parts = text.split("-")
        numbers = [int(part) for part in parts if part.isascii() and part.isdigit()]
        if len(parts) != len(cls._fields) or len(numbers) != len(parts) or max(numbers) > 0xFF:
            raise ValueError(f"{text!r} is not network-cluster-member, each 0 to 255")
        return cls(*numbers)

    def __int__(self) -> int:
        return self.network << 16 | self.cluster << 8 | self.member
