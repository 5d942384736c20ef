"""ANSI TCAP transactions, without I/O: what we ask and what comes back, what others ask (T1.114.3).

IS-41 asks in a query with permission that holds one invoke, and is answered in a response. So a
`Dialogues` keeps what was asked and is not answered yet, and nothing of what others ask: their
query is told, and `answer` makes the package that ends it.

Packages go in, events come out. What the standard has us send back by ourselves `receive` gives
to its caller, who knows where the package came from.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from is41.errors import EncodeError

from .codes import AbortCause, PackageType, Problem
from .messages import Abort, Invoke, Package, Reject, ReturnError, ReturnResult

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .codes import ErrorCode
    from .messages import Component, ParameterSet

INTERVAL: Final = 12.0  # seconds that an answer may take: ours, the standard has one an operation
OPEN_MAX: Final = 65_536  # questions not answered yet: ours, some 100 octets each
ENDED_MAX: Final = 4_096  # ended transactions that are remembered, to tell late from unknown: ours
IDS: Final = 1 << 32  # T1.114.3: a transaction ID has four octets
INVOKE_ID: Final = b"\1"  # the only invoke of its transaction

Context = TypeVar("Context")


@dataclass(frozen=True, slots=True)
class Succeeded:
    """A return result: its parameters, if it has any."""

    parameters: ParameterSet | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A return error: its code, and the parameters beside it."""

    error: ErrorCode
    parameters: ParameterSet | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A reject: the other side could not understand what was asked."""

    problem: int


@dataclass(frozen=True, slots=True)
class Aborted:
    """An abort: by the protocol (*cause*) or by the user."""

    cause: int | None
    user_information: bytes | None


@dataclass(frozen=True, slots=True)
class Returned:
    """SCCP brought the question back, with its return cause: it never arrived."""

    cause: int


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Nothing came in time."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """The other side ended the transaction without answering.

    The problem is what was wrong with what it sent; None where it sent no component.
    """

    problem: Problem | None


Outcome = Succeeded | Failed | Rejected | Aborted | Returned | TimedOut | Unanswered


@dataclass(frozen=True, slots=True)
class Answered(Generic[Context]):
    """A question of ours has come to its end: just one of these for each `begin`."""

    context: Context
    transaction_id: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class AnsweredLate(Generic[Context]):
    """What came for a question that had timed out. It was told as such, and stays so."""

    context: Context
    transaction_id: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Asked:
    """Another asks: a query, or a unidirectional package, which nothing may answer."""

    package: Package

    @property
    def invokes(self) -> tuple[Invoke, ...]:
        """What it asks for."""
        return tuple(each for each in self.package.components or () if isinstance(each, Invoke))


class _Open(NamedTuple, Generic[Context]):
    context: Context
    expires_at: float


class _TimedOut(NamedTuple, Generic[Context]):
    """How a transaction ended that nobody answered: an answer may come yet."""

    context: Context


class _End(Enum):
    """How any other transaction ended."""

    ANSWERED = auto()
    RELEASED = auto()  # another's question: we answered, and let the other end it


class Dialogues(Generic[Context]):
    """The transactions of one link, or of links that stand in for one another.

    *first_id*: the first transaction ID. Draw it at random at each start: an answer to a question
    asked before must not match one asked since. *interval*: seconds an answer may take.

    What comes back is matched by transaction and invoke ID alone: an SCCP address may be translated
    on its way, so that the answer comes from another than was asked.
    """

    def __init__(
        self, *, first_id: int, interval: float = INTERVAL, open_max: int = OPEN_MAX
    ) -> None:
        self.answers_late = 0  # after the time was up
        self.answers_doubled = 0  # after an answer
        self.answers_unknown = 0  # to what was never asked, or too long ago to be remembered
        self.answers_unusable = 0  # ended the transaction without answering
        self._next_id = first_id % IDS
        self._interval = interval
        self._open_max = open_max
        # One interval for all: who was asked first runs out first.
        self._open: OrderedDict[int, _Open[Context]] = OrderedDict()
        self._ended: OrderedDict[int, _End | _TimedOut[Context]] = OrderedDict()
        self._events: deque[Answered[Context] | AnsweredLate[Context] | Asked] = deque()

    def __len__(self) -> int:
        """Questions not answered yet."""
        return len(self._open)

    def begin(self, invoke: Invoke, context: Context, now: float) -> Package:
        """Ask: a query under a new transaction ID. *context* comes back with the answer.

        Raises EncodeError where too many questions are open, and of an invoke whose ID is not
        `INVOKE_ID`.
        """
        if len(self._open) >= self._open_max:
            raise EncodeError(f"{self._open_max} questions wait for their answers")
        if invoke.component_ids != INVOKE_ID:
            raise EncodeError(f"the invoke ID is not {INVOKE_ID.hex()}")
        transaction_id = self._draw()
        self._open[transaction_id] = _Open(context, now + self._interval)
        return Package(
            package_type=PackageType.QUERY_WITH_PERMISSION,
            originating_id=transaction_id,
            components=(invoke,),
        )

    def receive(self, message: Package | Abort) -> Package | Abort | None:
        """Take a message; give what is to go back to its sender at once."""
        if isinstance(message, Abort):
            self._end(message.responding_id, Aborted(message.cause, message.user_information))
            return None
        if message.responding_id is None:
            self._events.append(Asked(message))
            return None
        if message.originating_id is None:
            self._end(message.responding_id, _outcome(message.components or ()))
            return None
        return self._converse(message, message.originating_id, message.responding_id)

    def returned(self, message: Package | Abort, cause: int) -> None:
        """Take a message of ours that SCCP brought back (UDTS), and why."""
        if isinstance(message, Package) and message.originating_id is not None:
            self._end(message.originating_id, Returned(cause))

    def answer(self, asked: Asked, *components: Component) -> Package:
        """Answer a query. Raises EncodeError of a unidirectional package.

        T1.114.3: a query without permission may not be ended by who is asked. Its answer goes in a
        conversation, which the other ends.
        """
        query = asked.package
        if query.originating_id is None:
            raise EncodeError("nothing answers a unidirectional package")
        if query.package_type is PackageType.QUERY_WITH_PERMISSION:
            return _response(query.originating_id, components)
        return self._conversation(query.originating_id, components)

    def next_event(self) -> Answered[Context] | AnsweredLate[Context] | Asked | None:
        """Give the oldest event, or None."""
        return self._events.popleft() if self._events else None

    def next_deadline(self) -> float | None:
        """When `expire` wants to be called, or None."""
        return next(iter(self._open.values())).expires_at if self._open else None

    def expire(self, now: float) -> None:
        """Give up the questions whose time is up."""
        while self._open and next(iter(self._open.values())).expires_at <= now:
            self._close(next(iter(self._open)), TimedOut())

    def _converse(
        self, package: Package, originating_id: int, responding_id: int
    ) -> Package | Abort:
        """Take a conversation: an answer in one is taken, and the transaction ended.

        None of the operations asked here is answered by a question: such a one is rejected.
        """
        components = package.components or ()
        if responding_id not in self._open:
            self._count(responding_id, _outcome(components))
            return Abort(
                responding_id=originating_id, cause=AbortCause.UNASSIGNED_RESPONDING_TRANSACTION_ID
            )
        rejects = tuple(_rejects(components))
        if any(_concerns(component) for component in components):
            self._end(responding_id, _outcome(components))
            if package.package_type is PackageType.CONVERSATION_WITH_PERMISSION:
                return _response(originating_id, rejects)
        return _conversation(responding_id, originating_id, rejects)

    def _conversation(self, responding_id: int, components: tuple[Component, ...]) -> Package:
        """Answer in a conversation under an ID of ours, by which the other ends it."""
        transaction_id = self._draw()
        self._remember(transaction_id, _End.RELEASED)
        return _conversation(transaction_id, responding_id, components)

    def _draw(self) -> int:
        while self._next_id in self._open or self._next_id in self._ended:
            self._next_id = (self._next_id + 1) % IDS
        drawn, self._next_id = self._next_id, (self._next_id + 1) % IDS
        return drawn

    def _end(self, transaction_id: int, outcome: Outcome) -> None:
        if transaction_id not in self._open:
            self._count(transaction_id, outcome)
            return
        self.answers_unusable += isinstance(outcome, Unanswered)
        self._close(transaction_id, outcome)

    def _close(self, transaction_id: int, outcome: Outcome) -> None:
        context, _ = self._open.pop(transaction_id)
        timed_out = isinstance(outcome, TimedOut)
        self._remember(transaction_id, _TimedOut(context) if timed_out else _End.ANSWERED)
        self._events.append(Answered(context, transaction_id, outcome))

    def _remember(self, transaction_id: int, end: _End | _TimedOut[Context]) -> None:
        self._ended[transaction_id] = end
        if len(self._ended) > ENDED_MAX:
            self._ended.popitem(last=False)

    def _count(self, transaction_id: int, outcome: Outcome) -> None:
        """Count what came for a transaction that is not open. T1.114.3: it is discarded.

        Who asked is told of the first that came too late: what it says was done, was done.
        """
        match self._ended.get(transaction_id):
            case _TimedOut(context):
                self.answers_late += 1
                self._ended[transaction_id] = _End.ANSWERED
                self._events.append(AnsweredLate(context, transaction_id, outcome))
            case _End.ANSWERED:
                self.answers_doubled += 1
            case _End.RELEASED:
                del self._ended[transaction_id]
            case None:
                self.answers_unknown += 1


def _response(responding_id: int, components: tuple[Component, ...]) -> Package:
    return Package(
        package_type=PackageType.RESPONSE,
        responding_id=responding_id,
        components=components or None,
    )


def _conversation(
    originating_id: int, responding_id: int, components: tuple[Component, ...]
) -> Package:
    return Package(
        package_type=PackageType.CONVERSATION_WITH_PERMISSION,
        originating_id=originating_id,
        responding_id=responding_id,
        components=components or None,
    )


def _concerns(component: Component) -> bool:
    """Whether a component answers our one invoke, rightly or wrongly."""
    return not isinstance(component, Invoke)


def _rejects(components: tuple[Component, ...]) -> Iterator[Reject]:
    for component in components:
        if isinstance(component, Invoke):
            yield rejected(component, Problem.INVOKE_UNRECOGNIZED_OPERATION)


def rejected(invoke: Invoke, problem: Problem) -> Reject:
    """A reject of *invoke*; without component ID where the invoke has none."""
    return Reject(component_ids=(invoke.component_ids or b"")[:1], problem=problem)


def _outcome(components: tuple[Component, ...]) -> Outcome:
    """What the first component that concerns our invoke says, or what is wrong with it."""
    for component in components:
        known = component.component_ids == INVOKE_ID
        match component:
            case ReturnResult(last=True) if known:
                return Succeeded(component.parameters)
            case ReturnError() if known:
                return Failed(component.error, component.parameters)
            case Reject() if known or not component.component_ids:
                return Rejected(component.problem)
    return Unanswered(next((_problem(component) for component in components), None))


def _problem(component: Component) -> Problem:
    match component:
        case ReturnResult(last=False, component_ids=ids) if ids == INVOKE_ID:
            return Problem.RETURN_RESULT_UNEXPECTED
        case ReturnResult():
            return Problem.RETURN_RESULT_UNRECOGNIZED_CORRELATION_ID
        case ReturnError():
            return Problem.RETURN_ERROR_UNRECOGNIZED_CORRELATION_ID
        case Invoke():
            return Problem.INVOKE_UNRECOGNIZED_OPERATION
        case Reject():
            return Problem.GENERAL_INCORRECT_COMPONENT_PORTION
