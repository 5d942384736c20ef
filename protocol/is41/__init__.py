"""ANSI-41 (IS-41) signalling: octets to messages and back, without I/O."""

from __future__ import annotations

import os

if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
    # Numba wants executable memory when it is imported, even where it is told to compile nothing;
    # and that is where there is none.
    from llvmlite import binding

    binding.check_jit_execution = lambda: None
