"""A table: frozen, its own keys only, all faults at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from clonewatch.config.faults import fault
from clonewatch.config.section import Section

if TYPE_CHECKING:
    from pydantic_core import InitErrorDetails


class Span(Section):
    first: int = 0
    last: int = 9
    name: str = ""

    def between_keys(self) -> list[InitErrorDetails]:
        if self.last < self.first:
            return [fault("last", "is before the first", because_of=["first"])]
        return []


class Spans(Section):
    spans: tuple[Span, ...]


def said(kind: type[Section], value: object) -> dict[tuple[int | str, ...], str]:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(value)
    return {line["loc"]: line["msg"] for line in caught.value.errors()}


def test_a_section_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Span().first = 1


def test_faultsbetween_keys_are_told() -> None:
    assert said(Span, {"first": 3, "last": 2}) == {("last",): "is before the first"}


def test_a_wrong_key_hides_no_fault_between_others() -> None:
    assert said(Span, {"first": 3, "last": 2, "name": 7, "nmae": ""}) == {
        ("name",): "should be a valid string, is 7",
        ("nmae",): "unknown key; did you mean name?",
        ("last",): "is before the first",
    }


def test_what_may_follow_from_a_wrong_key_is_not_told() -> None:
    assert said(Span, {"first": "x", "last": -1}).keys() == {("first",)}


def test_faults_of_tables_inside_keep_their_place_and_words() -> None:
    assert said(Spans, {"spans": [{}, {"first": 3, "last": 2}, {"lsat": 1}, 7]}) == {
        ("spans", 1, "last"): "is before the first",
        ("spans", 2, "lsat"): "unknown key; did you mean last?",
        ("spans", 3): "should be a table",
    }


def test_infinity_is_no_number_of_anything() -> None:
    class Length(Section):
        minutes: float

    assert said(Length, {"minutes": float("inf")}).keys() == {("minutes",)}
