"""Numba kernels: functions over arrays, compiled once and kept in a cache beside the code.

A kernel is compiled for one signature, when it is imported or, faster, from the cache, and
releases the GIL. With ``NUMBA_DISABLE_JIT=1`` all of this steps aside and kernels run as plain
Python, for machines that forbid memory which is both writable and executable: the same answers,
slowly. For that to hold, octets are widened to 64 bits before they are shifted or multiplied.
"""

from __future__ import annotations

import contextlib
import hashlib
from functools import cached_property
from types import CodeType, ModuleType
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import numpy as np
from numba import config, njit, types
from numba.core.caching import FunctionCache
from numba.core.registry import CPUDispatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

Function = TypeVar("Function", bound="Callable[..., Any]")

DISABLED: Final = bool(config.DISABLE_JIT)
TOLD_OF_COMPILING: Final[list[Callable[[str], None]]] = []  # called with the kernel's name
OCTETS: Final = types.Array(types.uint8, 1, "C", readonly=True)
# Kernels make no array and keep none, so they need not count references: that would cost atomic
# operations each time an array goes from part to part, in a decoder of small parts four times what
# the decoding does. Nobody calls them from C.
OPTIONS: Final = {
    "nogil": True,
    "error_model": "numpy",
    "_nrt": False,
    "no_cfunc_wrapper": True,
}
_FOR_KERNELS: Final = {"nopython": True, "no_cpython_wrapper": True}


class ContentCache(FunctionCache):  # type: ignore[misc]
    """Numba's cache on disk, by all that a kernel is made of.

    Numba looks at the kernel's own file only, and would go on using parts and constants of other
    files as they once were.
    """

    def load_overload(self, sig: object, target_context: object) -> object:
        """Load the kernel; where it has to be compiled, tell those who asked to be told."""
        loaded: object = super().load_overload(sig, target_context)
        if loaded is None:
            for tell in TOLD_OF_COMPILING:
                tell(self._py_func.__name__)
        return loaded

    def _index_key(self, signature: object, codegen: object) -> tuple[object, ...]:
        return (*super()._index_key(signature, codegen), _content(self._py_func))


def _content(function: Callable[..., Any]) -> str:
    """Hash of a function's code, of the functions it calls and how, and of the constants it uses."""
    digest = hashlib.sha256(repr(OPTIONS).encode())
    waiting, seen = [function], {function}
    while waiting:
        function = waiting.pop()
        for code in _codes(function.__code__):
            constants = [value for value in code.co_consts if not isinstance(value, CodeType)]
            digest.update(
                code.co_code + repr((constants, code.co_names, code.co_varnames)).encode()
            )
            for value in _globals(function, code):
                if not isinstance(value, CPUDispatcher):
                    digest.update(_constant(value))
                elif value.py_func not in seen:
                    digest.update(repr(value.targetoptions).encode())
                    seen.add(value.py_func)
                    waiting.append(value.py_func)
    return digest.hexdigest()


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


def kernel(signature: Any) -> Callable[[Function], Function]:
    """Compile a function for *signature*, the one set of types it is called with."""

    def decorate(function: Function) -> Function:
        if DISABLED:
            return function
        dispatcher = njit(**OPTIONS)(function)
        with contextlib.suppress(RuntimeError):  # no folder to write in: compile at each start
            dispatcher._cache = ContentCache(function)
        dispatcher.compile(signature)
        dispatcher.disable_compile()
        compiled: Function = dispatcher
        return compiled

    return decorate


def part(function: Function) -> Function:
    """Compile a function into the kernels that are made of it."""
    return _compiled(function, forceinline=True)


def helper(function: Function) -> Function:
    """Compile a function that kernels call, but seldom: one copy of it serves.

    That has to be said: what a part calls would be written into the part.
    """
    return _compiled(function, forceinline=False)


def _compiled(function: Function, *, forceinline: bool) -> Function:
    if DISABLED:
        return function
    options = {**OPTIONS, **_FOR_KERNELS, "forceinline": forceinline}
    compiled: Any = _Part(function, targetoptions=options)
    return cast("Function", compiled)


class _Part(CPUDispatcher):  # type: ignore[misc]
    """A function for kernels to call, compiled once for all integers.

    Numba would compile it again, and all that it calls, for each number that stands in the source,
    and each time make it fit to be called from Python: that was half of the time. Tests do call it
    from Python: for them it is compiled apart.
    """

    def get_call_template(self, args: Any, kws: Any) -> Any:
        return super().get_call_template(tuple(map(types.unliteral, args)), kws)

    def __call__(self, *args: Any) -> Any:
        return self._for_python(*args)

    @cached_property
    def _for_python(self) -> Any:
        return njit(**OPTIONS)(self.py_func)


def columns(kind: type[tuple[Any, ...]], dtypes: Mapping[str, Any]) -> Any:
    """Give the Numba type of *kind*, a NamedTuple of one-dimensional arrays of *dtypes*."""
    arrays = [types.Array(dtypes[name], 1, "C") for name in kind._fields]  # type: ignore[attr-defined]
    return types.BaseTuple.from_types(arrays, kind)
