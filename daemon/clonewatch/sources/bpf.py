"""Filters of packets, as tcpdump takes them."""

from __future__ import annotations

from typing import Final

ETHERNET: Final = 1  # LINKTYPE_ETHERNET: what a filter is tried on that has no interface yet


def check_filter(expression: str) -> None:
    """Say what is wrong with a filter, without an interface. Raises ValueError.

    libpcap compiles it; where there is none, no filter can be used.
    """
    from scapy.arch.common import compile_filter  # noqa: PLC0415  # slow to import
    from scapy.error import Scapy_Exception  # noqa: PLC0415

    if not expression:
        return
    try:
        compile_filter(expression, linktype=ETHERNET)
    except (Scapy_Exception, OSError, ImportError) as error:
        raise ValueError(str(error)) from None
