"""Who may connect: addresses and networks of the far ends."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Network = IPv4Network | IPv6Network


class Peers:
    """Networks whose hosts may connect; none given: everybody's."""

    def __init__(self, networks: Iterable[str | Network] = ()) -> None:
        """Raises ValueError for what is no network, or has bits set behind its prefix."""
        self._networks = tuple(ip_network(network) for network in networks)

    def admit(self, host: str) -> bool:
        """Whether *host*, a numerical address, may connect."""
        if not self._networks:
            return True
        address = ip_address(host.partition("%")[0])
        mapped = getattr(address, "ipv4_mapped", None)  # IPv4 on a socket of both families
        return any((mapped or address) in network for network in self._networks)
