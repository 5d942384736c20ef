"""Messages out of data packets (X.25 §4.3): those with the M bit go on in the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from is41.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from is41.x25.packets import Data

MESSAGE_LENGTH_MAX: Final = 16_384  # octets joined by the M bit: ours, SCCP's have about 4000
CLAUSE_OF_DATA: Final = "X.25 §4.3"


class Joiner:
    """Joins data by their M bits.

    *headless*: the first packet may belong to a message that began before it. *p_s_due*: the P(S)
    that must come next, None where any may.
    """

    def __init__(self, *, headless: bool = False, p_s_due: int | None = None) -> None:
        self.begun = False
        self.octets = b""  # of the message that was begun
        self._headless = headless
        self._p_s_due = p_s_due  # None where any may come
        self._q = False

    def take(self, packet: Data) -> Iterator[tuple[bytes, bool] | DecodeError]:
        """Take the next packet: give what is complete with it, and what is lost."""
        follows = self._p_s_due in {None, packet.p_s}
        if self.begun and not follows:
            yield lost(f"P(S) is {packet.p_s}, not {self._p_s_due}")
        elif self.begun and packet.q != self._q:
            yield lost("the Q bit changes before the last packet")
        if not self.begun or not follows or packet.q != self._q:
            self.octets, self._headless = b"", self._headless or not follows
        self._p_s_due = (packet.p_s + 1) % packet.modulo
        self._q, self.begun = packet.q, packet.m
        whole = self.octets + packet.user_data
        if len(self.octets) <= MESSAGE_LENGTH_MAX < len(whole):
            yield lost(f"more than {MESSAGE_LENGTH_MAX} octets")
        self.octets = whole[: MESSAGE_LENGTH_MAX + 1]  # enough to know that it is given up
        if not packet.m:
            if len(whole) <= MESSAGE_LENGTH_MAX:
                yield whole, self._headless
            self.octets, self._headless = b"", False


def lost(reason: str) -> DecodeError:
    """Say why a message that was begun, or more, will never be told."""
    return DecodeError(reason, what="xot_message", field="user_data", clause=CLAUSE_OF_DATA)
