"""What is said of input that cannot be used."""

from pathlib import Path

from clonewatch.errors import Fault, InputError, Misconfigured


def test_the_place_stands_first() -> None:
    error = InputError("travel.csv", "column 'MSC C': minutes must be 0 or more, not '-5'", line=3)
    assert str(error) == "travel.csv:3: column 'MSC C': minutes must be 0 or more, not '-5'"
    assert (error.path, error.line) == ("travel.csv", 3)


def test_a_whole_file_has_no_line() -> None:
    assert str(InputError("mscs.csv", "the file is empty")) == "mscs.csv: the file is empty"


def test_a_fault_without_a_key_is_its_words() -> None:
    assert str(Fault("", "is not TOML")) == "is not TOML"
    assert str(Fault("links[2].listen", "is missing")) == "links[2].listen: is missing"


def test_a_configuration_says_all_its_faults_with_the_file() -> None:
    error = Misconfigured(Path("c.toml"), [Fault("a", "x"), Fault("b", "y")])
    assert str(error) == "c.toml: a: x\nc.toml: b: y"
