"""A hash of all that a kernel is made of, so that no machine code outlives its source.

Numba's own cache looks at a kernel's file only, and would go on using parts and constants of
other files as they once were.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from .parts import Instruction, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .signature import Signature

_CONVENTIONS: Final = ("compiling.py", "native.py", "signature.py")


def content(function: Callable[..., Any], signature: Signature) -> str:
    """Hash of a kernel's code, of what it calls and how, of the constants, and of the compiler."""
    digest = hashlib.sha256(_compiler() + repr(signature).encode())
    waiting, seen = [function], {function}
    while waiting:
        function = waiting.pop()
        for code in _codes(function.__code__):
            constants = [value for value in code.co_consts if not isinstance(value, CodeType)]
            digest.update(
                code.co_code + repr((constants, code.co_names, code.co_varnames)).encode()
            )
            for value in _globals(function, code):
                if not isinstance(value, Part | Instruction):
                    digest.update(_constant(value))
                elif value.function not in seen:
                    digest.update(repr(getattr(value, "inlined", None)).encode())
                    seen.add(value.function)
                    waiting.append(value.function)
    return digest.hexdigest()


@cache
def _compiler() -> bytes:
    """Hash of how kernels are compiled and called, and of Numba's version."""
    files = [Path(__file__).with_name(name) for name in _CONVENTIONS]
    numba = find_spec("numba")
    if numba is not None and numba.origin is not None:
        files.append(Path(numba.origin).with_name("_version.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).digest()


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code and that of what is defined inside it."""
    yield code
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _codes(value)


def _globals(function: Callable[..., Any], code: CodeType) -> Iterator[object]:
    """Values of the names that code uses, of those in other modules too."""
    for name in code.co_names:
        value = function.__globals__.get(name)
        yield value
        if isinstance(value, ModuleType):
            yield from (vars(value).get(inner) for inner in code.co_names)


def _constant(value: object) -> bytes:
    """What a kernel can see of a global: the octets of an array, the fields of a NamedTuple."""
    if isinstance(value, np.ndarray):
        return repr((value.dtype, value.shape)).encode() + value.tobytes()
    if isinstance(value, type):
        return repr((value.__name__, getattr(value, "_fields", None))).encode()
    if isinstance(value, int | float | tuple | str | None):
        return repr(value).encode()
    return getattr(value, "__name__", type(value).__name__).encode()
