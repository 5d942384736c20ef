"""A replay that is kept as the daemon would have kept it: record file, store, cases.

The clock of both is that of the registrations: each minute of them is received, judged and stored
before the next. So a capture of some day makes the state directory of that day.
"""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Final

import numpy as np

from clonewatch.actions.consequences import Consequences
from clonewatch.clonerecords import CloneRecords
from clonewatch.live.sourcenumbers import SourceNumbers
from clonewatch.recordfile import Recorder
from clonewatch.recordfile.finding import Finder
from clonewatch.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from clonewatch.detector import Detector
    from clonewatch.registrations import Batch
    from clonewatch.replay import Replay
    from clonewatch.settings import Settings

MINUTE_MS: Final = 60_000


def keep(run: Replay, detector: Detector, settings: Settings) -> None:
    """Judge *run*, and keep everything where *settings* say. Raises InputError, OSError."""
    config = settings.config
    config.state_directory.mkdir(parents=True, exist_ok=True)
    sources = SourceNumbers(config.state_directory)
    sources.number(source.path.name for source in run.sources)
    words = CloneRecords(settings.mscs, sources.names)
    now_ms = 0

    def clock() -> float:
        return now_ms / 1000

    finder = Finder(config.record_directory, lateness_ms=config.settle_ms, tell=_quiet)
    follower = Consequences(words=words, find=finder.find, network=settings.network)
    with (
        closing(Recorder(config.record_directory, tell=_quiet, clock=clock)) as record,
        closing(Store.open(config.store_file, words, follower, tell=_quiet, clock=clock)) as store,
    ):
        for batch in run.batches(detector.source_ended):
            for minute in _minutes(batch):
                now_ms = max(now_ms, int(minute.time.max()))
                judged = record.append(minute) + len(minute)
                record.flush()
                found = detector.take(minute)
                store.submit(found, judged)
                if found:
                    store.flush()


def _minutes(batch: Batch) -> Iterator[Batch]:
    """Cut where a minute begins."""
    cuts = np.flatnonzero(np.diff(batch.time // MINUTE_MS)) + 1
    for first, behind in zip([0, *cuts.tolist()], [*cuts.tolist(), len(batch)], strict=True):
        if behind > first:
            yield batch[first:behind]


def _quiet(_: object) -> None:
    """What the files have to tell is for an operator."""
