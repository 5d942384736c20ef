"""Telling somebody who may fail."""

from __future__ import annotations

from clonewatch.safely import safely


def test_whoever_is_told_hears_it_and_may_fail() -> None:
    heard: list[str] = []

    def hear(event: str) -> None:
        heard.append(event)
        raise RuntimeError("the store is closed")

    tell = safely(hear)
    tell("failed")
    tell("resumed")
    assert heard == ["failed", "resumed"]
