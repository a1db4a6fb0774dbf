"""What a date of a request waits for: the resolution after which its departure could be led, if there is one.

Tried in this order, each checked against every hard rule: others take over from guides who are busy
(REASSIGN_GUIDE), more places (ADJUST_CAPACITY), another time of the date (RESCHEDULE_TRIP).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from conflicts.choices import Strategy
from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import DomainError
from optimization.candidates.assessment import Assessment, GuideConstraints, PlanningContext, assess
from optimization.candidates.formulation import solver_departure, solver_pairs
from optimization.requests.feasibility import FeasibilityChecks
from optimization.requests.query import DateOption
from optimization.requests.time_budget import TimeBudget
from optimization.solver.day import solve_day
from optimization.solver.problem import DayProblem, EligiblePair
from optimization.solver.request_model import best_teams
from optimization.solver.solution import DayPlan
from optimization.solver.staffing import Staffing, why_unstaffable
from scheduling.domain.document import Departure
from scheduling.domain.local_time import combine, moved_to
from scheduling.domain.text import counted
from scheduling.rules import Demand, Facts, Rule
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import closed_because
from scheduling.snapshot import look_up_trip, with_certificates

FIRST_HOUR, LAST_HOUR = 6, 18
NOTICE = timedelta(hours=2)
NO_PRICE = float("inf")
SOLVING_SECONDS = 0.5
MOST_TRIPS_READ = 5


@dataclass(frozen=True, slots=True)
class Resolution:
    """What would have to be done, and how it reads: "Ben takes over Sunrise hike at 08:00 from Ana"."""

    strategy: Strategy
    message: str


@dataclass(frozen=True, slots=True)
class WaitlistSearch:
    """Looks for resolutions. The facts' trips are also those of the departures that guides are busy on."""

    obstacles: FeasibilityChecks
    facts: Facts
    contexts: Mapping[UUID, PlanningContext]
    wishes: GuideConstraints
    patience: TimeBudget
    reading: Deadline

    @classmethod
    def for_options(
        cls,
        options: Iterable[DateOption],
        obstacles: FeasibilityChecks,
        facts: Facts,
        contexts: Mapping[UUID, PlanningContext],
        wishes: GuideConstraints,
        patience: TimeBudget,
    ) -> "WaitlistSearch":
        """For these options, which nobody leads. Trips that are not known are read, a few, while there is time."""
        reading = Deadline.after(patience.read_seconds)
        trips = dict(facts.snapshot.trips)
        around = [movable_around(option, obstacles, facts, contexts[option.departure_id]) for option in options]
        unread = sorted({one.trip_id for movable in around for one in movable.values()} - trips.keys())
        for trip_id in unread[:MOST_TRIPS_READ]:
            with suppress(DomainError):
                trips[trip_id] = look_up_trip(trip_id, must_be_active=False, deadline_seconds=reading.remaining())
        return cls(obstacles, facts.on(replace(facts.snapshot, trips=trips)), contexts, wishes, patience, reading)

    @property
    def has_time(self) -> bool:
        """Whether whoever asked can wait for a search."""
        return self.patience.until is None or self.patience.until.remaining() > 0

    def find_resolution(self, option: DateOption) -> Resolution | None:
        """The first that would make the option possible; None where none would, or nobody can wait for one."""
        if not self.has_time:
            return None
        if option.obstacle is None:
            return self._reassigned(option) or self._at_another_time(option)
        return self._with_more_places(option) if option.obstacle.rule is Rule.GROUP_SIZE else None

    def _reassigned(self, option: DateOption) -> Resolution | None:
        """Looked at again once the certificates of those who would come are read."""
        movable = movable_around(option, self.obstacles, self.facts, self.contexts[option.departure_id])
        if not movable:
            return None
        solved = self._solved_together(option, movable, self.facts)
        joining = {guide for team in solved for guide in team.guide_ids}
        snapshot = with_certificates(self.facts.snapshot, joining, deadline_seconds=self.reading.remaining())
        facts = self.facts.on(snapshot)
        return _handovers(option, movable, self._solved_together(option, movable, facts), facts)

    def _solved_together(self, option: DateOption, movable: Mapping[UUID, Departure], facts: Facts) -> DayPlan:
        context = replace(self.contexts[option.departure_id], planned={option.departure_id, *movable})
        asked = self._assess(option, facts, context)
        others = {
            key: assess(Demand.of(key, departure, option.day, facts.snapshot), facts, context)
            for key, departure in movable.items()
        }
        problem = _joint_problem(option, asked, movable, others, self.wishes)
        return solve_day(problem, time_limit_seconds=min(SOLVING_SECONDS, self.patience.solve_seconds))

    def _with_more_places(self, option: DateOption) -> Resolution | None:
        """As many as the group needs, where the trip, the request, the trail, the camp and a team allow them."""
        places = option.guests
        if places > self.obstacles.trip.max_participants:
            return None
        larger = replace(option, departure=option.departure.model_copy(update={"capacity": places}), obstacle=None)
        if self.obstacles.first_failed(larger) or not self._can_be_led(larger):
            return None
        more = counted(places - option.departure.capacity, "more place")
        return Resolution(Strategy.ADJUST_CAPACITY, f"{more} on {_named(option.departure)}")

    def _at_another_time(self, option: DateOption) -> Resolution | None:
        for moved in self._times(option):
            if self.obstacles.first_failed(moved) is None and self._can_be_led(moved):
                starts_at = moved.departure.starts_at
                guests = option.departure.participants
                booked = f", {counted(guests, 'guest')} told" if guests else ""
                return Resolution(Strategy.RESCHEDULE_TRIP, f"a start at {starts_at:%H:%M}{booked}")
        return None

    def _times(self, option: DateOption) -> Iterator[DateOption]:
        """The option at other whole hours of its date, the nearest first."""
        departure, zone = option.departure, self.facts.snapshot.regions[option.departure.region_id].timezone
        starts = [
            combine(option.day, f"{hour:02}:00", zone).astimezone(zone) for hour in range(FIRST_HOUR, LAST_HOUR + 1)
        ]
        for starts_at in sorted(starts, key=lambda time: (abs(time - departure.starts_at), time)):
            span = moved_to(starts_at, departure.span)
            moved = departure.model_copy(update={"starts_at": span.starts_at, "ends_at": span.ends_at})
            is_taken = any(
                departure.trip_id == moved.trip_id and departure.starts_at == starts_at
                for departure in self.obstacles.documents[option.day].departures.values()
            )
            is_known = set(days_of(moved)) <= self.facts.snapshot.available.keys()
            if is_known and not is_taken and starts_at > self.obstacles.now + NOTICE:
                yield replace(option, departure=moved)

    def _can_be_led(self, option: DateOption) -> bool:
        trail, departure = option.trail, option.departure
        if trail and closed_because(trail, days_of(departure), departure.span, self.facts.hazards):
            return False
        assessment = self._assess(option, self.facts, self.contexts[option.departure_id])
        staffing = _staffing(option, assessment, self.wishes)
        return why_unstaffable(staffing, {}) is None and option.departure_id in best_teams([staffing])

    def _assess(self, option: DateOption, facts: Facts, context: PlanningContext) -> Assessment:
        demand = Demand.of(option.departure_id, option.departure, option.day, facts.snapshot)
        return assess(demand, facts, context, self.wishes)


