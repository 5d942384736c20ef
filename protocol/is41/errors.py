"""What may go wrong, and whose fault it is.

Is41Error
  DecodeError      octets from a peer do not follow the standard
    Truncated      they stop too soon: more octets could mend it (streams)
    Unsupported    they may well be right, but this library does not read their kind
  EncodeError      our own caller asked for something the standard forbids
"""

from __future__ import annotations

from typing import Self


class Is41Error(Exception):
    """Base of every error this library raises."""


class DecodeError(Is41Error):
    """Octets that break a rule of *clause*.

    *what* is the thing being read (``"tcap"``, ``"min"``), *field* the place within it, *offset*
    the octets before the fault, counted from the first octet given to the outermost decoder.
    """

    kind = "malformed"

    def __init__(self, reason: str, *, what: str, field: str, clause: str, offset: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.what = what
        self.field = field
        self.clause = clause
        self.offset = offset

    def __str__(self) -> str:
        return f"{self.what} {self.field}, octet {self.offset}: {self.reason} ({self.clause})"

    @property
    def counted_as(self) -> str:
        """The name under which refusals of this kind are counted: ``min_malformed``."""
        return f"{self.what}_{self.kind}"

    def moved(self, octets: int) -> Self:
        """Say the same of a field that lies *octets* further in."""
        self.offset += octets
        return self


class Truncated(DecodeError):
    """The octets stop inside a field."""

    kind = "truncated"


class Unsupported(DecodeError):
    """Octets of another protocol, or of a part of ours that this library leaves out."""

    kind = "unsupported"


class EncodeError(Is41Error):
    """A message of ours that cannot be written as the standard asks."""
