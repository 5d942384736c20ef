"""One writer for a directory: held by a lock that ends with the process, however it ends."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from clonewatch.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def locked(directory: Path, otherwise: str) -> int:
    """A descriptor that keeps others out until it is closed.

    Raises OSError, and InputError saying *otherwise* where somebody else holds it.
    """
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InputError(directory, otherwise) from None
    return descriptor
