"""Where a daemon is asked whose configuration says nothing of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

RUNTIME_DIRECTORY: Final = "/run/clonewatch"
CONTROL_SOCKET: Final = "control.sock"


def control_socket() -> Path:
    """In the directory that systemd makes for the daemon."""
    return Path(os.environ.get("RUNTIME_DIRECTORY", RUNTIME_DIRECTORY)) / CONTROL_SOCKET
