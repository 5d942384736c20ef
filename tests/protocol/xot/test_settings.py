"""What one end of a circuit may be configured with."""

from __future__ import annotations

from typing import Any

import pytest

from is41.xot.settings import Pvc, Settings


@pytest.mark.parametrize(
    "wrong",
    [
        {"modulo": 16},
        {"window": 0},
        {"window": 8},
        {"modulo": 128, "window": 128},
        {"packet_length": 100},
        {"packet_length": 8192},
        {"user_data": bytes(17)},
        {"called": "31a"},
        {"calling": "1" * 16},
        {"lcn": 4096},
    ],
)
def test_what_x25_has_no_room_for_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"is (not|neither|no) |ha(ve|s not) "):
        Settings(**wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"initiator": "é"},
        {"responder": "x" * 256},
        {"initiator_lcn": -1},
        {"responder_lcn": 4096},
    ],
)
def test_what_a_setup_packet_has_no_room_for_is_refused(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "initiator": "a",
        "initiator_lcn": 1,
        "responder": "b",
        "responder_lcn": 2,
    }
    with pytest.raises(ValueError, match="is not "):
        Pvc(**(right | wrong))


def test_the_widest_settings_are_taken() -> None:
    widest = Settings(
        modulo=128,
        window=127,
        packet_length=4096,
        user_data=bytes(16),
        called="1" * 15,
        calling="",
        lcn=4095,
    )
    assert widest.timers.t21 == 200.0