def movable_around(
    option: DateOption, obstacles: FeasibilityChecks, facts: Facts, context: PlanningContext
) -> dict[UUID, Departure]:
    """The departures of the option's date whose guides could lead the option, if others took over from them."""
    document = obstacles.documents[option.day]
    demand = Demand.of(option.departure_id, option.departure, option.day, facts.snapshot)
    idle = assess(demand, facts, replace(context, commitments={}))
    could = {candidate.guide.id for candidate in idle.candidates}
    keys = sorted({held.departure_id for guide in could for held in context.elsewhere(guide) if held.day == option.day})
    return {
        key: departure
        for key in keys
        if (departure := document.departures.get(key)) and departure.may_be_replanned(obstacles.now)
    }


def _joint_problem(
    option: DateOption,
    asked: Assessment,
    movable: Mapping[UUID, Departure],
    others: Mapping[UUID, Assessment],
    wishes: GuideConstraints,
) -> DayProblem:
    """The option among the departures that take its guides: all are to be led, and as few as possible change."""
    pairs: list[EligiblePair] = solver_pairs(asked, option.departure, NO_PRICE, {})
    for key, departure in movable.items():
        pairs += solver_pairs(others[key], departure, NO_PRICE, {})
    wanted = solver_departure(option.departure_id, option.departure, guests=option.guests, required=wishes.required)
    standing = [solver_departure(key, one, guests=one.participants) for key, one in movable.items()]
    return DayProblem((wanted, *standing), tuple(pairs))


def _handovers(
    option: DateOption, movable: Mapping[UUID, Departure], solved: DayPlan, facts: Facts
) -> Resolution | None:
    """Who takes over what from whom, if everybody keeps a team."""
    teams = {key: frozenset(solved.team_of(key)) for key in (option.departure_id, *movable)}
    if not all(teams.values()):
        return None
    guides = facts.snapshot.guides
    told = []
    for key, departure in movable.items():
        joining = sorted(guides[guide].name for guide in teams[key] - departure.guide_ids)
        leaving = sorted(member.guide_name for member in departure.team if member.guide_id not in teams[key])
        if joining or leaving:
            told.append(_handover(departure, joining, leaving))
    lead = guides[solved.team_of(option.departure_id)[0]].name
    return Resolution(Strategy.REASSIGN_GUIDE, f"{'; '.join(told)}, and {lead} leads this one") if told else None


def _handover(departure: Departure, joining: list[str], leaving: list[str]) -> str:
    if not joining:
        return f"{_named(departure)} goes without {' and '.join(leaving)}"
    instead = f" from {' and '.join(leaving)}" if leaving else ""
    verb = "takes over" if len(joining) == 1 else "take over"
    return f"{' and '.join(joining)} {verb} {_named(departure)}{instead}"


def _staffing(option: DateOption, assessment: Assessment, wishes: GuideConstraints) -> Staffing:
    departure = solver_departure(option.departure_id, option.departure, guests=option.guests, required=wishes.required)
    return Staffing.of(departure, solver_pairs(assessment, option.departure, NO_PRICE, {}))


def _named(departure: Departure) -> str:
    return f"{departure.trip_name} at {departure.starts_at:%H:%M}"
