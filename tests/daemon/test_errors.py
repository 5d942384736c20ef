"""What is said of input that cannot be used."""

from clonewatch.errors import InputError


def test_the_place_stands_first() -> None:
    error = InputError("travel.csv", "column 'MSC C': minutes must be 0 or more, not '-5'", line=3)
    assert str(error) == "travel.csv:3: column 'MSC C': minutes must be 0 or more, not '-5'"
    assert (error.path, error.line) == ("travel.csv", 3)


def test_a_whole_file_has_no_line() -> None:
    assert str(InputError("mscs.csv", "the file is empty")) == "mscs.csv: the file is empty"
