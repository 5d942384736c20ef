"""Machine code of kernels in files: beside the code, as Python's own caches are.

The folder is the first that can be written in: what ``NUMBA_CACHE_DIR`` says; ``__pycache__``
beside the kernel's module; the user's cache folder. Of one kernel a file is kept for each kind of
processor and version of Python; a newer one takes the place of an older.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SUFFIX: Final = ".nbc"  # Numba's own, so that what clears its caches clears ours
_DIGEST_LENGTH: Final = hashlib.sha256().digest_size  # octets


@dataclass(frozen=True, slots=True)
class MachineCode:
    """An object file, and the name in it of the function to call."""

    symbol: str
    octets: bytes

    def encode(self) -> bytes:
        """As it stands in a file: a hash of the rest, the name, a line end, the object."""
        body = self.symbol.encode() + b"\n" + self.octets
        return hashlib.sha256(body).digest() + body

    @classmethod
    def decode(cls, octets: bytes) -> Self | None:
        """Read what stands in a file; None where that is damaged."""
        digest, body = octets[:_DIGEST_LENGTH], octets[_DIGEST_LENGTH:]
        if hashlib.sha256(body).digest() != digest:
            return None
        symbol, _, rest = body.partition(b"\n")
        return cls(symbol.decode(), rest)


class Place:
    """Where the machine code of *function* lies, for a *platform* and a *content*."""

    def __init__(self, function: Callable[..., Any], platform: str, content: str) -> None:
        python = f"py{sys.version_info.major}{sys.version_info.minor}"
        self._source = Path(function.__code__.co_filename)
        self._begins = f"{self._source.stem}.{function.__name__}.{python}-{platform}-"
        self._name = f"{self._begins}{content}{SUFFIX}"

    def read(self) -> MachineCode | None:
        """Read the machine code; None where it is not there, or damaged."""
        for folder in self._folders():
            with contextlib.suppress(OSError):
                return MachineCode.decode(folder.joinpath(self._name).read_bytes())
        return None

    def write(self, code: MachineCode) -> None:
        """Keep machine code, in the stead of older; where no folder takes it, not at all."""
        for folder in self._folders():
            with contextlib.suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
                self._put(folder, code.encode())
                return

    def _put(self, folder: Path, octets: bytes) -> None:
        older = [path for path in folder.iterdir() if path.name.startswith(self._begins)]
        # Nobody reads half a file; and, unlike those of `tempfile`, others may read it.
        beside = folder / f"{os.getpid()}-{threading.get_ident()}.part"
        try:
            beside.write_bytes(octets)
            beside.replace(folder / self._name)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        for path in older:
            if path.name != self._name:
                path.unlink(missing_ok=True)

    def _folders(self) -> Iterator[Path]:
        """Folders to look in, the first choice first."""
        if not self._source.is_file():
            return
        source = self._source.resolve().parent
        beneath = hashlib.sha256(str(source).encode()).hexdigest()[:16]
        if told := os.environ.get("NUMBA_CACHE_DIR"):
            yield Path(told) / beneath
            return
        yield source / "__pycache__"
        home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        with contextlib.suppress(RuntimeError):  # nobody knows whose home that is
            yield Path(home).expanduser() / "is41" / beneath
