"""The file is read whole, and every fault is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clonewatch.config import load
from clonewatch.config.sections import Mode
from clonewatch.errors import Fault, Misconfigured
from configuration import LEARN, TAP, faults, loaded


def test_an_empty_file_needs_travel_times_and_nothing_else(tmp_path: Path) -> None:
    assert faults(tmp_path, "") == {"tables.travel": 'is missing; mode = "test" judges by it'}
    assert loaded(tmp_path, LEARN).mode is Mode.LEARN


def test_five_faults_are_five(tmp_path: Path) -> None:
    found = faults(
        tmp_path,
        'mode = "tset"',
        "[window]",
        "hours = 400",
        "latenes_minutes = 3",
        TAP.replace("127.0.0.1:5000", "127.0.0.1"),
        TAP,
    )
    assert found == {
        "mode": "should be 'learn', 'test' or 'active', is 'tset'",
        "window.hours": "should be less than or equal to 168, is 400",
        "window.latenes_minutes": "unknown key; did you mean lateness_minutes?",
        "links[0].listen": "should be HOST:PORT or [IPV6]:PORT, is '127.0.0.1'",
        "links[1].name": "'rvcd-a' is also links[0].name; a name belongs to one",
    }


def test_the_message_names_the_file_in_every_line(tmp_path: Path) -> None:
    path = tmp_path / "clonewatch.toml"
    path.write_text('mode = "learn"\nlinsk = 1\nsniffer = 2\n', encoding="utf-8")
    with pytest.raises(Misconfigured) as caught:
        load(path)
    assert str(caught.value).splitlines() == [
        f"{path}: linsk: unknown key; did you mean links?",
        f"{path}: sniffer: unknown key; did you mean sniffers?",
    ]


def test_relative_paths_are_from_the_folder_of_the_file(tmp_path: Path) -> None:
    config = loaded(tmp_path, '[tables]\ntravel = "tables/travel.csv"\nmscs = "/etc/mscs.csv"')
    assert config.tables.travel == tmp_path / "tables/travel.csv"
    assert config.tables.mscs == Path("/etc/mscs.csv")


def test_the_environment_stands_above_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLONEWATCH_MODE", "learn")
    monkeypatch.setenv("CLONEWATCH_WINDOW__HOURS", "7")
    config = loaded(tmp_path, 'mode = "active"\n[window]\nlateness_minutes = 30')
    assert config.mode is Mode.LEARN
    assert (config.window.hours, config.window.lateness_minutes) == (7, 30)
    monkeypatch.setenv("CLONEWATCH_WINDOW__HUORS", "7")
    assert faults(tmp_path, LEARN) == {"window.huors": "unknown key; did you mean hours?"}


def test_an_environment_that_is_no_table_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLONEWATCH_LINKS", "[")
    assert list(faults(tmp_path, LEARN)) == ["environment"]


@pytest.mark.parametrize(
    ("octets", "words"),
    [
        (b"mode = ", "is not TOML: "),
        (b"a = 1\na = 2", "is not TOML: "),
        (b"\xff", "is not UTF-8: octet 0"),
        (b"#" * (1 << 20) + b"#", "is longer than 1048576 octets"),
        (b"a=" + b"[" * 100_000, "is not TOML: "),
    ],
)
def test_a_file_that_is_no_toml_says_so(tmp_path: Path, octets: bytes, words: str) -> None:
    path = tmp_path / "clonewatch.toml"
    path.write_bytes(octets)
    with pytest.raises(Misconfigured) as caught:
        load(path)
    (fault,) = caught.value.faults
    assert fault.key == ""
    assert fault.message.startswith(words)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured) as caught:
        load(tmp_path / "none.toml")
    assert caught.value.faults == (Fault("", "cannot be read: No such file or directory"),)


@pytest.mark.parametrize("key", ["links", "spools", "window", "tables"])
@pytest.mark.parametrize("value", ["1", '"text"', "[1]", "[[1]]", "true"])
def test_a_value_where_tables_belong_is_a_fault_there(tmp_path: Path, key: str, value: str) -> None:
    (found,) = faults(tmp_path, LEARN, f"{key} = {value}")
    assert found.startswith(key)


TABLES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "tls", "listen", "role", "transport"]), inner)
    ),
    max_leaves=12,
)


def toml(value: object) -> str:
    if value is None:
        return '""'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(max(min(value, 2**63 - 1), -(2**63)) if isinstance(value, int) else value)
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(letter):08X}" for letter in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    assert isinstance(value, dict)
    return "{" + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items()) + "}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["links", "spools", "window", "record_file", "tables", "mode", "control"]),
    value=TABLES,
)
def test_whatever_stands_there_it_is_right_or_a_fault(
    tmp_path: Path, name: str, value: object
) -> None:
    path = tmp_path / "clonewatch.toml"
    path.write_text(f"{name} = {toml(value)}", encoding="utf-8")
    try:
        load(path)
    except Misconfigured as error:
        assert error.faults  # noqa: PT017 - what else it may raise fails the test
