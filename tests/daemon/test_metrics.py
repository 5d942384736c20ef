"""Metrics as Prometheus reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from prometheus_client.openmetrics import parser

from clonewatch.metrics import FAMILIES, Metrics, Values

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "operations.md"
OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def samples(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each sample of ours, by its name and the values of its labels, in alphabetical order."""
    octets, content_type = metrics.exposition(OPENMETRICS)
    assert content_type.startswith("application/openmetrics-text")
    return {
        (sample.name, tuple(sorted(sample.labels.values()))): sample.value
        for family in parser.text_string_to_metric_families(octets.decode())  # type: ignore[no-untyped-call]
        for sample in family.samples
        if sample.name.startswith("clonewatch_")
    }


def test_counters_are_read_when_somebody_asks() -> None:
    metrics = Metrics("1.2.3")
    counts = {"conflicts": 1.0}
    metrics.add(lambda: counts)
    assert samples(metrics) == {
        ("clonewatch_build_info", ("1.2.3",)): 1,
        ("clonewatch_conflicts_total", ()): 1,
    }
    counts["conflicts"] += 1
    assert samples(metrics)["clonewatch_conflicts_total", ()] == 2


def test_labels_are_one_string_or_a_tuple_of_them() -> None:
    metrics = Metrics("1")
    metrics.add(lambda: {"links_up": {"rvcd-a": 1}})
    metrics.add(lambda: {"messages": {("rvcd-a", "CheckMEID", "read"): 7}})
    metrics.add(lambda: {"links_up": {"b": 0}})
    found = samples(metrics)
    assert found["clonewatch_links_up", ("rvcd-a",)] == 1
    assert found["clonewatch_links_up", ("b",)] == 0
    assert found["clonewatch_messages_total", ("CheckMEID", "read", "rvcd-a")] == 7


@pytest.mark.parametrize("values", [{"no_such_family": 1}, {"links_up": {("a", "b"): 1}}])
def test_what_no_family_knows_is_our_own_fault(values: Values) -> None:
    metrics = Metrics("1")
    metrics.add(lambda: values)
    with pytest.raises((KeyError, AssertionError)):
        metrics.exposition("")


def test_every_family_can_be_read() -> None:
    metrics = Metrics("1")
    metrics.add(
        lambda: {
            name: {tuple("x" for _ in family.labels): 3.0} if family.labels else 3.0
            for name, family in FAMILIES.items()
        }
    )
    assert len(samples(metrics)) == len(FAMILIES) + 1
    assert b"process_resident_memory_bytes" in metrics.exposition("")[0]


def test_no_label_names_a_subscriber() -> None:
    labels = {label for family in FAMILIES.values() for label in family.labels}
    assert labels == {
        *("link", "source", "output"),
        *("operation", "outcome", "reason", "kind", "state"),
    }


def test_the_documentation_has_every_family() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    table = text.split("<!-- metrics -->\n")[1].split("<!-- end -->")[0]
    rows = [
        f"| `clonewatch_{name}{'' if family.is_gauge else '_total'}` | {', '.join(family.labels)} "
        f"| {'gauge' if family.is_gauge else 'counter'} | {family.help} |"
        for name, family in FAMILIES.items()
    ]
    assert table.splitlines()[2:] == rows
