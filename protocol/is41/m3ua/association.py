"""One end of an M3UA association, without I/O: what ASP and SGP have in common (RFC 4666 §4).

DATA is told where it lies, many messages at once, so that kernels can take it: it costs no object
each. All else, and timers, go through the table of transitions that each side has. What the table
lacks is refused with ERR and changes nothing.

Not in the standard: TCP instead of SCTP. Messages follow one another by their lengths; there are no
streams; and a peer that is gone is noticed by its silence, which is why heartbeats are sent.
"""

from __future__ import annotations

from abc import abstractmethod
from enum import Enum, auto
from typing import TYPE_CHECKING, ClassVar, Final

from is41.adaptation.messages import HEADER_LENGTH, Parameter, read_header
from is41.errors import DecodeError, EncodeError
from is41.layers import Layer
from is41.link import (
    Finished,
    ManagementReceived,
    MessageSkipped,
    ProtocolViolated,
    RoundTripMeasured,
    StateChanged,
)
from is41.machine import Machine
from is41.mtp.codes import ServiceIndicator
from is41.mtp.msu import Msu

from .codes import Aspsm, Asptm, ErrorCode, MessageClass, Mgmt, ParameterTag, Ssnm, Transfer
from .framing import ANY, MESSAGE_LENGTH_LEAST, data_run
from .messages import CLAUSE, WHAT, Message, ProtocolData
from .refusals import Refusal, msu_of, name_of, read, unexpected
from .telling import says

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .settings import Settings

CLAUSE_OF_PROCEDURES: Final = "RFC 4666 §4.3"


class State(Enum):
    """RFC 4666 §4.3.1, ASP states; and between them what was asked and is not yet answered."""

    ASP_DOWN = auto()
    ASP_INACTIVE = auto()
    ACTIVATING = auto()
    ASP_ACTIVE = auto()
    INACTIVATING = auto()  # DATA on its way is still taken
    CLOSING = auto()  # likewise
    FINISHED = auto()  # the connection is to be closed, or has been


class Input(Enum):
    """What may happen to an end of an association."""

    UP = auto()
    UP_ACK = auto()
    DOWN = auto()
    DOWN_ACK = auto()
    ACTIVE = auto()
    ACTIVE_ACK = auto()
    INACTIVE = auto()
    INACTIVE_ACK = auto()
    BEAT = auto()
    BEAT_ACK = auto()
    ERR = auto()
    BLOCKED = auto()  # ERR, refused by management
    NTFY = auto()
    DATA = auto()
    DAUD = auto()
    SSNM = auto()  # the others: DUNA, DAVA, SCON, DUPU, DRST
    T_ACK_EXPIRED = auto()
    T_DRAIN_EXPIRED = auto()
    T_BEAT_EXPIRED = auto()
    SILENCE_EXPIRED = auto()
    ALLOW = auto()  # our own side takes service messages
    PROHIBIT = auto()  # it does not
    CLOSE = auto()  # gracefully


class Act(Enum):
    """What an end does about it."""

    ASK_UP = auto()  # and start T(ack); so the next three
    ASK_DOWN = auto()
    ASK_ACTIVE = auto()
    ASK_INACTIVE = auto()
    ASK_AGAIN = auto()
    ANSWERED = auto()  # stop T(ack)
    HOLD_ON = auto()  # ask for as long as it takes
    RESUME = auto()  # become active, where our own side takes service messages
    ACK_UP = auto()
    ACK_DOWN = auto()
    ACK_ACTIVE = auto()
    ACK_INACTIVE = auto()
    NOTIFY_ACTIVE = auto()
    NOTIFY_INACTIVE = auto()
    ANSWER_AUDIT = auto()
    DRAIN = auto()  # start T(drain)
    DRAINED = auto()  # stop it
    SEND_BEAT = auto()
    SEND_BEAT_ACK = auto()
    ROUND_TRIP = auto()
    DELIVER = auto()
    DISCARD = auto()
    TELL = auto()
    REFUSE = auto()
    GIVE_UP = auto()  # nothing was heard for too long
    FINISH = auto()


Transitions = dict[tuple[State, Input], tuple[State, tuple[Act, ...]]]
X, A = Input, Act
# fmt: off
# What is the same in every state: input -> acts.
ALWAYS: Final[Mapping[Input, tuple[Act, ...]]] = {
    X.BEAT:            (A.SEND_BEAT_ACK,),
    X.BEAT_ACK:        (A.ROUND_TRIP,),
    X.ERR:             (A.TELL,),
    X.BLOCKED:         (A.TELL, A.HOLD_ON),
    X.T_BEAT_EXPIRED:  (A.SEND_BEAT,),
    X.SILENCE_EXPIRED: (A.GIVE_UP,),
}

