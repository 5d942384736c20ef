"""Hypothesis strategies for IS-41 parameter values and bodies, found by walking the layouts."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from construct import (
    BitsInteger,
    BytesInteger,
    Default,
    Flag,
    FormatField,
    GreedyBytes,
    Renamed,
    StringEncoded,
    Struct,
    Switch,
    Transformed,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from is41.errors import DecodeError
from is41.grammar import Code, Value
from is41.map import grammar as shared
from is41.map.body import Body, Row, table
from is41.map.parameters import Parameter, Parameters
from is41.map.registry import REGISTRY, decode_value
from is41.map.tags import ParameterTag

if TYPE_CHECKING:
    from collections.abc import Callable

    from construct import Construct

_Body = TypeVar("_Body", bound=Body)
_Sample = TypeVar("_Sample")

DECIMAL: Final = "0123456789"
UNKNOWN_TAGS: Final = st.integers(0x9F8400, 0x9F847F)
OCTETS: Final = st.binary(max_size=12)
PARAMETER: Final = st.builds(Parameter, st.sampled_from([*map(int, ParameterTag)]), OCTETS)
PARAMETERS: Final = st.lists(
    PARAMETER | st.builds(Parameter, UNKNOWN_TAGS, OCTETS), max_size=4
).map(Parameters)


def values_of(tag: int) -> st.SearchStrategy[Any]:
    """Values that a parameter of this tag may have."""
    return values(REGISTRY[tag].grammar) if tag in REGISTRY else OCTETS


def values(grammar: Construct[Any, Any]) -> st.SearchStrategy[Any]:
    """Values that *grammar* can build."""
    return _STRATEGIES[type(grammar)](grammar)


def bodies(body: type[_Body]) -> st.SearchStrategy[_Body]:
    """Bodies of this type, with parameters among the others that are no fields of its table."""
    rows = table(body)
    drawn = {row.name: st.none() | _row(row) for row in rows}
    others = st.lists(PARAMETER.filter(lambda each: _stays_out(each, rows)), max_size=2)
    return st.builds(body, others=others.map(Parameters), **drawn).filter(_is_in_order)


def _row(row: Row) -> st.SearchStrategy[Any]:
    values = values_of(row.tag)
    if row.type_of_digits is None:
        return values
    return values.map(lambda digits: replace(digits, type_of_digits=row.type_of_digits))


def _stays_out(each: Parameter, rows: tuple[Row, ...]) -> bool:
    if each.tag not in {row.tag for row in rows}:
        return True
    try:
        decode_value(*each)
    except DecodeError:
        return True
    return False


def _is_in_order(body: Body) -> bool:
    """Whether none but the first of two reports is left out."""
    return getattr(body, "report_type", 0) is not None or getattr(body, "report_type_2", 0) is None


def _number(bits: int, *, signed: bool = False) -> st.SearchStrategy[int]:
    least = -(1 << bits - 1) if signed else 0
    return st.integers(least, least + (1 << bits) - 1)


def _field(grammar: Any) -> st.SearchStrategy[int]:
    return _number(8 * grammar.length, signed=grammar.fmtstr[-1].islower())


def _table(grammar: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({row.name: values(row.subcon) for row in _used(grammar)})


def _used(table: Any) -> list[Any]:
    """Rows that are not spare bits."""
    return [row for row in table.subcons if not isinstance(row.subcon, Default)]


@st.composite
def _value(draw: st.DrawFn, grammar: Any) -> Any:
    """Draw row by row: what one holds may hang on those before it."""
    table = grammar.subcon.subcon if isinstance(grammar.subcon, Transformed) else grammar.subcon
    drawn: Any = {}
    flat: dict[str, Any] = {}
    ended = False
    for row in _used(table):
        inner = row.subcon
        if isinstance(inner, Switch):
            inner = inner.cases.get(inner.keyfunc(drawn), inner.default)
        value = None if ended else draw(values(inner))
        ended = value is None
        drawn[row.name] = value
        flat.update(value if isinstance(value, dict) else {row.name: value})
    names = (
        [each.name for each in fields(grammar.kind)]
        if is_dataclass(grammar.kind)
        else (grammar.kind._fields)
    )
    return grammar.kind(**{name: flat[name] for name in names if name in flat})


_STRATEGIES: Final[dict[type, Callable[[Any], st.SearchStrategy[Any]]]] = {
    BitsInteger: lambda grammar: _number(grammar.length),
    BytesInteger: lambda grammar: _number(8 * grammar.length, signed=grammar.signed),
    Code: lambda grammar: st.sampled_from(grammar.table) | values(grammar.subcon),
    FormatField: _field,
    type(Flag): lambda _: st.booleans(),
    type(GreedyBytes): lambda _: OCTETS,
    Renamed: lambda grammar: values(grammar.subcon),
    StringEncoded: lambda _: st.text(st.characters(max_codepoint=0x7F), max_size=20),
    Struct: _table,
    Transformed: lambda grammar: values(grammar.subcon),
    Value: _value,
    shared.CountedDigits: lambda _: st.text(shared.BCD_DIGITS, max_size=20),
    shared.Flags: lambda grammar: values(grammar.subcon).map(grammar.table),
    shared.HexDigits: lambda grammar: st.binary(
        min_size=grammar.subcon.sizeof(), max_size=grammar.subcon.sizeof()
    ).map(lambda octets: octets.hex().upper()),
    shared.Identifier: lambda _: st.sampled_from(ParameterTag) | UNKNOWN_TAGS,
    shared.ImsiDigits: lambda _: st.text(DECIMAL, min_size=1, max_size=15),
    shared.MinDigits: lambda _: st.text(DECIMAL, min_size=10, max_size=10),
    shared.Nested: lambda _: PARAMETERS,
    shared.OrNone: lambda grammar: st.none() | values(grammar.subcon),
    shared.OrOctets: lambda grammar: (
        values(grammar.subcon)
        | OCTETS.filter(lambda octets: isinstance(grammar.parse(octets), bytes))
    ),
    shared.Present: lambda _: st.just(value=True),
    shared.Rows: _value,
}


def samples(strategy: st.SearchStrategy[_Sample], count: int) -> list[_Sample]:
    """The same *count* values of a strategy each time, for comparing them all in one go."""
    drawn: list[_Sample] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(value: _Sample) -> None:
        drawn.append(value)

    draw()
    return drawn
