"""Tables whose codes carry the standard's names."""

from is41.map.names import Named


class Table(Named):
    """A table of two codes, one with two names."""

    FIRST = 0x81, "First/Second"
    SECOND = 0x81, "First/Second"
    THIRD = 0x9F20, "Third"


def test_a_member_is_its_code_and_knows_its_name() -> None:
    assert int(Table.THIRD) == 0x9F20
    assert Table.THIRD.standard_name == "Third"


def test_a_code_finds_its_member() -> None:
    assert Table(0x9F20) is Table.THIRD


def test_a_second_name_of_a_code_is_the_same_member() -> None:
    assert Table["SECOND"] is Table["FIRST"]
    assert [*Table] == [Table.FIRST, Table.THIRD]
