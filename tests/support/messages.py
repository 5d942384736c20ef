"""IS-41 messages to test with: the given vectors, strategies, a second writer, a slow reader.

The writer owes nothing to the codecs under test, and can write what these never would: lengths in
every form, SCCP fields in any arrangement. The reader is what the kernels are held to.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from hypothesis import strategies as st

from is41.ber import elements, write_tag
from is41.errors import DecodeError
from is41.layers import Layer
from is41.map.operations import FAMILY, Operation
from is41.map.tags import ParameterTag as Name
from is41.reading import read
from is41.regnots import regnots_of
from is41.scan import REGNOTS_A_FRAME_MAX, Frames, Outcome, Regnots, scan
from is41.sccp.codes import MessageType
from is41.sccp.messages import Unitdata, UnitdataService
from is41.sccp.parts import OptionalParameter
from is41.tali import messages as tali
from is41.tali.codes import LENGTHS, Opcode
from is41.tcap.codes import ComponentType, ErrorCode, OperationCode, PackageType, ParameterTag, Tag
from is41.tcap.messages import (
    Abort,
    Component,
    Invoke,
    Package,
    ParameterSet,
    Reject,
    ReturnError,
    ReturnResult,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

TESTS: Final = Path(__file__).parents[1]
LAYERS: Final = {"tcap": Layer.TCAP, "sccp": Layer.SCCP, "mtp3": Layer.MTP3}


def vectors(*beginnings: str) -> dict[str, bytes]:
    """The given messages whose names begin so: a line of comment, then hex."""
    paths = sorted(path for each in beginnings for path in TESTS.glob(f"vectors/{each}*.hex"))
    assert paths, beginnings
    return {path.stem: bytes.fromhex(path.read_text().partition("\n")[2]) for path in paths}


def layered_vectors() -> list[tuple[bytes, Layer]]:
    """The given messages of TCAP, SCCP and MTP3."""
    return [(octets, LAYERS[name[:4]]) for name, octets in vectors(*LAYERS).items()]


def fault_of(decode: Callable[[bytes], object], octets: bytes) -> DecodeError | None:
    """What *decode* says is wrong with *octets*. Exceptions of other kinds pass."""
    try:
        decode(octets)
    except DecodeError as error:
        return error
    return None


# Elements, X.690 §8.1: a form is how many octets a long length has at least, or one of these two.
SHORTEST: Final = 0
INDEFINITE: Final = -1
DEFINITE_FORMS: Final = st.sampled_from([SHORTEST] * 4 + [1, 2, 3, 4])
ALL_FORMS: Final = st.sampled_from([SHORTEST] * 3 + [INDEFINITE] * 2 + [1, 4])


def element(tag: int, contents: bytes, form: int = SHORTEST) -> bytes:
    """One element, its length in *form*; a primitive one has no indefinite length."""
    first = tag.to_bytes(max(1, (tag.bit_length() + 7) // 8))
    if form == INDEFINITE and first[0] & 0x20:
        return first + b"\x80" + contents + b"\0\0"
    length = len(contents)
    least = 0 if length < 0x80 else (length.bit_length() + 7) // 8
    count = max(form, least)
    if count == 0:
        return first + bytes([length]) + contents
    return first + bytes([0x80 + count]) + length.to_bytes(count) + contents


# T1.114.3: components and packages of every kind. What stands in them is the user's.
U8, U16, U32 = (st.integers(0, 2**bits - 1) for bits in (8, 16, 32))
OCTETS: Final = st.binary(max_size=12)
CODES: Final = st.binary(min_size=1, max_size=4)
COMPONENT_IDS: Final = st.none() | st.binary(max_size=2)
PARAMETER_SETS: Final = st.none() | st.builds(ParameterSet, st.sampled_from(ParameterTag), OCTETS)
OPERATIONS: Final = st.builds(
    OperationCode, st.sampled_from([Tag.NATIONAL_OPERATION, Tag.PRIVATE_OPERATION]), CODES
)
ERRORS: Final = st.builds(
    ErrorCode, st.sampled_from([Tag.NATIONAL_ERROR, Tag.PRIVATE_ERROR]), CODES
)
_COMMON: Final = {"component_ids": COMPONENT_IDS, "parameters": PARAMETER_SETS}
INVOKES: Final = st.builds(Invoke, operation=OPERATIONS, last=st.booleans(), **_COMMON)
ANSWERS: Final = (
    st.builds(ReturnResult, last=st.booleans(), **_COMMON)
    | st.builds(ReturnError, error=ERRORS, **_COMMON)
    | st.builds(Reject, problem=U16, **_COMMON)
)
COMPONENTS: Final[st.SearchStrategy[Component]] = INVOKES | ANSWERS
ID_NAMES: Final = {
    PackageType.UNIDIRECTIONAL: (),
    PackageType.QUERY_WITH_PERMISSION: ("originating_id",),
    PackageType.QUERY_WITHOUT_PERMISSION: ("originating_id",),
    PackageType.RESPONSE: ("responding_id",),
    PackageType.CONVERSATION_WITH_PERMISSION: ("originating_id", "responding_id"),
    PackageType.CONVERSATION_WITHOUT_PERMISSION: ("originating_id", "responding_id"),
}


def packages(
    components: st.SearchStrategy[Component] = COMPONENTS,
    dialogue_portions: st.SearchStrategy[bytes | None] = st.none() | OCTETS,  # noqa: B008
    *,
    least: int = 0,
) -> st.SearchStrategy[Package]:
    """Packages of every type with the transaction IDs it asks for, and *least* components."""
    lists = st.lists(components, min_size=least, max_size=4).map(tuple)
    sequences = lists if least else st.none() | lists
    kinds = [
        st.builds(
            Package,
            package_type=st.just(package_type),
            dialogue_portion=dialogue_portions,
            components=sequences,
            **dict.fromkeys(names, U32),
        )
        for package_type, names in ID_NAMES.items()
    ]
    return st.one_of(kinds)


ABORTS: Final = st.builds(
    Abort, responding_id=U32, dialogue_portion=st.none() | OCTETS, cause=U8
) | st.builds(Abort, responding_id=U32, user_information=OCTETS)


def package_octets(package: Package, form: Callable[[], int] = lambda: SHORTEST) -> bytes:
    """Write a package, each of its lengths in a form of its own."""
    ids = (package.originating_id, package.responding_id)
    transaction_id = b"".join(each.to_bytes(4) for each in ids if each is not None)
    contents = element(Tag.TRANSACTION_ID, transaction_id, form())
    if package.dialogue_portion is not None:
        contents += element(Tag.DIALOGUE_PORTION, package.dialogue_portion, form())
    if package.components is not None:
        sequence = b"".join(_component_octets(each, form) for each in package.components)
        contents += element(Tag.COMPONENT_SEQUENCE, sequence, form())
    return element(package.package_type, contents, form())


def _component_octets(component: Component, form: Callable[[], int]) -> bytes:
    contents = b""
    if component.component_ids is not None:
        contents = element(Tag.COMPONENT_IDS, component.component_ids, form())
    match component:
        case Invoke(operation=(tag, octets), last=last):
            kind = ComponentType.INVOKE_LAST if last else ComponentType.INVOKE_NOT_LAST
            contents += element(tag, octets, form())
        case ReturnResult(last=last):
            kind = (
                ComponentType.RETURN_RESULT_LAST if last else ComponentType.RETURN_RESULT_NOT_LAST
            )
        case ReturnError(error=(tag, octets)):
            kind = ComponentType.RETURN_ERROR
            contents += element(tag, octets, form())
        case Reject(problem=problem):
            kind = ComponentType.REJECT
            contents += element(Tag.PROBLEM, problem.to_bytes(2), form())
    if component.parameters is not None:
        contents += element(*component.parameters, form())
    return element(kind, contents, form())


# TIA-41.5 §6.4.2.45, RegistrationNotification: what detection reads of it, and what else there is.
DIGITS: Final = "0123456789"
MINS: Final = st.text(DIGITS, min_size=10, max_size=10)
IMSIS: Final = st.text(DIGITS, min_size=1, max_size=15)
_OTHERS: Final = {  # usual lengths, and some that are not
    Name.SYSTEM_ACCESS_TYPE: st.sampled_from([b"\x03", b"\x07"]) | st.binary(max_size=2),
    Name.TERMINAL_TYPE: st.binary(max_size=2),
    Name.SYSTEM_CAPABILITIES: st.binary(max_size=2),
    Name.TRANSACTION_CAPABILITY: st.binary(max_size=3),
    Name.LOCATION_AREA_ID: st.binary(max_size=3),
    Name.BORDER_CELL_ACCESS: st.sampled_from([b"\x01", b"\x02"]) | st.binary(max_size=2),
}
_UNKNOWN_TAGS: Final = st.sampled_from(
    [0x80, 0x8A, 0x9F08, 0x9F808172, 0x9F8374, 0xBF8218, 0xA9, 0x02, 0x30, 0x9F8008]
)


def bcd(digits: str, filler: str = "F") -> bytes:
    """Digits two an octet, the first one low."""
    padded = digits + filler * (len(digits) % 2)
    return bytes(int(high + low, 16) for low, high in zip(padded[::2], padded[1::2], strict=True))


def imsi_octets(digits: str, zero_filler: bool) -> bytes:  # noqa: FBT001
    """An IMSI; a filler 0 can be told only behind fifteen digits."""
    return bcd(digits, "0" if zero_filler and len(digits) == 15 else "F")


IMSI_OCTETS: Final = st.builds(imsi_octets, IMSIS, st.booleans())


@st.composite
def regnot_parameters(draw: st.DrawFn, forms: st.SearchStrategy[int], *, usable: bool) -> bytes:
    """Parameters of a REGNOT: known, unknown and repeated ones in any order.

    *usable* ones have an MSID, an MSCID and perhaps an ESN as the standard lays them out: the
    first of each that is, the repeated ones are anything.
    """
    odd = st.nothing() if usable else st.binary(max_size=9)
    drawn = {
        Name.MOBILE_IDENTIFICATION_NUMBER: draw(st.none() | MINS.map(bcd) | odd),
        Name.IMSI: draw(st.none() | IMSI_OCTETS | odd),
        Name.MSCID: draw(st.binary(min_size=3, max_size=3) | odd),
        Name.ELECTRONIC_SERIAL_NUMBER: draw(
            st.none() | st.binary(min_size=4, max_size=4) | st.just(b"\x80\1\2\3") | odd
        ),
        **{tag: draw(st.none() | octets) for tag, octets in _OTHERS.items()},
    }
    if usable and drawn[Name.MOBILE_IDENTIFICATION_NUMBER] is None and drawn[Name.IMSI] is None:
        drawn[Name.MOBILE_IDENTIFICATION_NUMBER] = draw(MINS.map(bcd))
    first = [(int(tag), octets) for tag, octets in drawn.items() if octets is not None]
    unknown = draw(st.lists(st.tuples(_UNKNOWN_TAGS, OCTETS), max_size=3))
    repeated = draw(
        st.lists(st.tuples(st.sampled_from([tag for tag, _ in first]), OCTETS), max_size=2)
    )
    ordered = [*draw(st.permutations(first + unknown)), *repeated]
    # What is in a constructed one may be no run of elements: its length has to be definite.
    return b"".join(element(tag, octets, max(0, draw(forms))) for tag, octets in ordered)


REGNOT_OPERATION: Final = OperationCode(
    Tag.PRIVATE_OPERATION, bytes([FAMILY, Operation.REGISTRATION_NOTIFICATION])
)
_OTHER_OPERATIONS: Final = OPERATIONS.filter(lambda each: each != REGNOT_OPERATION) | st.just(
    OperationCode(Tag.PRIVATE_OPERATION, b"\x0b\x0d")
)


def regnots(forms: st.SearchStrategy[int], *, usable: bool) -> st.SearchStrategy[Invoke]:
    """Invokes of RegistrationNotification."""
    parameters = regnot_parameters(forms, usable=usable)
    return st.builds(
        Invoke,
        component_ids=COMPONENT_IDS,
        operation=st.just(REGNOT_OPERATION),
        parameters=st.builds(ParameterSet, st.sampled_from(ParameterTag), parameters),
        last=st.booleans(),
    )


@st.composite
def _package_octets(
    draw: st.DrawFn, packages: st.SearchStrategy[Package], forms: st.SearchStrategy[int]
) -> bytes:
    return package_octets(draw(packages), lambda: draw(forms))


# T1.112.3: messages around a package, their fields in any arrangement.
def arranged(
    fields: Sequence[bytes | None], order: Sequence[int], gaps: Sequence[bytes], width: int = 1
) -> bytes:
    """Pointers of *width* octets, then the fields in *order*, each after a gap; None has pointer 0."""
    body, starts = b"", {}
    for number in order:
        body += gaps[number]
        starts[number] = len(body)
        body += fields[number] or b""
    pointers = b"".join(
        (0 if field is None else width * (len(fields) - number - 1) + 1 + starts[number]).to_bytes(
            width, "little"
        )
        for number, field in enumerate(fields)
    )
    return pointers + body


def prefixed(octets: bytes, width: int = 1) -> bytes:
    """Octets behind how many there are."""
    return len(octets).to_bytes(width, "little") + octets


_GAPS: Final = st.lists(st.binary(max_size=3), min_size=4, max_size=4)
_LABELS: Final = st.builds(
    lambda upper, rest: bytes([upper << 4 | 3]) + rest,
    st.integers(0, 15),
    st.binary(min_size=7, max_size=7),
)
_ROOM_FOR_ANY_ORDER: Final = 180  # octets of data with which no pointer is over 255


@st.composite
def unitdata(draw: st.DrawFn, data: bytes, *, plain: bool) -> bytes:
    """A message around *data*: of the *plain* ones UDT, or XUDT without optional part."""
    message_type = draw(
        st.sampled_from([MessageType.UDT, MessageType.XUDT] if plain else MessageType)
    )
    extended = message_type not in {MessageType.UDT, MessageType.UDTS}
    width = 2 if message_type in {MessageType.LUDT, MessageType.LUDTS} else 1
    fields: list[bytes | None] = [prefixed(draw(OCTETS)), prefixed(draw(OCTETS))]
    fields.append(prefixed(data, width))
    if extended:
        fields.append(None if plain or draw(st.booleans()) else draw(_OPTIONAL_PARTS))
    order = draw(st.permutations(range(len(fields))))
    if len(data) > _ROOM_FOR_ANY_ORDER:
        order = [0, 1, 3, 2] if extended else [0, 1, 2]
    head = bytes([message_type, draw(U8), *([draw(U8)] if extended else [])])
    return head + arranged(fields, order, draw(_GAPS), width) + draw(st.binary(max_size=2))


SCCP_PARTIES: Final = st.binary(max_size=20)
OPTIONALS: Final = st.lists(
    st.builds(OptionalParameter, st.integers(1, 255), OCTETS), max_size=3
).map(tuple)
_UNITDATA: Final = {
    "called": SCCP_PARTIES,
    "calling": SCCP_PARTIES,
    "data": st.binary(max_size=100),
}
_HANDLING: Final = {"protocol_class": st.integers(0, 15), "message_handling": st.integers(0, 15)}
_EXTENDED: Final = {"hop_counter": U8, "optional": st.none() | OPTIONALS}
SCCP_MESSAGES: Final[st.SearchStrategy[Unitdata | UnitdataService]] = st.one_of(
    st.builds(Unitdata, **_UNITDATA, **_HANDLING),
    st.builds(UnitdataService, return_cause=U8, **_UNITDATA),
    st.builds(
        Unitdata,
        message_type=st.sampled_from([MessageType.XUDT, MessageType.LUDT]),
        **_UNITDATA,
        **_HANDLING,
        **_EXTENDED,
    ),
    st.builds(
        UnitdataService,
        message_type=st.sampled_from([MessageType.XUDTS, MessageType.LUDTS]),
        return_cause=U8,
        **_UNITDATA,
        **_EXTENDED,
    ),
)
_OPTIONAL_PARTS: Final = st.sampled_from(
    [
        bytes.fromhex("00"),
        bytes.fromhex("12 01 03 00"),
        bytes.fromhex("10 04 80 000001 00"),  # segmented, but first and last at once
        bytes.fromhex("10 04 81 000001 00"),
    ]
)


@st.composite
def _messages(
    draw: st.DrawFn, data: st.SearchStrategy[bytes], *, plain: bool
) -> tuple[bytes, Layer]:
    octets, layer = draw(data), draw(st.sampled_from(Layer))
    if layer is Layer.TCAP or len(octets) > 230:  # a longer one has no room in a UDT
        return octets, Layer.TCAP
    octets = draw(unitdata(octets, plain=plain))
    if layer is Layer.SCCP:
        return octets, layer
    return draw(_LABELS) + octets, layer


_OTHER_INVOKES: Final = st.builds(
    Invoke, operation=_OTHER_OPERATIONS, last=st.booleans(), **_COMMON
)
_PLAIN_REGNOTS: Final = regnots(DEFINITE_FORMS, usable=True)
_REGNOTS: Final = regnots(ALL_FORMS, usable=True)
_ODD_REGNOTS: Final = regnots(ALL_FORMS, usable=False)

# What `is41.scan` promises to take itself, and what it may hand over.
PLAIN_MESSAGES: Final = _messages(
    _package_octets(
        packages(_PLAIN_REGNOTS, st.none(), least=1)
        | packages(_PLAIN_REGNOTS | _OTHER_INVOKES | ANSWERS, st.none()),
        DEFINITE_FORMS,
    ),
    plain=True,
)
ANY_MESSAGES: Final = _messages(
    _package_octets(packages(_REGNOTS, least=1), ALL_FORMS)
    | _package_octets(packages(_REGNOTS | _ODD_REGNOTS | COMPONENTS), ALL_FORMS)
    | ABORTS.map(Abort.encode),
    plain=False,
)

# RFC 3094 §3.
TALI_MESSAGES: Final = st.sampled_from(Opcode).flatmap(
    lambda opcode: st.builds(
        tali.Message,
        st.just(opcode),
        st.binary(min_size=LENGTHS[opcode][0], max_size=min(LENGTHS[opcode][1], 60)),
    )
)

_HOT: Final = bytes.fromhex(
    "00 01 02 03 05 09 0D 1F 30 7F 80 81 82 84 88 89 95 9F C7 CF D1 E8 E9 F2 FF"
)


def mutated(octets: bytes, random: Random) -> bytes:
    """The same message with up to three faults."""
    message = bytearray(octets)
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        at = random.randrange(len(message) + 1)
        match random.randrange(7):
            case 0:
                message[at : at + 1] = random.choice(_HOT).to_bytes()
            case 1:
                message[at : at + 1] = random.randbytes(1)
            case 2:
                message.insert(at, random.choice(_HOT))
            case 3:
                del message[at : at + random.choice((1, 1, 1, 2, 5))]
            case 4 if at < len(message):
                message[at] ^= 1 << random.randrange(8)
            case 5 if at < len(message):
                message[at] = (message[at] + random.choice((-1, 1))) % 256
            case _:
                to = random.randrange(len(message) + 1)
                message[to:to] = message[at : at + random.randrange(12)]
    return bytes(message)


def remade(octets: bytes, random: Random) -> bytes:
    """The same elements with a fault at some depth, and all lengths right again, in any form."""
    if fault_of(lambda each: list(elements(each)), octets) or not octets:
        return mutated(octets, random)
    run = [(tag, octets[start:end]) for tag, start, end, _ in elements(octets)]
    number = random.randrange(len(run))
    tag, contents = run[number]
    match random.randrange(16):
        case 0:
            del run[number]
        case 1:
            run.insert(random.randrange(len(run)), run[number])
        case 2:
            random.shuffle(run)
        case 3:
            run[number] = random.choice(_HOT), contents
        case _:
            inside = remade if write_tag(tag)[0] & 0x20 else mutated
            run[number] = tag, inside(contents, random)
    forms = random.choices((SHORTEST, 1, 2, 4, INDEFINITE), (16, 1, 1, 1, 1), k=len(run))
    return b"".join(element(*each, form) for each, form in zip(run, forms, strict=True))


# What the kernels say, and what they are held to.
Row = tuple[int, ...]  # the columns of `Regnots` that come out of the octets
_COLUMNS: Final = Regnots._fields[2:]


def read_slowly(octets: bytes, layer: Layer) -> list[Row] | None:
    """The rows the grammars give; None where the message, or a REGNOT in it, is not to be used."""
    try:
        reading = read(octets, layer)
    except DecodeError:
        return None
    if isinstance(reading.sccp, UnitdataService) or not isinstance(reading.tcap, Package):
        return []
    rows = []
    for _, regnot in regnots_of(reading.tcap):
        if isinstance(regnot, DecodeError) or regnot.mscid is None:
            return None
        rows.append(tuple(int(getattr(regnot, name)) for name in _COLUMNS))
    return rows


def is_promised(octets: bytes, layer: Layer) -> bool:
    """Whether `scan` promises to take a message of which `read_slowly` gives the rows.

    Told without walking the octets again: a package that holds no 80 has no indefinite length.
    """
    reading = read(octets, layer)
    match reading.sccp:
        case None:
            data = octets
        case Unitdata(message_type=MessageType.UDT | MessageType.XUDT, data=data, optional=None):
            pass
        case _:
            return False
    match reading.tcap:
        case Package(dialogue_portion=None, components=components):
            return b"\x80" not in data and len(components or ()) < REGNOTS_A_FRAME_MAX
    return False


def frames_of(messages: Sequence[tuple[bytes, Layer]]) -> tuple[np.ndarray[Any, Any], Frames]:
    """Messages laid end to end, and where each one lies."""
    lengths = np.array([len(octets) for octets, _ in messages], np.int64)
    end = np.cumsum(lengths)
    numbers = np.arange(len(messages))
    frames = Frames(
        start=end - lengths,
        end=end,
        time=1000 + 7 * numbers,
        layer=np.array([layer for _, layer in messages], np.uint8),
        packet=numbers,
    )
    return np.frombuffer(b"".join(octets for octets, _ in messages), np.uint8), frames


def rows_by_frame(regnots: Regnots, taken: int, frames: int) -> list[list[Row]]:
    """The rows of each frame."""
    columns = zip(*(getattr(regnots, name)[:taken].tolist() for name in _COLUMNS), strict=True)
    rows: list[list[Row]] = [[] for _ in range(frames)]
    for frame, row in zip(regnots.frame[:taken].tolist(), columns, strict=True):
        rows[frame].append(row)
    return rows


def scanned(messages: Sequence[tuple[bytes, Layer]]) -> tuple[list[Outcome], list[list[Row]]]:
    """What `scan` says of each message, and its rows."""
    count = len(messages)
    octets, frames = frames_of(messages)
    regnots = Regnots.empty(REGNOTS_A_FRAME_MAX * (count + 1) + 1)
    outcomes = np.full(count, 0xEE, np.uint8)
    done, taken = scan(octets, frames, 0, count, regnots, outcomes)
    assert done == count
    return [Outcome(each) for each in outcomes.tolist()], rows_by_frame(regnots, taken, count)
