"""``clonewatch run`` as a process of its own, whose listening sockets outlive it."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from daemons import BASE, TRAVEL
from lines import whole_lines
from network import HOST

if TYPE_CHECKING:
    from collections.abc import Mapping

STARTED_WITHIN_S: Final = 300.0  # kernels may have to be compiled: up to a minute each
# Hands sockets over as systemd does, and becomes the daemon.
AS_SYSTEMD: Final = """
import os, sys
names, *numbers = sys.argv[1:]
held = [os.dup(int(number)) for number in numbers]
for at, number in enumerate(held, 3):
    os.dup2(number, at)
    os.set_inheritable(at, True)
os.environ |= {"LISTEN_FDNAMES": names, "LISTEN_FDS": str(len(held))}
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.executable, [sys.executable, "-m", "clonewatch", "run", "-c", "clonewatch.toml"])
"""


class Process:
    """A daemon that may be started and killed again and again.

    It reads the configuration of *folder*, and *environment*. Links listen at *sockets*, by the
    names that the configuration calls them: who connects while no daemon runs waits for the next
    one, as with systemd.
    """

    def __init__(
        self, folder: Path, sockets: Mapping[str, socket.socket], environment: Mapping[str, str]
    ) -> None:
        self.folder = folder
        self.sockets = sockets
        self._environment = environment
        self._log = folder / "log"
        self._running: subprocess.Popen[bytes] | None = None

    @classmethod
    def of(
        cls,
        folder: Path,
        tables: str,
        names: tuple[str, ...],
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """One by FIG. 6's travel times and these tables."""
        (folder / "travel.csv").write_text(TRAVEL)
        (folder / "clonewatch.toml").write_text(
            f'{BASE}[control]\nsocket = "control.sock"\n{tables}'
        )
        return cls(
            folder, {name: socket.create_server((HOST, 0)) for name in names}, environment or {}
        )

    def port(self, name: str) -> int:
        """Where a link listens."""
        return int(self.sockets[name].getsockname()[1])

    def start(self) -> None:
        """Start a daemon."""
        numbers = [each.fileno() for each in self.sockets.values()]
        words = [str(number) for number in numbers]
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-S", "-c", AS_SYSTEMD, ":".join(self.sockets), *words],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                pass_fds=numbers,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(sys.path),
                    **self._environment,
                },
            )

    @property
    def runs(self) -> bool:
        """Whether there is one."""
        return self._running is not None and self._running.poll() is None

    def end(self, number: signal.Signals) -> int:
        """Send it a signal; how it ended."""
        assert self._running is not None
        self._running.send_signal(number)
        return self._running.wait(STARTED_WITHIN_S)

    def limit(self, what: int, most: int) -> int:
        """Let it have no more of something (`resource`); what it might have had."""
        assert self._running is not None
        before, hard = resource.prlimit(self._running.pid, what)
        resource.prlimit(self._running.pid, what, (most, hard))
        return before

    @property
    def resident_mib_max(self) -> float:
        """The most memory that it has had so far."""
        assert self._running is not None
        status = Path("/proc", str(self._running.pid), "status").read_text("ascii")
        (kib,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
        return int(kib) / 1024

    def close(self) -> None:
        """Leave nothing behind."""
        if self.runs:
            self.end(signal.SIGKILL)
        for each in self.sockets.values():
            each.close()

    @property
    def log(self) -> list[dict[str, Any]]:
        """What all of them said; but for what kernels say when they are compiled."""
        lines = whole_lines(self._log)
        return [json.loads(line) for line in lines if "once on each machine" not in line]
