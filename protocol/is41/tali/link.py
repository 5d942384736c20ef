"""One end of a TALI connection, without I/O (RFC 3094 §4).

Service messages are told where they lie, many at once, so that kernels can take them: they cost no
object each. Link messages and timers go through the table of transitions.

Both ends are alike. Each tells the other whether it takes service messages (`allo`, `proh`), asks
the other to say so again (`test`, T1) and may measure the round trip (`moni`, T4). What breaks the
protocol ends the connection; whoever owns the socket closes it and connects anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from is41.errors import DecodeError, EncodeError
from is41.layers import Layer
from is41.link import (
    Finished,
    MessageSkipped,
    ProtocolViolated,
    RoundTripMeasured,
    StateChanged,
)
from is41.machine import Machine

from .codes import CLAUSE, HEADER_LENGTH, LENGTHS, Opcode
from .framing import service_run
from .messages import WHAT, Message, payload_length

if TYPE_CHECKING:
    from collections.abc import Mapping

    from is41.link import Event

T1: Final = 4.0  # seconds between tests; all timers 0.1 to 60, RFC 3094 §4
T2: Final = 3.0  # seconds to answer a test; less than T1
T3: Final = 5.0  # seconds that received messages are still taken after our own proh
T4: Final = 10.0  # seconds between monis; 0 sends none


class State(Enum):
    """RFC 3094 §4, near end and far end, each prohibited or allowed."""

    NEP_FEP = auto()
    NEP_FEA = auto()
    NEA_FEP = auto()
    NEA_FEA = auto()
    FINISHED = auto()  # the connection is to be closed, or has been


class Input(Enum):
    """What may happen to an end of a connection."""

    TEST = auto()
    ALLO = auto()
    PROH = auto()
    PROA = auto()
    MONI = auto()
    MONA = auto()
    SERVICE = auto()
    EXTENSION = auto()  # 2.0's mgmt, xsrv and spcl
    T1_EXPIRED = auto()
    T2_EXPIRED = auto()
    T3_EXPIRED = auto()
    T4_EXPIRED = auto()
    ALLOW = auto()  # our own side takes service messages
    PROHIBIT = auto()  # it does not
    CLOSE = auto()  # gracefully


class Act(Enum):
    """What an end does about it."""

    SEND_ALLO = auto()
    ANSWER_PROH = auto()
    SEND_PROH = auto()  # and start T3
    SEND_PROA = auto()
    SEND_MONA = auto()
    SEND_MONI = auto()  # and start T4
    SEND_TEST = auto()  # and start T1 and T2
    FAR_END_KNOWN = auto()  # stop T2
    STOP_T3 = auto()
    ROUND_TRIP = auto()
    DELIVER = auto()
    DELIVER_IN_T3 = auto()  # while T3 runs; then it is a violation
    SKIP = auto()
    FINISH_OR_VIOLATE = auto()  # our proh was never acknowledged: it matters unless we close
    VIOLATE = auto()


S, X, A = State, Input, Act
# fmt: off
# RFC 3094 §4: (state, input) -> (state, acts).
TRANSITIONS: Final[Mapping[tuple[State, Input], tuple[State, tuple[Act, ...]]]] = {
    (S.NEP_FEP, X.TEST):       (S.NEP_FEP, (A.ANSWER_PROH,)),
    (S.NEP_FEP, X.ALLO):       (S.NEP_FEA, (A.FAR_END_KNOWN,)),
    (S.NEP_FEP, X.PROH):       (S.NEP_FEP, (A.FAR_END_KNOWN, A.SEND_PROA)),
    (S.NEP_FEP, X.PROA):       (S.NEP_FEP, (A.STOP_T3,)),
    (S.NEP_FEP, X.MONI):       (S.NEP_FEP, (A.SEND_MONA,)),
    (S.NEP_FEP, X.MONA):       (S.NEP_FEP, (A.ROUND_TRIP,)),
    (S.NEP_FEP, X.SERVICE):    (S.NEP_FEP, (A.VIOLATE,)),
    (S.NEP_FEP, X.EXTENSION):  (S.NEP_FEP, (A.SKIP,)),
    (S.NEP_FEP, X.T1_EXPIRED): (S.NEP_FEP, (A.SEND_TEST,)),
    (S.NEP_FEP, X.T2_EXPIRED): (S.NEP_FEP, (A.VIOLATE,)),
    (S.NEP_FEP, X.T3_EXPIRED): (S.NEP_FEP, (A.FINISH_OR_VIOLATE,)),
    (S.NEP_FEP, X.T4_EXPIRED): (S.NEP_FEP, (A.SEND_MONI,)),
    (S.NEP_FEP, X.ALLOW):      (S.NEA_FEP, (A.STOP_T3, A.SEND_ALLO)),
    (S.NEP_FEP, X.PROHIBIT):   (S.NEP_FEP, ()),
    (S.NEP_FEP, X.CLOSE):      (S.NEP_FEP, (A.SEND_PROH,)),
    (S.NEP_FEA, X.TEST):       (S.NEP_FEA, (A.ANSWER_PROH,)),
    (S.NEP_FEA, X.ALLO):       (S.NEP_FEA, (A.FAR_END_KNOWN,)),
    (S.NEP_FEA, X.PROH):       (S.NEP_FEP, (A.FAR_END_KNOWN, A.SEND_PROA)),
    (S.NEP_FEA, X.PROA):       (S.NEP_FEA, (A.STOP_T3,)),
    (S.NEP_FEA, X.MONI):       (S.NEP_FEA, (A.SEND_MONA,)),
    (S.NEP_FEA, X.MONA):       (S.NEP_FEA, (A.ROUND_TRIP,)),
    (S.NEP_FEA, X.SERVICE):    (S.NEP_FEA, (A.DELIVER_IN_T3,)),
    (S.NEP_FEA, X.EXTENSION):  (S.NEP_FEA, (A.SKIP,)),
    (S.NEP_FEA, X.T1_EXPIRED): (S.NEP_FEA, (A.SEND_TEST,)),
    (S.NEP_FEA, X.T2_EXPIRED): (S.NEP_FEA, (A.VIOLATE,)),
    (S.NEP_FEA, X.T3_EXPIRED): (S.NEP_FEA, (A.FINISH_OR_VIOLATE,)),
    (S.NEP_FEA, X.T4_EXPIRED): (S.NEP_FEA, (A.SEND_MONI,)),
    (S.NEP_FEA, X.ALLOW):      (S.NEA_FEA, (A.STOP_T3, A.SEND_ALLO)),
    (S.NEP_FEA, X.PROHIBIT):   (S.NEP_FEA, ()),
    (S.NEP_FEA, X.CLOSE):      (S.NEP_FEA, (A.SEND_PROH,)),
    (S.NEA_FEP, X.TEST):       (S.NEA_FEP, (A.SEND_ALLO,)),
    (S.NEA_FEP, X.ALLO):       (S.NEA_FEA, (A.FAR_END_KNOWN,)),
    (S.NEA_FEP, X.PROH):       (S.NEA_FEP, (A.FAR_END_KNOWN, A.SEND_PROA)),
    (S.NEA_FEP, X.PROA):       (S.NEA_FEP, ()),
    (S.NEA_FEP, X.MONI):       (S.NEA_FEP, (A.SEND_MONA,)),
    (S.NEA_FEP, X.MONA):       (S.NEA_FEP, (A.ROUND_TRIP,)),
    (S.NEA_FEP, X.SERVICE):    (S.NEA_FEP, (A.VIOLATE,)),
    (S.NEA_FEP, X.EXTENSION):  (S.NEA_FEP, (A.SKIP,)),
    (S.NEA_FEP, X.T1_EXPIRED): (S.NEA_FEP, (A.SEND_TEST,)),
    (S.NEA_FEP, X.T2_EXPIRED): (S.NEA_FEP, (A.VIOLATE,)),
    (S.NEA_FEP, X.T3_EXPIRED): (S.NEA_FEP, ()),
    (S.NEA_FEP, X.T4_EXPIRED): (S.NEA_FEP, (A.SEND_MONI,)),
    (S.NEA_FEP, X.ALLOW):      (S.NEA_FEP, ()),
    (S.NEA_FEP, X.PROHIBIT):   (S.NEP_FEP, (A.SEND_PROH,)),
    (S.NEA_FEP, X.CLOSE):      (S.NEP_FEP, (A.SEND_PROH,)),
    (S.NEA_FEA, X.TEST):       (S.NEA_FEA, (A.SEND_ALLO,)),
    (S.NEA_FEA, X.ALLO):       (S.NEA_FEA, (A.FAR_END_KNOWN,)),
    (S.NEA_FEA, X.PROH):       (S.NEA_FEP, (A.FAR_END_KNOWN, A.SEND_PROA)),
    (S.NEA_FEA, X.PROA):       (S.NEA_FEA, ()),
    (S.NEA_FEA, X.MONI):       (S.NEA_FEA, (A.SEND_MONA,)),
    (S.NEA_FEA, X.MONA):       (S.NEA_FEA, (A.ROUND_TRIP,)),
    (S.NEA_FEA, X.SERVICE):    (S.NEA_FEA, (A.DELIVER,)),
    (S.NEA_FEA, X.EXTENSION):  (S.NEA_FEA, (A.SKIP,)),
    (S.NEA_FEA, X.T1_EXPIRED): (S.NEA_FEA, (A.SEND_TEST,)),
    (S.NEA_FEA, X.T2_EXPIRED): (S.NEA_FEA, (A.VIOLATE,)),
    (S.NEA_FEA, X.T3_EXPIRED): (S.NEA_FEA, ()),
    (S.NEA_FEA, X.T4_EXPIRED): (S.NEA_FEA, (A.SEND_MONI,)),
    (S.NEA_FEA, X.ALLOW):      (S.NEA_FEA, ()),
    (S.NEA_FEA, X.PROHIBIT):   (S.NEP_FEA, (A.SEND_PROH,)),
    (S.NEA_FEA, X.CLOSE):      (S.NEP_FEA, (A.SEND_PROH,)),
}
# fmt: on


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """Intervals in seconds."""

    t1: float = T1
    t2: float = T2
    t3: float = T3
    t4: float = T4


_INPUTS: Final[Mapping[Opcode, Input]] = {
    Opcode.TEST: Input.TEST,
    Opcode.ALLO: Input.ALLO,
    Opcode.PROH: Input.PROH,
    Opcode.PROA: Input.PROA,
    Opcode.MONI: Input.MONI,
    Opcode.MONA: Input.MONA,
    Opcode.ISOT: Input.SERVICE,
    Opcode.MGMT: Input.EXTENSION,
    Opcode.XSRV: Input.EXTENSION,
    Opcode.SPCL: Input.EXTENSION,
}
_OPCODES: Final[Mapping[Layer, Opcode]] = {Layer.SCCP: Opcode.SCCP, Layer.MTP3: Opcode.MTP3}
_NO_MESSAGE: Final = Message(Opcode.TEST)


class Link(Machine[Input]):
    """Octets in, events out; the caller owns the socket and the clock.

    *allowed*: whether our side takes service messages from the start. `room` and `received` are
    `receive` for a caller who can read straight into the link's buffer.
    """

    def __init__(self, now: float, *, allowed: bool, timers: Timers = Timers()) -> None:
        super().__init__(HEADER_LENGTH + LENGTHS[Opcode.MTP3][0], HEADER_LENGTH)
        self.state = State.NEA_FEP if allowed else State.NEP_FEP
        self._timers = timers
        self._monitored_at: float | None = None
        self._closing = False
        self._send(Opcode.ALLO if allowed else Opcode.PROH)
        self._send_test(now)
        if timers.t4:
            self._deadlines[Input.T4_EXPIRED] = now + timers.t4

    @property
    def is_open(self) -> bool:
        """Whether service messages may be sent now."""
        return self.state is State.NEA_FEA

    @property
    def is_finished(self) -> bool:
        """Whether the connection is to be closed."""
        return self.state is State.FINISHED

    def allow(self, now: float) -> None:
        """Take service messages from now on."""
        self._take(Input.ALLOW, _NO_MESSAGE, now)

    def prohibit(self, now: float) -> None:
        """Take none any more; those on their way are, while T3 runs."""
        self._take(Input.PROHIBIT, _NO_MESSAGE, now)

    def close(self, now: float) -> None:
        """Take no more messages, wait for the far end to know (or for T3), then finish."""
        self._closing = True
        self._take(Input.CLOSE, _NO_MESSAGE, now)

    def acknowledge(self, count: int, now: float) -> None:
        """Do nothing: TALI acknowledges no service messages."""

    def send(self, octets: bytes, layer: Layer, now: float) -> None:  # noqa: ARG002  # no timer
        """Send an MSU or SCCP message. Raises EncodeError while either end does not allow it."""
        if not self.is_open:
            raise EncodeError(f"service messages are not allowed in {self.state.name}")
        if layer not in _OPCODES:
            raise EncodeError(f"TALI carries no {layer.name} by itself: put it into SCCP")
        self._send(_OPCODES[layer], octets)

    def _expired(self, timer: Input, now: float) -> None:
        self._take(timer, _NO_MESSAGE, now)

    def _tell_run(self, at: int, end: int, frames: int) -> tuple[int, int]:
        after, found = service_run(self._octets, at, end, self._frames, frames)
        acts = TRANSITIONS[self.state, Input.SERVICE][1]
        if found == frames:
            pass
        elif acts == (Act.DELIVER,) or (
            acts == (Act.DELIVER_IN_T3,) and Input.T3_EXPIRED in self._deadlines
        ):
            self._tell(frames, found)
        else:
            self._hand = self._octets[at : int(self._frames.end[frames])].tobytes()
            self._break(f"service message in {self.state.name}", "opcode")
        return after, found

    def _message_length(self, header: bytes) -> int:
        return HEADER_LENGTH + payload_length(header)

    def _take_message(self, octets: bytes, now: float) -> None:
        message = Message.decode(octets)
        self._take(_INPUTS[message.opcode], message, now)

    def _take(self, what: Input, message: Message, now: float) -> None:
        """Move by the table, and do what it says."""
        if self.is_finished:
            return
        state, acts = TRANSITIONS[self.state, what]
        if state is not self.state:
            self.state = state
            self._events.append(StateChanged(state))
        for act in acts:
            self._do(act, what, message, now)

    def _do(  # noqa: C901, PLR0912  # one case an act
        self, act: Act, what: Input, message: Message, now: float
    ) -> None:
        match act:
            case Act.SEND_ALLO:
                self._send(Opcode.ALLO)
            case Act.ANSWER_PROH:
                self._send(Opcode.PROH)
            case Act.SEND_PROH:
                self._send(Opcode.PROH)
                self._deadlines[Input.T3_EXPIRED] = now + self._timers.t3
            case Act.SEND_PROA:
                self._send(Opcode.PROA)
            case Act.SEND_MONA:
                self._send(Opcode.MONA, message.payload)
            case Act.SEND_MONI:
                self._monitored_at = now
                self._send(Opcode.MONI)
                self._deadlines[Input.T4_EXPIRED] = now + self._timers.t4
            case Act.SEND_TEST:
                self._send_test(now)
            case Act.FAR_END_KNOWN:
                self._deadlines.pop(Input.T2_EXPIRED, None)
            case Act.STOP_T3:
                self._deadlines.pop(Input.T3_EXPIRED, None)
                self._finish_if_closing()
            case Act.FINISH_OR_VIOLATE:
                self._finish_if_closing()
                if not self.is_finished:
                    self._break("no proa before T3 ran out", "opcode")
            case Act.ROUND_TRIP if self._monitored_at is not None:
                self._events.append(RoundTripMeasured(now - self._monitored_at))
                self._monitored_at = None
            case Act.SKIP:
                self._events.append(MessageSkipped(message.opcode.name))
            case Act.DELIVER_IN_T3 if Input.T3_EXPIRED in self._deadlines:
                pass  # ISUP, in its time: not for us
            case Act.VIOLATE | Act.DELIVER_IN_T3:
                self._break(f"{what.name} in {self.state.name}", "opcode")
            case Act.DELIVER | Act.ROUND_TRIP:
                pass  # ISUP, which is not for us; a mona that answers no moni

    def _send(self, opcode: Opcode, payload: bytes = b"") -> None:
        self._to_send += Message(opcode, payload).encode()

    def _send_test(self, now: float) -> None:
        self._send(Opcode.TEST)
        self._deadlines[Input.T1_EXPIRED] = now + self._timers.t1
        self._deadlines[Input.T2_EXPIRED] = now + self._timers.t2

    def _finish_if_closing(self) -> None:
        if self._closing and not self.is_finished:
            self._finish(Finished())

    def _break(self, reason: str, field: str) -> None:
        self._violate(DecodeError(reason, what=WHAT, field=field, clause=CLAUSE))

    def _violate(self, error: DecodeError) -> None:
        self._finish(ProtocolViolated(error, self._hand))

    def _finish(self, event: Event) -> None:
        self.state = State.FINISHED
        self._deadlines.clear()
        self._events.append(event)
        self._events.append(StateChanged(self.state))
