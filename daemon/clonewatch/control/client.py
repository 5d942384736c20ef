"""The command's end of the control socket."""

from __future__ import annotations

import http.client
import json
import socket
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from clonewatch.errors import ControlError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TIMEOUT_S: Final = 30.0
REFUSED_FROM: Final = 400  # HTTP statuses


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        """Connect to the Unix socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def ask(
    path: Path,
    method: str,
    target: str,
    *,
    query: Mapping[str, str] | None = None,
    body: Mapping[str, Any] | None = None,
) -> Any:
    """Ask the daemon whose control socket is at *path*. Raises ControlError."""
    connection = _Connection(path)
    try:
        connection.request(
            method,
            f"{target}?{urlencode(query)}" if query else target,
            body=None if body is None else json.dumps(body),
            headers={"Content-Type": "application/json"},
        )
        answer = connection.getresponse()
        octets = answer.read()
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise ControlError(path, f"no daemon answers here: {reason}") from None
    finally:
        connection.close()
    try:
        given = json.loads(octets)
    except ValueError:
        raise ControlError(path, f"{method} {target}: {answer.status} {answer.reason}") from None
    if answer.status >= REFUSED_FROM:
        raise ControlError(path, given.get("error", f"{answer.status} {answer.reason}"))
    return given
