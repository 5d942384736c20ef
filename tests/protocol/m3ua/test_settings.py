"""What both ends of an M3UA association have to agree on."""

from __future__ import annotations

from is41.adaptation.messages import Parameter
from is41.m3ua.codes import ParameterTag, TrafficMode
from is41.m3ua.settings import Settings


def test_only_what_is_set_becomes_a_parameter() -> None:
    settings = Settings(routing_context=0, traffic_mode=TrafficMode.LOADSHARE)
    asked = (
        ParameterTag.NETWORK_APPEARANCE,
        ParameterTag.TRAFFIC_MODE_TYPE,
        ParameterTag.ROUTING_CONTEXT,
        ParameterTag.ASP_IDENTIFIER,
    )
    assert settings.parameters(*asked) == (
        Parameter(ParameterTag.TRAFFIC_MODE_TYPE, bytes.fromhex("00000002")),
        Parameter(ParameterTag.ROUTING_CONTEXT, bytes(4)),
    )
    assert Settings().parameters(*asked) == ()
