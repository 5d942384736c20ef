"""The window (308): what is kept of each MSID, and how registrations meet in it.

`Window.take` gives blocks of a batch to one kernel. For each registration the kernel looks up its
MSID's row (`index`), puts it among the registrations kept there (`rows`, and in `rings` when they
are many), judges the neighbours that this makes or parts (`rule`), and writes down what it finds
(`findings`). With each block the horizon moves, and what has left the window leaves memory
(`sweep`). `layout` says where everything lies; `tables` builds it empty, in memory that is
reserved whole (`memory`).
"""

from __future__ import annotations

from .findings import PAIR, REGISTRATION, Findings
from .window import Window, WindowCounts

__all__ = ["PAIR", "REGISTRATION", "Findings", "Window", "WindowCounts"]
