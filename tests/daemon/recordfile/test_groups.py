"""Names of groups."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonewatch.recordfile.groups import Group, group_of, groups_in, half_hour
from clonewatch.recordfile.sealing import seal
from recordfiles import AT_10, HALF_HOUR, Told, open_group, registrations, with_messages


def test_a_name_tells_the_half_hour_and_the_first_sequence() -> None:
    group = Group(Path("records"), AT_10 + HALF_HOUR, 123456)
    assert group.open_path == Path("records/20261122T1030Z-000000123456.open")
    assert group.sealed_path == Path("records/20261122T1030Z-000000123456.parquet")
    assert group.messages_open_path == Path("records/20261122T1030Z-000000123456.octets.open")
    assert group.messages_sealed_path == Path("records/20261122T1030Z-000000123456.octets")


@given(start=st.integers(0, 200_000), first=st.integers(0, 1 << 62))
def test_names_are_read_again(start: int, first: int) -> None:
    group = Group(Path("records"), start * HALF_HOUR, first)
    assert group_of(group.open_path) == group_of(group.sealed_path) == group
    assert group_of(group.part_path) is None
    for path in (group.messages_open_path, group.messages_sealed_path, group.messages_part_path):
        assert group_of(path) is None


@pytest.mark.parametrize("name", ["x.open", "20261322T1030Z-000000123456.open", "travel.csv"])
def test_other_names_are_no_groups(name: str) -> None:
    assert group_of(Path(name)) is None


def test_groups_stand_once_and_in_order_of_arrival(tmp_path: Path) -> None:
    # The clock was set back by an hour: the sequence tells which came first.
    before, after = Group(tmp_path, AT_10, 7), Group(tmp_path, AT_10 - 2 * HALF_HOUR, 1000)
    for path in (after.open_path, before.sealed_path, before.open_path, tmp_path / "notes.txt"):
        path.touch()
    assert groups_in(tmp_path) == [before, after]
    assert before.path == before.sealed_path
    assert after.path == after.open_path


def test_messages_lie_beside_and_count_with_their_group(tmp_path: Path) -> None:
    group = Group(tmp_path, AT_10, 7)
    group.open_path.write_bytes(bytes(10))
    assert (group.messages_path, group.octets) == (None, 10)
    group.messages_sealed_path.write_bytes(bytes(3))
    assert (group.messages_path, group.octets) == (group.messages_sealed_path, 13)
    group.messages_open_path.write_bytes(bytes(5))  # as long as it stands, it has all
    assert (group.messages_path, group.octets) == (group.messages_open_path, 15)


def test_a_half_hour_begins_on_the_half_hour() -> None:
    assert half_hour(AT_10 + HALF_HOUR - 1) == AT_10
    assert half_hour(AT_10 + HALF_HOUR) == AT_10 + HALF_HOUR


def test_octets_of_a_group_that_is_sealed_meanwhile_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealers look at all groups, and there may be two of them."""
    group, stat = open_group(tmp_path, with_messages(registrations(10))), Path.stat

    def sealed_before(path: Path, **options: bool) -> os.stat_result:
        if path == group.open_path and not group.is_sealed:
            seal(group, Told())
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", sealed_before)
    whole = group.sealed_path, group.messages_sealed_path
    assert group.octets == sum(stat(path).st_size for path in whole)


def test_a_group_that_is_sealed_while_names_are_read_is_not_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """readdir(3): what is added or removed meanwhile may be given or not."""
    group, iterdir = open_group(tmp_path, registrations(10)), Path.iterdir

    def sealed_in_between(directory: Path) -> Iterator[Path]:
        yield from [path for path in iterdir(directory) if path.suffix != ".open"]
        if not group.is_sealed:
            seal(group, Told())
        yield from [path for path in iterdir(directory) if path.suffix == ".open"]

    monkeypatch.setattr(Path, "iterdir", sealed_in_between)
    assert groups_in(tmp_path) == [group]
