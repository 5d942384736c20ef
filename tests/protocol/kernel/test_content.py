"""The hash of what a kernel is made of. What it does to the cache is in test_kernels."""

from __future__ import annotations

from types import FunctionType
from typing import Any, Final

import numpy as np
import pytest

from is41.kernel import OCTETS, Instruction, helper, part
from is41.kernel.content import content
from is41.kernel.signature import Array, Signature

SIGNATURE: Final = Signature(int, (OCTETS,))


def function(source: str = "def whole(): return ONE + one()", **names: Any) -> FunctionType:
    """The first function of a source, among *names*."""
    exec(source, names)  # noqa: S102
    return next(value for value in names.values() if isinstance(value, FunctionType))


def made(by: int = 3) -> FunctionType:
    """A function that may be a part."""
    return function(f"def one(): return {by}")


def of(one: Any, constant: Any = 1) -> str:
    return content(function(ONE=constant, one=one), SIGNATURE)


def test_the_same_has_the_same_hash() -> None:
    assert of(part(made())) == of(part(made()))


@pytest.mark.parametrize(
    "other",
    [
        of(part(made(4))),
        of(helper(made())),
        of(Instruction(made())),
        of(part(made()), 2),
        of(part(made()), np.ones(2)),
        content(function(ONE=1, one=part(made())), Signature(int, (Array(np.uint8),))),
        content(function(ONE=1, one=part(made())), Signature(bool, (OCTETS,))),
    ],
)
def test_whatever_differs_has_another(other: str) -> None:
    assert other != of(part(made()))


def test_of_an_array_every_octet_counts() -> None:
    some, others = np.zeros(1000), np.zeros(1000)
    others[500] = 1
    assert of(part(made()), some) != of(part(made()), others)
    assert of(part(made()), some) == of(part(made()), some.copy())
