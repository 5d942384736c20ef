"""TIA-41.5 §6.5.2, parameter identifiers."""

import pytest

from is41.ber import read_tag, write_tag
from is41.map.tags import ParameterTag, name_of

CONTEXT_CLASS = 0x80  # X.690 §8.1.2.2
CLASS_MASK = 0xC0


@pytest.mark.parametrize("tag", ParameterTag)
def test_tags_are_well_formed_and_of_the_context_class(tag: ParameterTag) -> None:
    octets = write_tag(tag)
    assert read_tag(octets, 0, len(octets)) == (tag, len(octets))
    assert octets[0] & CLASS_MASK == CONTEXT_CLASS


@pytest.mark.parametrize(
    ("octets", "tag"),
    [
        ("88", ParameterTag.MOBILE_IDENTIFICATION_NUMBER),
        ("89", ParameterTag.ELECTRONIC_SERIAL_NUMBER),
        ("95", ParameterTag.MSCID),
        ("9F 32", ParameterTag.DENY_ACCESS),
        ("9F 3A", ParameterTag.BORDER_CELL_ACCESS),
        ("9F 81 50", ParameterTag.USER_GROUP),
        ("9F 81 63", ParameterTag.RESTRICTION_DIGITS),
        ("BF 81 63", ParameterTag.CDMA_CHANNEL_NUMBER_LIST),
        ("9F 81 72", ParameterTag.IMSI),
        ("BF 82 18", ParameterTag.WIN_CAPABILITY),
        ("9F 83 06", ParameterTag.MEID),
    ],
)
def test_tags_as_printed(octets: str, tag: ParameterTag) -> None:
    assert write_tag(tag) == bytes.fromhex(octets)


def test_names() -> None:
    assert name_of(ParameterTag.PC_SSN) == "PC_SSN"
    assert name_of(0x9F8172) == "IMSI"
    assert name_of(ParameterTag.USER_GROUP) == "CDMAConnectionReference/UserGroup"
    assert name_of(0x9F8400) == "9F8400"
