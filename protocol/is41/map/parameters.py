"""The parameters of a component as they stand on the wire (TIA-41.5 §6.5.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, Self

from is41.ber import elements, write_element
from is41.errors import DecodeError

from .tags import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from is41.tcap.messages import Component

WHAT: Final = "parameters"


class Parameter(NamedTuple):
    """One parameter: its tag and the octets of its contents."""

    tag: int
    octets: bytes

    @property
    def name(self) -> str:
        """The standard's name, or the tag's octets in hex."""
        return name_of(self.tag)


class Span(NamedTuple):
    """Where a parameter lies: from its tag on, its contents (``[start:end]``), the octet after."""

    parameter: Parameter
    at: int
    start: int
    end: int
    after: int


class Parameters(tuple[Parameter, ...]):
    """Parameters in the order of the wire; repeats and unknown tags are kept."""

    __slots__ = ()

    @classmethod
    def decode(cls, octets: bytes) -> Self:
        """Read the contents of a parameter set or sequence. Raises DecodeError.

        A parameter that goes on past the octets given is Truncated: whether these are all there
        are, or only what has come of them, is not to be seen here.
        """
        try:
            return cls(Parameter(tag, octets[start:end]) for tag, start, end, _ in elements(octets))
        except DecodeError as error:
            error.what = WHAT
            raise

    def encode(self) -> bytes:
        """Write the contents of a parameter set. Raises EncodeError."""
        return b"".join(write_element(tag, octets) for tag, octets in self)

    def first(self, tag: int) -> bytes | None:
        """The contents of the first parameter of this tag."""
        for parameter in self:
            if parameter.tag == tag:
                return parameter.octets
        return None

    def all(self, tag: int) -> tuple[bytes, ...]:
        """The contents of every parameter of this tag."""
        return tuple(parameter.octets for parameter in self if parameter.tag == tag)


def spans(octets: bytes) -> Iterator[Span]:
    """Read parameters as `Parameters.decode` does, and say where each one lies.

    Raises DecodeError.
    """
    at = 0
    try:
        for tag, start, end, after in elements(octets):
            yield Span(Parameter(tag, octets[start:end]), at, start, end, after)
            at = after
    except DecodeError as error:
        error.what = WHAT
        raise


def parameters_of(component: Component) -> Parameters:
    """Read the parameters of any component, none where it has none. Raises DecodeError."""
    return Parameters.decode(component.parameters.octets) if component.parameters else Parameters()
