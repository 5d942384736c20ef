"""Constructs that the layouts of several layers share."""

from __future__ import annotations

from construct import Int8ub, Struct

from is41.grammar import Value

from .pointcode import PointCode

# fmt: off
# T1.111.4, point code: the low octet goes first.
_POINT_CODE = Struct(
    "member"  / Int8ub,
    "cluster" / Int8ub,
    "network" / Int8ub,
)
# fmt: on

POINT_CODE = Value(_POINT_CODE, PointCode)
