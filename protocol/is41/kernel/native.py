"""Machine code in memory, and how it is called: what Numba does, without Numba."""

from __future__ import annotations

import hashlib
import threading
from ctypes import CFUNCTYPE, c_int, c_int64, c_void_p
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from llvmlite import binding

if TYPE_CHECKING:
    from collections.abc import Callable

    from .store import MachineCode

# Numba's calling convention: where to put what is returned, and what was raised; the words.
# ctypes releases the GIL for the call.
_ENTRY: Final = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int64)
# Of two engines that two threads make, one is thrown away, and with it all that it has loaded.
_LOADING: Final = threading.Lock()


@cache
def platform() -> str:
    """Hash of what machine code is made for: this processor, and what LLVM knows of it."""
    told = (
        binding.get_default_triple(),
        binding.get_host_cpu_name(),
        binding.get_host_cpu_features().flatten(),
        binding.llvm_version_info,
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:8]


@cache
def _engine() -> Any:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_default_triple().create_target_machine(jit=True)
    return binding.create_mcjit_compiler(binding.parse_assembly(""), machine)


def loaded(code: MachineCode) -> Callable[[int], None]:
    """Load machine code; give what calls it with the address of its words."""
    with _LOADING:
        engine = _engine()
        engine.add_object_file(binding.ObjectFileRef.from_data(code.octets))
        engine.finalize_object()
        entry = _ENTRY(engine.get_function_address(code.symbol))

    def call(words: int) -> None:
        raised = (c_void_p * 1)()
        returned = (c_void_p * 1)()
        if entry(returned, raised, words):
            raise SystemError(f"{code.symbol} raised something: kernels do not")

    return call
