"""One writer for a directory or a file: a lock that ends with the process, however that ends."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from clonewatch.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def locked(path: Path, otherwise: str) -> int:
    """A descriptor that keeps others out until it is closed.

    Raises OSError, and InputError saying *otherwise* where somebody else holds it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise InputError(path, otherwise) from None
    return descriptor
