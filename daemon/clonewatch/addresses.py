"""Where a TCP connection goes to, or is waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

PORT_MAX: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Address:
    """A host, by name or number, and a TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @classmethod
    def of(cls, text: str) -> Self:
        """Read HOST:PORT or [IPV6]:PORT. Raises ValueError."""
        host, colon, port = text.rpartition(":")
        bracketed = host.startswith("[") and host.endswith("]")
        host = host[1:-1] if bracketed else host
        is_host = bool(host) and host.isprintable() and not set(host) & set(" /[]@")
        is_port = bool(colon) and port.isascii() and port.isdigit()
        if not (is_host and is_port) or (":" in host) != bracketed:
            raise ValueError(f"should be HOST:PORT or [IPV6]:PORT, is {text!r}")
        try:
            host.encode("idna")  # as whoever looks the name up will
        except UnicodeError as error:
            raise ValueError(f"{host!r} is no name of a host: {error}") from None
        if int(port) > PORT_MAX:
            raise ValueError(f"port {port} is above {PORT_MAX}")
        return cls(host, int(port))
