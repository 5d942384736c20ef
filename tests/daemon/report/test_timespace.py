"""The time-space diagram of a case."""

from __future__ import annotations

from dataclasses import replace

import pytest

from clonewatch.cases.case import Case
from clonewatch.report.dossiers import Dossier, Point, Step
from clonewatch.report.ink import WRONG, svg
from clonewatch.report.timespace import LABELS_MAX, MSCS_MAX, OTHERS, diagram
from reports import SUNDAY
from stores import HOUR, MIN, MINUTE, TEN

STEP = Step(
    first=Point(TEN, "MSC A", 1),
    second=Point(TEN + 45 * MINUTE, "MSC C", 2),
    needs_ms=80 * MINUTE,
    speed_kmh=12_345,
    confidence=0.9,
    clone="second",
    words=(),
    superseded=False,
    kept_back=False,
)


def dossier(*steps: Step, others: tuple[Point, ...] = ()) -> Dossier:
    case = Case(id=1, msid=MIN, opened_at=TEN, changed_at=TEN)
    return Dossier(case=case, is_new=True, steps=list(steps), others=list(others))


def later(hours: float, step: Step = STEP) -> Step:
    by = round(hours * HOUR)
    return replace(
        step,
        first=replace(step.first, time_ms=step.first.time_ms + by),
        second=replace(step.second, time_ms=step.second.time_ms + by),
    )


def drawn(it: Dossier) -> list[str]:
    return [text.get_text() for text in diagram(SUNDAY, it).axes[0].texts]


def test_the_impossible_step_is_marked_with_its_speed() -> None:
    axes = diagram(SUNDAY, dossier(STEP)).axes[0]
    assert [text.get_text() for text in axes.texts] == ["12,345 km/h"]
    (line,) = [line for line in axes.lines if line.get_color() == WRONG]
    assert list(line.get_ydata()) == [0, 1]  # type: ignore[arg-type]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["MSC A", "MSC C"]


def test_without_places_it_is_marked_with_its_times() -> None:
    assert drawn(dossier(replace(STEP, speed_kmh=None))) == ["45 of 80 min"]


def test_several_steps_are_numbered() -> None:
    found = drawn(dossier(*(later(number) for number in range(6))))
    assert 1 <= len(found) <= LABELS_MAX
    assert all(text.partition(":")[0] in "123456" for text in found)


@pytest.mark.parametrize("change", [{"superseded": True}, {"kept_back": True}])
def test_what_counts_not_is_no_wrong(change: dict[str, bool]) -> None:
    axes = diagram(SUNDAY, dossier(replace(STEP, **change))).axes[0]  # type: ignore[arg-type]
    assert not axes.texts
    assert WRONG not in [line.get_color() for line in axes.lines]


def test_many_mscs_and_phones_share_the_last_row_and_sign() -> None:
    others = tuple(Point(TEN + at * MINUTE, f"M{at:02}", at) for at in range(30))
    axes = diagram(SUNDAY, dossier(STEP, others=others)).axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert len(names) == MSCS_MAX
    assert names[-1] == OTHERS
    text = svg(lambda: diagram(SUNDAY, dossier(STEP, others=others)), "x", "a")
    assert "others" in text


@pytest.mark.parametrize("took", [0, 1, MINUTE, HOUR, 400 * HOUR])
def test_any_time_has_a_few_ticks(took: int) -> None:
    second = replace(STEP.second, time_ms=TEN + took)
    axes = diagram(SUNDAY, dossier(replace(STEP, second=second))).axes[0]
    assert 1 <= len(axes.get_xticks()) <= 8


def test_labels_stand_beside_one_another() -> None:
    axes = diagram(SUNDAY, dossier(*(later(number) for number in range(3)))).axes[0]
    places = [text.get_position() for text in axes.texts]
    assert len(set(places)) == len(places)
    rows = {0, 1}  # where registrations stand
    assert rows.isdisjoint(y for _, y in places)


def test_the_most_impossible_step_has_its_label_however_crowded_it_is() -> None:
    steps = [later(number / 20) for number in range(30)]
    worst = replace(steps[11], needs_ms=1_000 * HOUR, speed_kmh=99_999)
    found = drawn(dossier(*steps[:11], worst, *steps[12:]))
    assert "12: 99,999 km/h" in found
