"""What kernels are made of, called from Python."""

from __future__ import annotations

from is41.kernel import helper, part
from is41.kernel.parts import Part
from pythons import run


def doubled(number: int) -> int:
    """Twice as much."""
    return 2 * number


def test_parts_and_helpers_can_be_called_from_python() -> None:
    assert [made(doubled)(21) for made in (part, helper)] == [42, 42]


def test_they_say_what_they_are() -> None:
    made = part(doubled)
    assert isinstance(made, Part)
    assert (made.function.__name__, made.__doc__, made.inlined) == (
        "doubled",
        "Twice as much.",
        True,
    )


def test_without_jit_they_are_the_functions_themselves() -> None:
    script = (
        "from is41.kernel import part, helper, kernel\n"
        "def one(): return 1\n"
        "print([made(one) is one for made in (part, helper, kernel(int))])"
    )
    assert run(script, NUMBA_DISABLE_JIT="1") == "[True, True, True]"


def test_importing_what_kernels_are_made_of_imports_no_compiler() -> None:
    script = "import sys, is41.scan; print({'numba', 'llvmlite'} & set(sys.modules))"
    assert run(script) == "set()"
