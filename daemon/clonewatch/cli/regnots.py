"""The REGNOTs of a case, decoded whole by whoever shows it: the daemon has other things to do."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from clonewatch.cli.output import parameter_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SIDES: Final = ("first", "second")


def decode(case: Mapping[str, Any]) -> None:
    """Add to each message of a case, as the control socket tells it, what it says: `decoded`."""
    messages = [
        message
        for record in case["clone_records"]
        for side in SIDES
        if (message := record[side]["message"]) is not None
    ]
    if not messages:
        return
    from clonewatch.decoding import told
    from is41.layers import Layer

    for message in messages:
        layer = Layer[message["layer"].upper()]
        message["decoded"] = told(bytes.fromhex(message["octets"]), layer)


def regnot_lines(record: Mapping[str, Any]) -> Iterator[str]:
    """Both REGNOTs of a clone record side by side, for people; `*` where they differ."""
    messages = [record[side]["message"] for side in SIDES]
    if not any(messages):
        yield "REGNOTs: not kept"
        return
    one, other = (dict(_told(message["decoded"])) if message else {} for message in messages)
    names = list(dict.fromkeys([*one, *other]))
    rows = [("REGNOTs", "first", "second")]
    if None in messages:
        kept = ["" if message else "not kept" for message in messages]
        rows.append(("", kept[0], kept[1]))
    rows += [(name, one.get(name, "-"), other.get(name, "-")) for name in names]
    widths = [max(len(row[at]) for row in rows) for at in (0, 1)]
    for name, first, second in rows:
        differs = None not in messages and name in names and first != second
        line = f"{name:{widths[0]}}  {first:{widths[1]}}  {second}".rstrip()
        yield ("* " if differs else "  " if name in names else "") + line


def _told(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Everything that a message says, each by a name of its own."""
    seen: Counter[str] = Counter()
    for name, text in _flat(message):
        seen[name] += 1
        yield (name if seen[name] == 1 else f"{name} {seen[name]}"), text


def _flat(value: Mapping[str, Any], *path: str) -> Iterator[tuple[str, str]]:
    for name, inner in value.items():
        if name == "parameters":
            yield from ((each.get("name", "unreadable"), parameter_text(each)) for each in inner)
        elif isinstance(inner, dict):
            yield from _flat(inner, *path, name)
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            for item in inner:
                yield from _flat(item, *path)
        else:
            yield " ".join((*path, name)), str(inner)
