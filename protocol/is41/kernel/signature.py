"""What a kernel takes and gives, and how both cross from Python.

A compiled kernel is called with the address of an array of words, 64 bits each: the arguments,
one after another, and on return the results, from the first word on. An array is an address and
the length of each dimension; a NamedTuple of arrays is its arrays. Numbers are one word.
"""

from __future__ import annotations

from array import array
from ctypes import addressof, c_char
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Array:
    """An array, contiguous, of a type of number and so many dimensions."""

    dtype: type
    dimensions: int = 1
    readonly: bool = False  # may be one that cannot be written to


@dataclass(frozen=True, slots=True)
class Columns:
    """A NamedTuple of arrays."""

    kind: type[tuple[Any, ...]]
    arrays: tuple[Array, ...]

    def __repr__(self) -> str:
        """Say what a kernel can see of it; not the module, which has more than one name in tests."""
        names: tuple[str, ...] = self.kind._fields  # type: ignore[attr-defined]
        return f"{self.kind.__name__}{dict(zip(names, self.arrays, strict=True))}"


Argument: TypeAlias = "Array | Columns | type[int]"  # int, or bool
Result: TypeAlias = "type[int] | tuple[type[int], ...] | None"  # ints, or bools

OCTETS: Final = Array(np.uint8, readonly=True)
WORD: Final = "q"  # of the module `array`


@dataclass(frozen=True, slots=True)
class Signature:
    """The one set of types that a kernel is called with."""

    result: Result
    arguments: tuple[Argument, ...]

    @property
    def results(self) -> tuple[type[int], ...]:
        """What stands in the first words on return."""
        if self.result is None:
            return ()
        return self.result if isinstance(self.result, tuple) else (self.result,)

    def packer(self, given: Sequence[Any] = ()) -> Callable[[Sequence[Any]], array[int]]:
        """Give what turns arguments into words, behind those that are *given*; it holds on to them.

        It raises TypeError for those of other types.
        """
        packers = [_packer(argument) for argument in self.arguments]
        results = len(self.results)
        first: list[int] = []
        for pack, argument in zip(packers, given, strict=False):
            pack(argument, first)

        def packed(arguments: Sequence[Any]) -> array[int]:
            at, count = len(given), len(given) + len(arguments)
            if count != len(packers):
                raise TypeError(f"{count} arguments instead of {len(packers)}")
            words = first.copy()
            for pack, argument in zip(packers[at:], arguments, strict=True):
                pack(argument, words)
            words.extend([0] * (results - len(words)))
            return array(WORD, words)

        return packed

    def unpacker(self) -> Callable[[array[int]], Any]:
        """Give what turns words into results."""
        kinds = self.results
        if isinstance(self.result, tuple):
            return lambda words: tuple(kind(word) for kind, word in zip(kinds, words, strict=False))
        if kinds:
            return lambda words: kinds[0](words[0])
        return lambda _: None


def columns(kind: type[tuple[Any, ...]], dtypes: Mapping[str, type | Array]) -> Columns:
    """Give the type of *kind*, a NamedTuple of arrays: those of one dimension by their dtype."""
    each = [dtypes[name] for name in kind._fields]  # type: ignore[attr-defined]
    return Columns(kind, tuple(of if isinstance(of, Array) else Array(of) for of in each))


_Packer: TypeAlias = "Callable[[Any, list[int]], None]"  # adds the words of one argument


def _packer(argument: Argument) -> _Packer:
    if isinstance(argument, Array):
        return _array_packer(argument)
    return _columns_packer(argument) if isinstance(argument, Columns) else _number_packer


def _number_packer(number: Any, words: list[int]) -> None:
    words.append(index(number))


def _array_packer(kind: Array) -> _Packer:
    dtype, dimensions, readonly = np.dtype(kind.dtype), kind.dimensions, kind.readonly

    def pack(numbers: Any, words: list[int]) -> None:
        if (
            not isinstance(numbers, np.ndarray)
            or numbers.dtype != dtype
            or numbers.ndim != dimensions
        ):
            raise TypeError(f"{_told(numbers)} instead of {kind}")
        flags = numbers.flags
        if flags.carray and numbers.size:  # ctypes says of these where they are, four times sooner
            words.append(addressof(c_char.from_buffer(numbers)))  # type: ignore[arg-type]
        elif flags.carray or (readonly and flags.c_contiguous):
            words.append(int(numbers.ctypes.data))
        else:
            raise TypeError(f"{_told(numbers)} instead of {kind}")
        words.extend(numbers.shape)

    return pack


def _columns_packer(kind: Columns) -> _Packer:
    packers = [_array_packer(each) for each in kind.arrays]

    def pack(arrays: Any, words: list[int]) -> None:
        if type(arrays) is not kind.kind:
            raise TypeError(f"{_told(arrays)} instead of {kind.kind.__name__}")
        for pack_one, numbers in zip(packers, arrays, strict=True):
            pack_one(numbers, words)

    return pack


def _told(argument: Any) -> str:
    if not isinstance(argument, np.ndarray):
        return type(argument).__name__
    return f"array of {argument.ndim} dimensions of {argument.dtype}, {argument.flags}"
