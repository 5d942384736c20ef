"""REGNOT invokes from columns to octets: SCCP UDT, alone, in MTP3 or in TALI.

Messages that carry the same parameters have the same shape, and a shape is a template: constant
octets with gaps where the columns go. So many messages are written as one matrix.

TIA-41.5, RegistrationNotification; T1.114.3, TCAP; T1.112.3, SCCP; T1.111.4, MTP3; RFC 3094.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from clonewatch.lab.pcaps import big_endian
from clonewatch.registrations import Batch, Flags
from is41.msid import IMSI_LENGTH_FACTOR, MIN_DIGITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

IMSI_DIGITS: Final = 15  # the one length that is written here
SIO: Final = 0x83  # national network, priority 0, SCCP
MTP3_LENGTH: Final = 8  # octets: SIO and routing label
TALI_HEADER_LENGTH: Final = 10  # octets
SLS_MASK: Final = 0x1F  # 5 bits, as the oldest links have them


@dataclass(frozen=True, slots=True, kw_only=True)
class Invokes:
    """REGNOT invokes in columns: the registrations, and what else their messages say."""

    registrations: Batch
    qualification_information_code: NDArray[np.uint8]
    system_my_type_code: NDArray[np.uint8]
    opc: NDArray[np.uint32]  # network << 16 | cluster << 8 | member, as is dpc
    dpc: NDArray[np.uint32]
    calling_ssn: NDArray[np.uint8]
    called_ssn: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.registrations)

    def __getitem__(self, rows: slice | NDArray[np.intp] | NDArray[np.bool_]) -> Invokes:
        """Some of the rows."""
        return Invokes(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


class Messages(NamedTuple):
    """Octets, one message a row (n x width), of which the first *lengths* count."""

    octets: NDArray[np.uint8]
    lengths: NDArray[np.int64]


class _Parameter(NamedTuple):
    """A parameter's tag, the column it is filled from, and that column's octets."""

    tag: str
    column: str
    length: int


# fmt: off
# TIA-41.5, RegistrationNotification invoke.
_ALWAYS: Final = (
    _Parameter("89",     "esn",                            4),  # ElectronicSerialNumber
    _Parameter("88",     "min",                            5),  # MobileIdentificationNumber
    _Parameter("95",     "mscid",                          3),  # MSCID
    _Parameter("91",     "qualification_information_code", 1),  # QualificationInformationCode
    _Parameter("96",     "system_my_type_code",            1),  # SystemMyTypeCode
)
_IMSI: Final = _Parameter("9F8172", "imsi",                8)   # instead of the MIN
_SOMETIMES: Final = (  # where the column is not 0
    _Parameter("9F3A",   "border_cell_access",             1),  # BorderCellAccess
    _Parameter("9F22",   "system_access_type",             1),  # SystemAccessType
    _Parameter("9F2F",   "terminal_type",                  1),  # TerminalType
    _Parameter("9F31",   "system_capabilities",            1),  # SystemCapabilities
    _Parameter("9F7B",   "transaction_capability",         2),  # TransactionCapability
    _Parameter("9F21",   "location_area",                  2),  # LocationAreaID
)
# fmt: on
_IMSI_BIT: Final = 1 << len(_SOMETIMES)  # of a shape; the bits below say which of _SOMETIMES
_BCD: Final = np.array([pair // 10 | pair % 10 << 4 for pair in range(100)], np.uint8)
_FILLER: Final = 0xF0  # high nibble after an odd count of digits


def encode_sccp(invokes: Invokes, *, headroom: int = 0) -> Messages:
    """UDTs, each behind *headroom* octets of zero."""
    columns = _columns(invokes)
    shapes = _shapes(invokes.registrations, columns)
    templates = {shape: _template(shape) for shape in np.unique(shapes).tolist()}
    lengths = np.zeros(_IMSI_BIT << 1, np.int64)  # by shape
    for shape, (constant, _) in templates.items():
        lengths[shape] = headroom + len(constant)
    octets = np.zeros((len(invokes), int(lengths.max(initial=headroom))), np.uint8)
    for shape, (constant, gaps) in templates.items():
        rows = np.flatnonzero(shapes == shape)
        some = np.empty((len(rows), len(constant)), np.uint8)
        some[:] = constant
        for column, at in gaps.items():
            value = columns[column]
            some[:, at : at + value.shape[1]] = value[rows]
        octets[rows, headroom : headroom + len(constant)] = some
    return Messages(octets, lengths[shapes])


def encode_mtp3(invokes: Invokes) -> Messages:
    """MSUs: SIO, routing label, UDT."""
    messages = encode_sccp(invokes, headroom=MTP3_LENGTH)
    messages.octets[:, 0] = SIO
    messages.octets[:, 1:4] = _point_code(invokes.dpc)
    messages.octets[:, 4:7] = _point_code(invokes.opc)
    messages.octets[:, 7] = invokes.registrations.transaction_id & SLS_MASK
    return messages


def encode_tali(invokes: Invokes) -> Messages:
    """TALI messages of opcode `sccp`."""
    messages = encode_sccp(invokes, headroom=TALI_HEADER_LENGTH)
    messages.octets[:, :8] = np.frombuffer(b"TALIsccp", np.uint8)
    payload = (messages.lengths - TALI_HEADER_LENGTH).astype("<u2")
    messages.octets[:, 8:10] = payload[:, None].view(np.uint8)
    return messages


def _columns(invokes: Invokes) -> dict[str, NDArray[np.uint8]]:
    """Every column as the octets that go on the wire (n x octets)."""
    batch = invokes.registrations
    length, number = np.divmod(batch.msid, np.uint64(IMSI_LENGTH_FACTOR))
    if not np.isin(length, (0, IMSI_DIGITS)).all():
        raise ValueError(f"only IMSIs of {IMSI_DIGITS} digits are written")
    imsi = _digits(number * np.uint64(10), IMSI_DIGITS + 1)
    imsi[:, -1] |= _FILLER
    return {
        "esn": big_endian(batch.esn, 4),
        "min": _digits(number, MIN_DIGITS),
        "imsi": imsi,
        "mscid": big_endian(batch.mscid, 3),
        "qualification_information_code": invokes.qualification_information_code[:, None],
        "system_my_type_code": invokes.system_my_type_code[:, None],
        "border_cell_access": (batch.flags & np.uint8(Flags.BORDER_CELL_ACCESS))[:, None],
        "system_access_type": batch.system_access_type[:, None],
        "terminal_type": batch.terminal_type[:, None],
        "system_capabilities": batch.system_capabilities[:, None],
        "transaction_capability": big_endian(batch.transaction_capability, 2),
        "location_area": big_endian(batch.location_area, 2),
        "transaction_id": big_endian(batch.transaction_id, 4),
        "called_ssn": invokes.called_ssn[:, None],
        "dpc": _point_code(invokes.dpc),
        "calling_ssn": invokes.calling_ssn[:, None],
        "opc": _point_code(invokes.opc),
    }


def _shapes(batch: Batch, columns: Mapping[str, NDArray[np.uint8]]) -> NDArray[np.int64]:
    """Which parameters each message carries: a bit for each of _SOMETIMES, and _IMSI_BIT."""
    shapes = np.where(batch.msid >= IMSI_LENGTH_FACTOR, _IMSI_BIT, 0)
    for at, parameter in enumerate(_SOMETIMES):
        shapes |= columns[parameter.column].any(axis=1).astype(np.int64) << at
    return shapes


def _template(shape: int) -> tuple[NDArray[np.uint8], dict[str, int]]:
    """The UDT of a shape with its columns 0, and where each column goes."""
    esn, mobile, *others = _ALWAYS
    optional = [parameter for at, parameter in enumerate(_SOMETIMES) if shape >> at & 1]
    parameters = [esn, _IMSI if shape & _IMSI_BIT else mobile, *others, *optional]
    # Constant octets, then the column that follows them. The longest is far below the 128 octets
    # where a length needs a second octet.
    set_parts = [
        (f"{parameter.tag} {parameter.length:02X}", parameter.column, parameter.length)
        for parameter in parameters
    ]
    set_length = sum(len(bytes.fromhex(head)) + length for head, _, length in set_parts)
    # fmt: off
    invoke  = f"CF 01 01  D1 02 09 0D  F2 {set_length:02X}"     # invoke ID, operation, set
    invoke_length    = 9 + set_length
    sequence_length  = 2 + invoke_length
    query_length     = 6 + 2 + sequence_length
    parts = [
        ("09 00 03 08 0D  05 C3",                        "called_ssn",     1),  # UDT, pointers
        ("",                                             "dpc",            3),
        ("05 C3",                                        "calling_ssn",    1),  # SSN and PC
        ("",                                             "opc",            3),
        (f"{2 + query_length:02X} E2 {query_length:02X} C7 04", "transaction_id", 4),
        (f"E8 {sequence_length:02X} E9 {invoke_length:02X} {invoke}", "",  0),
        *set_parts,
    ]
    # fmt: on
    octets = bytearray()
    gaps = {}
    for head, column, length in parts:
        octets += bytes.fromhex(head)
        if column:
            gaps[column] = len(octets)
        octets += bytes(length)
    return np.frombuffer(bytes(octets), np.uint8), gaps


def _point_code(column: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """T1.111.4: member, cluster, network."""
    return column.astype("<u4")[:, None].view(np.uint8)[:, :3]


def _digits(number: NDArray[np.uint64], count: int) -> NDArray[np.uint8]:
    """The last *count* digits, two an octet, the first in the low nibble."""
    octets = np.empty((len(number), count // 2), np.uint8)
    for at in reversed(range(count // 2)):
        number, pair = np.divmod(number, np.uint64(100))
        octets[:, at] = _BCD[pair]
    return octets
