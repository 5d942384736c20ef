"""The constructs all grammars share, and how faults of either side leave them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple

import pytest
from construct import Bytes, GreedyBytes, Int8ub, Int16ub, Prefixed, SizeofError, Struct
from hypothesis import given
from hypothesis import strategies as st

from is41.errors import DecodeError, EncodeError, Truncated
from is41.grammar import Code, Octets, Value, build, parse
from messages import U8


class Table(IntEnum):
    ONE = 1
    TWO = 2


class Pair(NamedTuple):
    low: int
    high: int


@dataclass(frozen=True)
class Sum:
    high: int
    low: int


CODE: Final = Code(Int8ub, Table)
RECORD: Final = Struct("code" / CODE, "name" / Prefixed(Int8ub, Octets(1, 3)), "end" / Int16ub)
TWO_NUMBERS: Final = Struct("low" / Int8ub, "reserved" / Bytes(1), "high" / Int8ub)


def fault(octets: bytes) -> DecodeError:
    with pytest.raises(DecodeError) as caught:
        parse(RECORD, octets, what="record", clause="§1")
    return caught.value


def test_a_code_of_the_table_is_its_member() -> None:
    assert parse(CODE, b"\2", what="code", clause="§1") is Table.TWO
    assert build(CODE, Table.TWO) == b"\2"


@given(U8.filter(lambda code: code not in set(Table)))
def test_a_code_the_table_lacks_stays_a_number(code: int) -> None:
    parsed = parse(CODE, bytes([code]), what="code", clause="§1")
    assert (parsed, type(parsed)) == (code, int)
    assert build(CODE, parsed) == bytes([code])


@given(st.binary(max_size=6))
def test_octets_are_all_that_are_left_and_within_their_bounds(octets: bytes) -> None:
    grammar = Octets(2, 4)
    if 2 <= len(octets) <= 4:
        assert parse(grammar, octets, what="octets", clause="§1") == octets
        assert build(grammar, octets) == octets
        return
    with pytest.raises(DecodeError, match=f"{len(octets)} octets, not 2 to 4"):
        parse(grammar, octets, what="octets", clause="§1")
    with pytest.raises(EncodeError, match=f"{len(octets)} octets, not 2 to 4"):
        build(grammar, octets)


def test_octets_of_one_length_have_a_size_and_others_have_none() -> None:
    assert Octets(4, 4).sizeof() == 4
    with pytest.raises(SizeofError):
        Octets(1, 4).sizeof()


@given(U8, U8)
def test_a_value_is_made_of_the_named_fields_alone(low: int, high: int) -> None:
    octets = bytes([low, 0, high])
    for kind in (Pair, Sum):
        grammar = Struct("low" / Int8ub, "spare" / Int8ub, "high" / Int8ub)
        assert parse(Value(grammar, kind), octets, what="v", clause="§1") == kind(
            low=low, high=high
        )


def test_a_value_is_written_from_its_fields() -> None:
    grammar = Value(Struct("low" / Int8ub, "high" / Int16ub), Sum)
    assert build(grammar, Sum(low=1, high=2)) == bytes.fromhex("01 0002")


def test_a_whole_message_is_parsed() -> None:
    record = parse(RECORD, bytes.fromhex("01 02 4142 0007"), what="record", clause="§1")
    assert (record.code, record.name, record.end) == (Table.ONE, b"AB", 7)
    assert build(RECORD, {"code": 1, "name": b"AB", "end": 7}) == bytes.fromhex("01 02 4142 0007")


@pytest.mark.parametrize(
    ("octets", "kind", "field", "offset", "counted_as"),
    [
        ("", Truncated, "code", 0, "record_truncated"),
        ("01", Truncated, "name", 1, "record_truncated"),
        ("01 02 41", Truncated, "name", 3, "record_truncated"),
        ("01 02 4142", Truncated, "end", 4, "record_truncated"),
        ("01 02 4142 00", Truncated, "end", 5, "record_truncated"),
        ("01 00 0007", DecodeError, "name", 2, "record_malformed"),
        ("01 02 4142 0007 FF", DecodeError, "end", 6, "record_malformed"),
    ],
)
def test_a_fault_names_what_and_where(
    octets: str, kind: type[DecodeError], field: str, offset: int, counted_as: str
) -> None:
    error = fault(bytes.fromhex(octets))
    assert (type(error), error.field, error.offset) == (kind, field, offset)
    assert (error.counted_as, error.clause) == (counted_as, "§1")


def test_octets_behind_the_last_field_are_told_how_many() -> None:
    assert fault(bytes.fromhex("01 01 41 0007 FFFF")).reason == "2 octets follow the last field"


def test_a_message_of_one_field_without_a_name_is_called_message() -> None:
    with pytest.raises(Truncated) as caught:
        parse(Int16ub, b"\0", what="number", clause="§1")
    assert caught.value.field == "message"


@pytest.mark.parametrize(
    "value",
    [
        {"code": 256, "name": b"A", "end": 7},  # out of range
        {"code": -1, "name": b"A", "end": 7},
        {"code": None, "name": b"A", "end": 7},  # of another type
        {"code": 1, "name": b"", "end": 7},  # out of bounds
        {"code": 1, "name": b"ABCD", "end": 7},
        {"code": 1, "name": b"A", "end": 65536},
    ],
)
def test_a_value_that_cannot_be_written_is_the_callers_fault(value: object) -> None:
    with pytest.raises(EncodeError):
        build(RECORD, value)


def test_all_octets_may_be_parsed_as_they_are() -> None:
    assert parse(GreedyBytes, b"AB", what="octets", clause="§1") == b"AB"
