"""The example configuration: right as it stands, and with every key that there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import BaseModel

from clonewatch.config.model import Config
from clonewatch.settings import read
from configuration import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLE: Final = Path(__file__).parents[1] / "systemd" / "clonewatch.toml"
# Keys that stand in the example one beside the other, and exclude one another.
ALTERNATIVES: Final = {
    "links[2].called_address": "a permanent circuit has no call",
    "links[2].calling_address": "a permanent circuit has no call",
    "links[2].user_data": "a permanent circuit has no call",
    "links[3].authorise_unasked": "there is an HLR to ask: leave out one of the two",
}


def models(kind: Any) -> Iterator[type[BaseModel]]:
    """The tables in a type, and in those."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from models(field.annotation)
    for inner in get_args(kind):
        yield from models(inner)


def test_the_example_is_right_as_it_stands() -> None:
    settings = read(EXAMPLE)
    assert settings.travel is not None
    assert len(settings.config.sources) == 2


def test_every_key_is_explained() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    keys = {key for model in models(Config) for key in model.model_fields}
    assert len(keys) > 70
    shown = set(re.findall(r"(?:^|[{,.#\[] *)([a-z_]+)(?=\]* *(?:=|\]))", text, re.MULTILINE))
    assert keys - shown == set()


def test_every_default_shown_would_be_right(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    uncommented = re.sub(r"^# (?=[a-z_]+ = |\[)", "", text, flags=re.MULTILINE)
    assert len(uncommented) < len(text) - 50
    assert faults(tmp_path, uncommented) == ALTERNATIVES
