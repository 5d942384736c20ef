"""Who asks on the control socket, and what they may do. The kernel says who: SO_PEERCRED."""

from __future__ import annotations

import grp
import os
import pwd
import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from asyncio.trsock import TransportSocket

CREDENTIALS: Final = struct.Struct("3i")  # unix(7): struct ucred, pid, uid, gid
ROOT: Final = 0


@dataclass(frozen=True, slots=True)
class Caller:
    """A user of this machine."""

    uid: int
    gid: int
    name: str

    def is_in(self, group: str) -> bool:
        """Whether the user belongs to a group. Reads the user database: not for the loop."""
        try:
            wanted = grp.getgrnam(group).gr_gid
            return wanted == self.gid or wanted in os.getgrouplist(self.name, self.gid)
        except KeyError:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """Who may change things: root, the daemon's own user, and these. Everybody may look."""

    users: tuple[str, ...] = ()
    group: str | None = None

    def may_change(self, caller: Caller) -> bool:
        """Whether they may. Reads the user database: not for the loop."""
        if caller.uid in {ROOT, os.geteuid()} or caller.name in self.users:
            return True
        return self.group is not None and caller.is_in(self.group)


def caller_of(connected: socket.socket | TransportSocket) -> Caller:
    """The user at the other end. Reads the user database: not for the loop. Raises OSError."""
    octets = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    _, uid, gid = CREDENTIALS.unpack(octets)
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:
        name = str(uid)
    return Caller(uid, gid, name)
