"""A departure without a team, for which a strategy is to find a resolution."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from conflicts.choices import Strategy
from optimization.candidates.assessment import Assessment, GuideConstraints, PlanningContext, assess
from optimization.candidates.formulation import solver_departure, solver_pairs
from optimization.solver.problem import Departure as SolverDeparture
from optimization.solver.problem import EligiblePair
from optimization.solver.request_model import best_teams
from optimization.solver.staffing import Staffing, unstaffable_reason
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.rules import Demand, Facts, closed_because

UNLIMITED_HOURS = float("inf")


@dataclass(frozen=True, slots=True)
class Resolution:
    """A resolution and its text: "Ben takes over Sunrise hike at 08:00 from Ana"."""

    strategy: Strategy
    message: str


@dataclass(frozen=True, slots=True)
class UnledDeparture:
    """A departure without a team on `day`, and its context.

    `guests` are those to be led, a group that would join included. `document` is its date's, `context` has what guides
    entered and their commitments. `is_feasible` returns True where the departure in another form, at another time or
    with more places, lacks nothing but a team.
    """

    day: date
    departure_id: UUID
    departure: Departure
    guests: int
    document: ScheduleDocument
    facts: Facts
    context: PlanningContext
    constraints: GuideConstraints
    now: datetime
    is_feasible: Callable[[Departure], bool]

    def on(self, facts: Facts) -> "UnledDeparture":
        """Return the same departure on other facts."""
        return replace(self, facts=facts)

    def assess(self, departure: Departure, context: PlanningContext | None = None) -> Assessment:
        """Assess all guides for the departure in this form."""
        return assess(self._demand(departure), self.facts, context or self.context, self.constraints)

    def formulate(self, departure: Departure, assessment: Assessment) -> tuple[SolverDeparture, list[EligiblePair]]:
        """Return the departure in this form and its candidates, as the solver sees them."""
        required = self.constraints.required
        formulated = solver_departure(self.departure_id, departure, guests=self.guests, required=required)
        return formulated, solver_pairs(assessment, departure, UNLIMITED_HOURS, {})

    def can_be_led(self, departure: Departure) -> bool:
        """Return True where a team could lead the departure in this form, on a trail that is open then."""
        demand = self._demand(departure)
        if demand.trail and closed_because(demand.trail, demand.days, demand.span, self.facts.hazards):
            return False
        staffing = Staffing.of(*self.formulate(departure, self.assess(departure)))
        return unstaffable_reason(staffing, {}) is None and self.departure_id in best_teams([staffing])

    def _demand(self, departure: Departure) -> Demand:
        return Demand.of(self.departure_id, departure, self.day, self.facts.snapshot)
