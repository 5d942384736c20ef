"""``clonewatch status``, asking a control socket."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING

from clonewatch.cli import status as verb
from clonewatch.control.callers import Permissions
from clonewatch.control.server import Asked, ControlServer
from clonewatch.control.status import SourceStatus, Status
from command import Ran, clonewatch
from configuration import LEARN

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

STATUS = Status(
    version="1.2.3",
    mode="test",
    state="ready",
    since="2026-11-22T10:00:00.000Z",
    sources=(
        SourceStatus(
            name="rvcd-a",
            kind="tali tap",
            state="open",
            connections=1,
            messages=12345,
            registrations=6789,
            registrations_per_s=12.5,
            newest="2026-11-22T11:00:00.000Z",
        ),
    ),
    messages={"RegistrationNotification taken": 6789}
    | {f"Operation{number} read": 20 - number for number in range(20)},
    counts={"registrations": 6789, "conflicts": 3},
    window={"subscribers": 4000},
    alarms=("link rvcd-b is down [since 11:00]",),
)


def asked(path: Path, *words: str | Path) -> Ran:
    """Run ``clonewatch status`` beside a server at *path*."""

    async def status(_: Asked) -> object:
        return asdict(STATUS)

    async def main() -> Ran:
        server = ControlServer(Permissions())
        server.add("GET", "/status", status)
        await server.start(path)
        ran = await asyncio.to_thread(clonewatch, "status", *words)
        await server.stop()
        return ran

    return asyncio.run(main())


def test_a_program_gets_json(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    ran = asked(path, "--socket", path)
    assert ran.exit_code == 0
    (told,) = ran.records
    assert told["sources"][0]["registrations"] == 6789
    assert told["alarms"] == ["link rvcd-b is down [since 11:00]"]


def test_a_configuration_says_where_to_ask(tmp_path: Path) -> None:
    file = tmp_path / "clonewatch.toml"
    file.write_text(LEARN + '[control]\nsocket = "control.sock"\n', encoding="utf-8")
    assert asked(tmp_path / "control.sock", "-c", file).records[0]["mode"] == "test"


def test_a_terminal_gets_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "wants_json", lambda _: False)
    monkeypatch.setenv("COLUMNS", "400")
    path = tmp_path / "control.sock"
    lines = asked(path, "--socket", path).output.splitlines()
    assert lines[0] == "clonewatch 1.2.3, mode test: ready, since 2026-11-22T10:00:00.000Z"
    assert lines[1].split() == [
        *("source", "kind", "state", "REGNOTs", "a", "second", "messages", "refused"),
        "newest",
    ]
    assert lines[2].split() == [
        *("rvcd-a", "tali", "tap", "open", "6,789", "12.5", "12,345", "0"),
        *("11-22", "11:00:00"),
    ]
    others = ", ".join(f"{20 - number} Operation{number} read" for number in range(11))
    assert lines[3:] == [
        f"messages: 6,789 RegistrationNotification taken, {others}, and 9 kinds more",
        "counts: 6,789 registrations, 3 conflicts",
        "window: 4,000 subscribers",
        "alarm: link rvcd-b is down [since 11:00]",
    ]


def test_no_daemon_is_1_and_says_where(tmp_path: Path) -> None:
    ran = clonewatch("status", "--socket", tmp_path / "none.sock")
    assert ran.exit_code == 1
    assert ran.errors.startswith(f"clonewatch: {tmp_path}/none.sock: no daemon answers here")
