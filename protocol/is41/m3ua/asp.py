"""The ASP of an M3UA association, without I/O (RFC 4666 §4.3.4).

It asks to be up at once and, when our side takes service messages, to be active.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from .association import NO_MESSAGE, Act, Association, Input, State, Transitions
from .codes import Aspsm, Asptm, ErrorCode, MessageClass, ParameterTag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .messages import Message
    from .settings import Settings

ASKED_MAX: Final = 5  # times a request goes unanswered before the far end counts as gone: ours

S, X, A = State, Input, Act
# fmt: off
# RFC 4666 §4.3.4: (state, input) -> (state, acts).
TRANSITIONS: Final[Transitions] = {
    (S.ASP_DOWN,     X.UP_ACK):        (S.ASP_INACTIVE, (A.ANSWERED, A.RESUME)),
    (S.ASP_DOWN,     X.DOWN_ACK):      (S.ASP_DOWN,     ()),
    (S.ASP_DOWN,     X.DATA):          (S.ASP_DOWN,     (A.DISCARD,)),
    (S.ASP_DOWN,     X.T_ACK_EXPIRED): (S.ASP_DOWN,     (A.ASK_AGAIN,)),
    (S.ASP_DOWN,     X.ALLOW):         (S.ASP_DOWN,     ()),
    (S.ASP_DOWN,     X.PROHIBIT):      (S.ASP_DOWN,     ()),
    (S.ASP_DOWN,     X.CLOSE):         (S.ASP_DOWN,     (A.FINISH,)),
    (S.ASP_INACTIVE, X.UP_ACK):        (S.ASP_INACTIVE, ()),
    (S.ASP_INACTIVE, X.DOWN_ACK):      (S.ASP_DOWN,     (A.ASK_UP,)),
    (S.ASP_INACTIVE, X.INACTIVE_ACK):  (S.ASP_INACTIVE, ()),
    (S.ASP_INACTIVE, X.NTFY):          (S.ASP_INACTIVE, (A.TELL,)),
    (S.ASP_INACTIVE, X.SSNM):          (S.ASP_INACTIVE, (A.TELL,)),
    (S.ASP_INACTIVE, X.DATA):          (S.ASP_INACTIVE, (A.DISCARD,)),
    (S.ASP_INACTIVE, X.ALLOW):         (S.ACTIVATING,   (A.ASK_ACTIVE,)),
    (S.ASP_INACTIVE, X.PROHIBIT):      (S.ASP_INACTIVE, ()),
    (S.ASP_INACTIVE, X.CLOSE):         (S.CLOSING,      (A.ASK_DOWN,)),
    (S.ACTIVATING,   X.UP_ACK):        (S.ACTIVATING,   ()),
    (S.ACTIVATING,   X.DOWN_ACK):      (S.ASP_DOWN,     (A.ASK_UP,)),
    (S.ACTIVATING,   X.ACTIVE_ACK):    (S.ASP_ACTIVE,   (A.ANSWERED,)),
    (S.ACTIVATING,   X.INACTIVE_ACK):  (S.ACTIVATING,   ()),
    (S.ACTIVATING,   X.NTFY):          (S.ACTIVATING,   (A.TELL,)),
    (S.ACTIVATING,   X.SSNM):          (S.ACTIVATING,   (A.TELL,)),
    (S.ACTIVATING,   X.DATA):          (S.ACTIVATING,   (A.DELIVER,)),
    (S.ACTIVATING,   X.T_ACK_EXPIRED): (S.ACTIVATING,   (A.ASK_AGAIN,)),
    (S.ACTIVATING,   X.ALLOW):         (S.ACTIVATING,   ()),
    (S.ACTIVATING,   X.PROHIBIT):      (S.INACTIVATING, (A.ASK_INACTIVE,)),
    (S.ACTIVATING,   X.CLOSE):         (S.CLOSING,      (A.ASK_DOWN,)),
    (S.ASP_ACTIVE,   X.UP_ACK):        (S.ACTIVATING,   (A.ASK_ACTIVE, A.REFUSE)),
    (S.ASP_ACTIVE,   X.DOWN_ACK):      (S.ASP_DOWN,     (A.ASK_UP,)),
    (S.ASP_ACTIVE,   X.ACTIVE_ACK):    (S.ASP_ACTIVE,   ()),
    (S.ASP_ACTIVE,   X.INACTIVE_ACK):  (S.ACTIVATING,   (A.ASK_ACTIVE,)),
    (S.ASP_ACTIVE,   X.NTFY):          (S.ASP_ACTIVE,   (A.TELL,)),
    (S.ASP_ACTIVE,   X.SSNM):          (S.ASP_ACTIVE,   (A.TELL,)),
    (S.ASP_ACTIVE,   X.DATA):          (S.ASP_ACTIVE,   (A.DELIVER,)),
    (S.ASP_ACTIVE,   X.ALLOW):         (S.ASP_ACTIVE,   ()),
    (S.ASP_ACTIVE,   X.PROHIBIT):      (S.INACTIVATING, (A.ASK_INACTIVE,)),
    (S.ASP_ACTIVE,   X.CLOSE):         (S.CLOSING,      (A.ASK_DOWN,)),
    (S.INACTIVATING, X.UP_ACK):        (S.INACTIVATING, ()),
    (S.INACTIVATING, X.DOWN_ACK):      (S.ASP_DOWN,     (A.ASK_UP,)),
    (S.INACTIVATING, X.ACTIVE_ACK):    (S.INACTIVATING, ()),
    (S.INACTIVATING, X.INACTIVE_ACK):  (S.ASP_INACTIVE, (A.ANSWERED,)),
    (S.INACTIVATING, X.NTFY):          (S.INACTIVATING, (A.TELL,)),
    (S.INACTIVATING, X.SSNM):          (S.INACTIVATING, (A.TELL,)),
    (S.INACTIVATING, X.DATA):          (S.INACTIVATING, (A.DELIVER,)),
    (S.INACTIVATING, X.T_ACK_EXPIRED): (S.INACTIVATING, (A.ASK_AGAIN,)),
    (S.INACTIVATING, X.ALLOW):         (S.ACTIVATING,   (A.ASK_ACTIVE,)),
    (S.INACTIVATING, X.PROHIBIT):      (S.INACTIVATING, ()),
    (S.INACTIVATING, X.CLOSE):         (S.CLOSING,      (A.ASK_DOWN,)),
    (S.CLOSING,      X.UP_ACK):        (S.CLOSING,      ()),
    (S.CLOSING,      X.DOWN_ACK):      (S.CLOSING,      (A.FINISH,)),
    (S.CLOSING,      X.ACTIVE_ACK):    (S.CLOSING,      ()),
    (S.CLOSING,      X.INACTIVE_ACK):  (S.CLOSING,      ()),
    (S.CLOSING,      X.NTFY):          (S.CLOSING,      (A.TELL,)),
    (S.CLOSING,      X.SSNM):          (S.CLOSING,      (A.TELL,)),
    (S.CLOSING,      X.DATA):          (S.CLOSING,      (A.DELIVER,)),
    (S.CLOSING,      X.T_ACK_EXPIRED): (S.CLOSING,      (A.FINISH,)),
    (S.CLOSING,      X.ALLOW):         (S.CLOSING,      ()),
    (S.CLOSING,      X.PROHIBIT):      (S.CLOSING,      ()),
    (S.CLOSING,      X.CLOSE):         (S.CLOSING,      ()),
}
_REQUESTS: Final[Mapping[Act, tuple[MessageClass, Aspsm | Asptm, tuple[ParameterTag, ...]]]] = {
    A.ASK_UP:       (MessageClass.ASPSM, Aspsm.UP,       (ParameterTag.ASP_IDENTIFIER,)),
    A.ASK_DOWN:     (MessageClass.ASPSM, Aspsm.DOWN,     ()),
    A.ASK_ACTIVE:   (MessageClass.ASPTM, Asptm.ACTIVE,
                     (ParameterTag.TRAFFIC_MODE_TYPE, ParameterTag.ROUTING_CONTEXT)),
    A.ASK_INACTIVE: (MessageClass.ASPTM, Asptm.INACTIVE, (ParameterTag.ROUTING_CONTEXT,)),
}
# fmt: on


class Asp(Association):
    """Octets in, events out; the caller owns the socket and the clock.

    *allowed*: whether our side takes service messages from the start.
    """

    TRANSITIONS: ClassVar[Transitions] = TRANSITIONS

    def __init__(self, now: float, settings: Settings, *, allowed: bool) -> None:
        super().__init__(now, settings, allowed=allowed)
        self._request = Act.ASK_UP
        self._asked = 0  # times, of the request not yet answered
        self._ask(Act.ASK_UP, now)

    def _input_of(self, message: Message) -> Input:
        what = super()._input_of(message)
        code = message.value(ParameterTag.ERROR_CODE) or b""
        if what is Input.ERR and int.from_bytes(code) == ErrorCode.REFUSED_MANAGEMENT_BLOCKING:
            return Input.BLOCKED
        return what

    def _do(self, act: Act, message: Message, now: float) -> None:  # noqa: ARG002  # for the SGP
        match act:
            case Act.ASK_AGAIN if self._asked < ASKED_MAX:
                self._ask(self._request, now)
            case Act.ASK_AGAIN:
                self._violate(self._silent(f"{_REQUESTS[self._request][1].name} goes unanswered"))
            case Act.ANSWERED:
                self._deadlines.pop(Input.T_ACK_EXPIRED, None)
            case Act.HOLD_ON:
                self._asked = 0
            case Act.RESUME if self._allowed:
                self._take(Input.ALLOW, NO_MESSAGE, now)
            case Act.ASK_UP | Act.ASK_DOWN | Act.ASK_ACTIVE | Act.ASK_INACTIVE:
                self._asked = 0
                self._ask(act, now)

    def _ask(self, request: Act, now: float) -> None:
        self._request, self._asked = request, self._asked + 1
        self._deadlines[Input.T_ACK_EXPIRED] = now + self._settings.t_ack
        message_class, message_type, tags = _REQUESTS[request]
        self._send(message_class, message_type, *self._settings.parameters(*tags))
