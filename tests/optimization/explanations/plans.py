"""Plans to explain, made without a server."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from optimization.candidates.assessment import PlanningContext
from optimization.days.inputs import DayInputs
from optimization.days.planned_day import PlannedDay
from optimization.days.planner import assign_guides, form_teams
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


def facts_with(*guides: Guide, **facts: Any) -> Facts:
    return facts_of(guides=guides, trips=[TRIP], **facts)


def planned(
    departures: Mapping[UUID, Departure],
    facts: Facts,
    *,
    commitments: Mapping[UUID, tuple[Commitment, ...]] | None = None,
    adjustments: Mapping[UUID, GuideAdjustments] | None = None,
    max_changes: int | None = None,
) -> PlannedDay:
    """Return the plan of these departures of tomorrow."""
    inputs = DayInputs(
        day=TOMORROW,
        facts=facts,
        departures=departures,
        everything=departures,
        context=PlanningContext(entered_tomorrow(adjustments), commitments or {}, frozenset(departures)),
        base={},
    )
    return form_teams(assign_guides(inputs, time_limit_seconds=5, max_changes=max_changes), facts)
