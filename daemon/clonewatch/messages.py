"""The messages that registrations stood in: their octets, by row of a batch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final

from is41.layers import Layer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LENGTH_MAX: Final = 0xFFFF  # octets of a message that is kept: ours; an LUDT has at most 3,952


class Held(Enum):
    """What becomes of messages once their registrations are read."""

    NOT = "not"  # nobody asks for them
    LENT = "lent"  # they lie where they were read, until the next batch is asked for
    OWNED = "owned"  # they are the batch's own


@dataclass(frozen=True, slots=True)
class Message:
    """One message, from *layer* on."""

    layer: Layer
    octets: bytes

    @property
    def layer_name(self) -> str:
        """The layer as people and files have it."""
        return self.layer.name.lower()

    def as_record(self) -> dict[str, str]:
        """As JSON has it; `decode --hex OCTETS --as LAYER` takes it."""
        return {"layer": self.layer_name, "octets": self.octets.hex()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """Messages in *octets*, and in which of them each row of a batch stood."""

    octets: NDArray[np.uint8]
    start: NDArray[np.int64]  # of each message
    end: NDArray[np.int64]
    layer: NDArray[np.uint8]
    which: NDArray[np.int64]  # of each row: its message; one may hold several REGNOTs

    def __len__(self) -> int:
        """Give the count of rows."""
        return len(self.which)

    def __getitem__(self, rows: slice | NDArray[np.intp] | NDArray[np.bool_]) -> Messages:
        """Those of some rows; the octets are the same."""
        return replace(self, which=self.which[rows])

    def of(self, row: int) -> Message:
        """The message of a row."""
        at = self.which[row]
        octets = self.octets[self.start[at] : self.end[at]].tobytes()
        return Message(Layer(self.layer[at]), octets)
