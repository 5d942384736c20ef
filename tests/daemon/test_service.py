"""The daemon as a process of its own: signals, the control socket, metrics, systemd."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from clonewatch.control.client import ask
from clonewatch.errors import ControlError
from daemons import BASE, TRAVEL, link
from network import WITHIN_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, *tables: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """``clonewatch run``, ended at the latest when the test is."""
    (folder / "travel.csv").write_text(TRAVEL)
    (folder / "clonewatch.toml").write_text(
        BASE + '[control]\nsocket = "control.sock"\n' + "".join(tables)
    )
    command = [sys.executable, "-m", "clonewatch", "run", "-c", str(folder / "clonewatch.toml")]
    daemon = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
    )
    try:
        yield daemon
    finally:
        daemon.kill()
        daemon.communicate()


def status(folder: Path) -> dict[str, Any]:
    """What the daemon says once it is ready."""
    deadline = time.monotonic() + 3 * WITHIN_S
    while True:
        try:
            told: dict[str, Any] = ask(folder / "control.sock", "GET", "/status")
        except ControlError:
            told = {"state": "not there"}
        if told["state"] == "ready":
            return told
        assert time.monotonic() < deadline, told
        time.sleep(0.05)


def ended(daemon: subprocess.Popen[str]) -> tuple[int, list[dict[str, Any]]]:
    """How it ended, and its log."""
    output, errors = daemon.communicate(timeout=WITHIN_S)
    assert not errors.replace("once on each machine", ""), errors
    return daemon.returncode, [json.loads(line) for line in output.splitlines()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path, link()) as daemon:
        assert status(tmp_path)["sources"][0]["name"] == "a"
        daemon.send_signal(number)
        code, log = ended(daemon)
    assert code == 0
    assert [line["event"] for line in log] == ["window_rebuilt", "started", "stopped"]
    assert not (tmp_path / "control.sock").exists()


def test_a_hangup_reads_the_configuration_again_and_keeps_the_old_if_it_is_wrong(
    tmp_path: Path,
) -> None:
    path = tmp_path / "clonewatch.toml"
    with running(tmp_path, link()) as daemon:
        status(tmp_path)
        path.write_text(path.read_text() + link("b"))
        daemon.send_signal(signal.SIGHUP)
        while len(status(tmp_path)["sources"]) < 2:
            time.sleep(0.05)
        path.write_text(path.read_text() + "[nonsense]\n")
        daemon.send_signal(signal.SIGHUP)
        assert daemon.stdout is not None
        seen: list[dict[str, Any]] = []
        while not seen or seen[-1]["event"] != "reload_refused":
            seen.append(json.loads(daemon.stdout.readline()))
        assert "reloaded" in [line["event"] for line in seen]
        assert any("nonsense" in fault for fault in seen[-1]["faults"])
        assert len(status(tmp_path)["sources"]) == 2


def test_it_is_watched_over_http(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, link(), f'[metrics]\nlisten = "127.0.0.1:{port}"\n'):
        status(tmp_path)
        for path, expected in (("health", b'"ok": true'), ("ready", b'"ok": true')):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}") as answer:
                assert expected in answer.read()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            told = answer.read()
        assert b"clonewatch_ready 1.0" in told
        assert b'clonewatch_cases{state="open"} 0.0' in told


def test_systemd_is_told(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(3 * WITHIN_S)
        environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "300000"}
        with running(tmp_path, link(), **environment) as daemon:
            told: list[str] = []
            while not any("READY=1" in line for line in told):
                told.append(systemd.recv(4096).decode())
            while told.count("WATCHDOG=1") < 2:
                told.append(systemd.recv(4096).decode())
            path = tmp_path / "clonewatch.toml"
            path.write_text(path.read_text() + "[nonsense]\n")
            daemon.send_signal(signal.SIGHUP)
            while "RELOADING=1" not in told[-1]:
                told.append(systemd.recv(4096).decode())
            while "READY=1" not in told[-1]:
                told.append(systemd.recv(4096).decode())
            assert "reload was refused" in told[-1]
            daemon.terminate()
            while not told[-1].startswith("STOPPING=1"):
                told.append(systemd.recv(4096).decode())
            assert ended(daemon)[0] == 0


def test_a_daemon_that_cannot_start_says_why(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        table = link().replace("127.0.0.1:0", f"127.0.0.1:{port}")
        with running(tmp_path, table) as daemon:
            _, errors = daemon.communicate(timeout=3 * WITHIN_S)
            assert daemon.returncode == 1
            assert "in use" in errors
            assert "Traceback" not in errors
