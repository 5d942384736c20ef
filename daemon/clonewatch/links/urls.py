"""A far end in one word: tali://host:port, xot://host:port, m3ua://host:port."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from clonewatch.addresses import Address
from is41.layers import Layer
from is41.m3ua.asp import Asp
from is41.m3ua.settings import Settings as M3uaSettings
from is41.m3ua.sgp import Sgp
from is41.tali.link import Link as Tali
from is41.xot.link import Link as Xot
from is41.xot.settings import Settings as XotSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from is41.link import Link


class Transport(StrEnum):
    """What a link is made of."""

    TALI = "tali"
    XOT = "xot"
    M3UA = "m3ua"


# What messages begin with. X.25 carries any layer as it is; IS-41 uses it for TCAP alone.
LAYERS: Final = {
    Transport.TALI: Layer.MTP3,
    Transport.XOT: Layer.TCAP,
    Transport.M3UA: Layer.MTP3,
}
_XOT: Final = XotSettings()  # the protocol's own
_M3UA: Final = M3uaSettings()


@dataclass(frozen=True, slots=True)
class Url:
    """A transport, and where its far end listens."""

    transport: Transport
    address: Address

    def __str__(self) -> str:
        return f"{self.transport}://{self.address}"

    @classmethod
    def of(cls, text: str) -> Self:
        """Read TRANSPORT://HOST:PORT. Raises ValueError."""
        name, separator, address = text.partition("://")
        if not separator or name not in set(Transport):
            known = ", ".join(f"{transport}://HOST:PORT" for transport in Transport)
            raise ValueError(f"should be one of {known}, is {text!r}")
        return cls(Transport(name), Address.of(address))


def link_maker(
    transport: Transport,
    *,
    begins: bool,
    is_allowed: Callable[[], bool] = lambda: True,
    xot: XotSettings = _XOT,
    m3ua: M3uaSettings = _M3UA,
) -> Callable[[float], Link]:
    """What makes the machine of each new connection; *is_allowed*: whether far ends may send.

    Who *begins* calls in X.25, and is the ASP of M3UA; TALI's ends are alike.
    """
    match transport:
        case Transport.TALI:
            return lambda now: Tali(now, allowed=is_allowed())
        case Transport.XOT:
            return lambda now: Xot(now, xot, calling=begins, allowed=is_allowed())
        case Transport.M3UA:
            side = Asp if begins else Sgp
            return lambda now: side(now, m3ua, allowed=is_allowed())
