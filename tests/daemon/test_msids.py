"""MSIDs as people write them."""

from __future__ import annotations

import pytest

from clonewatch.msids import parse_msid
from is41.msid import msid_digits


@pytest.mark.parametrize("digits", ["6145551234", "0005551234", "31015055512", "310150555123456"])
def test_digits_are_a_key(digits: str) -> None:
    assert msid_digits(parse_msid(digits)) == digits


@pytest.mark.parametrize("text", ["", "614555123", "6145551234567890", "614555123x", "٦١٤٥٥٥١٢٣٤"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ten digits"):
        parse_msid(text)
