"""Where another app hangs what it finds wrong with a write, inside the write's own transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from scheduling.domain.document import ScheduleDocument
from scheduling.models import DailySchedule
from scheduling.rules import Facts


@dataclass(frozen=True, slots=True)
class Change:
    """One daily schedule as it was and as it was written, and the departures that differ."""

    schedule: DailySchedule
    before: ScheduleDocument
    after: ScheduleDocument
    departure_ids: frozenset[UUID]


Detector = Callable[[Mapping[date, Change], Facts | None], object]

_detectors: list[Detector] = []


def register_detector(detector: Detector) -> None:
    """Call `detector` in the transaction of every write, with what changed and the facts it was decided on.

    Facts are None where the writer brought none: an event, or a guide's own entry.
    """
    if detector not in _detectors:
        _detectors.append(detector)


def run_detectors(changes: Mapping[date, Change], facts: Facts | None) -> None:
    for detector in _detectors:
        detector(changes, facts)
