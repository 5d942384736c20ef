"""Kernels, and when they are loaded or compiled: when they are first called, or all at once."""

from __future__ import annotations

import threading
from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from .content import content
from .parts import DISABLED, Part
from .signature import Argument, Result, Signature
from .store import MachineCode, Place

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Sequence

Given = TypeVar("Given")
Function = TypeVar("Function", bound="Callable[..., Any]")

TOLD_OF_COMPILING: Final[list[Callable[[str], None]]] = []  # called with the kernel's name
KERNELS: Final[list[Kernel]] = []  # of all modules imported so far


class Kernel:
    """A function compiled for one signature."""

    def __init__(self, function: Callable[..., Any], signature: Signature) -> None:
        update_wrapper(self, function)
        self.signature = signature
        self.was_compiled = False  # by this process; else it was found in a file
        self._part = Part(function, inlined=False)
        self._pack = signature.packer()
        self._unpack = signature.unpacker()
        self._loading = threading.Lock()
        self._entry: Callable[[int], None] | None = None

    def __call__(self, *arguments: Any) -> Any:
        """Call it. Raises TypeError for arguments of other types than the signature's."""
        return self._called(self._pack(arguments))

    def bound(self, given: Sequence[Any]) -> Callable[..., Any]:
        """It with its first arguments *given* once, which are packed once."""
        pack = self.signature.packer(given)
        return lambda *others: self._called(pack(others))

    @property
    def is_loaded(self) -> bool:
        """Whether its machine code is in memory."""
        return self._entry is not None

    def load(self) -> Callable[[int], None]:
        """Get its machine code into memory, compiled if need be."""
        with self._loading:
            if self._entry is None:
                from .native import loaded  # noqa: PLC0415  # a large library, without JIT unused

                self._entry = loaded(self._machine_code())
            return self._entry

    def _called(self, words: array[int]) -> Any:
        entry = self._entry or self.load()
        entry(words.buffer_info()[0])
        return self._unpack(words)

    def _machine_code(self) -> MachineCode:
        from .native import platform  # noqa: PLC0415

        function = self._part.function
        place = Place(function, platform(), content(function, self.signature))
        code = place.read()
        if code is None:
            for tell in TOLD_OF_COMPILING:
                tell(function.__name__)
            from .compiling import compiled  # noqa: PLC0415

            code = MachineCode(*compiled(self._part, self.signature))
            place.write(code)
            self.was_compiled = True
        return code


def kernel(result: Result, *arguments: Argument) -> Callable[[Function], Function]:
    """Make a kernel of a function that takes *arguments* and gives *result*."""

    def decorate(function: Function) -> Function:
        if DISABLED:
            return function
        made = Kernel(function, Signature(result, arguments))
        KERNELS.append(made)
        return cast("Function", made)

    return decorate


def bound(function: Callable[..., Given], *given: Any) -> Callable[..., Given]:
    """A kernel whose first arguments are *given* for good; arrays are to stay where they are.

    What is called often should be: to pack an array takes a microsecond.
    """
    if isinstance(function, Kernel):
        return function.bound(given)
    return partial(function, *given)


def load_all() -> None:
    """Load the kernels of all modules imported so far, so that none has to be compiled later."""
    for each in KERNELS:
        each.load()
