"""A whole message through the grammars, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from .ber import Element, read_element
from .errors import DecodeError, Unsupported
from .layers import ITU_PACKAGES, Layer
from .map.operations import OTHER, operation_of
from .mtp.codes import LABEL_LENGTH, ServiceIndicator
from .mtp.msu import Msu
from .sccp import messages as sccp
from .sccp.codes import ManagementType
from .tcap import messages as tcap
from .tcap.codes import ParameterTag, Tag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_Read = TypeVar("_Read")
_SETS: Final = frozenset(ParameterTag)
_MANAGEMENT: Final = {bytes([member]) for member in ManagementType}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What stands in a message: None for layers that are not there or that are another user's."""

    msu: Msu | None = None
    sccp: sccp.Unitdata | sccp.UnitdataService | None = None
    tcap: tcap.Package | tcap.Abort | None = None


def read(octets: bytes, layer: Layer) -> Reading:
    """Read a message from *layer* on. Raises DecodeError, offsets from the first octet given.

    Of a message that another MTP user than SCCP sent the level 3 part is read, of SCCP management
    the SCCP part. What a unitdata service brings back is read as well: it is the caller's to
    remember that it was never delivered.
    """
    if layer is Layer.TCAP:
        return Reading(tcap=_package(octets))
    if layer is Layer.SCCP:
        return _below(octets, None)
    msu = Msu.decode(octets)
    if msu.service_indicator != ServiceIndicator.SCCP:
        return Reading(msu=msu)
    return _further(LABEL_LENGTH, lambda: _below(msu.payload, msu))


def parameter_offsets(octets: bytes, reading: Reading) -> list[int]:
    """Where the parameters of each component begin in the *octets* that *reading* came from.

    Of a component without parameters it is the component's end.
    """
    offset = 0 if reading.msu is None else LABEL_LENGTH
    if reading.sccp is not None:
        offset += sccp.data_offset(octets[offset:])
    package = read_element(octets, offset, len(octets))
    return [
        next((part.start for part in _parts(octets, component) if part.tag in _SETS), component.end)
        for sequence in _parts(octets, package)
        if sequence.tag == Tag.COMPONENT_SEQUENCE
        for component in _parts(octets, sequence)
    ]


def _parts(octets: bytes, element: Element) -> Iterator[Element]:
    at = element.start
    while at < element.end:
        part = read_element(octets, at, element.end)
        yield part
        at = part.after


def _below(octets: bytes, msu: Msu | None) -> Reading:
    message = sccp.decode(octets)
    if message.data[:1] in _MANAGEMENT or sccp.is_segment(message):
        return Reading(msu=msu, sccp=message)
    offset = sccp.data_offset(octets)
    package = _further(offset, lambda: _package(message.data))
    return Reading(msu=msu, sccp=message, tcap=package)


def _package(octets: bytes) -> tcap.Package | tcap.Abort:
    """Tell the flavours of TCAP apart by their first octet."""
    if octets and octets[0] in ITU_PACKAGES:
        raise Unsupported("ITU-T TCAP", what="tcap", field="package_type", clause="Q.773")
    return tcap.decode(octets)


def _further(offset: int, read_inner: Callable[[], _Read]) -> _Read:
    try:
        return read_inner()
    except DecodeError as error:
        raise error.moved(offset) from None


def operation_in(message: tcap.Package | tcap.Abort | None) -> int:
    """The specifier of the operation that a message's TCAP part invokes."""
    if not isinstance(message, tcap.Package) or not message.components:
        return OTHER
    first = message.components[0]
    return (operation_of(first) or OTHER) if isinstance(first, tcap.Invoke) else OTHER
