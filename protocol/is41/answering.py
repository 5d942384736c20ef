"""The octets of an answer, at the layer its question came on, and of a question of our own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from .errors import EncodeError
from .layers import Layer
from .mtp.msu import Msu
from .sccp.codes import MessageType
from .sccp.messages import Unitdata

if TYPE_CHECKING:
    from .mtp.pointcode import PointCode
    from .reading import Reading
    from .sccp.addresses import Address
    from .tcap.messages import Abort, Package

HOPS: Final = 15  # of an XUDT or LUDT of ours: ours
RETURN_ON_ERROR: Final = 8  # T1.112.3, message handling


def answer(reading: Reading, package: Package | Abort, *, local: Address | None = None) -> bytes:
    """Octets that go back whence *reading* came: point codes and SCCP addresses exchanged.

    *local* stands as calling address in place of the one that was called, which may be a global
    title that others own too. Raises EncodeError where there is nobody to answer.
    """
    octets = package.encode()
    if reading.sccp is not None:
        if not isinstance(reading.sccp, Unitdata):
            raise EncodeError("a message that came back is not answered")
        octets = _unitdata(reading.sccp, octets, local).encode()
    elif reading.tcap is None:
        raise EncodeError("what holds no TCAP is not answered")
    if reading.msu is None:
        return octets
    msu = reading.msu
    return replace(msu, dpc=msu.opc, opc=msu.dpc, payload=octets).encode()


def _unitdata(question: Unitdata, data: bytes, local: Address | None) -> Unitdata:
    """The question's message type again, without its options: those were about its own data."""
    return replace(
        question,
        message_handling=0,  # who answers has no use for an answer that comes back
        hop_counter=None if question.message_type is MessageType.UDT else HOPS,
        called=question.calling,
        calling=question.called if local is None else local.encode(),
        data=data,
        optional=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a question of our own is addressed: as much of it as *layer* asks for.

    The network is asked to bring back what it cannot deliver.
    """

    layer: Layer
    called: Address
    calling: Address
    dpc: PointCode
    opc: PointCode
    sls: int = 0

    def write(self, package: Package | Abort) -> bytes:
        """The octets of *package*. Raises EncodeError."""
        octets = package.encode()
        if self.layer is Layer.TCAP:
            return octets
        octets = Unitdata(
            message_handling=RETURN_ON_ERROR,
            called=self.called.encode(),
            calling=self.calling.encode(),
            data=octets,
        ).encode()
        if self.layer is Layer.SCCP:
            return octets
        return Msu(dpc=self.dpc, opc=self.opc, sls=self.sls, payload=octets).encode()
