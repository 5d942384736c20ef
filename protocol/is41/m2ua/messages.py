"""M2UA messages (RFC 3331 §3)."""

from __future__ import annotations

from typing import ClassVar, Final

from is41.adaptation.messages import Layer
from is41.adaptation.messages import Message as CommonMessage
from is41.errors import DecodeError

from .codes import TYPES, Maup, MessageClass, ParameterTag

WHAT: Final = "m2ua"
CLAUSE: Final = "RFC 3331 §3.1"

# Messages that carry an MSU: from the sender, or back from the buffers of a link that failed.
CARRIERS: Final = frozenset(
    {
        (MessageClass.MAUP, Maup.DATA),
        (MessageClass.MAUP, Maup.DATA_RETRIEVAL_INDICATION),
        (MessageClass.MAUP, Maup.DATA_RETRIEVAL_COMPLETE_INDICATION),
    }
)


class Message(CommonMessage):
    """One M2UA message."""

    __slots__ = ()
    LAYER: ClassVar[Layer] = Layer(WHAT, CLAUSE, TYPES, ParameterTag)

    def msu(self) -> bytes | None:
        """Give the MSU that DATA carries, from its SIO; None of other messages.

        Protocol data 2 (Japan's TTC) has a length indicator before the SIO. Raises DecodeError
        where DATA has neither kind.
        """
        if self.kind not in CARRIERS:
            return None
        msu = self.value(ParameterTag.PROTOCOL_DATA_1)
        if msu is None:
            with_length = self.value(ParameterTag.PROTOCOL_DATA_2)
            msu = None if with_length is None else with_length[1:]
        if msu is None and self.message_type == Maup.DATA:
            raise DecodeError("DATA without it", what=WHAT, field="protocol_data", clause=CLAUSE)
        return msu
