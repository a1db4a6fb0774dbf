"""A date to plan and check, without a database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from optimization.candidates.assessment import PlanningContext
from optimization.days.inputs import DayInputs, open_departures
from optimization.days.planned_day import PlannedDay
from optimization.days.planner import assign_guides, form_teams
from optimization.verification.evidence import HardRule
from scheduling.domain.document import Departure, GuideAdjustments, ScheduleDocument
from scheduling.domain.facts import Guide, Location, Snapshot, Trail, Trip
from scheduling.rules import Commitment, Facts, HazardFact
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TripFactory,
    at,
    entered_tomorrow,
    snapshot_of,
)

KEY, OTHER = UUID(int=1), UUID(int=2)
NOW = at(6, day=TOMORROW - timedelta(days=1))
TODAY = TOMORROW - timedelta(days=1)
TRIP = TripFactory(id=UUID(int=11))
# By score alone Ana is chosen.
ANA = GuideFactory(id=UUID(int=101), name="Ana", years_experience=20, average_rating=5.0)
BEN = GuideFactory(id=UUID(int=102), name="Ben", years_experience=1, average_rating=3.0)
CAMP = Location(UUID(int=21), REGION_ID, 12)


Break = Callable[[pytest.MonkeyPatch], None]


def of_trip(**fields: Any) -> Departure:
    return DepartureFactory(**{"trip_id": TRIP.id} | fields)


@dataclass(frozen=True)
class World:
    """One date: its guides, departures and facts, and the commitments around it."""

    guides: tuple[Guide, ...] = (ANA, BEN)
    departures: Mapping[UUID, Departure] = field(default_factory=lambda: {KEY: of_trip()})
    trip: Trip = TRIP
    trails: tuple[Trail, ...] = ()
    camp: Location | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    entered: Mapping[UUID, GuideAdjustments] = field(default_factory=dict)
    commitments: tuple[Commitment, ...] = ()
    hazards: tuple[HazardFact, ...] = ()

    @property
    def facts(self) -> Facts:
        snapshot: Snapshot = snapshot_of(guides=self.guides, trips=[self.trip], trails=self.trails, base_camp=self.camp)
        return Facts(snapshot=replace(snapshot, **self.overrides), hazards=self.hazards)

    def planned(self) -> PlannedDay:
        """Return the model's plan of the date."""
        copies = {key: departure.model_copy(deep=True) for key, departure in self.departures.items()}
        document = ScheduleDocument(departures=copies)
        departures = open_departures(document, [REGION_ID], NOW)
        commitments: dict[UUID, tuple[Commitment, ...]] = {}
        for commitment in self.commitments:
            commitments[commitment.guide_id] = (*commitments.get(commitment.guide_id, ()), commitment)
        inputs = DayInputs(
            day=TOMORROW,
            facts=self.facts,
            departures=departures,
            everything=document.departures,
            context=PlanningContext(entered_tomorrow(self.entered), commitments, frozenset(departures)),
            base={key: self.departures[key] for key in departures},
        )
        return form_teams(assign_guides(inputs, time_limit_seconds=5), self.facts)


@dataclass(frozen=True)
class Case:
    """A rule, a world in which it is binding, the plan it forbids, and how to remove it from the model."""

    rule: HardRule
    world: World
    is_broken: Callable[[PlannedDay], bool]
    without: Break
    name: str = ""

    def __str__(self) -> str:
        return f"{self.rule} {self.name}".strip()
