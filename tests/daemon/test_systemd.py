"""sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3)."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from clonewatch.systemd import Notifier, passed_sockets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """The other end of NOTIFY_SOCKET."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(5)
        yield listening


def told(listening: socket.socket) -> dict[str, str]:
    lines = listening.recv(4096).decode().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_each_state_is_told_with_a_line_for_people(systemd: socket.socket) -> None:
    environment = {"NOTIFY_SOCKET": systemd.getsockname()}
    notifier = Notifier(environment)
    assert environment == {}
    notifier.ready("3 links\nMAINPID=1")
    assert told(systemd) == {"READY": "1", "STATUS": "3 links MAINPID=1"}
    before = time.monotonic_ns() // 1000
    notifier.reloading("reading")
    reloading = told(systemd)
    assert before <= int(reloading.pop("MONOTONIC_USEC")) <= time.monotonic_ns() // 1000
    assert reloading == {"RELOADING": "1", "STATUS": "reading"}
    notifier.status("waiting")
    assert told(systemd) == {"STATUS": "waiting"}
    notifier.alive()
    assert told(systemd) == {"WATCHDOG": "1"}
    notifier.stopping("the last links close")
    assert told(systemd) == {"STOPPING": "1", "STATUS": "the last links close"}
    notifier.close()


def test_an_abstract_socket_is_one_whose_name_begins_with_at() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind("")  # the kernel chooses an abstract name
        notifier = Notifier({"NOTIFY_SOCKET": "@" + listening.getsockname()[1:].decode()})
        notifier.alive()
        listening.settimeout(5)
        assert told(listening) == {"WATCHDOG": "1"}
        notifier.close()


@pytest.mark.parametrize("address", ["", "vsock:2:1", "relative", "/nobody/there"])
def test_where_nobody_listens_nothing_happens(address: str) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "x"})
    notifier.ready("up")
    notifier.close()
    assert notifier.watchdog_s is None


def test_a_watchdog_is_for_one_process_only() -> None:
    ours = {"NOTIFY_SOCKET": "/n", "WATCHDOG_USEC": "1500000"}
    assert Notifier(dict(ours)).watchdog_s == 1.5
    assert Notifier(ours | {"WATCHDOG_PID": str(os.getpid())}).watchdog_s == 1.5
    assert Notifier(ours | {"WATCHDOG_PID": "1"}).watchdog_s is None
    assert Notifier({"WATCHDOG_USEC": "1500000"}).watchdog_s is None


def test_the_watchdog_hears_of_us_until_we_end(systemd: socket.socket) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "3000"})

    async def main() -> None:
        keeping = asyncio.create_task(notifier.keep_alive())
        for _ in range(3):
            assert await asyncio.to_thread(told, systemd) == {"WATCHDOG": "1"}
        keeping.cancel()

    asyncio.run(main())
    notifier.status("that was all")
    rest = list(iter(lambda: told(systemd), {"STATUS": "that was all"}))
    assert len(rest) < 3  # said before it was cancelled
    notifier.close()


def test_without_a_watchdog_there_is_nothing_to_do() -> None:
    asyncio.run(asyncio.wait_for(Notifier({}).keep_alive(), 5))


SCRIPT = """
import os, socket, sys
os.environ["LISTEN_PID"] = str(os.getpid())
from clonewatch.systemd import passed_sockets
for name, sockets in passed_sockets().items():
    print(name, *(passed.getsockname()[1] for passed in sockets), os.get_inheritable(3))
print(sorted(name for name in os.environ if name.startswith("LISTEN")))
"""


def run_with(names: str, *sockets: socket.socket) -> list[str]:
    """What a process says that has *sockets* from descriptor 3 on."""

    def arrange() -> None:
        kept = [os.dup(passed.fileno()) for passed in sockets]
        for at, descriptor in enumerate(kept):
            os.dup2(descriptor, 100 + at)
        for at in range(len(kept)):
            os.dup2(100 + at, 3 + at)

    finished = subprocess.run(  # nothing else runs in this process
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, "LISTEN_FDS": str(len(sockets)), "LISTEN_FDNAMES": names},
        preexec_fn=arrange,
        close_fds=False,
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout.splitlines()


def test_listening_sockets_come_by_their_names() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as first,
        socket.create_server(("127.0.0.1", 0)) as second,
        socket.create_server(("127.0.0.1", 0)) as third,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        ports = [listening.getsockname()[1] for listening in (first, second, third)]
        assert run_with("rvcd-a:rvcd-b:rvcd-a:other", first, second, third, datagrams) == [
            f"rvcd-a {ports[0]} {ports[2]} False",
            f"rvcd-b {ports[1]} False",
            "[]",
        ]
        assert run_with("", first) == [f"unknown {ports[0]} False", "[]"]


def test_sockets_of_another_process_are_not_ours() -> None:
    assert passed_sockets({"LISTEN_PID": "1", "LISTEN_FDS": "1"}) == {}
    assert passed_sockets({"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "-1"}) == {}
    assert passed_sockets({}) == {}
