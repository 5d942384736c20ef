"""Codes that carry the name the standard prints."""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class Named(IntEnum):
    """A table of codes whose rows are ``MEMBER = code, "StandardName"``."""

    standard_name: str

    def __new__(cls, code: int, standard_name: str = "") -> Self:
        """Make a member; the name defaults so that looking one up by code type-checks."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.standard_name = standard_name
        return member
