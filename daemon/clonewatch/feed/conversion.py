"""Messages put into the layer that a transport carries.

A layer can be taken off any message. One can be put on only if somebody says the point codes that
stand in it: a message of TCAP alone tells neither whence it came nor where it went.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from clonewatch.links.urls import LAYERS, Transport
from is41.errors import DecodeError, EncodeError
from is41.layers import Layer
from is41.mtp.codes import LABEL_LENGTH, ServiceIndicator
from is41.mtp.msu import Msu
from is41.sccp import messages as sccp
from is41.sccp.addresses import Address
from is41.sccp.codes import Subsystem
from is41.tali.codes import LENGTHS, Opcode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from is41.mtp.pointcode import PointCode

# What each carries: X.25 any layer, though IS-41 uses it for TCAP alone.
CARRIED: Final[Mapping[Transport, tuple[Layer, ...]]] = {
    Transport.TALI: (Layer.SCCP, Layer.MTP3),
    Transport.XOT: (Layer.TCAP, Layer.SCCP, Layer.MTP3),
    Transport.M3UA: (Layer.MTP3,),
}
_TALI_LENGTHS: Final = {Layer.SCCP: LENGTHS[Opcode.SCCP], Layer.MTP3: LENGTHS[Opcode.MTP3]}


class Unsendable(Exception):
    """A message that cannot be sent, and the reason it is counted under."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class RouteMissing(Exception):
    """No message of this layer can be sent without point codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Point codes for messages that bear none: from *opc* to *dpc*, as from an MSC to a VLR."""

    opc: PointCode
    dpc: PointCode

    def in_sccp(self, data: bytes) -> bytes:
        """Put TCAP into a UDT. Raises EncodeError."""
        called = Address(point_code=self.dpc, subsystem=Subsystem.VLR)
        calling = Address(point_code=self.opc, subsystem=Subsystem.MSC)
        return sccp.Unitdata(called=called.encode(), calling=calling.encode(), data=data).encode()

    def in_mtp3(self, payload: bytes) -> bytes:
        """Put SCCP into an MSU. Raises EncodeError."""
        return Msu(opc=self.opc, dpc=self.dpc, payload=payload).encode()


class Conversion:
    """Converts messages for *transport*: into *layer*, or else into whatever is nearest.

    Raises ValueError where the transport does not carry *layer*.
    """

    def __init__(
        self, transport: Transport, *, layer: Layer | None = None, route: Route | None = None
    ) -> None:
        carried = CARRIED[transport]
        if layer is not None and layer not in carried:
            names = " or ".join(each.name for each in carried)
            raise ValueError(f"{transport} carries {names}, not {layer.name} by itself")
        self._transport = transport
        self._layer = layer
        self._route = route

    def convert(self, octets: bytes, layer: Layer) -> tuple[bytes, Layer]:
        """Give the octets to send, and what they begin with. Raises Unsendable, RouteMissing."""
        wanted = self._wanted(layer)
        try:
            while layer > wanted:
                octets, layer = _taken_off(octets, layer)
            while layer < wanted:
                octets, layer = self._put_on(octets, layer)
        except (DecodeError, EncodeError) as error:
            raise Unsendable("unreadable", str(error)) from None
        if layer is Layer.MTP3:
            _see_sccp(octets)
        if self._transport is Transport.TALI:
            least, most = _TALI_LENGTHS[layer]
            if not least <= len(octets) <= most:
                words = f"TALI carries {layer.name} of {least} to {most} octets, not {len(octets)}"
                raise Unsendable("length", words)
        return octets, layer

    def _wanted(self, layer: Layer) -> Layer:
        if self._layer is not None:
            return self._layer
        if self._transport is Transport.XOT:
            return LAYERS[Transport.XOT]
        carried = CARRIED[self._transport]
        return layer if layer in carried else carried[0]

    def _put_on(self, octets: bytes, layer: Layer) -> tuple[bytes, Layer]:
        if self._route is None:
            above = Layer(layer + 1)
            raise RouteMissing(
                f"{layer.name} by itself cannot go over {self._transport}: it has to be put into "
                f"{above.name}, for which point codes are needed: give --route OPC,DPC"
            )
        if layer is Layer.TCAP:
            return self._route.in_sccp(octets), Layer.SCCP
        return self._route.in_mtp3(octets), Layer.MTP3


def _taken_off(octets: bytes, layer: Layer) -> tuple[bytes, Layer]:
    """Take off the outermost layer. Raises DecodeError, Unsendable."""
    if layer is Layer.MTP3:
        _see_sccp(octets)
        return octets[LABEL_LENGTH:], Layer.SCCP
    message = sccp.decode(octets)
    if isinstance(message, sccp.UnitdataService):
        raise Unsendable("returned", "a message that came back goes nowhere without its SCCP")
    if sccp.is_segment(message):
        raise Unsendable("segment", "a segment of a message goes nowhere without its SCCP")
    return message.data, Layer.TCAP


def _see_sccp(octets: bytes) -> None:
    """See that an MSU is for SCCP. Raises Unsendable."""
    if len(octets) <= LABEL_LENGTH or octets[0] & 0x0F != ServiceIndicator.SCCP:
        raise Unsendable("not_sccp", f"MSU {octets[:LABEL_LENGTH].hex()} is not for SCCP")
