"""What is logged, how, and what of subscribers is seen in it."""

from __future__ import annotations

import io
import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from clonewatch import logs
from clonewatch.actions.alarms.events import OutputFailed
from clonewatch.config.sections import LogSettings
from clonewatch.logs import event_name, masked
from is41.msid import msid_of_imsi

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def said(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_log_that_takes_nothing_is_no_reason_to_end() -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        logs.configure(LogSettings(), full)
        log = structlog.get_logger()
        log.info("started")
        log.error("file_failed", detail="No space left on device")
        with pytest.raises(OSError, match="No space"):
            full.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())


def test_an_event_is_a_line_of_json() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(), stream)
    log = structlog.get_logger().bind(link="rvcd-a")
    log.warning("octets_refused", clause="RFC 3094", case=1234567)
    log.debug("message_received")
    (line,) = said(stream)
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "octets_refused",
        "level": "warning",
        "link": "rvcd-a",
        "clause": "RFC 3094",
        "case": 1234567,
    }


def test_a_terminal_gets_words() -> None:
    stream = Terminal()
    logs.configure(LogSettings(), stream)
    structlog.get_logger().info("link_opened", msid=5551234567)
    assert "link_opened" in stream.getvalue()
    assert "55512345" not in stream.getvalue()


def test_a_burst_of_one_kind_is_a_few_lines_and_says_what_was_left_out() -> None:
    stream, now = io.StringIO(), [0.0]
    logs.configure(LogSettings(), stream, clock=lambda: now[0])
    log = structlog.get_logger()
    for peer in range(1000):
        log.warning("peer_refused", link="a", peer=str(peer))
    log.warning("peer_refused", link="b")
    log.warning("link_connected", link="a")
    lines = said(stream)
    assert len(lines) == logs.BURST_LINES + 2
    assert not any("left_out" in line for line in lines)
    now[0] = logs.BURST_S
    log.warning("peer_refused", link="a")
    log.warning("peer_refused", link="b")
    *_, a, b = said(stream)
    assert a["left_out"] == 1000 - logs.BURST_LINES
    assert "left_out" not in b


def test_all_is_said_at_level_debug() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(level="debug"), stream)
    for _ in range(100):
        structlog.get_logger().debug("message_refused", link="a")
    assert len(said(stream)) == 100


def test_kinds_are_bounded() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(), stream, clock=lambda: 0.0)
    for number in range(2 * logs.KINDS_MAX):
        structlog.get_logger().warning("source_silent", source=str(number))
    assert len(said(stream)) == 2 * logs.KINDS_MAX


def test_bound_loggers_follow_a_change() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(), stream)
    log = structlog.get_logger().bind()
    log.debug("unseen")
    logs.change(LogSettings(level="debug", subscribers="shown"))
    log.debug("seen", msid=5551234567)
    assert [(line["event"], line["msid"]) for line in said(stream)] == [("seen", 5551234567)]


def test_exceptions_are_masked_and_stay_on_one_line() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(), stream)
    try:
        os.environ["5551234567"]
    except KeyError:
        structlog.get_logger().exception("answer_failed")
    (line,) = said(stream)
    assert line["level"] == "error"
    assert "KeyError: '********67'" in line["exception"]
    assert "55512345" not in line["exception"]


def test_an_imsi_as_we_reckon_with_it_is_masked_in_exceptions() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(), stream)
    error = KeyError(msid_of_imsi("310150123456789"))
    structlog.get_logger().error("conflict_set_aside", exc_info=error)
    (line,) = said(stream)
    assert f"KeyError: {'*' * 16}89" in line["exception"]


def test_libraries_come_along_when_something_is_wrong() -> None:
    stream = io.StringIO()
    logs.configure(LogSettings(level="debug"), stream)
    logging.getLogger("library").info("unseen")
    logging.getLogger("library").warning("%s is unknown", "5551234567")
    (line,) = said(stream)
    assert (line["event"], line["level"]) == ("********67 is unknown", "warning")


def test_the_journal_takes_priorities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "journal").open("w+", encoding="utf-8") as stream:
        status = os.fstat(stream.fileno())
        monkeypatch.setenv("JOURNAL_STREAM", f"{status.st_dev}:{status.st_ino}")
        logs.configure(LogSettings(), stream)
        structlog.get_logger().error("record_file_failed")
        logging.getLogger("library").warning("late")
        stream.seek(0)
        failed, late = stream.read().splitlines()
    assert failed.startswith('<3>{"timestamp": "')
    assert late.startswith("<4>{")


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("msid", 5551234567, "********67"),
        ("msid", 55123, "********23"),
        ("msid", msid_of_imsi("310045551234567"), "*************67"),
        ("min", "5551234567", "********67"),
        ("esn", "82123456", "******56"),
        ("esn", None, None),
        ("octets", "E2 2B C7", "8 not shown"),
        ("octets", 17, 17),
        ("octets_received", 5551234567, 5551234567),
        ("case", 5551234567, 5551234567),
        ("reason", "no 5551234567.", "no ********67."),
        ("path", "records/20261122T1030Z-000000123456.open", ...),
        ("time", "2026-11-22T10:00:00.000Z", ...),
        ("id", "a5551234567", ...),
        ("who", {"msid": 5551234567, "seen": ["5551234567", 3]}, ...),
    ],
)
def test_numbers_of_subscribers_are_hidden_and_others_are_not(
    key: str, value: object, shown: object
) -> None:
    if isinstance(value, dict):
        assert masked(value, key) == {"msid": "********67", "seen": ["********67", 3]}
    else:
        assert masked(value, key) == (value if shown is ... else shown)


@given(
    st.from_regex(r"5[0-9]{9}", fullmatch=True),
    st.text(st.characters(exclude_categories=["L", "N", "Cs"], exclude_characters="_.-")),
    st.text(st.characters(exclude_categories=["L", "N", "Cs"], exclude_characters="_")),
)
def test_a_min_in_any_sentence_is_hidden(number: str, before: str, after: str) -> None:
    assert number[:8] not in masked(before + number + after)


def test_a_kind_of_event_is_named_in_words() -> None:
    assert event_name(OutputFailed("syslog", "no route")) == "output_failed"
