"""Notices as lines of JSON."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import resource
import signal
import sys
import threading
from subprocess import run
from typing import TYPE_CHECKING

import pytest

from clonewatch.actions.alarms.outputs.jsonlines import JsonLines
from notices import NOTICE

if TYPE_CHECKING:
    from pathlib import Path


def test_each_notice_is_a_line_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "alarms.jsonl"

    async def scenario() -> None:
        it = JsonLines(path)
        await it.send([NOTICE, NOTICE])
        await it.send([NOTICE])
        await it.repeat([])
        await it.close()

    asyncio.run(scenario())
    lines = path.read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [NOTICE.as_record()] * 3
    assert path.stat().st_mode & 0o777 == 0o640


def test_half_a_line_that_a_kill_left_does_not_spoil_the_next(tmp_path: Path) -> None:
    path = tmp_path / "alarms.jsonl"
    path.write_text('{"notification": 7, "cha')
    asyncio.run(JsonLines(path).send([NOTICE]))
    half, whole = path.read_text("utf-8").splitlines()
    assert half == '{"notification": 7, "cha'
    assert json.loads(whole) == NOTICE.as_record()


def test_a_write_that_was_given_up_cuts_off_nothing_of_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, fails, sync = tmp_path / "alarms.jsonl", threading.Event(), os.fdatasync
    syncs = iter([True])

    def slow(descriptor: int) -> None:
        if next(syncs, False):
            assert fails.wait(60)
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        sync(descriptor)

    async def scenario() -> None:
        it = JsonLines(path)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await it.send([NOTICE])
        again = asyncio.create_task(it.send([NOTICE]))
        await asyncio.wait({again}, timeout=0.1)  # as long as it takes, could it go first
        fails.set()
        await again

    monkeypatch.setattr(os, "fdatasync", slow)
    asyncio.run(scenario())
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == [
        NOTICE.as_record()
    ]


def test_a_file_that_was_renamed_is_begun_anew(tmp_path: Path) -> None:
    path, old = tmp_path / "alarms.jsonl", tmp_path / "alarms.jsonl.1"

    async def scenario() -> None:
        it = JsonLines(path)
        await it.send([NOTICE])
        path.rename(old)
        await it.send([NOTICE, NOTICE])

    asyncio.run(scenario())
    assert len(old.read_text("utf-8").splitlines()) == 1
    assert len(path.read_text("utf-8").splitlines()) == 2


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        asyncio.run(JsonLines(tmp_path / "none" / "x").send([NOTICE]))


FULL = """
import asyncio, sys
from pathlib import Path
from clonewatch.actions.alarms.outputs.jsonlines import JsonLines
from notices import NOTICE
asyncio.run(JsonLines(Path(sys.argv[1])).send([NOTICE] * 50))
"""


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    path = tmp_path / "alarms.jsonl"
    asyncio.run(JsonLines(path).send([NOTICE]))
    before = path.read_bytes()

    def no_more() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 100, len(before) + 100))

    done = run(
        [sys.executable, "-B", "-c", FULL, path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=no_more,  # nothing else runs in this process
        capture_output=True,
        text=True,
        check=False,
    )
    assert "File too large" in done.stderr
    assert path.read_bytes() == before
