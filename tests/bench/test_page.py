"""The page holds every line, what is missed, and on what it was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench import page
from bench.asked import LINES

if TYPE_CHECKING:
    from pathlib import Path

SIZES: dict[str, dict[str, Any]] = {
    "replay": {
        "registrations": 10_000_000,
        "disturbed": 2_000_000,
        "worst": 2_000_000,
        "rare": 50_000,
        "tshark_packets": 200_000,
        "tali_tshark_read": 0.957,
    },
    "detect": {"rows": 10_000_000},
    "window": {
        "steady_subscribers": 20_000_000,
        "day_turnover_h": 26.0,
        "most_subscribers": 100_000_000,
        "most_few": 1_000_000,
    },
    "live": {},
}


def results(**changed: float) -> dict[str, Any]:
    """Results that are just as asked, but for what is *changed* in `replay`."""
    found: dict[str, Any] = {
        "machine": {"commit": "abc1234"},
        "smoke": False,
        **{name: dict(of) for name, of in SIZES.items()},
    }
    for line in LINES:
        subject, _, rest = line.figure.partition(".")
        at = found[subject]
        *nested, key = rest.split(".")
        for name in nested:
            at = at.setdefault(name, {})
        at[key] = line.asked * line.scale
    found["replay"] |= changed
    return found


def test_every_line_stands_on_the_page() -> None:
    text = page.page(results())
    assert all(f"| {line.subject} | {line.what} |" in text for line in LINES)
    assert "All that is asked was reached." in text
    assert "- commit: abc1234" in text
    assert "first 200,000 packets" in text
    assert "it read 95.7% of them" in text


def test_what_is_missed_is_said_first() -> None:
    text = page.page(results(help_s=0.5))
    assert "Missed: start, clonewatch --help." in text
    assert "0.5 s | missed |" in text


def test_a_small_run_says_that_its_figures_say_nothing() -> None:
    text = page.page(results(help_s=0.5) | {"smoke": True})
    assert page.SMALL in text
    assert "Missed:" not in text


def test_page_and_plot_stand_side_by_side(tmp_path: Path) -> None:
    page.write_page(results(), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["benchmarks.md", "benchmarks.svg"]
    assert "benchmarks.svg" in (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
