"""RFC 1613 §6.5, PVC status."""

from __future__ import annotations

from is41.xot.codes import PvcStatus


def test_setup_packets_have_the_first_status_and_those_after_connected() -> None:
    in_setup = [each for each in PvcStatus if each == 0 or each > PvcStatus.CONNECTED]
    assert in_setup == [0, *range(0x13, 0x1B)]
