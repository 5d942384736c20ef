"""Links: which keys go together, and who may connect."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from clonewatch.config.links import Link, M3uaLink, Role, TaliLink, XotLink

TAP: dict[str, Any] = {"name": "a", "transport": "tali", "role": "tap", "connect": "h:5000"}
LISTENING: dict[str, Any] = {
    "name": "a",
    "transport": "xot",
    "role": "answer",
    "listen": "0.0.0.0:1998",
    "peers": ["192.0.2.0/24"],
    "hlr": "hlr",
}
HLR: dict[str, Any] = {
    **TAP,
    "role": "hlr",
    "query": {"local_point_code": "1-1-1", "remote_point_code": "1-1-2"},
}
FILES = {"certificate": "a.crt", "key": "a.key"}


def link(**keys: Any) -> Any:
    """A link of *keys*; those that are None are left out."""
    given = {key: value for key, value in keys.items() if value is not None}
    return TypeAdapter(Link).validate_python(given)


def wrong(**keys: Any) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        link(**keys)
    return [".".join(map(str, line["loc"][1:])) for line in caught.value.errors()]


def test_each_transport_is_a_kind_of_link() -> None:
    assert isinstance(link(**TAP), TaliLink)
    assert isinstance(link(**LISTENING), XotLink)
    assert isinstance(link(**TAP | {"transport": "m3ua"}), M3uaLink)


def test_keys_of_another_transport_are_refused() -> None:
    assert wrong(**TAP, modulo=8, routing_context=1) == ["modulo", "routing_context"]


def test_one_direction_but_two_for_a_relay() -> None:
    assert wrong(**TAP, listen="h:1", peers=["192.0.2.1"]) == ["connect"]
    assert wrong(**TAP | {"connect": None}) == ["listen"]
    assert wrong(**TAP | {"role": "relay"}) == ["listen"]
    relay = link(**TAP | {"role": "relay", "listen": "h:1", "peers": ["192.0.2.1"]})
    assert relay.role is Role.RELAY


def test_a_relay_waits_for_no_message() -> None:
    relay = TAP | {"role": "relay", "listen": "h:1", "peers": ["192.0.2.1"]}
    assert link(**TAP, message_within_seconds=90).message_within_seconds == 90
    assert wrong(**relay, message_within_seconds=90) == ["message_within_seconds"]


def test_who_listens_says_who_may_connect() -> None:
    assert wrong(**LISTENING | {"peers": None}) == ["peers"]
    assert wrong(**LISTENING | {"peers": []}) == ["peers"]
    assert wrong(**TAP, peers=["192.0.2.1"]) == ["peers"]
    named = {"peers": None, "tls": FILES | {"authority": "ca.crt"}}
    assert link(**LISTENING | named).peers == ()


@pytest.mark.parametrize("everybody", ["0.0.0.0/0", "::/0"])
def test_everybody_may_be_overheard_but_not_answered(everybody: str) -> None:
    open_to_all = {"peers": ["192.0.2.0/24", everybody]}
    assert wrong(**LISTENING | open_to_all) == ["peers"]
    assert link(**LISTENING | open_to_all | {"role": "tap", "hlr": None}).role is Role.TAP


def test_strangers_are_authorised_only_where_that_is_asked_for() -> None:
    assert wrong(**LISTENING | {"hlr": None}) == ["hlr"]
    assert link(**LISTENING | {"hlr": None, "authorise_unasked": True}).authorise_unasked
    assert wrong(**LISTENING, authorise_unasked=True) == ["authorise_unasked"]
    assert wrong(**TAP, authorise_unasked=True) == ["authorise_unasked"]
    assert wrong(**TAP, hlr="hlr") == ["hlr"]


def test_a_wrong_key_beside_hides_no_stranger() -> None:
    assert wrong(**LISTENING | {"peers": None, "windows": 3}) == ["windows", "peers"]


def test_an_hlr_is_addressed() -> None:
    assert not link(**HLR).is_source
    assert wrong(**HLR | {"query": None}) == ["query"]
    assert wrong(**HLR | {"query": {}}) == ["query.local_point_code", "query.remote_point_code"]
    assert link(**HLR | {"query": {"layer": "tcap"}}).query.remote_ssn == 6
    assert wrong(**TAP, query={"layer": "tcap"}) == ["query"]


def test_tls_has_the_files_that_its_direction_needs() -> None:
    assert wrong(**TAP, tls={}) == ["tls"]
    assert wrong(**TAP, tls={"authority": "a", "key": "b"}) == ["tls.certificate"]
    assert wrong(**LISTENING, tls={"authority": "a"}) == ["tls"]
    assert wrong(**LISTENING, tls={"certificate": "a"}) == ["tls.key"]
    assert link(**LISTENING, tls=FILES).tls.server_name is None
    relay = TAP | {"role": "relay", "listen": "h:1", "peers": ["192.0.2.1"], "tls": FILES}
    assert wrong(**relay) == ["tls"]


def test_x25_has_bounds() -> None:
    assert wrong(**LISTENING, window=8) == ["window"]
    assert link(**LISTENING, window=127, modulo=128).window == 127
    assert wrong(**LISTENING, packet_length=100) == ["packet_length"]
    assert wrong(**LISTENING, user_data="00" * 17) == ["user_data"]
    pvc = {
        "local_interface": "Serial0",
        "local_lcn": 1,
        "remote_interface": "Serial1",
        "remote_lcn": 2,
    }
    assert wrong(**LISTENING, pvc=pvc, user_data="01") == ["user_data"]
    assert link(**LISTENING, pvc=pvc).pvc.remote_lcn == 2


def test_who_connects_calls_unless_told_otherwise() -> None:
    assert not link(**LISTENING).is_caller
    assert link(**LISTENING, side="caller").is_caller
    assert link(**TAP | {"transport": "xot"}).is_caller
    assert link(**TAP | {"transport": "m3ua"}).is_asp
    assert not link(**TAP | {"transport": "m3ua"}, side="sg").is_asp
