"""What every link promises its shell, whatever its protocol."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from associations import MSU
from is41.errors import EncodeError
from is41.layers import Layer
from is41.link import Event, ProtocolViolated, StateChanged
from is41.m3ua.asp import Asp
from is41.m3ua.settings import Settings
from is41.m3ua.sgp import Sgp
from is41.tali.link import Link as Tali
from is41.xot.link import Link as Xot
from is41.xot.settings import Settings as XotSettings
from links import events_of, payloads

if TYPE_CHECKING:
    from collections.abc import Callable

    from is41.link import Link

LINKS: dict[str, Callable[[], Link]] = {
    "tali": lambda: Tali(0.0, allowed=True),
    "asp": lambda: Asp(0.0, Settings(), allowed=True),
    "sgp": lambda: Sgp(0.0, Settings(), allowed=True),
    "caller": lambda: Xot(0.0, XotSettings(), calling=True, allowed=True),
    "called": lambda: Xot(0.0, XotSettings(), calling=False, allowed=True),
}


@pytest.fixture(params=LINKS)
def link(request: pytest.FixtureRequest) -> Link:
    return LINKS[request.param]()


def test_a_new_link_is_neither_open_nor_finished(link: Link) -> None:
    assert (link.is_open, link.is_finished, link.is_drained) == (False, False, True)
    assert len(link.room()) > 0


def test_sending_on_a_link_that_is_not_open_is_our_own_fault(link: Link) -> None:
    for layer in Layer:
        with pytest.raises(EncodeError):
            link.send(b"", layer, 0.0)


def test_garbage_finishes_a_link_and_leaves_no_timer(link: Link) -> None:
    link.receive(b"GET / HTTP/1.1\r\n\r\n", 0.0)
    events = events_of(link)
    assert any(isinstance(event, ProtocolViolated) for event in events)
    assert isinstance(events[-1], StateChanged)
    assert (link.is_finished, link.is_open, link.next_deadline()) == (True, False, None)
    link.octets_to_send()
    link.allow(1.0)
    link.close(1.0)
    link.expire(1e6)
    assert (events_of(link), link.octets_to_send()) == ([], b"")


def test_every_event_is_a_frozen_value() -> None:
    for kind in get_args(Event):
        assert kind.__dataclass_params__.frozen


PAIRS: dict[str, tuple[Callable[[], Link], Callable[[], Link]]] = {
    "tali": (LINKS["tali"], LINKS["tali"]),
    "m3ua": (LINKS["asp"], LINKS["sgp"]),
    "xot": (LINKS["caller"], LINKS["called"]),
}
MESSAGES = {"tali": Layer.SCCP, "m3ua": Layer.MTP3, "xot": Layer.MTP3}


@pytest.mark.parametrize("pair", PAIRS)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), damage=st.sampled_from([0.0, 0.001, 0.02]))
def test_no_damage_on_the_wire_crashes_either_end(pair: str, seed: int, damage: float) -> None:
    chance = random.Random(seed)
    ends, layer = [make() for make in PAIRS[pair]], MESSAGES[pair]
    message = MSU.payload if layer is Layer.SCCP else MSU.encode()
    told = [0, 0]
    for step in range(40):
        now = step * 0.5
        for this, other in ((0, 1), (1, 0)):
            end = ends[this]
            end.expire(now)
            chance.choice([end.allow, end.allow, end.allow, end.prohibit])(now)
            if end.is_open:
                end.send(message, layer, now)
            octets = bytearray(end.octets_to_send())
            for at in range(len(octets)):
                if chance.random() < damage:
                    octets[at] = chance.randrange(256)
            ends[other].receive(bytes(octets), now)
            told[other] += len(payloads(events_of(ends[other])))
            end.acknowledge(told[this], now)
            told[this] = 0
            assert not end.is_finished or (end.next_deadline(), end.is_open) == (None, False)
