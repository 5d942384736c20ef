"""RFC 4666 §3.3.1: runs of DATA, by the kernel and by the grammar."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from associations import MSU, data
from is41.adaptation.messages import Parameter
from is41.errors import Is41Error
from is41.layers import Layer
from is41.m3ua.codes import Aspsm, MessageClass, ParameterTag
from is41.m3ua.framing import ANY, data_run
from is41.m3ua.messages import Message
from is41.m3ua.refusals import Refusal, msu_of, read
from is41.m3ua.settings import Settings
from is41.mtp.codes import ServiceIndicator
from is41.mtp.msu import Msu
from is41.mtp.pointcode import PointCode
from is41.scan import Frames

U8 = st.integers(0, 0xFF)
point_codes = st.builds(PointCode, U8, U8, U8)
msus = st.builds(
    Msu,
    network_indicator=st.integers(0, 3),
    priority=st.integers(0, 3),
    dpc=point_codes,
    opc=point_codes,
    sls=U8,
    payload=st.binary(max_size=9),
)
CONTEXT = Parameter.of(ParameterTag.ROUTING_CONTEXT, 7)
APPEARANCE = Parameter.of(ParameterTag.NETWORK_APPEARANCE, 3)
CORRELATION = Parameter.of(ParameterTag.CORRELATION_ID, 99)
UP = Message(MessageClass.ASPSM, Aspsm.UP).encode()


def run(octets: bytes, context: int = ANY, appearance: int = ANY) -> tuple[int, list[bytes]]:
    """Where the run ends, and the MSUs in it."""
    buffer, frames = np.frombuffer(bytearray(octets), np.uint8), Frames.empty(50)
    at, count = data_run(buffer, 0, buffer.size, context, appearance, frames, 0)
    assert set(frames.layer[:count]) <= {Layer.MTP3}
    places = zip(frames.start[:count], frames.end[:count], strict=True)
    return at, [buffer[start:end].tobytes() for start, end in places]


@given(st.lists(msus, max_size=4), st.permutations([CONTEXT, APPEARANCE, CORRELATION]))
def test_each_message_becomes_an_msu_where_it_lies(
    several: list[Msu], before: list[Parameter]
) -> None:
    octets = b"".join(data(*before, msu=msu).encode() for msu in several)
    assert run(octets, 7, 3) == (len(octets), [msu.encode() for msu in several])
    assert run(octets + UP) == (len(octets), [msu.encode() for msu in several])


@pytest.mark.parametrize(
    "message",
    [
        Message(MessageClass.ASPSM, Aspsm.UP),
        data(Parameter.of(ParameterTag.ROUTING_CONTEXT, 8)),
        data(Parameter.of(ParameterTag.NETWORK_APPEARANCE, 8)),
        data(Parameter(ParameterTag.ROUTING_CONTEXT, bytes(8))),
        data(Parameter(ParameterTag.INFO_STRING, b"who knows")),
        data(*data().parameters),
        Message(MessageClass.TRANSFER, 1),
        data(
            msu=Msu(service_indicator=ServiceIndicator.ISUP, dpc=MSU.dpc, opc=MSU.opc, payload=b"x")
        ),
    ],
)
def test_what_the_grammar_must_look_at_is_left_to_it(message: Message) -> None:
    whole = data().encode()
    octets = message.encode()
    assert run(whole + octets + whole, 7, 3) == (len(whole), [MSU.encode()])


@pytest.mark.parametrize(("at", "octet"), [(12, 1), (16, 1), (21, 4), (22, 4)])
def test_what_an_msu_has_no_room_for_is_left_to_the_grammar(at: int, octet: int) -> None:
    octets = bytearray(data().encode())
    octets[at] = octet
    assert run(bytes(octets)) == (0, [])


def test_a_cut_message_is_left_for_later() -> None:
    octets = data().encode()
    for cut in range(len(octets)):
        assert run(octets + octets[:cut]) == (len(octets), [MSU.encode()])


def test_a_run_ends_where_there_is_no_room_for_frames() -> None:
    octets = data().encode()
    at, found = run(octets * 60)
    assert (at, len(found)) == (50 * len(octets), 50)


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from([CONTEXT, APPEARANCE, CORRELATION]), max_size=3),
    st.lists(st.tuples(st.integers(0, 60), U8), max_size=2),
    st.sampled_from([None, 7, 8]),
)
def test_what_the_kernel_takes_the_grammar_takes_alike(
    before: list[Parameter], changes: list[tuple[int, int]], context: int | None
) -> None:
    octets = bytearray(data(*before).encode())
    for at, octet in changes:
        octets[at % len(octets)] = octet
    at, found = run(bytes(octets), ANY if context is None else context)
    if not found:
        return
    try:
        msu = msu_of(read(bytes(octets[:at])), Settings(routing_context=context))
    except (Is41Error, Refusal) as error:
        pytest.fail(f"the kernel took what the grammar refuses: {error!r}")
    assert found == [msu.encode()]
