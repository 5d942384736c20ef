"""What the store tells its operator."""

from __future__ import annotations

from pathlib import Path

from clonewatch.store.apart import Fault
from clonewatch.store.aside import Aside
from clonewatch.store.events import Failed, Overflowed, Resumed, SetAside
from stores import conflict


def test_each_event_says_what_happened_and_where() -> None:
    path = Path("/var/x.sqlite")
    assert str(Failed(path, "disk full")) == (
        "/var/x.sqlite: disk full; waits in memory, and tries again"
    )
    assert str(Resumed(path)) == "/var/x.sqlite: written again"
    assert str(Overflowed(path, 7)).startswith("/var/x.sqlite: too much waits to be stored; ")
    assert "from sequence 7 on" in str(Overflowed(path, 7))
    aside = Aside(conflict(), Fault.of(ZeroDivisionError("so there")))
    assert str(SetAside(path, aside)) == (
        "/var/x.sqlite: conflict of 6145551234 cannot be stored, by a fault of ours: "
        f"ZeroDivisionError: so there; it is set aside as {aside.id}"
    )
