"""From the file to a `Config`."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_settings import EnvSettingsSource, SettingsError

from clonewatch.errors import Fault, Misconfigured

from .checks import CHECKS, Parts
from .faults import faults_of, unknown
from .model import Config

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

OCTETS_MAX: Final = 1 << 20  # ours: a configuration is written by people
NAMED: Final = ("links", "spools", "sniffers")


def load(path: Path) -> Config:
    """Read a configuration. Raises Misconfigured, with every fault."""
    given = _merged(read_toml(path), _environment(path))
    known = Config.model_fields
    faults = [Fault(key, unknown(key, known)) for key in given if key not in known]
    context = {"folder": path.absolute().parent}
    parts: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for name, kind in get_type_hints(Config, include_extras=True).items():
        if name not in given:
            parts |= {name: known[name].default} if name in known else {}
        elif get_origin(kind) is tuple:
            right, wrong = _tables(name, kind, given[name], context)
            values[name] = tuple(right.values())
            parts |= right
            faults += wrong
        else:
            right, wrong = _value(name, kind, given[name], context)
            values |= right
            parts |= right
            faults += wrong
    named = Parts(values=parts, names=dict(_names(given)))
    faults += [fault for check in CHECKS for fault in check(named)]
    if faults:
        raise Misconfigured(path, faults)
    return Config.model_construct(**values)


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file says. Raises Misconfigured."""
    try:
        with path.open("rb") as file:
            octets = file.read(OCTETS_MAX + 1)
        if len(octets) > OCTETS_MAX:
            raise Misconfigured(path, [Fault("", f"is longer than {OCTETS_MAX} octets")])
        return tomllib.loads(octets.decode())
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise Misconfigured(path, [Fault("", reason)]) from None
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8: octet {error.start}"
        raise Misconfigured(path, [Fault("", reason)]) from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Misconfigured(path, [Fault("", f"is not TOML: {error}")]) from None


def _environment(path: Path) -> dict[str, Any]:
    """What stands in CLONEWATCH_... variables."""
    try:
        return EnvSettingsSource(Config)()
    except SettingsError as error:
        raise Misconfigured(path, [Fault("environment", str(error))]) from None


def _merged(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Tables side by side; of other values the one *above*."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = _merged(old, value) if both else value  # type: ignore[arg-type]
    return merged


def _tables(
    key: str, kind: Any, given: object, context: dict[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    """Each table of an array that is right, by its key, and what is wrong with the others."""
    if not isinstance(given, list):
        return {}, [Fault(key, f"should be tables, each beginning with [[{key}]]")]
    right: dict[str, Any] = {}
    wrong: list[Fault] = []
    for number, item in enumerate(given):
        its_right, its_wrong = _value(f"{key}[{number}]", get_args(kind)[0], item, context)
        right |= its_right
        wrong += its_wrong
    return right, wrong


def _value(
    key: str, kind: Any, given: object, context: dict[str, Any]
) -> tuple[dict[str, Any], list[Fault]]:
    """The value that stands at *key*, or what is wrong with it."""
    try:
        return {key: TypeAdapter(kind).validate_python(given, context=context)}, []
    except ValidationError as error:
        return {}, faults_of(error, key, given)


def _names(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each name in the file, even of a table that is wrong otherwise."""
    for key in NAMED:
        tables = given.get(key)
        for number, table in enumerate(tables if isinstance(tables, list) else ()):
            if isinstance(table, dict) and isinstance(table.get("name"), str):
                yield f"{key}[{number}].name", table["name"]
