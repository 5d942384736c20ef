"""Filters, tried before there is an interface."""

from __future__ import annotations

import pytest

from clonewatch.sources.bpf import check_filter


@pytest.mark.parametrize("expression", ["", "tcp port 5000", "host 192.0.2.1 and not vlan"])
def test_a_filter_as_tcpdump_takes_it_is_right(expression: str) -> None:
    check_filter(expression)


@pytest.mark.parametrize("expression", ["port port", "tcp port 99999999", "((("])
def test_what_is_none_is_told(expression: str) -> None:
    with pytest.raises(ValueError, match=r"filter|libpcap"):
        check_filter(expression)
