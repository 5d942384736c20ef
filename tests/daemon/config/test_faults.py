"""Faults carry the key as the file has it, and words that say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic_core import ValidationError

from clonewatch.config.faults import Fault, Misconfigured, about, fault, refuse, unknown


def test_a_fault_without_a_key_is_its_words() -> None:
    assert str(Fault("", "is not TOML")) == "is not TOML"
    assert str(Fault("links[2].listen", "is missing")) == "links[2].listen: is missing"


def test_a_configuration_says_all_its_faults_with_the_file() -> None:
    error = Misconfigured(Path("c.toml"), [Fault("a", "x"), Fault("b", "y")])
    assert str(error) == "c.toml: a: x\nc.toml: b: y"


def test_the_nearest_key_is_named_or_else_all_of_them() -> None:
    assert unknown("lisen", ["listen", "name"]) == "unknown key; did you mean listen?"
    assert unknown("zzz", ["listen", "name"]) == "unknown key; known are listen, name"


def test_a_fault_between_keys_is_about_all_of_them() -> None:
    assert about(fault("hlr", "is missing", because_of=["role"])) == {"hlr", "role"}


def test_words_with_braces_stay_as_they_are() -> None:
    with pytest.raises(ValidationError) as caught:
        refuse("Table", [fault("key", "is {about} {} {message}")])
    assert caught.value.errors()[0]["msg"] == "is {about} {} {message}"


def test_nothing_wrong_is_nothing_raised() -> None:
    refuse("Table", [])
