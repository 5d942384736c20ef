"""The messages that registrations stood in."""

from __future__ import annotations

import numpy as np

from clonewatch.decoding import told
from clonewatch.messages import Message, Messages
from is41.layers import Layer
from live import regnot

TOLD = Messages(
    octets=np.frombuffer(b"noiseAAAAnoiseBBnoise", np.uint8),
    start=np.array([5, 14]),
    end=np.array([9, 16]),
    layer=np.array([Layer.MTP3, Layer.TCAP], np.uint8),
    which=np.array([0, 0, 1]),
)


def test_each_row_has_its_message_and_two_may_have_one() -> None:
    a, b = Message(Layer.MTP3, b"AAAA"), Message(Layer.TCAP, b"BB")
    assert len(TOLD) == 3
    assert [TOLD.of(row) for row in range(3)] == [a, a, b]
    assert TOLD[1:].of(1) == b
    assert TOLD[np.array([2, 0])].of(0) == b
    assert [TOLD[np.array([False, True, True])].of(row) for row in range(2)] == [a, b]


def test_what_json_has_of_a_message_decodes_whole() -> None:
    record = Message(Layer.SCCP, regnot()).as_record()
    layer = Layer[record["layer"].upper()]
    message = told(bytes.fromhex(record["octets"]), layer)
    (component,) = message["tcap"]["components"]
    assert component["operation"] == "RegistrationNotification"
