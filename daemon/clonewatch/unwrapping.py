"""Octets by hand, from whatever carrier they were cut out of: ``decode --hex``."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from clonewatch.decoding import Told, fault, plain, told
from is41.adaptation.messages import HEADER_LENGTH
from is41.errors import DecodeError
from is41.layers import Layer, layer_of
from is41.m2pa import messages as m2pa
from is41.m2ua import messages as m2ua
from is41.m3ua import messages as m3ua
from is41.mtp import mtp2
from is41.sua import messages as sua
from is41.tali import messages as tali
from is41.tali.codes import SYNC, Opcode
from is41.x25 import packets as x25
from is41.xot import messages as xot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Unwrapped(NamedTuple):
    """What a carrier says, and what it carries: nothing, or a message from *layer* on."""

    says: Told
    inner: bytes = b""
    layer: Layer | None = None  # None: to be found


def unwrapped_told(octets: bytes, name: str | None) -> Told | None:
    """Tell octets from the layer *name* on, or from the one they look like; None if like none."""
    name = name or outermost(octets)
    if name is None:
        return None
    if name in _LAYERS:
        return told(octets, _LAYERS[name])
    try:
        says, inner, layer = _CARRIERS[name](octets)
    except DecodeError as error:
        return {"error": fault(error), "octets": octets.hex()}
    message: Told = {name: says}
    if inner:
        layer = layer_of(inner) if layer is None else layer
        message |= {"octets": inner.hex()} if layer is None else told(inner, layer)
    return message


def outermost(octets: bytes) -> str | None:
    """Tell which layer or carrier octets look like; None if like none.

    MTP2 looks like much else: it is read only where it is asked for.
    """
    layer = layer_of(octets)
    if layer is not None:
        return layer.name.lower()
    if octets.startswith(SYNC):
        return "tali"
    if len(octets) >= HEADER_LENGTH and octets[:2] == b"\1\0":
        return _BY_CLASS.get(octets[2], "m3ua")
    if octets[:2] == b"\0\0" and int.from_bytes(octets[2:4]) == len(octets) - 4:
        return "xot"
    return None


def _tali(octets: bytes) -> Unwrapped:
    message = tali.Message.decode(octets)
    says = {"opcode": message.opcode.name, "length": len(message.payload)}
    carries = message.opcode in {Opcode.SCCP, Opcode.MTP3, Opcode.SAAL}
    return Unwrapped(says, message.payload if carries else b"")


def _m3ua(octets: bytes) -> Unwrapped:
    message = m3ua.Message.decode(octets)
    data = message.protocol_data()
    says = _kind(message)
    return Unwrapped(says) if data is None else Unwrapped(says, data.msu().encode(), Layer.MTP3)


def _m2ua(octets: bytes) -> Unwrapped:
    message = m2ua.Message.decode(octets)
    return Unwrapped(_kind(message), message.msu() or b"", Layer.MTP3)


def _m2pa(octets: bytes) -> Unwrapped:
    message = m2pa.decode(octets)
    if isinstance(message, m2pa.LinkStatus):
        return Unwrapped(_fields(message))
    return Unwrapped(_fields(message, without="msu"), message.msu, Layer.MTP3)


def _sua(octets: bytes) -> Unwrapped:
    message = sua.Message.decode(octets)
    unitdata = sua.Unitdata.of(message)
    if unitdata is None:
        return Unwrapped(_kind(message))
    return Unwrapped(_kind(message) | _fields(unitdata, without="data"), unitdata.data, Layer.TCAP)


def _xot(octets: bytes) -> Unwrapped:
    packet = x25.decode(xot.Message.decode(octets).packet)
    says = {"packet": type(packet).__name__}
    if not isinstance(packet, x25.Data):
        return Unwrapped(says | _fields(packet))
    return Unwrapped(says | _fields(packet, without="user_data"), packet.user_data)


def _mtp2(octets: bytes) -> Unwrapped:
    unit = mtp2.decode(octets)
    says = {"kind": unit.kind.name} | _fields(unit, without="field")
    is_msu = unit.kind is mtp2.Kind.MSU
    return Unwrapped(says, unit.field, Layer.MTP3) if is_msu else Unwrapped(says)


def _kind(message: Any) -> Told:
    return {
        "message_class": plain(message.message_class),
        "message_type": plain(message.message_type),
    }


def _fields(message: Any, *, without: str = "") -> Told:
    names = [field.name for field in fields(message) if field.name != without]
    return {name: plain(getattr(message, name)) for name in names}


_LAYERS: Final[Mapping[str, Layer]] = {layer.name.lower(): layer for layer in Layer}
_CARRIERS: Final[Mapping[str, Callable[[bytes], Unwrapped]]] = {
    "tali": _tali,
    "m3ua": _m3ua,
    "m2ua": _m2ua,
    "m2pa": _m2pa,
    "sua": _sua,
    "xot": _xot,
    "mtp2": _mtp2,
}
_BY_CLASS: Final = {6: "m2ua", 7: "sua", 11: "m2pa"}  # message classes; others are M3UA's too
NAMES: Final = (*_LAYERS, *_CARRIERS)
