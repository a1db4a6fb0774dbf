"""Plans of a date, made from facts without any server."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from optimization.candidates.assessment import PlanningContext
from optimization.days.inputs import DayInputs
from optimization.days.planned_day import PlannedDay
from optimization.days.planner import assign_guides, form_teams
from scheduling.domain.document import (
    Departure,
    GuideAdjustments,
    Role,
    TeamMember,
)
from scheduling.domain.facts import Guide, Location
from scheduling.rules import Commitment, Facts
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TeamMemberFactory,
    TripFactory,
    at,
    entered_tomorrow,
    facts_of,
)

TRIP = TripFactory()
NOW = at(6, day=TOMORROW - timedelta(days=1))
ANA, BEN, CLEO = (
    GuideFactory(name=name, years_experience=years) for name, years in [("Ana", 9), ("Ben", 5), ("Cleo", 1)]
)
CAMP = Location(uuid4(), REGION_ID, 20)


def facts_with(*guides: Guide, **fields: Any) -> Facts:
    return facts_of(guides=guides, trips=[TRIP], **fields)


def of_trip(**fields: Any) -> Departure:
    return DepartureFactory(**{"trip_id": TRIP.id} | fields)


def planned(
    departures: Mapping[UUID, Departure],
    facts: Facts,
    *,
    others: Mapping[UUID, Departure] | None = None,
    adjustments: Mapping[UUID, GuideAdjustments] | None = None,
    neighbours: tuple[Departure, ...] = (),
) -> PlannedDay:
    everything = {**departures, **(others or {})}
    commitments: dict[UUID, tuple[Commitment, ...]] = {}
    for key, departure in everything.items():
        for guide in departure.guide_ids:
            held = Commitment(guide, key, TOMORROW, departure.span)
            commitments[guide] = (*commitments.get(guide, ()), held)
    inputs = DayInputs(
        day=TOMORROW,
        facts=facts,
        departures=departures,
        everything=everything,
        context=PlanningContext(entered_tomorrow(adjustments), commitments, frozenset(departures), neighbours),
        base={key: departure.model_copy(deep=True) for key, departure in departures.items()},
    )
    return form_teams(assign_guides(inputs, time_limit_seconds=5), facts)


def pinned(guide: Guide, role: Role = Role.LEAD) -> TeamMember:
    return TeamMemberFactory(guide_id=guide.id, guide_name=guide.name, role=role, pinned=True)
