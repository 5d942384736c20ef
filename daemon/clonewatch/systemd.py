"""What the daemon and systemd tell each other.

As sd_notify(3), sd_listen_fds(3) and sd_watchdog_enabled(3) have it. Where no systemd has started
us, all of this does nothing. A library would be one more dependency for a datagram and three
variables; the official one needs a C compiler.
"""

from __future__ import annotations

import asyncio
import os
import socket
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

FIRST_DESCRIPTOR: Final = 3  # SD_LISTEN_FDS_START
DESCRIPTORS_MAX: Final = 1024  # ours: more than any unit passes
UNNAMED: Final = "unknown"  # sd_listen_fds_with_names(3)


class Notifier:
    """Tells systemd how the daemon is. The variables are taken out of *environment*.

    Children must not speak for us.
    """

    def __init__(self, environment: MutableMapping[str, str] = os.environ) -> None:
        self._address = environment.pop("NOTIFY_SOCKET", "")
        watchdog_us = environment.pop("WATCHDOG_USEC", "")
        pid = environment.pop("WATCHDOG_PID", str(os.getpid()))
        self.watchdog_s: float | None = None  # to be heard of at least so often
        if self._address and pid == str(os.getpid()) and _is_number(watchdog_us):
            self.watchdog_s = int(watchdog_us) / 1e6
        self._socket: socket.socket | None = None

    def ready(self, status: str) -> None:
        """Starting, or a reload, is done."""
        self._tell(f"READY=1\nSTATUS={_line(status)}")

    def reloading(self, status: str) -> None:
        """A reload has begun; `ready` ends it."""
        self._tell(
            f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}\nSTATUS={_line(status)}"
        )

    def stopping(self, status: str) -> None:
        """The daemon ends."""
        self._tell(f"STOPPING=1\nSTATUS={_line(status)}")

    def status(self, status: str) -> None:
        """One line for ``systemctl status``."""
        self._tell(f"STATUS={_line(status)}")

    def alive(self) -> None:
        """The watchdog need not bark."""
        self._tell("WATCHDOG=1")

    async def keep_alive(self) -> None:
        """Calm the watchdog from the running loop; ends at once if there is none.

        A loop that hangs is silent, and systemd starts us anew.
        """
        if not self.watchdog_s:
            return
        while True:
            self.alive()
            await asyncio.sleep(self.watchdog_s / 3)

    def close(self) -> None:
        """Tell no more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _tell(self, words: str) -> None:
        """Send; nobody's listening is no reason to end."""
        if not self._address.startswith(("/", "@")):
            return
        if self._socket is None:
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
        address = self._address.replace("@", "\0", 1) if self._address[0] == "@" else self._address
        try:
            self._socket.sendto(words.encode(), address)
        except OSError:
            return


def passed_sockets(
    environment: MutableMapping[str, str] = os.environ,
) -> dict[str, list[socket.socket]]:
    """The listening sockets that systemd has passed us, by FileDescriptorName=.

    The variables are taken out of *environment*. What is no listening stream socket is closed.
    """
    pid = environment.pop("LISTEN_PID", "")
    count = environment.pop("LISTEN_FDS", "")
    names = environment.pop("LISTEN_FDNAMES", "").split(":")
    if pid != str(os.getpid()) or not _is_number(count):
        return {}
    found: dict[str, list[socket.socket]] = {}
    for at in range(min(int(count), DESCRIPTORS_MAX)):
        listening = _listening(FIRST_DESCRIPTOR + at)
        if listening is not None:
            name = names[at] if at < len(names) and names[at] else UNNAMED
            found.setdefault(name, []).append(listening)
    return found


def _listening(descriptor: int) -> socket.socket | None:
    try:
        os.set_inheritable(descriptor, False)
        passed = socket.socket(fileno=descriptor)
    except OSError:
        return None
    is_stream = passed.type == socket.SOCK_STREAM
    if not is_stream or not passed.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        passed.close()
        return None
    passed.setblocking(False)
    return passed


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _line(status: str) -> str:
    """One line: a second one would be another variable."""
    return " ".join(status.split())
