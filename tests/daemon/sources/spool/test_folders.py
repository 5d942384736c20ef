"""The folders of a spool."""

import os
from pathlib import Path

import pytest

from clonewatch.sources.spool.folders import Folders, Note


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text(name, encoding="utf-8")


def test_groups_are_taken_by_time_then_name(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    put(tmp_path, "b-202611221030.csv", "a-202611221030.csv", "z-202611221000.csv", "plain.csv")
    os.utime(tmp_path / "plain.csv", (1, 1))
    groups, others = folders.waiting()
    names = ["plain.csv", "z-202611221000.csv", "a-202611221030.csv", "b-202611221030.csv"]
    assert [group.path.name for group in groups] == names
    assert others == []


def test_what_is_no_group_is_told_apart_and_what_is_unfinished_passed_over(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    put(tmp_path, ".a.csv", "a.csv.tmp", "a.csv.part", "a.zip")
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.csv")
    groups, others = folders.waiting()
    assert groups == []
    assert sorted(path.name for path in others) == ["a.zip", "link.csv", "pipe.csv"]


def test_a_group_goes_through_one_folder_after_another(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    put(tmp_path, "a.csv")
    assert folders.in_hand() is None
    ((group,), _) = folders.waiting()
    path = folders.take(group)
    assert path is not None
    assert folders.in_hand() == path
    assert folders.waiting() == ([], [])
    assert folders.finish(path, folders.refused, "because") == tmp_path / "refused" / "a.csv"
    assert (tmp_path / "refused" / "a.csv.reason.txt").read_text(encoding="utf-8") == "because\n"
    assert folders.in_hand() is None
    assert folders.take(group) is None


def test_a_name_in_use_gets_a_number(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    found = []
    for text in "one", "two", "one":
        (tmp_path / "a.csv.gz").write_text(text, encoding="utf-8")
        path = folders.take(folders.waiting()[0][0])
        assert path is not None
        before = folders.taken_before(path)
        found.append((before and before.name, folders.finish(path, folders.done, None).name))
    assert found == [(None, "a.csv.gz"), (None, "a~2.csv.gz"), ("a.csv.gz", "a~3.csv.gz")]


def test_a_note_is_kept_and_one_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    assert folders.note() == Note()
    folders.write_note(Note(17, (2, 3)))
    assert Folders(tmp_path).note() == Note(17, (2, 3))
    (tmp_path / ".note.json").write_text("[", encoding="utf-8")
    assert folders.note() == Note()


def test_the_newest_group_that_was_taken_is_known_by_its_name(tmp_path: Path) -> None:
    folders = Folders(tmp_path)
    assert folders.newest_start() is None
    put(folders.done, "202611221000.csv", "x.csv")
    put(folders.refused, "202611221030.csv", "202611221100.csv.reason.txt")
    assert folders.newest_start() == 1_795_343_400_000


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "done")
    with pytest.raises(FileExistsError):
        Folders(tmp_path)
