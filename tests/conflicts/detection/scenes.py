"""Scenes for detection, by what is in them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from conflicts.detection import DetectedConflict, Detection, Scene, detect
from scheduling.daily_schedules.commitments import by_guide, commitments_in
from scheduling.domain.document import Departure, GuideAdjustments, ScheduleDocument
from scheduling.rules import EntriesByDate, Facts
from tests.factories import TOMORROW, at

A_WEEK_BEFORE = at(9) - timedelta(days=7)


def detect_among(
    *departures: Departure,
    facts: Facts | None = None,
    adjustments: Mapping[UUID, GuideAdjustments] | None = None,
    now: datetime = A_WEEK_BEFORE,
    day: date = TOMORROW,
    waiting_for: Collection[UUID] = (),
    **scene: object,
) -> Detection:
    """Detect conflicts among these departures of `day`."""
    document = ScheduleDocument(departures={uuid4(): departure for departure in departures})
    committed = by_guide(commitments_in(document, day, document.departures))
    inputs = {"commitments": committed, "entered": EntriesByDate({day: adjustments or {}})} | scene
    return detect(Scene(day, document, now, facts, **inputs), document.departures, waiting_for)  # type: ignore[arg-type]


def causes(conflicts: Iterable[DetectedConflict]) -> list[str]:
    return sorted(conflict.cause.value for conflict in conflicts)
