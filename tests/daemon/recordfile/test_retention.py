"""How much is kept."""

from pathlib import Path

from clonewatch.recordfile.groups import Group, groups_in
from clonewatch.recordfile.retention import Retention, expired, remove_expired
from recordfiles import AT_10, HALF_HOUR

NOW = AT_10 + 10 * HALF_HOUR


def groups(directory: Path, count: int = 10) -> list[tuple[Group, int]]:
    made = [Group(directory, AT_10 + at * HALF_HOUR, 100 * at) for at in range(count)]
    for group in made:
        group.sealed_path.write_bytes(bytes(100))
    return [(group, 100) for group in made]


def test_without_bounds_everything_is_kept(tmp_path: Path) -> None:
    assert expired(groups(tmp_path), NOW, Retention()) == []


def test_groups_older_than_the_hours_go(tmp_path: Path) -> None:
    all_groups = groups(tmp_path)
    gone = expired(all_groups, NOW, Retention(hours=3))
    assert gone == [group for group, _ in all_groups[:3]]  # the fourth ended 3 h ago


def test_the_oldest_go_until_the_octets_suffice(tmp_path: Path) -> None:
    all_groups = groups(tmp_path)
    gone = expired(all_groups, NOW, Retention(octets_max=750))
    assert gone == [group for group, _ in all_groups[:3]]


def test_the_newest_stays_whatever_it_is(tmp_path: Path) -> None:
    all_groups = groups(tmp_path, 3)
    gone = expired(all_groups, NOW + 1000 * HALF_HOUR, Retention(hours=1, octets_max=0))
    assert gone == [group for group, _ in all_groups[:2]]
    assert expired([], NOW, Retention(hours=1)) == []


def test_a_group_that_is_not_sealed_yet_stays(tmp_path: Path) -> None:
    all_groups = groups(tmp_path)
    unsealed = all_groups[1][0]
    unsealed.sealed_path.rename(unsealed.open_path)
    assert expired(all_groups, NOW, Retention(octets_max=0)) == [all_groups[0][0]]


def test_what_goes_is_removed(tmp_path: Path) -> None:
    groups(tmp_path)
    gone = remove_expired(tmp_path, NOW, Retention(hours=3))
    assert [path.name for path in gone] == [
        "20261122T1000Z-000000000000.parquet",
        "20261122T1030Z-000000000100.parquet",
        "20261122T1100Z-000000000200.parquet",
    ]
    assert len(list(tmp_path.iterdir())) == 7


def test_messages_count_and_go_with_their_group(tmp_path: Path) -> None:
    for group, _ in groups(tmp_path):
        group.messages_sealed_path.write_bytes(bytes(50))
    gone = remove_expired(tmp_path, NOW, Retention(octets_max=750))
    assert len(gone) == 5
    assert len(list(tmp_path.iterdir())) == 10
    left = [group.stem for group in groups_in(tmp_path)]
    assert left == [path.stem for path in sorted(tmp_path.glob("*.octets"))]
