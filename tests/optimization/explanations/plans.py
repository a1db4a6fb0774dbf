"""Plans to explain, made without any server."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from optimization.candidates.assessment import PlanningContext
from optimization.days.planned_day import PlannedDay
from optimization.days.planner import plan_departures
from scheduling.domain.document import Departure, GuideAdjustments
from scheduling.domain.facts import Guide
from scheduling.rules import Commitment, Facts
from tests.factories import TOMORROW, DepartureFactory, GuideFactory, TripFactory, entered_tomorrow, facts_of

TRIP = TripFactory()
ANA, BEN, CLEO = (
    GuideFactory(name=name, years_experience=years) for name, years in [("Ana", 9), ("Ben", 5), ("Cleo", 1)]
)
FIRST, SECOND = UUID(int=1), UUID(int=2)


def of_trip(**fields: Any) -> Departure:
    return DepartureFactory(**{"trip_id": TRIP.id} | fields)


def facts_with(*guides: Guide, **told: Any) -> Facts:
    return facts_of(guides=guides, trips=[TRIP], **told)


def planned(
    departures: Mapping[UUID, Departure],
    facts: Facts,
    *,
    commitments: Mapping[UUID, tuple[Commitment, ...]] | None = None,
    adjustments: Mapping[UUID, GuideAdjustments] | None = None,
    max_changes: int | None = None,
) -> PlannedDay:
    """What optimizing these departures of tomorrow decides."""
    return plan_departures(
        departures,
        departures,
        TOMORROW,
        facts,
        PlanningContext(entered_tomorrow(adjustments), commitments or {}, frozenset(departures)),
        base={},
        time_limit_seconds=5,
        with_notes_of=lambda known, _: known,
        max_changes=max_changes,
    )
