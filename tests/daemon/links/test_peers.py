"""Who may connect."""

from __future__ import annotations

import pytest

from clonewatch.links.peers import Peers


@pytest.mark.parametrize(
    ("networks", "host", "admitted"),
    [
        ([], "192.0.2.1", True),
        (["192.0.2.0/24"], "192.0.2.255", True),
        (["192.0.2.0/24"], "192.0.3.0", False),
        (["192.0.2.7"], "192.0.2.7", True),
        (["192.0.2.7"], "192.0.2.8", False),
        (["192.0.2.0/24"], "::ffff:192.0.2.9", True),
        (["2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "192.0.2.1", False),
        (["fe80::/10"], "fe80::1%eth0", True),
        (["192.0.2.0/24", "198.51.100.0/24"], "198.51.100.1", True),
    ],
)
def test_only_hosts_of_the_networks_are_admitted(
    networks: list[str], host: str, *, admitted: bool
) -> None:
    assert Peers(networks).admit(host) is admitted


@pytest.mark.parametrize("network", ["192.0.2.1/24", "example", "192.0.2.0/33", ""])
def test_what_is_no_network_is_refused(network: str) -> None:
    with pytest.raises(ValueError, match=r"network|address|host bits"):
        Peers([network])
