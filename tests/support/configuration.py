"""Configurations written for a test, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clonewatch.config import load
from clonewatch.errors import Misconfigured

if TYPE_CHECKING:
    from pathlib import Path

    from clonewatch.config import Config

LEARN = 'mode = "learn"\n'
TAP = """
[[links]]
name = "rvcd-a"
transport = "tali"
role = "tap"
listen = "127.0.0.1:5000"
peers = ["192.0.2.0/24"]
"""
HLR = """
[[links]]
name = "hlr"
transport = "tali"
role = "hlr"
connect = "192.0.2.9:5000"
query = { layer = "tcap" }
"""
SPOOL = """
[[spools]]
name = "rvcd-b"
directory = "spool"
"""


def loaded(folder: Path, *lines: str) -> Config:
    """The configuration of these lines, in a file in *folder*."""
    path = folder / "clonewatch.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return load(path)


def faults(folder: Path, *lines: str) -> dict[str, str]:
    """What is wrong with it, by key."""
    try:
        loaded(folder, *lines)
    except Misconfigured as error:
        found = error.faults
    else:
        return {}
    by_key = {fault.key: fault.message for fault in found}
    assert len(by_key) == len(found)
    return by_key