INPUTS: Final[Mapping[tuple[int, int], Input]] = {
    (MessageClass.MGMT,     Mgmt.ERR):           X.ERR,
    (MessageClass.MGMT,     Mgmt.NTFY):          X.NTFY,
    (MessageClass.TRANSFER, Transfer.DATA):      X.DATA,
    (MessageClass.SSNM,     Ssnm.DAUD):          X.DAUD,
    (MessageClass.ASPSM,    Aspsm.UP):           X.UP,
    (MessageClass.ASPSM,    Aspsm.DOWN):         X.DOWN,
    (MessageClass.ASPSM,    Aspsm.BEAT):         X.BEAT,
    (MessageClass.ASPSM,    Aspsm.UP_ACK):       X.UP_ACK,
    (MessageClass.ASPSM,    Aspsm.DOWN_ACK):     X.DOWN_ACK,
    (MessageClass.ASPSM,    Aspsm.BEAT_ACK):     X.BEAT_ACK,
    (MessageClass.ASPTM,    Asptm.ACTIVE):       X.ACTIVE,
    (MessageClass.ASPTM,    Asptm.INACTIVE):     X.INACTIVE,
    (MessageClass.ASPTM,    Asptm.ACTIVE_ACK):   X.ACTIVE_ACK,
    (MessageClass.ASPTM,    Asptm.INACTIVE_ACK): X.INACTIVE_ACK,
}
# fmt: on
NO_MESSAGE: Final = Message(MessageClass.ASPSM, Aspsm.BEAT)


