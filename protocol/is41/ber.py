"""Tags, lengths and contents: the basic encoding rules TCAP and IS-41 use (ITU-T X.690 §8.1).

A tag is known by its octets read as one number (0xE2, 0x9F8172), which is how the tables of the
standards print it. Lengths are read in the short, the long (minimal or not) and the indefinite
form, and written in the shortest.

The constructs are `Tagged` (one element), `Choice` (one element of several kinds) and `Run` (a
construct over and over, to the end of the contents).
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from construct import Adapter, Construct, ConstructError, SizeofError

from .bounds import LENGTH_OCTETS_MAX, TAG_OCTETS_MAX
from .errors import DecodeError, EncodeError, Truncated
from .grammar import field_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CLAUSE: Final = "X.690 §8.1"
DEPTH_MAX: Final = 16  # elements in elements: ours, so that a hostile peer cannot exhaust the stack

CONSTRUCTED: Final = 0x20  # bit 6 of the first tag octet, §8.1.2.5
TAG_CONTINUES: Final = 0x1F  # low bits of the first tag octet: more follow, §8.1.2.4
INDEFINITE: Final = 0x80  # §8.1.3.6
END_OF_CONTENTS: Final = b"\0\0"  # §8.1.5


class Element(NamedTuple):
    """Where one element lies: its tag, its contents (``[start:end]``) and the octet after it."""

    tag: int
    start: int
    end: int
    after: int


def read_tag(octets: bytes, at: int, end: int) -> tuple[int, int]:
    """The tag at *at* and the octet after it. Raises DecodeError."""
    if at >= end:
        raise Truncated("no tag", what="ber", field="tag", clause=CLAUSE, offset=at)
    tag = octets[at]
    if tag & TAG_CONTINUES != TAG_CONTINUES:
        return tag, at + 1
    for after in range(at + 1, min(end, at + TAG_OCTETS_MAX)):
        tag = tag << 8 | octets[after]
        if octets[after] < 0x80:
            return tag, after + 1
    if end < at + TAG_OCTETS_MAX:
        raise Truncated("tag goes on", what="ber", field="tag", clause=CLAUSE, offset=at)
    raise DecodeError(
        f"tag of more than {TAG_OCTETS_MAX} octets",
        what="ber",
        field="tag",
        clause=CLAUSE,
        offset=at,
    )


def read_element(octets: bytes, at: int, end: int, depth: int = 0) -> Element:
    """The element that begins at *at* and lies before *end*. Raises DecodeError."""
    tag, start = read_tag(octets, at, end)
    if start >= end:
        raise Truncated("no length", what="ber", field="length", clause=CLAUSE, offset=start)
    length = octets[start]
    start += 1
    if length == INDEFINITE:
        if not octets[at] & CONSTRUCTED:
            raise DecodeError(
                f"indefinite length of primitive {tag:X}",
                what="ber",
                field="length",
                clause=CLAUSE,
                offset=start - 1,
            )
        return _indefinite(octets, tag, start, end, depth)
    if length > INDEFINITE:
        count = length & 0x7F
        if count > LENGTH_OCTETS_MAX:
            raise DecodeError(
                f"length of {count} octets",
                what="ber",
                field="length",
                clause=CLAUSE,
                offset=start - 1,
            )
        if start + count > end:
            raise Truncated(
                "length goes on", what="ber", field="length", clause=CLAUSE, offset=start
            )
        length = int.from_bytes(octets[start : start + count])
        start += count
    if start + length > end:
        raise Truncated(
            f"{tag:X} says {length} octets, has {end - start}",
            what="ber",
            field="contents",
            clause=CLAUSE,
            offset=start,
        )
    return Element(tag, start, start + length, start + length)


def _indefinite(octets: bytes, tag: int, start: int, end: int, depth: int) -> Element:
    """Walk the elements of an indefinite one up to its end-of-contents octets (§8.1.5)."""
    if depth >= DEPTH_MAX:
        raise DecodeError(
            f"more than {DEPTH_MAX} elements deep",
            what="ber",
            field="length",
            clause=CLAUSE,
            offset=start,
        )
    at = start
    while octets[at : min(at + 2, end)] != END_OF_CONTENTS:
        at = read_element(octets, at, end, depth + 1).after
    return Element(tag, start, at, at + 2)


def elements(octets: bytes) -> Iterator[Element]:
    """The run of elements that *octets* is. Raises DecodeError where it stops being one."""
    at, end = 0, len(octets)
    while at < end:
        element = read_element(octets, at, end)
        yield element
        at = element.after


def write_tag(tag: int) -> bytes:
    """A tag's octets. Raises EncodeError for a number no tag has."""
    octets = max(tag, 0).to_bytes(max(1, (tag.bit_length() + 7) // 8))
    try:
        good = read_tag(octets, 0, len(octets)) == (tag, len(octets))
    except DecodeError:
        good = False
    if not good:
        raise EncodeError(f"{tag:X} is not a tag ({CLAUSE})")
    return octets


def write_element(tag: int, contents: bytes) -> bytes:
    """One element, its length in the shortest form (§8.1.3)."""
    length = len(contents)
    if length < INDEFINITE:
        return write_tag(tag) + bytes([length]) + contents
    count = (length.bit_length() + 7) // 8
    return write_tag(tag) + bytes([INDEFINITE | count]) + length.to_bytes(count) + contents


class Choice(Construct):  # type: ignore[type-arg]
    """One element of the kinds *subcons* names by tag; its value is (tag, value).

    With *optional*, None where the next element is of no such kind, or where there is none.
    """

    def __init__(
        self, subcons: Mapping[int, Construct[Any, Any]], *, optional: bool = False
    ) -> None:
        super().__init__()
        self.subcons = dict(subcons)
        self.flagbuildnone = optional
        self._first_octets = {write_tag(tag)[0] for tag in subcons}

    def _parse(self, stream: Any, context: Any, path: str) -> tuple[int, Any] | None:
        octets, at = stream.getvalue(), stream.tell()
        if self.flagbuildnone and (at == len(octets) or octets[at] not in self._first_octets):
            return None
        element = read_element(octets, at, len(octets))
        if element.tag not in self.subcons:
            if self.flagbuildnone:
                return None
            expected = "/".join(f"{tag:X}" for tag in self.subcons)
            raise DecodeError(
                f"{element.tag:X} where {expected} is expected",
                what="ber",
                field=field_of(path),
                clause=CLAUSE,
                offset=at,
            )
        value = _parse_contents(octets[element.start : element.end], element, self, context, path)
        stream.seek(element.after)
        return element.tag, value

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        if obj is None and self.flagbuildnone:
            return obj
        tag, value = obj
        if tag not in self.subcons:
            raise EncodeError(f"{field_of(path)}: {tag:X} has no place here")
        contents = BytesIO()
        self.subcons[tag]._build(value, contents, context, path)
        stream.write(write_element(tag, contents.getvalue()))
        return obj

    def _sizeof(self, context: Any, path: str) -> int:
        raise SizeofError("an element's size is known when it is built", path=path)


def _parse_contents(
    octets: bytes, element: Element, choice: Choice, context: Any, path: str
) -> Any:
    """Parse the contents of *element* to their end; faults are placed from its first octet."""
    stream = BytesIO(octets)
    try:
        value = choice.subcons[element.tag]._parsereport(stream, context, path)
    except DecodeError as error:
        raise _malformed(error.moved(element.start)) from None
    except ConstructError as exc:
        field, reason = field_of(exc.path or path), str(exc).splitlines()[-1]
        at = element.start + stream.tell()
        raise DecodeError(reason, what="ber", field=field, clause=CLAUSE, offset=at) from exc
    if stream.tell() != len(octets):
        raise DecodeError(
            f"{len(octets) - stream.tell()} octets too many in {element.tag:X}",
            what="ber",
            field=field_of(path),
            clause=CLAUSE,
            offset=element.start + stream.tell(),
        )
    return value


def _malformed(error: DecodeError) -> DecodeError:
    """Say of a field cut short inside a whole element that it is wrong: no octets could mend it."""
    if not isinstance(error, Truncated):
        return error
    return DecodeError(
        error.reason,
        what=error.what,
        field=error.field,
        clause=error.clause,
        offset=error.offset,
    )


class Tagged(Adapter):  # type: ignore[type-arg]
    """One element of the one kind *tag*; its value is that of its contents."""

    def __init__(self, tag: int, subcon: Construct[Any, Any], *, optional: bool = False) -> None:
        super().__init__(Choice({tag: subcon}, optional=optional))
        self.tag = tag

    def _decode(self, obj: tuple[int, Any] | None, context: object, path: str) -> Any:
        return None if obj is None else obj[1]

    def _encode(self, obj: Any, context: object, path: str) -> tuple[int, Any] | None:
        return None if obj is None and self.flagbuildnone else (self.tag, obj)


class Run(Construct):  # type: ignore[type-arg]
    """*subcon* over and over to the end of the contents; a tuple."""

    def __init__(self, subcon: Construct[Any, Any]) -> None:
        super().__init__()
        self.subcon = subcon

    def _parse(self, stream: Any, context: Any, path: str) -> tuple[Any, ...]:
        values = []
        end = len(stream.getvalue())
        while stream.tell() < end:
            values.append(self.subcon._parsereport(stream, context, path))
        return tuple(values)

    def _build(self, obj: Any, stream: Any, context: Any, path: str) -> Any:
        for value in obj:
            self.subcon._build(value, stream, context, path)
        return obj

    def _sizeof(self, context: Any, path: str) -> int:
        raise SizeofError("a run's size is known when it is built", path=path)
