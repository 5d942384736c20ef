"""What is connected at one endpoint, and what was."""

from __future__ import annotations

import asyncio

from clonewatch.links.ends import Ends


class Connected:
    """Remembers how it was ended."""

    def __init__(self, ends: Ends[Connected], *, obeys: bool) -> None:
        self.octets_received, self.octets_sent = 3, 5
        self.told: list[str] = []
        self._ends = ends
        self._obeys = obeys

    def close(self, why: str) -> None:
        self.told.append(f"close: {why}")
        if self._obeys:
            asyncio.get_running_loop().call_soon(self._ends.remove, self)

    def abort(self, why: str) -> None:
        self.told.append(f"abort: {why}")
        asyncio.get_running_loop().call_soon(self._ends.remove, self)


def test_what_is_over_still_counts() -> None:
    async def main() -> None:
        ends: Ends[Connected] = Ends()
        one, other = Connected(ends, obeys=True), Connected(ends, obeys=True)
        ends.add(one)
        ends.add(other)
        ends.remove(one)
        ends.remove(Connected(ends, obeys=True))  # it was never here
        assert ends.open == {other}
        assert (ends.opened, ends.octets_received, ends.octets_sent) == (2, 6, 10)
        ends.remove(other)
        await ends.all_ended()
        assert (ends.octets_received, ends.octets_sent) == (6, 10)

    asyncio.run(main())


def test_those_that_do_not_end_in_time_are_ended() -> None:
    async def main() -> None:
        ends: Ends[Connected] = Ends()
        good, bad = Connected(ends, obeys=True), Connected(ends, obeys=False)
        ends.add(good)
        ends.add(bad)
        await ends.close("over", 0.01)
        assert not ends.open
        assert good.told == ["close: over"]
        assert bad.told == ["close: over", "abort: over"]

    asyncio.run(main())
