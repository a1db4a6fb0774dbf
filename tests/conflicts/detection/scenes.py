"""Scenes for detection, by what is in them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from conflicts.detection import DetectedConflict, Detection, Scene, detect
from scheduling.daily_schedules.commitments import by_guide, commitments_in
from scheduling.domain.document import Departure, GuideAdjustments, ScheduleDocument
from scheduling.rules import Facts
from tests.factories import TOMORROW, at, entered_tomorrow

A_WEEK_BEFORE = at(9) - timedelta(days=7)


def detect_among(
    *departures: Departure,
    facts: Facts | None = None,
    adjustments: Mapping[UUID, GuideAdjustments] | None = None,
    now: datetime = A_WEEK_BEFORE,
    **scene: object,
) -> Detection:
    """Detect conflicts among these departures of tomorrow."""
    document = ScheduleDocument(departures={uuid4(): departure for departure in departures})
    committed = by_guide(commitments_in(document, TOMORROW, document.departures))
    inputs = {"commitments": committed, "entered": entered_tomorrow(adjustments)} | scene
    return detect(Scene(TOMORROW, document, now, facts, **inputs), document.departures)  # type: ignore[arg-type]


def causes(conflicts: Iterable[DetectedConflict]) -> list[str]:
    return sorted(conflict.cause.value for conflict in conflicts)
