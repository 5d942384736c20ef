"""Links over TCP: one asyncio shell around every link machine of `is41`.

A `Connection` moves octets between a socket and one `is41.link.Link`, and tells a `Handler` of what
the link tells. Connections are made by an *endpoint*: a `Listener`, which lets in only *peers* it
was told of, or a `Connector`, which tries again and again (`backoff`). Who listens, which side of
the protocol one is, and what becomes of the messages are three separate things.
"""

from __future__ import annotations

from .connection import Connection, Handler
from .endpoints import Connector, Endpoint, Listener
from .peers import Peers

__all__ = ["Connection", "Connector", "Endpoint", "Handler", "Listener", "Peers"]
