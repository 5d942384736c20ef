"""TIA-41.5 §6.3.2: the operation that a message invokes, by the kernel and by the grammars."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from is41.errors import DecodeError
from is41.invoked import invoked
from is41.layers import Layer
from is41.map.operations import OTHER, Operation, operation_code
from is41.reading import operation_in, read
from is41.scan import Outcome
from is41.tcap.codes import OperationCode, PackageType, Tag
from is41.tcap.messages import Abort, Invoke, Package, ReturnResult
from map_values import samples
from messages import (
    ANY_MESSAGES,
    PLAIN_MESSAGES,
    frames_of,
    layered_vectors,
    mutated,
    package_octets,
    scanned,
    vectors,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Message = tuple[bytes, Layer]
REGCANC = Invoke(component_ids=b"\1", operation=operation_code(Operation.REGISTRATION_CANCELLATION))
RESULT = ReturnResult(component_ids=b"\1")


def query(*components: Invoke | ReturnResult) -> bytes:
    return package_octets(
        Package(
            package_type=PackageType.QUERY_WITH_PERMISSION, originating_id=7, components=components
        )
    )


def by_kernel(messages: Sequence[Message]) -> list[int]:
    octets, frames = frames_of(messages)
    specifiers = np.full(len(messages), 0xEE, np.uint8)
    invoked(octets, frames, np.arange(len(messages), dtype=np.int64), specifiers)
    return [int(specifier) for specifier in specifiers]


def by_grammars(octets: bytes, layer: Layer) -> int | None:
    """None where they cannot read it."""
    try:
        return operation_in(read(octets, layer).tcap)
    except DecodeError:
        return None


@settings(max_examples=300, deadline=None)
@given(PLAIN_MESSAGES)
def test_of_what_is_plain_the_kernel_tells_what_the_grammars_tell(message: Message) -> None:
    assert by_kernel([message]) == [by_grammars(*message)]


@settings(max_examples=300, deadline=None)
@given(ANY_MESSAGES | st.tuples(st.binary(max_size=60), st.sampled_from(Layer)))
def test_of_anything_else_it_tells_the_same_or_nothing(message: Message) -> None:
    (told,) = by_kernel([message])
    expected = by_grammars(*message)
    assert expected is None or told in {expected, OTHER}


def test_where_scan_finds_no_regnot_the_kernel_tells_the_operation() -> None:
    random = Random(1)
    valid = [*layered_vectors(), *samples(PLAIN_MESSAGES, 100), *samples(ANY_MESSAGES, 100)]
    messages = [
        (mutated(octets, random), layer)
        for octets, layer in (random.choice(valid) for _ in range(5000))
    ]
    outcomes, _ = scanned(messages)
    none = [
        message
        for message, outcome in zip(messages, outcomes, strict=True)
        if outcome is Outcome.NONE
    ]
    assert len(none) > 100
    assert by_kernel(none) == [by_grammars(*message) for message in none]


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("tcap_regcanc_inv", Operation.REGISTRATION_CANCELLATION),
        ("tcap_msinact_inv", Operation.MS_INACTIVE),
        ("tcap_regnot_rr_ok", OTHER),
        ("tcap_regnot_reject", OTHER),
    ],
)
def test_the_given_messages_tell_their_operation(name: str, operation: int) -> None:
    octets = vectors(name)[name]
    assert by_kernel([(octets, Layer.TCAP)]) == [operation] == [by_grammars(octets, Layer.TCAP)]


def test_the_first_component_tells() -> None:
    messages = [query(REGCANC, RESULT), query(RESULT, REGCANC), query()]
    assert by_kernel([(octets, Layer.TCAP) for octets in messages]) == [
        Operation.REGISTRATION_CANCELLATION,
        OTHER,
        OTHER,
    ]


@pytest.mark.parametrize(
    "operation",
    [
        OperationCode(Tag.NATIONAL_OPERATION, b"\x09\x0e"),
        OperationCode(Tag.PRIVATE_OPERATION, b"\x0b\x0e"),
    ],
)
def test_operations_of_other_families_are_others(operation: OperationCode) -> None:
    octets = query(Invoke(component_ids=b"\1", operation=operation))
    assert by_kernel([(octets, Layer.TCAP)]) == [OTHER] == [by_grammars(octets, Layer.TCAP)]


def test_what_has_no_components_invokes_nothing() -> None:
    assert operation_in(None) == OTHER
    assert operation_in(Abort(responding_id=1, cause=1)) == OTHER


def test_only_the_chosen_frames_are_told() -> None:
    octets, frames = frames_of([(query(RESULT), Layer.TCAP), (query(REGCANC), Layer.TCAP)])
    specifiers = np.zeros(1, np.uint8)
    invoked(octets, frames, np.array([1], np.int64), specifiers)
    assert specifiers.tolist() == [Operation.REGISTRATION_CANCELLATION]
