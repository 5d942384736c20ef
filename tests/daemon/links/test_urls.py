"""Far ends in one word."""

from __future__ import annotations

from typing import Final

import pytest

from clonewatch.addresses import Address
from clonewatch.links.urls import LAYERS, Transport, Url, link_maker
from is41.layers import Layer
from is41.mtp.msu import Msu
from is41.mtp.pointcode import PointCode
from links import Wire

MSU: Final = Msu(dpc=PointCode(10, 20, 40), opc=PointCode(10, 20, 1), payload=b"\x09").encode()
PACKAGE: Final = bytes.fromhex("E4 06 C7 04 00000001")


@pytest.mark.parametrize(
    "text", ["tali://192.0.2.1:7001", "xot://a:1998", "m3ua://[2001:db8::1]:2905"]
)
def test_a_url_is_read_and_printed(text: str) -> None:
    assert str(Url.of(text)) == text


def test_a_url_names_transport_and_address() -> None:
    assert Url.of("tali://host:1") == Url(Transport.TALI, Address("host", 1))


@pytest.mark.parametrize("text", ["host:1", "http://host:1", "tali:/host:1", "tali://host", ""])
def test_what_is_no_url_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="should be"):
        Url.of(text)


@pytest.mark.parametrize("transport", Transport)
def test_the_two_ends_of_a_transport_understand_one_another(transport: Transport) -> None:
    wire = Wire(*(link_maker(transport, begins=begins)(0.0) for begins in (True, False)))
    wire.settle(0.0)
    assert all(end.is_open for end in wire.ends)
    layer = LAYERS[transport]
    octets = MSU if layer is Layer.MTP3 else PACKAGE
    for end in wire.ends:
        end.send(octets, layer, 0.0)
    wire.settle(0.0)
    assert wire.heard == ([octets], [octets])
