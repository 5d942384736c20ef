"""Everything that acts on what the store holds, by one configuration."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import structlog

from clonewatch.cases import retention, suspects
from clonewatch.cases.policy import Policy
from clonewatch.registrations import time_text
from clonewatch.store import outbox

from .alarms.book import raised
from .alarms.delivery import Delivery
from .alarms.kinds import Kind
from .alarms.mail import Mail
from .alarms.outputs.making import made
from .alarms.selves import Selves
from .orders import Orders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from sqlalchemy import Connection

    from clonewatch.config import Config
    from clonewatch.store.store import Store

    from .alarms.events import Event
    from .alarms.notice import Notice
    from .consequences import Consequences

GIVE_WAY_S: Final = 0.01  # ours: most alarms take less, and no line notices as much


class Office:
    """Acts as *config* says, until closed. *tell* is called from a thread of its own."""

    def __init__(
        self,
        store: Store,
        consequences: Consequences,
        config: Config,
        *,
        tell: Callable[[Event], None],
    ) -> None:
        self._store = store
        self._consequences = consequences
        self._tell = tell
        self._ticks = 0
        self._is_open = True
        self._log = structlog.get_logger()
        self.committed: Callable[[], None] = lambda: None  # after each transaction; by its thread
        self.orders = Orders(store, consequences)
        self.selves = Selves(store, consequences.outputs_of, self._send_directly)
        self._delivery = self._made(config)
        self._follow(config)
        store.committed = self._wake

    def use(self, config: Config) -> None:
        """Act by another configuration from now on. Waits for what is being sent.

        Raises OSError where that cannot be; then it acts as before.
        """
        before, self._delivery = self._delivery, self._made(config)
        before.close()  # the two must not send the same
        self._follow(config)

    def give_way(self) -> None:
        """Wait, shortly, for what was found to be committed, and its alarms to be out."""
        end = time.monotonic() + GIVE_WAY_S
        self._store.await_committed(GIVE_WAY_S)
        self._delivery.await_rest(end - time.monotonic())

    def tick(self) -> None:
        """Do what is to be done every minute. Does not wait for it."""
        self.selves.tick()
        self._ticks += 1
        if self._ticks == 1:
            self.selves.forget_earlier()
        self._upkeep(self._end_suspicions)
        self._upkeep(self._remove_expired)

    def travel_changed(self) -> None:
        """Suspect no pair of MSCs any more: there are other travel times, or MSCs."""
        now_ms = self._store.now_ms()
        self._store.do(lambda to: self._consequences.end_suspicion(to, now_ms, suspects.forget))
        self.selves.mscs_changed()

    def failing(self) -> dict[str, str]:
        """Outputs that take nothing, and why."""
        return self._delivery.failing()

    def alarm_lines(self) -> list[str]:
        """What is raised, for people: those about ourselves, and how many cases.

        Not for the loop.
        """
        with self._store.read() as connection:
            alarms = raised(connection)
        ours = [alarm for alarm in alarms if alarm.kind is not Kind.CLONE]
        lines = [f"{a.severity}, since {time_text(a.raised_at)}: {a.text}" for a in ours]
        cases = len(alarms) - len(ours)
        return [*lines, f"{cases:,} of cases; see `cases list`"] if cases else lines

    def close(self) -> None:
        """Send no more; what waits, waits in the outbox."""
        self._is_open = False
        self._store.committed = lambda: None
        self._delivery.close()

    def _made(self, config: Config) -> Delivery:
        return Delivery(
            Mail(self._store, self._consequences.outputs_of),
            {output.name: made(output) for output in config.alarms},
            tell=self._tell,
        )

    def _follow(self, config: Config) -> None:
        """Decide by a configuration, and let its outputs begin."""
        names = tuple(output.name for output in config.alarms)
        self._consequences.outputs = names
        self._consequences.policy = policy_of(config)
        now_ms = self._store.now_ms()
        self._store.do(lambda to: outbox.cancel_strangers(to, outbox.ALARM, names, now_ms))
        self._delivery.begin()

    def _upkeep(self, work: Callable[[Connection], object]) -> None:
        """Do something in an order of its own: should it fail, nothing else does."""

        def done(future: Future[object]) -> None:
            if self._is_open and not future.cancelled() and (error := future.exception()):
                self._log.error("upkeep_failed", reason=str(error), exc_info=error)

        self._store.do(work).add_done_callback(done)

    def _end_suspicions(self, connection: Connection) -> None:
        now_ms, policy = self._store.now_ms(), self._consequences.policy
        self._consequences.end_suspicion(
            connection, now_ms, lambda to: suspects.expire(to, now_ms, policy)
        )

    def _remove_expired(self, connection: Connection) -> None:
        """Remove some of what is not to be kept."""
        retention.remove_expired(connection, self._store.now_ms(), self._consequences.policy)

    def _wake(self) -> None:
        self._delivery.wake()
        self.committed()

    def _send_directly(self, notice: Notice, outputs: Sequence[str]) -> None:
        self._delivery.send_directly(notice, outputs)


def policy_of(config: Config) -> Policy:
    """What the operator decides about cases."""
    cases = config.cases
    return Policy(
        silence_days=cases.silence_days,
        suspect_msids=cases.suspect_msids,
        suspect_hours=cases.suspect_hours,
        keep_days=cases.keep_days,
    )
