"""The SGP of an M3UA association, without I/O (RFC 4666 §4.3.4): it answers one ASP.

Not in the standard: no AS-PENDING, for nothing is queued for an ASP that left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from is41.adaptation.messages import Parameter

from .association import Act, Association, Input, State, Transitions
from .codes import (
    Aspsm,
    Asptm,
    AsState,
    MessageClass,
    Mgmt,
    ParameterTag,
    Ssnm,
    StatusType,
)
from .messages import Status
from .refusals import blocked, check_mode, check_routing

if TYPE_CHECKING:
    from .messages import Message

S, X, A = State, Input, Act
# fmt: off
# RFC 4666 §4.3.4: (state, input) -> (state, acts). Of ACTIVE only those that we take get here.
TRANSITIONS: Final[Transitions] = {
    (S.ASP_DOWN,     X.UP):              (S.ASP_INACTIVE, (A.ACK_UP, A.NOTIFY_INACTIVE)),
    (S.ASP_DOWN,     X.DOWN):            (S.ASP_DOWN,     (A.ACK_DOWN,)),
    (S.ASP_DOWN,     X.ALLOW):           (S.ASP_DOWN,     ()),
    (S.ASP_DOWN,     X.PROHIBIT):        (S.ASP_DOWN,     ()),
    (S.ASP_DOWN,     X.CLOSE):           (S.ASP_DOWN,     (A.FINISH,)),
    (S.ASP_INACTIVE, X.UP):              (S.ASP_INACTIVE, (A.ACK_UP,)),
    (S.ASP_INACTIVE, X.DOWN):            (S.ASP_DOWN,     (A.ACK_DOWN,)),
    (S.ASP_INACTIVE, X.ACTIVE):          (S.ASP_ACTIVE,   (A.ACK_ACTIVE, A.NOTIFY_ACTIVE)),
    (S.ASP_INACTIVE, X.INACTIVE):        (S.ASP_INACTIVE, (A.ACK_INACTIVE,)),
    (S.ASP_INACTIVE, X.DAUD):            (S.ASP_INACTIVE, (A.ANSWER_AUDIT,)),
    (S.ASP_INACTIVE, X.ALLOW):           (S.ASP_INACTIVE, (A.NOTIFY_INACTIVE,)),
    (S.ASP_INACTIVE, X.PROHIBIT):        (S.ASP_INACTIVE, ()),
    (S.ASP_INACTIVE, X.CLOSE):           (S.ASP_INACTIVE, (A.ACK_DOWN, A.FINISH)),
    (S.ASP_ACTIVE,   X.UP):              (S.ASP_INACTIVE, (A.ACK_UP, A.REFUSE)),
    (S.ASP_ACTIVE,   X.DOWN):            (S.ASP_DOWN,     (A.ACK_DOWN,)),
    (S.ASP_ACTIVE,   X.ACTIVE):          (S.ASP_ACTIVE,   (A.ACK_ACTIVE,)),
    (S.ASP_ACTIVE,   X.INACTIVE):        (S.ASP_INACTIVE, (A.ACK_INACTIVE, A.NOTIFY_INACTIVE)),
    (S.ASP_ACTIVE,   X.DATA):            (S.ASP_ACTIVE,   (A.DELIVER,)),
    (S.ASP_ACTIVE,   X.DAUD):            (S.ASP_ACTIVE,   (A.ANSWER_AUDIT,)),
    (S.ASP_ACTIVE,   X.SSNM):            (S.ASP_ACTIVE,   (A.TELL,)),
    (S.ASP_ACTIVE,   X.ALLOW):           (S.ASP_ACTIVE,   ()),
    (S.ASP_ACTIVE,   X.PROHIBIT):        (S.INACTIVATING, (A.ACK_INACTIVE, A.DRAIN)),
    (S.ASP_ACTIVE,   X.CLOSE):           (S.CLOSING,      (A.ACK_INACTIVE, A.DRAIN)),
    (S.INACTIVATING, X.UP):              (S.ASP_INACTIVE, (A.ACK_UP, A.DRAINED)),
    (S.INACTIVATING, X.DOWN):            (S.ASP_DOWN,     (A.ACK_DOWN, A.DRAINED)),
    (S.INACTIVATING, X.ACTIVE):          (S.ASP_ACTIVE,   (A.ACK_ACTIVE, A.NOTIFY_ACTIVE, A.DRAINED)),
    (S.INACTIVATING, X.INACTIVE):        (S.ASP_INACTIVE, (A.ACK_INACTIVE, A.DRAINED)),
    (S.INACTIVATING, X.DATA):            (S.INACTIVATING, (A.DELIVER,)),
    (S.INACTIVATING, X.DAUD):            (S.INACTIVATING, (A.ANSWER_AUDIT,)),
    (S.INACTIVATING, X.SSNM):            (S.INACTIVATING, (A.TELL,)),
    (S.INACTIVATING, X.T_DRAIN_EXPIRED): (S.ASP_INACTIVE, ()),
    (S.INACTIVATING, X.ALLOW):           (S.INACTIVATING, (A.NOTIFY_INACTIVE,)),
    (S.INACTIVATING, X.PROHIBIT):        (S.INACTIVATING, ()),
    (S.INACTIVATING, X.CLOSE):           (S.CLOSING,      ()),
    (S.CLOSING,      X.DOWN):            (S.CLOSING,      (A.ACK_DOWN, A.FINISH)),
    (S.CLOSING,      X.INACTIVE):        (S.CLOSING,      (A.ACK_INACTIVE,)),
    (S.CLOSING,      X.DATA):            (S.CLOSING,      (A.DELIVER,)),
    (S.CLOSING,      X.DAUD):            (S.CLOSING,      (A.ANSWER_AUDIT,)),
    (S.CLOSING,      X.SSNM):            (S.CLOSING,      (A.TELL,)),
    (S.CLOSING,      X.T_DRAIN_EXPIRED): (S.CLOSING,      (A.ACK_DOWN, A.FINISH)),
    (S.CLOSING,      X.ALLOW):           (S.CLOSING,      ()),
    (S.CLOSING,      X.PROHIBIT):        (S.CLOSING,      ()),
    (S.CLOSING,      X.CLOSE):           (S.CLOSING,      ()),
}
# fmt: on


class Sgp(Association):
    """Octets in, events out; the caller owns the socket and the clock.

    *allowed*: whether our side takes service messages from the start. While it does not, an ASP may
    be up, and to become active is refused as blocked by management.
    """

    TRANSITIONS: ClassVar[Transitions] = TRANSITIONS

    def _input_of(self, message: Message) -> Input:
        what = super()._input_of(message)
        if what in {Input.ACTIVE, Input.INACTIVE}:
            check_mode(message)
            check_routing(message, self._settings)
        if what is Input.ACTIVE and not self._allowed:
            raise blocked(message)
        return what

    def _do(self, act: Act, message: Message, now: float) -> None:
        match act:
            case Act.ACK_UP:
                self._send(MessageClass.ASPSM, Aspsm.UP_ACK)
            case Act.ACK_DOWN:
                self._send(MessageClass.ASPSM, Aspsm.DOWN_ACK)
            case Act.ACK_ACTIVE:
                self._acknowledge(Asptm.ACTIVE_ACK, message)
            case Act.ACK_INACTIVE:
                self._acknowledge(Asptm.INACTIVE_ACK, message)
            case Act.NOTIFY_ACTIVE:
                self._notify(AsState.AS_ACTIVE)
            case Act.NOTIFY_INACTIVE:
                self._notify(AsState.AS_INACTIVE)
            case Act.ANSWER_AUDIT:
                answer = Ssnm.DAVA if self._allowed else Ssnm.DUNA
                self._send(MessageClass.SSNM, answer, *message.parameters)
            case Act.DRAIN:
                self._deadlines[Input.T_DRAIN_EXPIRED] = now + self._settings.t_drain
            case Act.DRAINED:
                self._deadlines.pop(Input.T_DRAIN_EXPIRED, None)

    def _acknowledge(self, answer: Asptm, request: Message) -> None:
        """Answer with the traffic mode of the request, and what we serve of its contexts."""
        ours = self._settings.parameters(ParameterTag.ROUTING_CONTEXT)
        contexts = ours or request.only(ParameterTag.ROUTING_CONTEXT)
        modes = request.only(ParameterTag.TRAFFIC_MODE_TYPE)
        self._send(MessageClass.ASPTM, answer, *modes, *contexts)

    def _notify(self, state: AsState) -> None:
        status = Status(StatusType.AS_STATE_CHANGE, state).encode()
        context = self._settings.parameters(ParameterTag.ROUTING_CONTEXT)
        self._send(MessageClass.MGMT, Mgmt.NTFY, Parameter(ParameterTag.STATUS, status), *context)
