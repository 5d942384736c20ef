"""What kernels are made of: parts, helpers, and instructions that Numba has no name for."""

from __future__ import annotations

import os
from functools import cached_property, update_wrapper
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., Any]")

DISABLED: Final = os.environ.get("NUMBA_DISABLE_JIT", "0") not in {"", "0"}


class Part:
    """A function that kernels are made of. Numba sees its own dispatcher in its stead."""

    def __init__(self, function: Callable[..., Any], *, inlined: bool) -> None:
        update_wrapper(self, function)
        self.function = function
        self.inlined = inlined

    @cached_property
    def dispatcher(self) -> Any:
        """What Numba compiles, into one kernel or several."""
        from .compiling import dispatcher_of  # noqa: PLC0415

        return dispatcher_of(self.function, inlined=self.inlined)

    @property
    def _numba_type_(self) -> Any:
        return self.dispatcher._numba_type_

    @cached_property
    def _for_python(self) -> Any:
        from .compiling import function_of  # noqa: PLC0415

        return function_of(self.function)

    def __call__(self, *arguments: Any) -> Any:
        """Call it from Python, which tests do: for them it is compiled apart."""
        return self._for_python(*arguments)


class Instruction:
    """An instruction that kernels use and Numba has no Python name for.

    *typed* gives, as for Numba's `intrinsic`, the types of a call and what generates it.
    """

    def __init__(self, typed: Callable[..., Any]) -> None:
        self.function = typed

    @cached_property
    def _numba_type_(self) -> Any:
        from .compiling import type_of_instruction  # noqa: PLC0415

        return type_of_instruction(self.function)


def part(function: Function) -> Function:
    """Compile a function into the kernels that are made of it."""
    return function if DISABLED else cast("Function", Part(function, inlined=True))


def helper(function: Function) -> Function:
    """Compile a function that kernels call, but seldom: one copy of it serves.

    That has to be said: what a part calls would be written into the part.
    """
    return function if DISABLED else cast("Function", Part(function, inlined=False))
