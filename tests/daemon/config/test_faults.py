"""Faults carry the key as the file has it, and words that say what to do."""

from __future__ import annotations

import pytest
from pydantic_core import ValidationError

from clonewatch.config.faults import about, fault, refuse, unknown


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
