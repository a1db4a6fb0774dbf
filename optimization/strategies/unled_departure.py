"""A departure that nobody leads, for which a strategy is to find a way to be led."""

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

NO_PRICE = float("inf")


@dataclass(frozen=True, slots=True)
class Resolution:
    """What would have to be done, and how it reads: "Ben takes over Sunrise hike at 08:00 from Ana"."""

    strategy: Strategy
    message: str


@dataclass(frozen=True, slots=True)
class UnledDeparture:
    """A departure without a team on `day`, and what stands around it.

    `guests` are those to be led, a group that would join included. `document` is its date's, `context` what guides
    entered and are committed to. `is_feasible` says whether nothing but a missing team stands against the departure
    in another form: at another time, with more places.
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
        """The same, on other facts."""
        return replace(self, facts=facts)

    def assess(self, departure: Departure, context: PlanningContext | None = None) -> Assessment:
        """Who may lead the departure in this form."""
        return assess(self._demand(departure), self.facts, context or self.context, self.constraints)

    def formulate(self, departure: Departure, assessment: Assessment) -> tuple[SolverDeparture, list[EligiblePair]]:
        """The departure in this form and its candidates, as the solver sees them."""
        required = self.constraints.required
        asked = solver_departure(self.departure_id, departure, guests=self.guests, required=required)
        return asked, solver_pairs(assessment, departure, NO_PRICE, {})

    def can_be_led(self, departure: Departure) -> bool:
        """Whether a team could lead the departure in this form, on a trail that is open then."""
        demand = self._demand(departure)
        if demand.trail and closed_because(demand.trail, demand.days, demand.span, self.facts.hazards):
            return False
        staffing = Staffing.of(*self.formulate(departure, self.assess(departure)))
        return unstaffable_reason(staffing, {}) is None and self.departure_id in best_teams([staffing])

    def _demand(self, departure: Departure) -> Demand:
        return Demand.of(self.departure_id, departure, self.day, self.facts.snapshot)
