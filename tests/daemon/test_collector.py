"""REGNOT record collector (302): octets become registrations, each refusal is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from clonewatch.collector import Collector, Refusal
from clonewatch.fates import by_operation
from clonewatch.messages import Held, Message
from clonewatch.mscs import Msc, Mscs
from clonewatch.registrations import MSC_UNKNOWN, Batch, Flags
from is41.layers import Layer
from is41.map.operations import Operation, operation_code
from is41.map.parameters import Parameter, Parameters
from is41.map.registry import encode_value
from is41.map.tags import ParameterTag as Name
from is41.map.values import Digits, Esn, ExtendedMscid, Mscid, PcSsn
from is41.mtp.pointcode import PointCode
from is41.scan import Frames
from is41.sccp.addresses import Address
from is41.sccp.codes import MessageType
from is41.sccp.messages import Unitdata, UnitdataService
from is41.sccp.parts import OptionalParameter
from is41.tcap.codes import PackageType, ParameterTag
from is41.tcap.messages import Invoke, Package, ParameterSet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MSCS = Mscs(
    [
        Msc(
            mscid=4660 << 8 | 1, name="A", msc_number="15550000001", point_code=PointCode(10, 20, 1)
        ),
        Msc(mscid=4660 << 8 | 2, name="B", point_code=PointCode(10, 20, 2)),
    ]
)
MIN = Parameter(Name.MOBILE_IDENTIFICATION_NUMBER, bytes.fromhex("55 15 32 54 76"))
ESN = Parameter(Name.ELECTRONIC_SERIAL_NUMBER, bytes.fromhex("82123456"))
MSCID = Parameter(Name.MSCID, bytes.fromhex("1234 01"))
CALLED, CALLING = (
    bytes.fromhex("C1 06"),
    Address(subsystem=8, point_code=PointCode(10, 20, 2)).encode(),
)


def valued(tag: Name, value: object) -> Parameter:
    return Parameter(tag, encode_value(tag, value))


def invoke(*parameters: Parameter) -> Invoke:
    return Invoke(
        component_ids=b"\1",
        operation=operation_code(Operation.REGISTRATION_NOTIFICATION),
        parameters=ParameterSet(ParameterTag.SET, Parameters(parameters).encode()),
    )


def query(*components: Invoke, transaction_id: int = 1) -> bytes:
    return Package(
        package_type=PackageType.QUERY_WITH_PERMISSION,
        originating_id=transaction_id,
        components=components,
    ).encode()


def regnot(*parameters: Parameter) -> bytes:
    return query(invoke(*parameters))


def unitdata(data: bytes) -> bytes:
    return Unitdata(called=CALLED, calling=CALLING, data=data).encode()


def collect(collector: Collector, messages: Sequence[bytes], layer: Layer = Layer.TCAP) -> Batch:
    return Batch.joined(list(batches(collector, messages, layer)))


def batches(
    collector: Collector, messages: Sequence[bytes], layer: Layer = Layer.TCAP
) -> Iterator[Batch]:
    lengths = np.array([len(message) for message in messages], np.int64)
    ends = np.cumsum(lengths)
    count = len(messages)
    frames = Frames(
        ends - lengths,
        ends,
        np.arange(count, dtype=np.int64) * 1000,
        np.full(count, layer, np.uint8),
        np.arange(1, count + 1, dtype=np.int64),
    )
    octets = np.frombuffer(bytearray(b"".join(messages)), np.uint8)
    return collector.take(octets, frames, count)


def test_a_regnot_becomes_a_registration_at_its_msc() -> None:
    collector = Collector(MSCS, source=7)
    batch = collect(collector, [regnot(ESN, MIN, MSCID)])
    assert batch.msid.tolist() == [5551234567]
    assert batch.esn.tolist() == [0x82123456]
    assert (batch.mscid.tolist(), batch.msc.tolist()) == ([4660 << 8 | 1], [0])
    assert (batch.source.tolist(), batch.transaction_id.tolist()) == ([7], [1])
    assert (collector.counts.messages, collector.counts.regnots) == (1, 1)


def test_what_the_grammars_read_stands_in_its_place_among_the_rest() -> None:
    indefinite = regnot(ESN, MIN, MSCID).replace(b"\xe8", b"\xe8", 1)
    indefinite = b"\xe2\x80" + indefinite[2:] + b"\0\0"
    messages = [regnot(ESN, MIN, MSCID), indefinite, regnot(ESN, MIN, MSCID)]
    collector = Collector(MSCS)
    batch = collect(collector, messages)
    assert batch.time.tolist() == [0, 1000, 2000]
    assert collector.counts.handed_over == 1


@pytest.mark.parametrize(
    ("placing", "msc"),
    [
        (
            valued(Name.EXTENDED_MSCID, ExtendedMscid(msc_type=1, market_id=4660, switch_number=2)),
            1,
        ),
        (
            valued(Name.EXTENDED_MSCID, ExtendedMscid(msc_type=4, market_id=4660, switch_number=2)),
            None,
        ),
        (valued(Name.PC_SSN, PcSsn(msc_type=8, point_code=PointCode(10, 20, 2), subsystem=8)), 1),
        (
            valued(Name.PC_SSN, PcSsn(msc_type=5, point_code=PointCode(10, 20, 2), subsystem=8)),
            None,
        ),
        (valued(Name.MSC_IDENTIFICATION_NUMBER, Digits(number="15550000001")), 0),
        (Parameter(Name.MSCID, b""), None),
        (Parameter(Name.EXTENDED_MSCID, b"\1"), None),
    ],
)
def test_a_regnot_without_mscid_is_placed_by_what_names_its_switch(
    placing: Parameter, msc: int | None
) -> None:
    batch = collect(Collector(MSCS), [regnot(ESN, MIN, placing)])
    assert batch.msc.tolist() == [MSC_UNKNOWN if msc is None else msc]


def test_the_calling_point_code_places_only_if_asked() -> None:
    messages = [unitdata(regnot(ESN, MIN))]
    assert collect(Collector(MSCS), messages, Layer.SCCP).msc.tolist() == [MSC_UNKNOWN]
    asked = Collector(MSCS, place_by_calling=True)
    assert collect(asked, messages, Layer.SCCP).msc.tolist() == [1]


def test_an_imsi_that_contains_the_min_is_the_same_subscriber() -> None:
    imsi = valued(Name.IMSI, "310155551234567")
    messages = [regnot(ESN, MIN, MSCID), regnot(ESN, imsi, MSCID)]
    apart = collect(Collector(MSCS), messages)
    assert len(set(apart.msid.tolist())) == 2
    assert apart.flags[1] & Flags.IMSI
    together = collect(Collector(MSCS, imsi_prefix="31015"), messages)
    assert together.msid.tolist() == [5551234567, 5551234567]
    assert not together.flags[1] & Flags.IMSI
    assert collect(Collector(MSCS, imsi_prefix="31016"), messages).msid[1] == apart.msid[1]


def test_each_refusal_is_counted_and_told_with_its_packet_and_octet() -> None:
    told: list[Refusal] = []
    collector = Collector(MSCS, refuse=told.append)
    bad_min = regnot(ESN, Parameter(Name.MOBILE_IDENTIFICATION_NUMBER, b"\x5a" * 5), MSCID)
    messages = [
        bad_min,
        regnot(ESN, MSCID),
        regnot(Parameter(Name.ELECTRONIC_SERIAL_NUMBER, b"123"), MIN, MSCID),
        regnot(ESN, MIN, MSCID)[:-1],
        bytes.fromhex("62 00"),
    ]
    assert len(collect(collector, messages)) == 0
    assert dict(collector.counts.refused) == {
        "min_malformed": 1,
        "msid_malformed": 1,
        "esn_malformed": 1,
        "tcap_truncated": 1,
        "tcap_unsupported": 1,
    }
    assert [refusal.packet for refusal in told] == [1, 2, 3, 4, 5]
    assert told[0].error.offset == bad_min.index(b"\x5a" * 5)
    assert [refusal.octets for refusal in told] == messages
    assert {refusal.layer for refusal in told} == {Layer.TCAP}


def test_a_bad_component_costs_no_other_in_its_package() -> None:
    collector = Collector(MSCS)
    bad = invoke(ESN, MSCID)
    batch = collect(collector, [query(bad, invoke(ESN, MIN, MSCID))])
    assert batch.msid.tolist() == [5551234567]
    assert collector.counts.refused.total() == 1


def test_what_a_unitdata_service_brings_back_is_no_registration() -> None:
    collector = Collector(MSCS)
    back = UnitdataService(
        return_cause=1, called=CALLING, calling=CALLED, data=regnot(ESN, MIN, MSCID)
    ).encode()
    assert len(collect(collector, [back], Layer.SCCP)) == 0
    assert (collector.counts.returned, collector.counts.refused.total()) == (1, 0)


def test_messages_without_registration_are_counted_by_operation_and_fate() -> None:
    collector = Collector(MSCS, by_operation=True)
    cancel = replace(
        invoke(ESN, MIN), operation=operation_code(Operation.REGISTRATION_CANCELLATION)
    )
    indefinite = b"\xe2\x80" + query(cancel)[2:] + b"\0\0"
    back = UnitdataService(return_cause=1, called=CALLING, calling=CALLED, data=query(cancel))
    messages = [
        *([unitdata(regnot(ESN, MIN, MSCID))] * 3),
        *([unitdata(query(cancel))] * 2),
        unitdata(indefinite),
        unitdata(query(invoke(ESN, MIN, MSCID), cancel)),
        unitdata(query(cancel, invoke(ESN, MIN, MSCID), invoke(ESN, MIN, MSCID))),
        unitdata(regnot(ESN, MSCID)),
        unitdata(b"\xe2\x00"),
        back.encode(),
    ]
    assert len(collect(collector, messages, Layer.SCCP)) == 6
    assert by_operation(collector.counts.messages, collector.counts.others) == {
        ("RegistrationNotification", "taken"): 5,
        ("RegistrationNotification", "refused"): 1,
        ("RegistrationCancellation", "read"): 3,
        ("RegistrationCancellation", "returned"): 1,
        ("other", "refused"): 1,
    }


def in_segments(data: bytes) -> list[bytes]:
    """Octets of three XUDT that make up *data*."""
    pieces = [data[:20], data[20:40], data[40:]]
    return [
        Unitdata(
            message_type=MessageType.XUDT,
            protocol_class=1,
            hop_counter=10,
            called=CALLED,
            calling=CALLING,
            data=piece,
            optional=(OptionalParameter(0x10, bytes([first | left]) + b"ref"),),
        ).encode()
        for piece, first, left in zip(pieces, (0x80, 0, 0), (2, 1, 0), strict=True)
    ]


def test_segments_are_put_together() -> None:
    messages = in_segments(regnot(ESN, MIN, MSCID))
    batch = collect(Collector(MSCS), messages, Layer.SCCP)
    assert (batch.msid.tolist(), batch.time.tolist()) == ([5551234567], [2000])
    alone = Collector(MSCS)
    assert len(collect(alone, messages[1:], Layer.SCCP)) == 0
    assert alone.counts.refused == {"sccp_segment_malformed": 2}


def test_flags_say_what_the_message_says() -> None:
    down = Parameter(Name.SYSTEM_ACCESS_TYPE, b"\7")
    border = Parameter(Name.BORDER_CELL_ACCESS, b"\1")
    pseudo = valued(Name.ELECTRONIC_SERIAL_NUMBER, Esn(0x80123456))
    batch = collect(Collector(MSCS), [regnot(pseudo, MIN, MSCID, down, border)])
    assert Flags(int(batch.flags[0])) == (
        Flags.POWER_DOWN | Flags.BORDER_CELL_ACCESS | Flags.PSEUDO_ESN
    )


def test_mscids_survive_as_received() -> None:
    other = valued(Name.MSCID, Mscid(99, 9))
    batch = collect(Collector(MSCS), [regnot(ESN, MIN, other)])
    assert (batch.mscid.tolist(), batch.msc.tolist()) == ([99 << 8 | 9], [MSC_UNKNOWN])


def test_messages_come_with_their_registrations_only_if_asked_for() -> None:
    (batch,) = batches(Collector(MSCS), [regnot(ESN, MIN, MSCID)])
    assert batch.messages is None


@pytest.mark.parametrize("held", [Held.LENT, Held.OWNED])
def test_each_registration_brings_the_message_it_stood_in(held: Held) -> None:
    other = valued(Name.MOBILE_IDENTIFICATION_NUMBER, "6145550002")
    two = query(invoke(ESN, MIN, MSCID), invoke(ESN, other, MSCID), transaction_id=2)
    whole = regnot(ESN, MIN, MSCID)
    odd = b"\xe2\x80" + whole[2:] + b"\0\0"  # of indefinite length: for the grammars
    segmented = in_segments(query(invoke(ESN, other, MSCID), transaction_id=3))
    messages = [unitdata(two), unitdata(b"no TCAP"), *segmented, unitdata(odd), unitdata(whole)]
    collector = Collector(MSCS, messages=held)
    (batch,) = batches(collector, messages, Layer.SCCP)
    assert batch.messages is not None
    assert [batch.messages.of(row) for row in range(len(batch))] == [
        Message(Layer.SCCP, unitdata(two)),
        Message(Layer.SCCP, unitdata(two)),
        # Put together it has no one SCCP part.
        Message(Layer.TCAP, query(invoke(ESN, other, MSCID), transaction_id=3)),
        Message(Layer.SCCP, unitdata(odd)),
        Message(Layer.SCCP, unitdata(whole)),
    ]
    assert len(batch.messages.start) == (4 if held is Held.OWNED else len(messages))


def test_messages_put_together_once_are_not_taken_for_later_ones() -> None:
    collector = Collector(MSCS, messages=Held.OWNED)
    segmented = in_segments(regnot(ESN, MIN, MSCID))
    for messages in (segmented, [unitdata(regnot(ESN, MIN, MSCID))] * 3):
        (batch,) = batches(collector, messages, Layer.SCCP)
    assert batch.messages is not None
    assert {batch.messages.of(row).layer for row in range(3)} == {Layer.SCCP}
