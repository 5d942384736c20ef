"""T1.111.4, T1.112.3, T1.114.3, TIA-41: the kernels say what the grammars say, or hand over."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from is41.flags import RegnotFlag
from is41.layers import Layer
from is41.map.tags import ParameterTag as Name
from is41.mtp.codes import ServiceIndicator
from is41.scan import REGNOTS_A_FRAME_MAX, Frames, Outcome, Regnots, scan
from is41.tcap.codes import OperationCode, PackageType, ParameterTag
from is41.tcap.messages import Invoke, Package, ParameterSet
from map_values import samples
from messages import (
    ANY_MESSAGES,
    INDEFINITE,
    PLAIN_MESSAGES,
    REGNOT_OPERATION,
    TESTS,
    bcd,
    element,
    frames_of,
    is_promised,
    layered_vectors,
    mutated,
    package_octets,
    prefixed,
    read_slowly,
    remade,
    rows_by_frame,
    scanned,
    vectors,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

# How many mutations of valid messages to compare: a million take three minutes.
MUTATIONS: Final = int(os.environ.get("IS41_MUTATIONS", "100000"))
MUTATIONS_AT_ONCE: Final = 10_000

Message = tuple[bytes, Layer]


def disagreements(messages: Sequence[Message]) -> list[str]:
    """Messages that `scan` reads otherwise than the grammars, or hands over against its promise."""
    found = []
    for (octets, layer), outcome, rows in zip(messages, *scanned(messages), strict=True):
        expected = read_slowly(octets, layer)
        if outcome is Outcome.HANDED_OVER:
            good = not rows and (expected is None or not is_promised(octets, layer))
        else:
            good = rows == expected and outcome == (Outcome.TAKEN if rows else Outcome.NONE)
        if not good:
            found.append(f"{layer.name} {octets.hex()}: {outcome.name} {rows}, not {expected}")
    return found


def outcome_of(octets: bytes, layer: Layer = Layer.TCAP) -> Outcome:
    (outcome,), _ = scanned([(octets, layer)])
    return outcome


# TIA-41.5 §6.4.2: a REGNOT, built up here so that each test can leave out or change one thing.
PARAMETERS: Final[dict[int, bytes | None]] = {
    Name.ELECTRONIC_SERIAL_NUMBER: bytes.fromhex("82 123456"),
    Name.MOBILE_IDENTIFICATION_NUMBER: bcd("5551234567"),
    Name.MSCID: bytes.fromhex("1234 01"),
}


def regnot(changed: dict[int, bytes | None] | None = None) -> Invoke:
    parameters = PARAMETERS | (changed or {})
    contents = b"".join(element(tag, each) for tag, each in parameters.items() if each is not None)
    return Invoke(
        component_ids=b"\1",
        operation=REGNOT_OPERATION,
        parameters=ParameterSet(ParameterTag.SET, contents),
    )


def query(*components: Invoke) -> Package:
    return Package(
        package_type=PackageType.QUERY_WITH_PERMISSION, originating_id=7, components=components
    )


@settings(max_examples=400, deadline=None)
@given(PLAIN_MESSAGES)
def test_what_the_kernels_promise_to_take_is_taken_as_the_grammars_read_it(
    message: Message,
) -> None:
    outcomes, [rows] = scanned([message])
    assert outcomes == [Outcome.TAKEN if rows else Outcome.NONE]
    assert rows == read_slowly(*message)


@settings(max_examples=400, deadline=None)
@given(ANY_MESSAGES)
def test_any_other_message_is_read_the_same_or_handed_over(message: Message) -> None:
    assert disagreements([message]) == []


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(Layer))
def test_any_octets_are_read_the_same_or_handed_over(octets: bytes, layer: Layer) -> None:
    assert disagreements([(octets, layer)]) == []


def test_mutations_of_valid_messages_are_read_the_same_or_handed_over() -> None:
    valid = [layered_vectors(), samples(PLAIN_MESSAGES, 150), samples(ANY_MESSAGES, 150)]
    for seed in range(0, MUTATIONS, MUTATIONS_AT_ONCE):
        random = Random(seed)
        messages = []
        for _ in range(min(MUTATIONS_AT_ONCE, MUTATIONS - seed)):
            octets, layer = random.choice(random.choice(valid))
            change = remade if layer is Layer.TCAP and random.random() < 0.5 else mutated
            messages.append((change(octets, random), layer))
        assert disagreements(messages)[:3] == []


def test_the_given_regnots_are_taken() -> None:
    outcomes = {name: outcome_of(octets) for name, octets in vectors("tcap_regnot_inv").items()}
    assert outcomes == dict.fromkeys(outcomes, Outcome.TAKEN)


def test_every_column_of_a_regnot_is_filled() -> None:
    octets = vectors("mtp3_regnot_inv_full")["mtp3_regnot_inv_full"]
    _, [[row]] = scanned([(octets, Layer.MTP3)])
    named = dict(zip(Regnots._fields[2:], row, strict=True))
    assert named == {
        "msid": 5551234567,
        "esn": 0x82123456,
        "mscid": 0x123401,
        "transaction_id": 2,
        "flags": 0,
        "terminal_type": 0x20,
        "system_access_type": 3,
        "system_capabilities": 0x1F,
        "transaction_capability": 0x4F01,
        "location_area": 0x0102,
    }


@pytest.mark.parametrize(
    ("changed", "flag"),
    [
        ({Name.BORDER_CELL_ACCESS: b"\1"}, RegnotFlag.BORDER_CELL_ACCESS),
        ({Name.SYSTEM_ACCESS_TYPE: b"\7"}, RegnotFlag.POWER_DOWN),
        (
            {Name.MOBILE_IDENTIFICATION_NUMBER: None, Name.IMSI: bcd("310005551234567")},
            RegnotFlag.IMSI,
        ),
        ({Name.ELECTRONIC_SERIAL_NUMBER: b"\x80\1\2\3"}, RegnotFlag.PSEUDO_ESN),
    ],
)
def test_what_a_regnot_says_beside_its_numbers_is_flagged(
    changed: dict[int, bytes | None], flag: RegnotFlag
) -> None:
    _, [[row]] = scanned([(package_octets(query(regnot(changed))), Layer.TCAP)])
    assert row[Regnots._fields[2:].index("flags")] == flag


@pytest.mark.parametrize(
    "name",
    [
        "tcap_regcanc_inv",
        "tcap_msinact_inv",
        "tcap_regnot_rr_ok",
        "tcap_regnot_re_81",
        "tcap_regnot_reject",
    ],
)
def test_other_operations_and_answers_hold_no_regnot(name: str) -> None:
    assert outcome_of(vectors(name)[name]) is Outcome.NONE


@pytest.mark.parametrize("service", range(16))
def test_only_the_messages_of_sccp_hold_regnots(service: int) -> None:
    octets = vectors("mtp3_regnot_inv_min")["mtp3_regnot_inv_min"]
    outcome = outcome_of(bytes([0x80 | service]) + octets[1:], Layer.MTP3)
    assert outcome is (Outcome.TAKEN if service == ServiceIndicator.SCCP else Outcome.NONE)


@pytest.mark.parametrize("octets", [b"\xd0\x02\x09\x0d", b"\xd1\x02\x0b\x0d", b"\xd1\x01\x0d"])
def test_only_private_operations_of_family_9_are_regnots(octets: bytes) -> None:
    operation = OperationCode(octets[0], octets[2:])
    packed = package_octets(query(replace(regnot(), operation=operation)))
    assert outcome_of(packed) is Outcome.NONE


@pytest.mark.parametrize(
    "changed",
    [
        {Name.MSCID: None},
        {Name.MSCID: b""},
        {Name.MSCID: b"\1\2\3\4"},
        {Name.ELECTRONIC_SERIAL_NUMBER: b"\1\2\3"},
        {Name.MOBILE_IDENTIFICATION_NUMBER: None},
        {Name.MOBILE_IDENTIFICATION_NUMBER: b"\x55\x15\x32\x54\xf6"},
        {Name.MOBILE_IDENTIFICATION_NUMBER: None, Name.IMSI: b"\xff"},
        {Name.MOBILE_IDENTIFICATION_NUMBER: None, Name.IMSI: b"\x11" * 8},
    ],
)
def test_an_unusable_regnot_is_handed_over(changed: dict[int, bytes | None]) -> None:
    packed = package_octets(query(regnot(), regnot(changed)))
    assert outcome_of(packed) is Outcome.HANDED_OVER


@pytest.mark.parametrize(
    ("extra", "outcome"),
    [
        (element(0x9F818101, b""), Outcome.TAKEN),
        (element(0x9F81818101, b""), Outcome.HANDED_OVER),  # a tag of five octets
        (element(0x8A, b"", form=4), Outcome.TAKEN),
        (
            element(0x8A, b"", form=5),
            Outcome.HANDED_OVER,
        ),  # a length of five octets behind the first
        (b"\x8a", Outcome.HANDED_OVER),
        (b"\x9f\x81", Outcome.HANDED_OVER),
    ],
)
def test_tags_and_lengths_have_the_limits_of_the_grammars(extra: bytes, outcome: Outcome) -> None:
    invoke = regnot()
    assert invoke.parameters is not None
    parameters = ParameterSet(ParameterTag.SET, invoke.parameters.octets + extra)
    packed = package_octets(query(replace(invoke, parameters=parameters)))
    assert outcome_of(packed) is outcome
    assert bool(read_slowly(packed, Layer.TCAP)) is (outcome is Outcome.TAKEN)


def test_indefinite_lengths_and_dialogue_portions_are_handed_over() -> None:
    package = query(regnot())
    assert outcome_of(package_octets(package)) is Outcome.TAKEN
    assert outcome_of(package_octets(package, lambda: INDEFINITE)) is Outcome.HANDED_OVER
    with_dialogue = replace(package, dialogue_portion=b"\xdb\1\1")
    assert outcome_of(package_octets(with_dialogue)) is Outcome.HANDED_OVER


@pytest.mark.parametrize(
    ("head", "outcome"),
    [
        ("09 00 03 05 07  02C108 02C106", Outcome.TAKEN),  # UDT
        ("11 00 0F 04 06 08 00  02C108 02C106", Outcome.TAKEN),  # XUDT
        ("11 00 0F 05 07 09 01  00 02C108 02C106", Outcome.HANDED_OVER),  # with optional part
        ("0A 00 03 05 07  02C108 02C106", Outcome.HANDED_OVER),  # UDTS
        ("12 00 0F 04 06 08 00  02C108 02C106", Outcome.HANDED_OVER),  # XUDTS
        ("01 00 03 05 07  02C108 02C106", Outcome.HANDED_OVER),  # connection request
    ],
)
def test_udt_and_xudt_without_optional_part_are_taken_and_no_others(
    head: str, outcome: Outcome
) -> None:
    octets = bytes.fromhex(head) + prefixed(package_octets(query(regnot())))
    assert outcome_of(octets, Layer.SCCP) is outcome


def test_every_truncation_is_handed_over_though_the_rest_lies_behind() -> None:
    for message in layered_vectors():
        octets, whole = frames_of([message])
        count = octets.size
        frames = Frames.empty(count)
        for name, column in whole._asdict().items():
            getattr(frames, name)[:] = column[0]
        frames.end[:] = np.arange(count)
        outcomes = np.zeros(count, np.uint8)
        scan(octets, frames, 0, count, Regnots.empty(REGNOTS_A_FRAME_MAX + 1), outcomes)
        assert set(outcomes.tolist()) == {Outcome.HANDED_OVER}


def test_as_many_regnots_as_there_is_room_for_are_taken_and_no_more() -> None:
    most = package_octets(query(*[regnot()] * REGNOTS_A_FRAME_MAX))
    more = package_octets(query(*[regnot()] * (REGNOTS_A_FRAME_MAX + 1)))
    outcomes, rows = scanned([(most, Layer.TCAP), (more, Layer.TCAP)])
    assert outcomes == [Outcome.TAKEN, Outcome.HANDED_OVER]
    assert [len(each) for each in rows] == [REGNOTS_A_FRAME_MAX, 0]


@pytest.mark.parametrize("room", [1, 2, 50])
def test_columns_too_small_are_filled_again_until_all_is_done(room: int) -> None:
    messages = samples(PLAIN_MESSAGES, 60)
    count = len(messages)
    octets, frames = frames_of(messages)
    regnots = Regnots.empty(REGNOTS_A_FRAME_MAX + room)
    outcomes = np.full(count, 0xEE, np.uint8)
    rows: list[list[tuple[int, ...]]] = [[] for _ in messages]
    first = calls = 0
    while first < count:
        done, taken = scan(octets, frames, first, count, regnots, outcomes)
        assert done > first
        assert taken >= room or done == count
        assert set(outcomes[done:].tolist()) <= {0xEE}
        lying = regnots.frame[:taken]
        assert all((first <= lying) & (lying < done))
        assert regnots.time[:taken].tolist() == frames.time[lying].tolist()
        for frame, found in enumerate(rows_by_frame(regnots, taken, count)):
            rows[frame] += found
        first, calls = done, calls + 1
    assert (outcomes.tolist(), rows) == scanned(messages)
    assert calls > 1
    assert scan(octets, frames, count, count, regnots, outcomes) == (count, 0)


def test_without_jit_the_kernel_says_the_same() -> None:
    random = Random(1)
    messages = samples(PLAIN_MESSAGES, 100) + layered_vectors()
    messages += [(mutated(octets, random), layer) for octets, layer in messages * 2]
    script = (
        "import json, sys; from messages import scanned; "
        "print(json.dumps(scanned([(bytes.fromhex(o), l) for o, l in json.load(sys.stdin)])))"
    )
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        check=True,
        capture_output=True,
        cwd=TESTS / "support",
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        input=json.dumps([(octets.hex(), layer) for octets, layer in messages]),
        text=True,
    )
    outcomes, rows = scanned(messages)
    assert set(outcomes) == set(Outcome)
    said = [list(map(list, each)) for each in rows]
    assert json.loads(finished.stdout) == [outcomes, said]
