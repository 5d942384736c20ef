"""Kernels: functions over arrays, compiled once on each machine and kept beside the code.

A kernel has one signature, is made of parts and helpers, and releases the GIL. What is kept is
machine code: to load it takes a millisecond and no compiler, while importing Numba alone takes
longer than most captures do. So Numba is imported where something has to be compiled, and
nowhere else.

`signature`  the types that a kernel takes and gives; arguments as 64-bit words
`parts`      what kernels are made of
`content`    a hash of all that a kernel is made of
`store`      machine code in files
`native`     machine code in memory, and how it is called
`compiling`  Numba

With ``NUMBA_DISABLE_JIT=1`` all of this steps aside and kernels run as plain Python, for machines
that forbid memory which is both writable and executable: the same answers, slowly. For that to
hold, octets are widened to 64 bits before they are shifted or multiplied.
"""

from __future__ import annotations

from .kernels import TOLD_OF_COMPILING, bound, kernel, load_all
from .parts import DISABLED, Instruction, helper, part
from .signature import OCTETS, Array, columns

__all__ = [
    "DISABLED",
    "OCTETS",
    "TOLD_OF_COMPILING",
    "Array",
    "Instruction",
    "bound",
    "columns",
    "helper",
    "kernel",
    "load_all",
    "part",
]
