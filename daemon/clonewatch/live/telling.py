"""What the daemon tells of itself: values for metrics, and its status at a glance."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from clonewatch.config.links import Role
from clonewatch.control.status import SourceStatus, Status
from clonewatch.fates import by_operation
from clonewatch.links import Connector
from clonewatch.registrations import time_text
from clonewatch.roles.answerer import Answerer
from clonewatch.roles.ear import Hearing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from clonewatch.app import App
    from clonewatch.live.linkset import LiveLink
    from clonewatch.metrics import Values


def values_of(app: App) -> Values:
    """Metrics, by the names of `clonewatch.metrics.FAMILIES`."""
    return {
        "ready": float(app.is_ready),
        "reloads": app.reloads,
        **_of_links(app.links.links),
        **_of_sources(app),
        **_of_detection(app),
        **_of_record_file(app),
        "conflicts_set_aside": app.store.conflicts_set_aside,
    }


def _of_links(links: Mapping[str, LiveLink]) -> Values:
    answers, answer_s = {}, {}
    for name, live in links.items():
        handler = live.handler
        if isinstance(handler, Answerer):
            answer_s[name] = handler.answer_s
            failed, denied = handler.answers_failed, handler.answers_denied
            answers[name, "failed"], answers[name, "denied"] = failed, denied
            answers[name, "accepted"] = max(0, handler.answers_sent - failed - denied)
    ends = {name: live.endpoint for name, live in links.items()}
    noted = {
        name: live.handler.link_counts
        for name, live in links.items()
        if not isinstance(live.handler, Hearing)
    }
    return {
        "connections_open": {name: len(end.ends.open) for name, end in ends.items()},
        "links_up": {name: float(live.endpoint.is_up) for name, live in links.items()},
        "connections_opened": {name: end.ends.opened for name, end in ends.items()},
        "connections_refused": {name: end.connections_refused for name, end in ends.items()},
        "octets_received": {name: end.ends.octets_received for name, end in ends.items()},
        "octets_sent": {name: end.ends.octets_sent for name, end in ends.items()},
        "protocol_violations": {name: counts.violations for name, counts in noted.items()},
        "link_messages_refused": {
            (name, reason): count
            for name, counts in noted.items()
            for reason, count in counts.refused.items()
        },
        "answers_sent": answers,
        "answer_seconds": answer_s,
    }


def _of_sources(app: App) -> Values:
    messages: dict[tuple[str, str, str], int] = {}
    refused: dict[tuple[str, str], int] = {}
    registrations: dict[str, int] = {}
    newest: dict[str, float] = {}
    for name, counts in app.watch.counts().items():
        registrations[name] = counts.registrations
        told = by_operation(counts.messages, counts.others)
        messages |= {(name, *each): count for each, count in told.items()}
        refused |= {(name, reason): count for reason, count in counts.refused.items()}
        if counts.last_at is not None:
            newest[name] = counts.last_at
    groups: dict[tuple[str, str], int] = {}
    missing: dict[str, int] = {}
    for name, live in app.spools.spools.items():
        of = live.spool.counts
        registrations[name] = of.registrations_taken
        refused |= {(name, reason): count for reason, count in of.refused.items()}
        groups[name, "taken"], groups[name, "refused"] = of.groups_taken, of.groups_refused
        missing[name] = of.groups_missing
    return {
        "messages": messages,
        "messages_refused": refused,
        "registrations": registrations,
        "source_newest_seconds": newest,
        "groups_taken": groups,
        "groups_missing": missing,
        "packets_dropped": {
            name: live.sniffer.packets_dropped for name, live in app.sniffers.sniffers.items()
        },
    }


def _of_detection(app: App) -> Values:
    values: dict[str, Any] = {
        "decode_seconds": app.intake.decode_s,
        "detection_seconds": app.intake.judge_s,
        "messages_left": app.intake.messages_left,
        "registrations_unjudged": app.judge.registrations_unjudged,
    }
    detector = app.judge.detector
    if detector is None:
        return values
    counts = detector.counts
    return values | {
        "conflicts": counts["conflicts"],
        "conflicts_superseded": counts["superseded"],
        "registrations_duplicate": counts["duplicates"],
        "registrations_late": counts["late"],
        "registrations_unknown_msc": counts["unknown_msc"],
        "registrations_clock_suspect": counts["clock_suspect"],
        "pairs_unknown": counts["pairs_unknown"],
        "window_overflowed": counts["window_overflowed"],
        "window_subscribers": detector.window.subscribers,
        "window_octets": detector.window.octets_resident,
    }


def _of_record_file(app: App) -> Values:
    return {
        "record_file_rows_written": app.record.rows_written,
        "record_file_rows_lost": app.record.rows_lost,
        "record_file_rows_waiting": max(0, app.judge.end - app.record.written),
        "record_file_wait_seconds_max": app.record.wait_s_max,
        "record_file_failing": float(app.record.is_failing),
    }


def problems_of(app: App) -> list[str]:
    """What is wrong with us, in words."""
    found = []
    if app.record.is_failing:
        found.append("the record file cannot be written; registrations wait in memory")
    if app.store.is_failing:
        found.append(
            f"the store cannot be written; conflicts wait in memory: {app.store.failed_because}"
        )
    if app.intake.waits_for_room:
        found.append("the record file is behind; all links wait")
    found += [
        f"spool {name} takes nothing; groups wait in its directory"
        for name, live in app.spools.spools.items()
        if live.spool.is_failing
    ]
    found += [
        f"sniffer {name} has ended; its interface is read no more"
        for name, live in app.sniffers.sniffers.items()
        if live.is_failing
    ]
    found += [
        f"link {name} is silent beyond its habit"
        for name, silence in app.watch.silences.items()
        if silence.is_silent
    ]
    found += [f"alarms to {name} wait: {why}" for name, why in app.office.failing().items()]
    found += app.suspension.problems()
    return found


def status_of(app: App) -> Status:
    """The daemon, at a glance."""
    detector = app.judge.detector
    found = detector.counts if detector is not None else {}
    window = {}
    if detector is not None:
        window = {
            "subscribers": detector.window.subscribers,
            "octets": detector.window.octets_resident,
        }
    return Status(
        version=version("clonewatch"),
        mode=str(app.settings.config.mode),
        state="ready" if app.is_ready else "filling the window",
        since=time_text(app.started_ms),
        sources=tuple(_sources(app)),
        messages=_messages(app),
        counts={
            "registrations": app.judge.registrations,
            "conflicts_set_aside": app.store.conflicts_set_aside,
            "registrations_unjudged": app.judge.registrations_unjudged,
            "messages_left": app.intake.messages_left,
            **found,
        },
        window=window,
        record_file={
            "written": app.record.rows_written,
            "lost": app.record.rows_lost,
            "waiting": max(0, app.judge.end - app.record.written),
        },
        problems=tuple(problems_of(app)),
    )


def _messages(app: App) -> dict[str, int]:
    """What came from all sources together: most often, first."""
    told: Counter[str] = Counter()
    for counts in app.watch.counts().values():
        for (operation, fate), count in by_operation(counts.messages, counts.others).items():
            told[f"{operation} {fate}"] += count
    return dict((+told).most_common())


def _sources(app: App) -> Iterator[SourceStatus]:
    for name, live in app.links.links.items():
        config, counts = live.config, app.links.counts(name)
        yield SourceStatus(
            name=name,
            kind=f"{config.transport} {config.role}",
            state=_state(live),
            connections=len(live.endpoint.ends.open),
            messages=counts.messages,
            registrations=counts.registrations,
            refused=counts.refused.total(),
            registrations_per_s=0.0 if config.role is Role.HLR else app.watch.rates.per_s(name),
            newest=_newest(counts.last_at),
        )
    for name, spool in app.spools.spools.items():
        of = spool.spool.counts
        yield SourceStatus(
            name=name,
            kind=f"spool {spool.config.format}",
            state="failing" if spool.spool.is_failing else f"{of.groups_taken} groups taken",
            registrations=of.registrations_taken,
            refused=of.refused.total(),
        )

    for name, sniffer in app.sniffers.sniffers.items():
        counts = sniffer.counts
        yield SourceStatus(
            name=name,
            kind=f"sniffer {sniffer.config.interface}",
            state="failing" if sniffer.is_failing else "open",
            messages=counts.messages,
            registrations=counts.registrations,
            refused=counts.refused.total(),
            registrations_per_s=app.watch.rates.per_s(name),
            newest=_newest(counts.last_at),
        )


def _state(live: LiveLink) -> str:
    if live.endpoint.is_up:
        return "open"
    if live.endpoint.ends.open:
        return "connected"
    verb = "calling" if isinstance(live.endpoint, Connector) else "waiting at"
    return f"{verb} {live.endpoint.where}"


def _newest(last_at: float | None) -> str | None:
    return None if last_at is None else time_text(int(last_at * 1000))
