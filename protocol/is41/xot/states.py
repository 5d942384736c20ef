"""The states of a virtual circuit, what may happen to it, and what comes of that.

X.25 annexes B and C, RFC 1613 §6; what the table lacks is a fault.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from is41.x25.codes import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Mapping


class State(Enum):
    """States of a circuit; the name in X.25 beside those that have one (annex B)."""

    CALL_DUE = auto()  # ours, once our side takes messages
    READY = auto()  # p1: the far end is to call
    CALL_REQUESTED = auto()  # p2: ours
    CALL_WAITING = auto()  # p3: the far end's, until our side takes messages
    PVC_DUE = auto()  # to be set up by us, once our side takes messages
    PVC_READY = auto()  # to be set up by the far end
    PVC_REQUESTED = auto()
    PVC_WAITING = auto()
    FLOW_CONTROL_READY = auto()  # p4, d1
    RESET_REQUESTED = auto()  # d2
    CLEAR_REQUESTED = auto()  # p6
    FINISHED = auto()  # the connection is to be closed, or has been


class Input(Enum):
    """What may happen to an end of a circuit."""

    CALL = auto()
    CALL_ACCEPTED = auto()
    CLEAR = auto()
    CLEAR_CONFIRMATION = auto()
    DATA = auto()
    FLOW = auto()  # RR, RNR
    RESET = auto()
    RESET_CONFIRMATION = auto()
    INTERRUPT = auto()
    INTERRUPT_CONFIRMATION = auto()
    PVC_SETUP = auto()
    LOCAL = auto()  # what concerns one interface only, RFC 1613 §6.4
    FAULT = auto()
    AGREED = auto()  # the far end's answer is as it should be
    T21_EXPIRED = auto()
    T22_EXPIRED = auto()
    R22_SURPASSED = auto()  # and a reset again not confirmed
    T23_EXPIRED = auto()
    T25_EXPIRED = auto()
    T_SETUP_EXPIRED = auto()
    T_PACKET_EXPIRED = auto()
    ALLOW = auto()  # our own side takes service messages
    PROHIBIT = auto()  # it does not
    CLOSE = auto()  # a call
    DISCONNECT = auto()  # a permanent circuit


class Act(Enum):
    """What an end does about it."""

    SEND_CALL = auto()  # and start T21
    CHECK_CALL = auto()
    RESUME = auto()  # where our own side takes service messages, go on
    SEND_CALL_ACCEPTED = auto()
    CHECK_CALL_ACCEPTED = auto()
    SEND_PVC_SETUP = auto()
    CHECK_PVC_SETUP = auto()
    SEND_PVC_ANSWER = auto()
    CHECK_PVC_ANSWER = auto()
    OPEN = auto()  # flow control begins
    SEND_CLEAR = auto()  # and start T23
    SEND_CLEAR_CONFIRMATION = auto()
    SEND_RESET = auto()  # and start T22
    SEND_RESET_CONFIRMATION = auto()
    RESTART_FLOW = auto()
    TAKE_DATA = auto()
    TAKE_FLOW = auto()
    SEND_FLOW = auto()  # RR or RNR
    SEND_INTERRUPT_CONFIRMATION = auto()
    TELL = auto()
    SKIP = auto()
    REFUSE = auto()
    VIOLATE = auto()
    FINISH = auto()


S, X, A = State, Input, Act
# fmt: off
# What is the same in every state: input -> acts.
ALWAYS: Final[Mapping[Input, tuple[Act, ...]]] = {
    X.LOCAL:            (A.SKIP,),
    X.T_PACKET_EXPIRED: (A.VIOLATE,),
}

# X.25 annex C, RFC 1613 §6.1 and §6.5: (state, input) -> (state, acts).
TRANSITIONS: Final[Mapping[tuple[State, Input], tuple[State, tuple[Act, ...]]]] = {
    (S.CALL_DUE,           X.FAULT):                  (S.CALL_DUE,           (A.REFUSE,)),
    (S.CALL_DUE,           X.CLEAR):                  (S.CALL_DUE,           (A.TELL, A.SEND_CLEAR_CONFIRMATION, A.FINISH)),
    (S.CALL_DUE,           X.ALLOW):                  (S.CALL_REQUESTED,     (A.SEND_CALL,)),
    (S.CALL_DUE,           X.PROHIBIT):               (S.CALL_DUE,           ()),
    (S.CALL_DUE,           X.CLOSE):                  (S.CALL_DUE,           (A.FINISH,)),
    (S.READY,              X.CALL):                   (S.CALL_WAITING,       (A.CHECK_CALL, A.RESUME)),
    (S.READY,              X.FAULT):                  (S.READY,              (A.REFUSE,)),
    (S.READY,              X.CLEAR):                  (S.READY,              (A.TELL, A.SEND_CLEAR_CONFIRMATION, A.FINISH)),
    (S.READY,              X.T_SETUP_EXPIRED):        (S.READY,              (A.VIOLATE,)),
    (S.READY,              X.ALLOW):                  (S.READY,              ()),
    (S.READY,              X.PROHIBIT):               (S.READY,              ()),
    (S.READY,              X.CLOSE):                  (S.READY,              (A.FINISH,)),
    (S.CALL_REQUESTED,     X.CALL_ACCEPTED):          (S.CALL_REQUESTED,     (A.CHECK_CALL_ACCEPTED,)),
    (S.CALL_REQUESTED,     X.AGREED):                 (S.FLOW_CONTROL_READY, (A.OPEN,)),
    (S.CALL_REQUESTED,     X.FAULT):                  (S.CLEAR_REQUESTED,    (A.REFUSE, A.SEND_CLEAR)),
    (S.CALL_REQUESTED,     X.CLEAR):                  (S.CALL_REQUESTED,     (A.TELL, A.SEND_CLEAR_CONFIRMATION, A.FINISH)),
    (S.CALL_REQUESTED,     X.T21_EXPIRED):            (S.CLEAR_REQUESTED,    (A.REFUSE, A.SEND_CLEAR)),
    (S.CALL_REQUESTED,     X.ALLOW):                  (S.CALL_REQUESTED,     ()),
    (S.CALL_REQUESTED,     X.PROHIBIT):               (S.CALL_REQUESTED,     ()),
    (S.CALL_REQUESTED,     X.CLOSE):                  (S.CLEAR_REQUESTED,    (A.SEND_CLEAR,)),
    (S.CALL_WAITING,       X.FAULT):                  (S.CLEAR_REQUESTED,    (A.REFUSE, A.SEND_CLEAR)),
    (S.CALL_WAITING,       X.CLEAR):                  (S.CALL_WAITING,       (A.TELL, A.SEND_CLEAR_CONFIRMATION, A.FINISH)),
    (S.CALL_WAITING,       X.ALLOW):                  (S.FLOW_CONTROL_READY, (A.SEND_CALL_ACCEPTED, A.OPEN)),
    (S.CALL_WAITING,       X.PROHIBIT):               (S.CALL_WAITING,       ()),
    (S.CALL_WAITING,       X.CLOSE):                  (S.CLEAR_REQUESTED,    (A.SEND_CLEAR,)),
    (S.PVC_DUE,            X.FAULT):                  (S.PVC_DUE,            (A.VIOLATE,)),
    (S.PVC_DUE,            X.ALLOW):                  (S.PVC_REQUESTED,      (A.SEND_PVC_SETUP,)),
    (S.PVC_DUE,            X.PROHIBIT):               (S.PVC_DUE,            ()),
    (S.PVC_DUE,            X.DISCONNECT):             (S.PVC_DUE,            (A.FINISH,)),
    (S.PVC_READY,          X.PVC_SETUP):              (S.PVC_WAITING,        (A.CHECK_PVC_SETUP, A.RESUME)),
    (S.PVC_READY,          X.FAULT):                  (S.PVC_READY,          (A.VIOLATE,)),
    (S.PVC_READY,          X.T_SETUP_EXPIRED):        (S.PVC_READY,          (A.VIOLATE,)),
    (S.PVC_READY,          X.ALLOW):                  (S.PVC_READY,          ()),
    (S.PVC_READY,          X.PROHIBIT):               (S.PVC_READY,          ()),
    (S.PVC_READY,          X.DISCONNECT):             (S.PVC_READY,          (A.FINISH,)),
    (S.PVC_REQUESTED,      X.PVC_SETUP):              (S.PVC_REQUESTED,      (A.CHECK_PVC_ANSWER,)),
    (S.PVC_REQUESTED,      X.AGREED):                 (S.RESET_REQUESTED,    (A.OPEN, A.SEND_RESET)),
    (S.PVC_REQUESTED,      X.FAULT):                  (S.PVC_REQUESTED,      (A.VIOLATE,)),
    (S.PVC_REQUESTED,      X.T_SETUP_EXPIRED):        (S.PVC_REQUESTED,      (A.VIOLATE,)),
    (S.PVC_REQUESTED,      X.ALLOW):                  (S.PVC_REQUESTED,      ()),
    (S.PVC_REQUESTED,      X.PROHIBIT):               (S.PVC_REQUESTED,      ()),
    (S.PVC_REQUESTED,      X.DISCONNECT):             (S.PVC_REQUESTED,      (A.FINISH,)),
    (S.PVC_WAITING,        X.FAULT):                  (S.PVC_WAITING,        (A.VIOLATE,)),
    (S.PVC_WAITING,        X.ALLOW):                  (S.RESET_REQUESTED,    (A.SEND_PVC_ANSWER, A.OPEN, A.SEND_RESET)),
    (S.PVC_WAITING,        X.PROHIBIT):               (S.PVC_WAITING,        ()),
    (S.PVC_WAITING,        X.DISCONNECT):             (S.PVC_WAITING,        (A.FINISH,)),
    (S.FLOW_CONTROL_READY, X.DATA):                   (S.FLOW_CONTROL_READY, (A.TAKE_DATA,)),
    (S.FLOW_CONTROL_READY, X.FLOW):                   (S.FLOW_CONTROL_READY, (A.TAKE_FLOW,)),
    (S.FLOW_CONTROL_READY, X.RESET):                  (S.FLOW_CONTROL_READY, (A.TELL, A.SEND_RESET_CONFIRMATION, A.RESTART_FLOW)),
    (S.FLOW_CONTROL_READY, X.INTERRUPT):              (S.FLOW_CONTROL_READY, (A.TELL, A.SEND_INTERRUPT_CONFIRMATION)),
    (S.FLOW_CONTROL_READY, X.CLEAR):                  (S.FLOW_CONTROL_READY, (A.TELL, A.SEND_CLEAR_CONFIRMATION, A.FINISH)),
    (S.FLOW_CONTROL_READY, X.FAULT):                  (S.RESET_REQUESTED,    (A.REFUSE, A.SEND_RESET)),
    (S.FLOW_CONTROL_READY, X.T25_EXPIRED):            (S.RESET_REQUESTED,    (A.REFUSE, A.SEND_RESET)),
    (S.FLOW_CONTROL_READY, X.ALLOW):                  (S.FLOW_CONTROL_READY, (A.SEND_FLOW,)),
    (S.FLOW_CONTROL_READY, X.PROHIBIT):               (S.FLOW_CONTROL_READY, (A.SEND_FLOW,)),
    (S.FLOW_CONTROL_READY, X.CLOSE):                  (S.CLEAR_REQUESTED,    (A.SEND_CLEAR,)),
    (S.FLOW_CONTROL_READY, X.DISCONNECT):             (S.FLOW_CONTROL_READY, (A.FINISH,)),
    (S.RESET_REQUESTED,    X.DATA):                   (S.RESET_REQUESTED,    ()),
    (S.RESET_REQUESTED,    X.FLOW):                   (S.RESET_REQUESTED,    ()),
    (S.RESET_REQUESTED,    X.RESET):                  (S.FLOW_CONTROL_READY, (A.RESTART_FLOW,)),
    (S.RESET_REQUESTED,    X.RESET_CONFIRMATION):     (S.FLOW_CONTROL_READY, (A.RESTART_FLOW,)),
    (S.RESET_REQUESTED,    X.INTERRUPT):              (S.RESET_REQUESTED,    ()),
    (S.RESET_REQUESTED,    X.INTERRUPT_CONFIRMATION): (S.RESET_REQUESTED,    ()),
    (S.RESET_REQUESTED,    X.CLEAR):                  (S.RESET_REQUESTED,    (A.TELL, A.SEND_CLEAR_CONFIRMATION, A.FINISH)),
    (S.RESET_REQUESTED,    X.FAULT):                  (S.RESET_REQUESTED,    (A.REFUSE,)),
    (S.RESET_REQUESTED,    X.T22_EXPIRED):            (S.RESET_REQUESTED,    (A.SEND_RESET,)),
    (S.RESET_REQUESTED,    X.R22_SURPASSED):          (S.RESET_REQUESTED,    (A.VIOLATE,)),
    (S.RESET_REQUESTED,    X.ALLOW):                  (S.RESET_REQUESTED,    ()),
    (S.RESET_REQUESTED,    X.PROHIBIT):               (S.RESET_REQUESTED,    ()),
    (S.RESET_REQUESTED,    X.CLOSE):                  (S.CLEAR_REQUESTED,    (A.SEND_CLEAR,)),
    (S.RESET_REQUESTED,    X.DISCONNECT):             (S.RESET_REQUESTED,    (A.FINISH,)),
    (S.CLEAR_REQUESTED,    X.CLEAR):                  (S.CLEAR_REQUESTED,    (A.FINISH,)),
    (S.CLEAR_REQUESTED,    X.CLEAR_CONFIRMATION):     (S.CLEAR_REQUESTED,    (A.FINISH,)),
    (S.CLEAR_REQUESTED,    X.FAULT):                  (S.CLEAR_REQUESTED,    ()),
    (S.CLEAR_REQUESTED,    X.T23_EXPIRED):            (S.CLEAR_REQUESTED,    (A.FINISH,)),
    (S.CLEAR_REQUESTED,    X.ALLOW):                  (S.CLEAR_REQUESTED,    ()),
    (S.CLEAR_REQUESTED,    X.PROHIBIT):               (S.CLEAR_REQUESTED,    ()),
    (S.CLEAR_REQUESTED,    X.CLOSE):                  (S.CLEAR_REQUESTED,    ()),
}

# X.25 annex E: what a packet is told that has no place in a state.
MISPLACED: Final[Mapping[State, Diagnostic]] = {
    S.CALL_DUE:           Diagnostic.INVALID_IN_P1,
    S.READY:              Diagnostic.INVALID_IN_P1,
    S.CALL_REQUESTED:     Diagnostic.INVALID_IN_P2,
    S.CALL_WAITING:       Diagnostic.INVALID_IN_P3,
    S.PVC_DUE:            Diagnostic.INVALID_ON_PVC,
    S.PVC_READY:          Diagnostic.INVALID_ON_PVC,
    S.PVC_REQUESTED:      Diagnostic.INVALID_ON_PVC,
    S.PVC_WAITING:        Diagnostic.INVALID_ON_PVC,
    S.FLOW_CONTROL_READY: Diagnostic.INVALID_IN_D1,
    S.RESET_REQUESTED:    Diagnostic.INVALID_IN_D2,
    S.CLEAR_REQUESTED:    Diagnostic.INVALID_IN_P6,
}
# fmt: on
