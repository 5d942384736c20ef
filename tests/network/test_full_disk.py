"""The record file's disk takes no more: the daemon says so, goes on from memory, and resumes.

The kernel refuses the writes: no file of the daemon may grow beyond a size (RLIMIT_FSIZE).
"""

from __future__ import annotations

import asyncio
import re
import resource
import signal
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Final

import pytest

from afterwards import stored
from clonewatch.recordfile.groups import groups_in
from clonewatch.recordfile.reading import read
from daemons import far_end_at, link
from is41.layers import Layer
from live import regnot
from network import HOST
from processes import STARTED_WITHIN_S, Process

if TYPE_CHECKING:
    from pathlib import Path

    from network import FarEnd

A, C = 0, 4
COPIES: Final = 30_000  # so that the record file is larger than the store's files
TABLES: Final = '[metrics]\nlisten = "systemd:metrics"\n' + link("tali", listen="systemd:tali")


class Watch:
    """What is seen from outside."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __call__(self, name: str) -> float:
        """The value of a metric."""
        text = (await asyncio.to_thread(self._get, "metrics"))[1]
        (value,) = re.findall(rf"^clonewatch_{name} (\S+)$", text, re.MULTILINE)
        return float(value)

    async def health(self) -> tuple[int, str]:
        """The status and the words of it."""
        return await asyncio.to_thread(self._get, "health")

    async def until(self, name: str, expected: float) -> None:
        """Wait until a metric is so."""
        while await self(name) != expected:  # noqa: ASYNC110  # it is another process
            await asyncio.sleep(0.02)

    def _get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://{HOST}:{self._port}/{path}") as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


async def scene(process: Process, far_end: FarEnd, grows: str) -> None:
    """Fill the disk, find a clone all the same, make room."""
    watch = Watch(process.port("metrics"))
    copy = regnot("6145550001", A, transaction_id=1)
    assert all(far_end.connection.send(copy, Layer.SCCP) for _ in range(COPIES))
    await watch.until("record_file_rows_written_total", COPIES)
    assert (await watch.health())[0] == 200
    (group,) = groups_in(process.folder / "state" / "records")
    size = getattr(group, grows).stat().st_size
    others = (process.folder / "state").glob("clonewatch.sqlite*")
    assert size > 2 * max(each.stat().st_size for each in others)

    before = process.limit(resource.RLIMIT_FSIZE, size)
    for at, msc in enumerate((A, C), 2):
        assert far_end.connection.send(regnot(msc=msc, transaction_id=at), Layer.SCCP)
    await watch.until("record_file_failing", 1)
    await watch.until("conflicts_total", 1)
    assert await watch("record_file_rows_waiting") == 2
    status, words = await watch.health()
    assert status == 503
    assert "the record file cannot be written" in words
    while not conflicts(process.folder):  # noqa: ASYNC110  # likewise
        await asyncio.sleep(0.02)

    process.limit(resource.RLIMIT_FSIZE, before)
    await watch.until("record_file_failing", 0)
    await watch.until("record_file_rows_waiting", 0)
    assert await watch("record_file_rows_lost_total") == 0
    assert (await watch.health())[0] == 200


def conflicts(folder: Path) -> int:
    """How many clone records the store holds."""
    return len(stored(folder, "SELECT id FROM clone_records"))


@pytest.mark.parametrize("grows", ["open_path", "messages_open_path"])
def test_a_full_disk_is_told_and_detection_goes_on_until_there_is_room(
    tmp_path: Path, grows: str
) -> None:
    keeps = "[record_file]\noctets = true\n" if grows == "messages_open_path" else ""
    process = Process.of(tmp_path, keeps + TABLES, ("tali", "metrics"))

    async def main() -> None:
        port = process.port("tali")
        async with (
            far_end_at(port, within_s=STARTED_WITHIN_S) as far_end,
            asyncio.timeout(60),
        ):
            await scene(process, far_end, grows)

    try:
        process.start()
        asyncio.run(main())
        assert process.end(signal.SIGTERM) == 0
    finally:
        process.close()
    rows = [rows.batch.transaction_id.tolist() for rows in read(tmp_path / "state" / "records")]
    assert [each for part in rows for each in part][COPIES:] == [2, 3]
    assert conflicts(tmp_path) == 1
    told = [line["event"] for line in process.log if line["event"].startswith("file_")]
    assert told == ["file_failed", "file_resumed"]
