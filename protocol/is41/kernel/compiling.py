"""Kernels compiled by Numba, the one module that imports it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from llvmlite import ir
from numba import from_dtype, njit, types
from numba.core import cgutils
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher, cpu_target
from numba.extending import intrinsic
from numba.np import arrayobj

from .signature import Array, Columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .parts import Part
    from .signature import Argument, Signature

# Kernels make no array and keep none, so they need not count references: that would cost atomic
# operations each time an array goes from part to part, in a decoder of small parts four times what
# the decoding does.
OPTIONS: Final = {"nogil": True, "error_model": "numpy", "_nrt": False, "no_cfunc_wrapper": True}
_FOR_KERNELS: Final = {**OPTIONS, "no_cpython_wrapper": True}


@contextmanager
def _indices_as_they_are() -> Iterator[None]:
    """Have what is compiled meanwhile not ask of each index whether it counts from the end.

    No kernel has such, and Numba has no option to say so: to ask was a tenth of their time. With
    NUMBA_BOUNDSCHECK an index below 0 is out of bounds.
    """
    with global_compiler_lock:
        from_either_end = arrayobj.fix_integer_index
        arrayobj.fix_integer_index = _index_as_it_is
        try:
            yield
        finally:
            arrayobj.fix_integer_index = from_either_end


def _index_as_it_is(context: Any, builder: Any, kind: Any, index: Any, _: Any) -> Any:
    return context.cast(builder, index, kind, types.intp)


class _Dispatcher(CPUDispatcher):  # type: ignore[misc]
    """A function for kernels to call, compiled once for all integers.

    Numba would compile it again, and all that it calls, for each number that stands in the source,
    and each time make it fit to be called from Python: that was half of the time.
    """

    def compile(self, sig: Any) -> Any:
        with _indices_as_they_are():
            return super().compile(sig)

    def get_call_template(self, args: Any, kws: Any) -> Any:
        return super().get_call_template(tuple(map(types.unliteral, args)), kws)


def dispatcher_of(function: Callable[..., Any], *, inlined: bool) -> Any:
    """What Numba compiles into kernels."""
    return _Dispatcher(
        function, targetoptions={**_FOR_KERNELS, "nopython": True, "forceinline": inlined}
    )


def function_of(function: Callable[..., Any]) -> Any:
    """Compile a function to be called from Python."""
    return njit(**OPTIONS)(function)


def type_of_instruction(typed: Callable[..., Any]) -> Any:
    """Numba's type of an instruction."""
    made, context = intrinsic(typed), cpu_target.typing_context
    context.refresh()
    return context.resolve_value_type(made)


def compiled(part: Part, signature: Signature) -> tuple[str, bytes]:
    """Compile a function to be called with the address of its words: its name, an object file."""
    function = part.dispatcher
    unpacked, put = intrinsic(_unpacking(signature)), intrinsic(_put)

    def entry(words):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  # for Numba
        put(words, function(*unpacked(words)))

    made = njit(**_FOR_KERNELS)(entry)
    made.compile((types.int64,))
    result = made.overloads[types.int64,]
    return result.fndesc.llvm_func_name, result.library._get_compiled_object()  # noqa: SLF001


def _numba_type(argument: Argument) -> Any:
    if isinstance(argument, Array):
        dtype = from_dtype(argument.dtype)
        return types.Array(dtype, argument.dimensions, "C", readonly=argument.readonly)
    if isinstance(argument, Columns):
        return types.BaseTuple.from_types(map(_numba_type, argument.arrays), argument.kind)
    return types.boolean if argument is bool else types.int64


def _unpacking(signature: Signature) -> Callable[..., Any]:
    """Give the type and the code of what reads a kernel's arguments out of its words."""
    arguments = types.Tuple(tuple(map(_numba_type, signature.arguments)))

    def typed(_: object, words: Any) -> tuple[Any, Callable[..., Any]]:
        def generate(context: Any, builder: Any, _: Any, values: Any) -> Any:
            taken = _taken(builder, values[0])
            read = [_read(context, builder, each, taken) for each in arguments]
            return context.make_tuple(builder, arguments, read)

        return arguments(words), generate

    return typed


def _taken(builder: Any, address: Any) -> Iterator[Any]:
    """The words, one after another, as code that reads them."""
    pointer = builder.inttoptr(address, ir.IntType(64).as_pointer())
    at = 0
    while True:
        yield builder.load(cgutils.gep_inbounds(builder, pointer, at))
        at += 1


def _read(context: Any, builder: Any, kind: Any, words: Iterator[Any]) -> Any:
    """Code that makes an argument of its words."""
    if isinstance(kind, types.BaseTuple):
        read = [_read(context, builder, each, words) for each in kind]
        return context.make_tuple(builder, kind, read)
    if isinstance(kind, types.Array):
        return _read_array(context, builder, kind, words)
    word = next(words)
    return cgutils.is_not_null(builder, word) if kind == types.boolean else word


def _read_array(context: Any, builder: Any, kind: Any, words: Iterator[Any]) -> Any:
    array = context.make_array(kind)(context, builder)
    octets = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    address = next(words)
    shape = [next(words) for _ in range(kind.ndim)]
    strides = [context.get_constant(types.intp, octets)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    arrayobj.populate_array(
        array,
        data=builder.inttoptr(address, array.data.type),
        shape=shape,
        strides=strides,
        itemsize=context.get_constant(types.intp, octets),
        meminfo=None,
    )
    return array._getvalue()  # noqa: SLF001


def _put(_: object, words: Any, result: Any) -> tuple[Any, Callable[..., Any]]:
    """Give the type and the code of what writes a kernel's results into its words."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind = signature.args[1]
        results, kinds = [values[1]], [kind]
        if isinstance(kind, types.BaseTuple):
            results, kinds = cgutils.unpack_tuple(builder, values[1]), list(kind)
        elif kind == types.none:
            results, kinds = [], []
        pointer = builder.inttoptr(values[0], ir.IntType(64).as_pointer())
        for at, (value, its_kind) in enumerate(zip(results, kinds, strict=True)):
            word = context.cast(builder, value, its_kind, types.int64)
            builder.store(word, cgutils.gep_inbounds(builder, pointer, at))
        return context.get_dummy_value()

    return types.void(words, result), generate
