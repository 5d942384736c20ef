"""The page: whole, escaped, and alone."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from clonewatch.report.making import make
from clonewatch.report.page import ROWS_MAX
from reports import MONDAY, SUNDAY, ask_hlr, place, tell
from stores import store_in

if TYPE_CHECKING:
    from pathlib import Path

EVIL = '"><script>alert(1)</script><img src=x onerror=alert(2)>$\\frac{1}$'
VOID = {"meta", "br", "img", "link", "input"}


class Elements(HTMLParser):
    """Every element of a page, its text, and what is left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page(folder: Path, *statements: tuple[str, tuple[str, ...]]) -> Elements:
    where = place(folder)
    store = store_in(folder)
    store.do(lambda to: ask_hlr(to, 1, outcome="refused", reason=EVIL)).result()
    store.do(lambda to: tell(to, 1, "note", EVIL)).result()
    for statement, values in statements:
        store.do(lambda to, s=statement, v=values: to.exec_driver_sql(s, v).close()).result()  # type: ignore[misc]
    store.close()
    return Elements(make(SUNDAY, where, folder / "out", SUNDAY.end_ms)[0].read_text("utf-8"))


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Elements:
    return page(
        tmp_path_factory.mktemp("evil"),
        ("UPDATE clone_records SET first_msc = ?", (EVIL,)),
        ("UPDATE cases SET seen = json_set(seen, '$.mscs', json_object(?, 1))", (EVIL,)),
        ("INSERT INTO suspects VALUES (?, 'x', 1, 1, 1)", (EVIL,)),
    )


def test_the_page_is_well_formed(evil: Elements) -> None:
    assert evil.open == []
    tags = {tag for tag, _ in evil.seen}
    assert {"svg", "table", "article", "h1"} <= tags


def test_what_others_wrote_is_words(evil: Elements) -> None:
    assert not {"script", "img", "iframe", "object", "link"} & {tag for tag, _ in evil.seen}
    assert not [name for _, attrs in evil.seen for name in attrs if name.startswith("on")]
    assert sum(words == EVIL for words in evil.words) >= 3


def test_nothing_is_fetched(evil: Elements) -> None:
    addresses = [
        value
        for _, attrs in evil.seen
        for name, value in attrs.items()
        if name.endswith(("href", "src", "action"))
    ]
    assert all(str(address).startswith("#") for address in addresses)
    assert not any("@import" in words or "url(http" in words for words in evil.words)


def test_moments_of_the_day_are_told_by_their_time(tmp_path: Path) -> None:
    words = page(tmp_path).words
    assert "10:00:00" in words  # when the HLR was asked
    assert not any("2026-11-22T" in each for each in words)


def test_long_tables_are_cut_and_say_so(tmp_path: Path) -> None:
    where = place(tmp_path)
    store = store_in(tmp_path)
    for number in range(ROWS_MAX + 5):
        store.do(lambda to, note=f"{number}": tell(to, 1, "note", note)).result()  # type: ignore[misc]
    store.close()
    text = make(SUNDAY, where, tmp_path / "out", SUNDAY.end_ms)[0].read_text("utf-8")
    assert f"The first {ROWS_MAX} of {ROWS_MAX + 5}; all are in the CSV file" in text


def test_a_day_with_nothing_has_a_page(tmp_path: Path) -> None:
    text = make(MONDAY, place(tmp_path), tmp_path, SUNDAY.end_ms)[0].read_text("utf-8")
    assert Elements(text).open == []
    assert "No case opened" in text
    assert "the day is not over" in text
