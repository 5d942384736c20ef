"""ANSI point codes as the SIGTRAN layers carry them: a number in 32 bits (RFC 4666 §3.3.1)."""

from __future__ import annotations

from is41.errors import DecodeError
from is41.mtp.pointcode import PointCode


def point_code(number: int) -> PointCode:
    """Read network, cluster and member of 8 bits each, the network highest. Raises DecodeError.

    The way back is `int(point_code)`.
    """
    if not 0 <= number < 1 << 24:
        raise DecodeError(
            f"{number:#x} has more than 24 bits",
            what="point_code",
            field="point_code",
            clause="RFC 4666 §3.3.1",
        )
    return PointCode(*number.to_bytes(3))
