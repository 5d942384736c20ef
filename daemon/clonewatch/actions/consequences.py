"""What a transaction of the store calls for: cases weighed, alarms raised, notices on their way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from clonewatch.cases import suspects, weighing
from clonewatch.cases.case import PROGRAM, Book
from clonewatch.cases.life import ALARMED, Act
from clonewatch.cases.policy import DEFAULT
from clonewatch.cases.suspects import Suspects
from clonewatch.cases.twins import tell_twins
from clonewatch.cases.watched import NOTHING, WatchList, tell_sightings
from clonewatch.cases.ways import Ways
from clonewatch.evidence.findings import Severity
from clonewatch.evidence.network import NOTHING_OF_IT
from clonewatch.recordfile.keys import nothing_kept
from clonewatch.store import recording
from is41.msid import msid_digits

from .alarms.book import AlarmBook, Report
from .alarms.kinds import Kind
from .suspension import items
from .suspension.rules import OFF, Mode, Rules
from .suspension.standing import look_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Connection

    from clonewatch.cases.case import Case
    from clonewatch.cases.policy import Policy
    from clonewatch.cases.suspects import Suspicion
    from clonewatch.cases.tally import Pair
    from clonewatch.clonerecords import CloneRecords
    from clonewatch.evidence.network import Network
    from clonewatch.evidence.twins import Twins
    from clonewatch.recordfile.keys import Find
    from clonewatch.registrations import Registration
    from clonewatch.store.recording import News


@dataclass(slots=True, kw_only=True)
class Consequences:
    """The store's follower; set anew what a reload changes.

    *find*: what looks registrations up in the record file. *outputs*: where alarms go, by name.
    With *alarms_leave* false (mode `test`) those about subscribers are shown, and go nowhere.
    """

    words: CloneRecords
    find: Find = nothing_kept
    network: Network = NOTHING_OF_IT
    policy: Policy = DEFAULT
    suspension: Rules = OFF
    outputs: Sequence[str] = ()
    alarms_leave: bool = True
    watched: WatchList = field(default=NOTHING)  # as of the last transaction
    suspects: Suspects = field(default_factory=Suspects)

    def outputs_of(self, kind: Kind) -> Sequence[str]:
        """Where notices of a kind go."""
        return self.outputs if self.alarms_leave or kind is not Kind.CLONE else ()

    def begin(self, connection: Connection) -> None:
        """Read what is kept in memory."""
        self.watch(connection)
        self.suspects.begin(connection, self.policy)

    def watch(self, connection: Connection) -> None:
        """Watch the identities that were given up by now."""
        self.watched = WatchList.load(connection)

    def follow(
        self,
        connection: Connection,
        news: News,
        sightings: Sequence[Registration],
        twins: Sequence[Twins],
        now_ms: int,
    ) -> None:
        """Judge clone records before they are stored, and do what follows."""
        ways = Ways(self.words, self.network)
        suspicion = self.suspects.keep_back(connection, news, now_ms, self.policy, ways)
        recording.supersede(connection, news.superseded)
        book = Book(connection, now_ms)
        weighing.gather(book, news.new, self.words, self.network, self.find)
        gone = [row for row in news.superseded if not row["suspect"]]
        weighing.weigh_again(book, gone, news.new, "superseded")
        weighing.weigh_again(book, suspicion.lost, news.new, "on suspect travel times")
        tell_sightings(book, sightings)
        tell_twins(book, twins, self.words)
        self.settle(book, _suspect_reports(connection, suspicion))

    def settle(self, book: Book, reports: Iterable[Report] = ()) -> None:
        """Write what became of cases, and their alarms; *reports* beside them."""
        over = {case.id: case for case, _ in book.acts if case.state not in ALARMED}
        items.withdraw(book, over.values(), "the case is over", who=PROGRAM)
        book.write()
        if self.suspension.mode is not Mode.OFF:
            look_again(book.connection, book.changed.values(), book.now_ms)
        alarms = AlarmBook(book.connection, book.now_ms, self.outputs_of)
        alarms.take([*_case_reports(book.acts), *reports])

    def end_suspicion(
        self, connection: Connection, now_ms: int, end: Callable[[Connection], list[Pair]]
    ) -> list[Pair]:
        """Suspect no more what *end* says, and clear the alarms; what that was."""
        pairs = end(connection)
        self.suspects.end(pairs)
        alarms = AlarmBook(connection, now_ms, self.outputs_of)
        alarms.take([_suspect_report(pair, None, "no more suspect") for pair in pairs])
        return pairs


def _case_reports(acts: Iterable[tuple[Case, Act]]) -> list[Report]:
    """What cases have to say to their alarms."""
    return [
        Report(
            key=f"case-{case.id}",
            kind=Kind.CLONE,
            object=f"subscriber {msid_digits(case.msid)}",
            severity=None if act is Act.CLEAR else case.severity,
            text=_case_text(case),
            details=_case_details(case),
            case_id=case.id,
            raises=act is Act.RAISE,
        )
        for case, act in acts
        if act in {Act.RAISE, Act.UPDATE, Act.CLEAR}
    ]


def _case_text(case: Case) -> str:
    conflicts = "1 conflict" if case.conflicts == 1 else f"{case.conflicts} conflicts"
    esns = f", {len(case.seen['esns'])} ESNs" if len(case.seen["esns"]) > 1 else ""
    return f"case {case.id}, {case.state}: {msid_digits(case.msid)}, {conflicts}{esns}"


def _case_details(case: Case) -> dict[str, object]:
    return {
        "msid": msid_digits(case.msid),
        "state": str(case.state),
        "conflicts": case.conflicts,
        "confidence": round(case.confidence, 3),
        "mscs": list(case.seen["mscs"]),
        "esns": list(case.seen["esns"]),
    }


def _suspect_reports(connection: Connection, suspicion: Suspicion) -> list[Report]:
    """What suspect travel times have to say: an alarm of an MSC stands for those of its pairs."""
    if not suspicion.begun and not suspicion.kept_back:
        return []
    known = suspects.known(connection)
    counts = Counter(suspicion.kept_back)
    reports = []
    for pair in [*suspicion.begun, *(set(counts) - set(suspicion.begun))]:
        if suspects.is_covered(pair, known):
            continue
        reports.append(_suspect_report(pair, Severity.MAJOR, _suspect_text(pair), counts[pair]))
    for msc in (one for one, other in suspicion.begun if one == other):
        reports += [
            _suspect_report(pair, None, f"part of the alarm for {msc}")
            for pair in known
            if msc in pair and pair != (msc, msc)
        ]
    return reports


def _suspect_text(pair: Pair) -> str:
    one, other = pair
    if one == other:
        return (
            f"many subscribers conflict on several pairs with {one}: its clock, or its travel "
            "times, are wrong; their conflicts count for no case"
        )
    return (
        f"many subscribers conflict between {one} and {other}: the travel time is too long, or a "
        "clock is wrong; their conflicts count for no case"
    )


def _suspect_report(pair: Pair, severity: Severity | None, text: str, count: int = 1) -> Report:
    one, other = pair
    return Report(
        key=f"travel-times-{one}" if one == other else f"travel-times-{one}-{other}",
        kind=Kind.TRAVEL_TIMES_SUSPECT,
        object=f"MSC {one}" if one == other else f"MSCs {one} and {other}",
        severity=severity,
        text=text,
        details={"mscs": [one] if one == other else [one, other]},
        count=count,
    )
