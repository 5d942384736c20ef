"""What couriers tell."""

from __future__ import annotations

from clonewatch.actions.alarms.events import NoticeRefused, OutputFailed, OutputResumed


def test_each_event_names_its_output() -> None:
    assert str(OutputFailed("noc", "no route")) == "alarms to noc wait: no route"
    assert str(OutputResumed("noc")) == "alarms to noc are sent again"
    assert str(NoticeRefused("noc", 7, "400")) == "noc refused notification 7: 400"
