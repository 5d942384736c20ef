"""How a parameter table of the standard becomes a frozen dataclass.

A body declares its parameters in the table's order, each a field of the parameter's own name that
is None where the parameter is absent. Nothing is refused: whatever is no field of the table stands,
in order, in *others*.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

from is41.errors import DecodeError, EncodeError

from .parameters import Parameter, Parameters
from .registry import decode_value, encode_value
from .tags import ParameterTag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .codes import TypeOfDigits

NO_PARAMETERS: Final = Parameters()
_ROW: Final = "row"


class Row(NamedTuple):
    """One row of a table: the field, its parameter and, of Digits, the type that belongs there."""

    name: str
    tag: ParameterTag
    type_of_digits: TypeOfDigits | None = None

    def takes(self, value: Any) -> bool:
        """Whether *value*, of a parameter of the row's tag, belongs in this row."""
        return self.type_of_digits is None or value.type_of_digits == self.type_of_digits


class Damage(NamedTuple):
    """A parameter whose octets break the layout of its tag, and how."""

    parameter: Parameter
    error: DecodeError


def row(tag: ParameterTag, type_of_digits: TypeOfDigits | None = None) -> Mapping[str, Any]:
    """Metadata of a field that is not named like its parameter."""
    return {_ROW: (tag, type_of_digits)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The parameters of a component, by name.

    In *others* are those the table lacks, repeats, those whose octets break their layout
    (`damaged` says how), and an MSCID without contents.
    """

    others: Parameters = NO_PARAMETERS

    @classmethod
    def decode(cls, parameters: Parameters) -> Self:
        """Sort *parameters* into the rows of the table."""
        rows = _table(cls).by_tag
        values: dict[str, Any] = {}
        others = []
        for each in parameters:
            place, value = _place(each, rows.get(each.tag, ()), values)
            if place is None:
                others.append(each)
            else:
                values[place.name] = value
        return cls(others=Parameters(others), **values)

    def encode(self) -> Parameters:
        """Write the parameters in the table's order, the others after them. Raises EncodeError."""
        written = []
        absent = set()
        for name, tag, type_of_digits in _table(type(self)).rows:
            value = getattr(self, name)
            if value is None:
                absent.add((tag, type_of_digits))
                continue
            if (tag, type_of_digits) in absent:
                raise EncodeError(f"{name} without the {tag.standard_name} before it")
            octets = encode_value(tag, value)
            if type_of_digits is not None and value.type_of_digits != type_of_digits:
                raise EncodeError(f"{name} is not of type {type_of_digits.name}")
            written.append(Parameter(tag, octets))
        return Parameters((*written, *self.others))

    def damaged(self) -> tuple[Damage, ...]:
        """Tell which of the others are there because their octets break their layout."""
        found = []
        for each in self.others:
            try:
                decode_value(each.tag, each.octets)
            except DecodeError as error:
                found.append(Damage(each, error))
        return tuple(found)


class _Table(NamedTuple):
    rows: tuple[Row, ...]
    by_tag: Mapping[int, tuple[Row, ...]]


_TABLES: Final[dict[type[Body], _Table]] = {}


def table(body: type[Body]) -> tuple[Row, ...]:
    """Give the rows of a body's table: its own in the table's order, then its macro's."""
    return _table(body).rows


def _table(body: type[Body]) -> _Table:
    if body not in _TABLES:
        metadata = {each.name: each.metadata for each in fields(body) if each.name != "others"}
        names = [name for kind in body.__mro__ for name in get_annotations(kind)]
        rows = tuple(
            Row(name, *metadata[name].get(_ROW) or (ParameterTag[name.upper()], None))
            for name in names
            if name in metadata
        )
        by_tag: dict[int, tuple[Row, ...]] = {}
        for each in rows:
            by_tag[each.tag] = (*by_tag.get(each.tag, ()), each)
        _TABLES[body] = _Table(rows, by_tag)
    return _TABLES[body]


def _place(
    each: Parameter, rows: tuple[Row, ...], values: Mapping[str, Any]
) -> tuple[Row | None, Any]:
    """Find the first free row that takes the parameter, and its value."""
    free = [row for row in rows if row.name not in values]
    if not free:
        return None, None
    try:
        value = decode_value(each.tag, each.octets)
    except DecodeError:
        return None, None
    takers = (row for row in free if value is not None and row.takes(value))
    return next(takers, None), value
