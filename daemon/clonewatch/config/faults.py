"""What is wrong with a configuration: each fault with its key."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

from clonewatch.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

OURS: Final = "clonewatch"  # type of an error whose words are said already


def fault(key: str, message: str, *, because_of: Collection[str] = ()) -> InitErrorDetails:
    """A fault between the keys of one table, told at *key*.

    Where *key* or one of *because_of* has a fault of its own, this one may be none, and is not
    told.
    """
    return _said(message, (key,), (key, *because_of))


def refuse(title: str, faults: list[InitErrorDetails]) -> None:
    """Raise ValidationError, if there are faults."""
    if faults:
        raise ValidationError.from_exception_data(title, faults)


def explained(error: ValidationError, names: Collection[str]) -> list[InitErrorDetails]:
    """The faults of a table with the keys *names*, in our words."""
    lines = error.errors(include_url=False)
    return [_said(_words(line, names), line["loc"]) for line in lines]


def about(line: InitErrorDetails) -> set[object]:
    """The keys of its table that a fault is about."""
    assert isinstance(line["type"], PydanticCustomError)
    among = (line["type"].context or {}).get("about", ())
    return {line["loc"][0], *among} if line["loc"] else set(among)


def faults_of(error: ValidationError, place: str, value: object) -> list[Fault]:
    """The faults of *value*, which stands at the key *place*."""
    found = []
    for line in error.errors(include_url=False):
        location = line["loc"]
        if line["type"].startswith("union_tag"):
            location = (*location, line["ctx"]["discriminator"].strip("'"))
        found.append(Fault(_key(place, value, location), _words(line, ())))
    return found


def _key(place: str, value: object, location: tuple[int | str, ...]) -> str:
    """The key as the file has it: pydantic's location also names the kinds it chose among."""
    key = place
    for at, step in enumerate(location):
        if isinstance(step, int):
            key += f"[{step}]"
            value = value[step] if isinstance(value, list | tuple) and step < len(value) else None
        elif isinstance(value, dict) and step not in value and at + 1 < len(location):
            continue  # the kind of a table
        else:
            key = f"{key}.{step}" if key else step
            value = value.get(step) if isinstance(value, dict) else None
    return key


def _words(line: Mapping[str, Any], names: Collection[str]) -> str:
    kind, message = line["type"], line["msg"]
    if kind == OURS:
        return str(message)
    if kind in {"missing", "union_tag_not_found"}:
        return "is missing"
    if kind == "extra_forbidden":
        return unknown(str(line["loc"][-1]), names)
    if kind == "value_error":
        return str(line["ctx"]["error"])
    if kind in {"model_type", "model_attributes_type"}:
        return "should be a table"
    if kind == "union_tag_invalid":
        return f"should be one of {line['ctx']['expected_tags']}, is {line['ctx']['tag']!r}"
    return _lower(str(message).replace("Input should", "should")) + _given(line["input"])


def unknown(name: str, names: Collection[str]) -> str:
    """Say that there is no such key, and which there are."""
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"unknown key; did you mean {near[0]}?"
    return f"unknown key; known are {', '.join(sorted(names))}"


def _given(value: object) -> str:
    return f", is {value!r}" if isinstance(value, str | int | float) else ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _said(
    message: str, location: tuple[int | str, ...], among: Collection[str] = ()
) -> InitErrorDetails:
    """A fault whose words are not looked at again: pydantic takes them for no template."""
    error = PydanticCustomError(OURS, "{message}", {"about": tuple(among), "message": message})
    return InitErrorDetails(type=error, loc=location, input=None)