class Association(Machine[Input]):
    """Octets in, events out; the caller owns the socket and the clock.

    *allowed*: whether our side takes service messages from the start.
    """

    TRANSITIONS: ClassVar[Transitions]

    def __init__(self, now: float, settings: Settings, *, allowed: bool) -> None:
        super().__init__(MESSAGE_LENGTH_LEAST, HEADER_LENGTH)
        self.state = State.ASP_DOWN
        self._settings = settings
        self._allowed = allowed
        self._beats = 0  # sent: each carries its number
        self._beat_at = now  # when the last one was
        if settings.t_beat:
            self._deadlines[Input.T_BEAT_EXPIRED] = now + settings.t_beat
            self._deadlines[Input.SILENCE_EXPIRED] = now + 2 * settings.t_beat

    @property
    def is_open(self) -> bool:
        """Whether service messages may be sent now."""
        return self.state is State.ASP_ACTIVE

    @property
    def is_finished(self) -> bool:
        """Whether the connection is to be closed."""
        return self.state is State.FINISHED

    def received(self, count: int, now: float) -> None:
        """Take *count* octets that were put into `room`."""
        before = self._held - self._taken
        super().received(count, now)
        if self._held - self._taken < before + count and Input.SILENCE_EXPIRED in self._deadlines:
            self._deadlines[Input.SILENCE_EXPIRED] = now + 2 * self._settings.t_beat

    def allow(self, now: float) -> None:
        """Take service messages from now on."""
        self._allowed = True
        self._take(Input.ALLOW, NO_MESSAGE, now)

    def prohibit(self, now: float) -> None:
        """Take none any more; those on their way are, for a while."""
        self._allowed = False
        self._take(Input.PROHIBIT, NO_MESSAGE, now)

    def close(self, now: float) -> None:
        """Take leave of the far end, then finish."""
        self._allowed = False
        self._take(Input.CLOSE, NO_MESSAGE, now)

    def acknowledge(self, count: int, now: float) -> None:
        """Do nothing: M3UA acknowledges no DATA."""

    def send(self, octets: bytes, layer: Layer, now: float) -> None:  # noqa: ARG002  # no timer
        """Send an MSU as DATA. Raises EncodeError while the ASP is not active."""
        if not self.is_open:
            raise EncodeError(f"DATA is not allowed in {self.state.name}")
        if layer is not Layer.MTP3:
            raise EncodeError(f"M3UA carries no {layer.name} by itself: give it as an MSU")
        try:
            data = ProtocolData.of(Msu.decode(octets))
        except DecodeError as error:
            raise EncodeError(f"no MSU: {error}") from error
        parameters = self._settings.parameters(
            ParameterTag.NETWORK_APPEARANCE, ParameterTag.ROUTING_CONTEXT
        )
        value = Parameter(ParameterTag.PROTOCOL_DATA, data.encode())
        self._send(MessageClass.TRANSFER, Transfer.DATA, *parameters, value)

    def _expired(self, timer: Input, now: float) -> None:
        self._take(timer, NO_MESSAGE, now)

    def _tell_run(self, at: int, end: int, frames: int) -> tuple[int, int]:
        if (self.state, (Act.DELIVER,)) != self.TRANSITIONS.get((self.state, Input.DATA)):
            return at, frames
        routing, appearance = (
            ANY if number is None else number
            for number in (self._settings.routing_context, self._settings.network_appearance)
        )
        after, found = data_run(self._octets, at, end, routing, appearance, self._frames, frames)
        if found > frames:
            self._tell(frames, found)
        return after, found

    def _message_length(self, header: bytes) -> int:
        length = read_header(header, WHAT, CLAUSE).length
        if length % 4:
            reason = f"{length} octets are no multiple of 4"
            raise DecodeError(reason, what=WHAT, field="length", clause=CLAUSE, offset=4)
        return length

    def _refuse_header(self, header: bytes, error: DecodeError) -> None:
        version = error.field == "version"
        code = ErrorCode.INVALID_VERSION if version else ErrorCode.PROTOCOL_ERROR
        self._reply(Refusal(code, error).answer(header))
        super()._refuse_header(header, error)

    def _take_message(self, octets: bytes, now: float) -> None:
        refused = self._refused
        try:
            message = read(octets)
            self._take(self._input_of(message), message, now)
        except Refusal as refusal:
            self._reply(refusal.answer(octets))
            self._refuse(refusal.error)
        if self._refused == refused:
            self._refused = 0

    def _input_of(self, message: Message) -> Input:
        """Tell what the message is. Raises Refusal where we take it in no state."""
        return INPUTS.get(message.kind, Input.SSNM)

    @abstractmethod
    def _do(self, act: Act, message: Message, now: float) -> None:
        """Do what only this side does."""

    def _take(self, what: Input, message: Message, now: float) -> None:
        """Move by the table, and do what it says. Raises Refusal."""
        if self.is_finished:
            return
        state, acts = self.TRANSITIONS.get((self.state, what)) or (
            self.state,
            ALWAYS.get(what, (Act.REFUSE,)),
        )
        before, self.state = self.state, state
        if state is not before:
            self._events.append(StateChanged(state))
        for act in acts:
            self._do_always(act, before, message, now)

    def _do_always(  # noqa: C901  # one case an act
        self, act: Act, before: State, message: Message, now: float
    ) -> None:
        match act:
            case Act.SEND_BEAT:
                self._beats, self._beat_at = self._beats + 1, now
                self._deadlines[Input.T_BEAT_EXPIRED] = now + self._settings.t_beat
                number = Parameter(ParameterTag.HEARTBEAT_DATA, self._beats.to_bytes(8))
                self._send(MessageClass.ASPSM, Aspsm.BEAT, number)
            case Act.SEND_BEAT_ACK:
                self._send(MessageClass.ASPSM, Aspsm.BEAT_ACK, *message.parameters)
            case Act.ROUND_TRIP:
                echoed = message.value(ParameterTag.HEARTBEAT_DATA)
                if self._beats and echoed == self._beats.to_bytes(8):
                    self._events.append(RoundTripMeasured(now - self._beat_at))
            case Act.DELIVER:
                self._deliver(message)
            case Act.DISCARD:
                self._refuse(unexpected(message, before.name).error)
            case Act.TELL:
                self._events.append(ManagementReceived(name_of(message), says(message)))
            case Act.REFUSE:
                raise unexpected(message, before.name)
            case Act.GIVE_UP:
                self._violate(self._silent("nothing was heard"))
            case Act.FINISH:
                self._finish(Finished())
            case _:
                self._do(act, message, now)

    def _deliver(self, message: Message) -> None:
        """Tell of one message of DATA that the kernel left to the grammar."""
        msu = msu_of(message, self._settings)
        if msu.service_indicator != ServiceIndicator.SCCP:
            self._events.append(MessageSkipped(f"DATA for user part {msu.service_indicator:d}"))
            return
        self._tell_octets(msu.encode(), Layer.MTP3)

    def _send(self, message_class: int, message_type: int, *parameters: Parameter) -> None:
        self._reply(Message(message_class, message_type, parameters))

    def _reply(self, message: Message) -> None:
        self._to_send += message.encode()

    def _silent(self, reason: str) -> DecodeError:
        return DecodeError(reason, what=WHAT, field="answer", clause=CLAUSE_OF_PROCEDURES)

    def _violate(self, error: DecodeError) -> None:
        self._finish(ProtocolViolated(error, self._hand))

    def _finish(self, event: Finished | ProtocolViolated) -> None:
        self.state = State.FINISHED
        self._deadlines.clear()
        self._events.append(event)
        self._events.append(StateChanged(self.state))
