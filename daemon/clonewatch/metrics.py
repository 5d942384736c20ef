"""Prometheus metrics: the counters that others keep anyhow, read when somebody asks.

`FAMILIES` names them all. Nothing is counted here, so nothing is counted twice; and no label ever
names a subscriber.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

PREFIX: Final = "clonewatch_"
# A number, or numbers by the values of the labels: a tuple of strings, or one string.
Value = float | Mapping[Any, float]
Values = Mapping[str, Value]
Provider = Callable[[], Values]


@dataclass(frozen=True, slots=True)
class Family:
    """A metric: what it counts or shows, and by what."""

    help: str
    labels: tuple[str, ...] = ()
    is_gauge: bool = False


def _counts(text: str, *labels: str) -> Family:
    return Family(text, labels)


def _shows(text: str, *labels: str) -> Family:
    return Family(text, labels, is_gauge=True)


# Counters are monotonic since the start, and get _total behind their names.
# fmt: off
FAMILIES: Final[Mapping[str, Family]] = {
    "ready":                          _shows("1 once registrations are judged"),
    "connections_open":               _shows("Connections of a link", "link"),
    "links_up":                       _shows("1 if messages may flow on a link", "link"),
    "connections_opened":             _counts("Connections made or let in", "link"),
    "connections_refused":            _counts("Connections that were not let in, or not made", "link"),
    "octets_received":                _counts("Octets read from a link", "link"),
    "octets_sent":                    _counts("Octets written to a link", "link"),
    "protocol_violations":            _counts("Faults of a link's far end", "link"),
    "link_messages_refused":          _counts("Messages that a link could not use, and went on", "link", "reason"),
    "messages":                       _counts("Messages, by the operation they invoke", "source", "operation", "outcome"),
    "messages_refused":               _counts("Messages that could not be used", "source", "reason"),
    "messages_left":                  _counts("Messages gathered when a fault of ours ended taking them: some may not be taken"),
    "registrations":                  _counts("Registrations read", "source"),
    "registrations_duplicate":        _counts("Copies, which count once"),
    "registrations_late":             _counts("Registrations later than their source's lateness"),
    "registrations_unknown_msc":      _counts("Registrations at MSCs that no table knows"),
    "registrations_clock_suspect":    _counts("Registrations whose time stamps cannot be"),
    "registrations_unjudged":         _counts("Registrations not judged, or not wholly, by a fault of ours"),
    "pairs_unknown":                  _counts("Pairs of registrations without a travel time"),
    "conflicts":                      _counts("Conflicts found"),
    "conflicts_superseded":           _counts("Conflicts that a later arrival took back"),
    "conflicts_set_aside":            _counts("Conflicts that could not be stored by a fault of ours, earlier runs' too"),
    "window_subscribers":             _shows("Subscribers in the window"),
    "window_octets":                  _shows("Memory of the window"),
    "window_overflowed":              _counts("Registrations that found no place, or took another's"),
    "source_newest_seconds":          _shows("Newest time of a source, since 1970", "source"),
    "record_file_rows_written":       _counts("Registrations stored"),
    "record_file_rows_lost":          _counts("Registrations that could not be stored"),
    "record_file_rows_waiting":       _shows("Registrations read and not stored yet"),
    "record_file_wait_seconds_max":   _shows("Longest that a registration waited to be stored"),
    "record_file_failing":            _shows("1 while the record file takes nothing"),
    "decode_seconds":                 _counts("Time spent on octets until they are registrations"),
    "detection_seconds":              _counts("Time spent on registrations until they are judged"),
    "answers_sent":                   _counts("Registrations answered", "link", "outcome"),
    "answer_seconds":                 _counts("Time from REGNOT to answer, summed", "link"),
    "groups_taken":                   _counts("Groups taken out of a spool", "source", "outcome"),
    "groups_missing":                 _counts("Groups that did not come", "source"),
    "packets_dropped":                _counts("Packets the kernel dropped before they were sniffed", "source"),
    "cases":                          _shows("Cases that are kept", "state"),
    "alarms_raised":                  _shows("Alarms that are raised", "kind"),
    "outbox_waiting":                 _shows("Alarms and directives not delivered yet", "output"),
    "outbox_oldest_seconds":          _shows("Age of the oldest that waits for an output", "output"),
    "suspension_directives":          _shows("Directives to the HLR that are kept and over", "kind", "outcome"),
    "suspension_paused":              _shows("1 while an operator has stopped suspension"),
    "suspension_tripped":             _shows("1 while the breaker has stopped suspension by itself"),
    "reloads":                        _counts("Reloads of the configuration", "outcome"),
}
# fmt: on


class Metrics(Collector):
    """What providers say, as Prometheus wants it.

    A provider gives values by the names of `FAMILIES`; an unknown name is a KeyError.
    """

    def __init__(self, version: str) -> None:
        self._version = version
        self._providers: list[Provider] = []
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._registry.register(self)

    def add(self, provider: Provider) -> None:
        """Ask *provider* too, in the loop: it reads counters, and does not wait."""
        self._providers.append(provider)

    def exposition(self, accept: str) -> tuple[bytes, str]:
        """All metrics, and their content type, as an HTTP *accept* header wants them."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type

    def collect(self) -> Iterator[Metric]:
        """Give every family that any provider has values of."""
        yield InfoMetricFamily(PREFIX + "build", "What runs", value={"version": self._version})
        made: dict[str, Metric] = {}
        for provider in self._providers:
            for name, value in provider().items():
                family = FAMILIES[name]
                if name not in made:
                    kind = GaugeMetricFamily if family.is_gauge else CounterMetricFamily
                    made[name] = kind(PREFIX + name, family.help, labels=family.labels)
                for labels, number in _by_labels(value):
                    assert len(labels) == len(family.labels), name
                    made[name].add_metric(labels, number)  # type: ignore[attr-defined]
        yield from made.values()


def _by_labels(value: Value) -> Iterator[tuple[tuple[str, ...], float]]:
    if not isinstance(value, Mapping):
        yield (), value
        return
    for labels, number in value.items():
        yield (labels,) if isinstance(labels, str) else labels, number
