"""The ranking of a query's dates: pure decisions on loaded inputs, from candidates to the order of the dates."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from optimization.candidates.assessment import (
    Assessment,
    Crews,
    GuideConstraints,
    PlanningContext,
)
from optimization.candidates.formulation import solver_departure, solver_pairs
from optimization.candidates.teams import form_team
from optimization.requests.date_score import Availability, availability_of, score_of
from optimization.requests.inputs import RequestInputs
from optimization.requests.notes import describe_date, describe_resolution, explain_unled
from optimization.requests.query import DateOption, TripQuery
from optimization.requests.waitlist import WaitlistSearch
from optimization.solver.problem import PERFECT_SCORE, EligiblePair, RequestOption, RequestProblem
from optimization.solver.solution import OptionSolution, RequestSolution
from optimization.solver.staffing import Staffing
from scheduling.domain.document import Departure
from scheduling.domain.words import sentence
from scheduling.rules import Demand, Facts, Rule


@dataclass(frozen=True, slots=True)
class RankedDate:
    """One date of a query. Where it is bookable, `departure` has the team that would lead it; `score` is 0 to 100."""

    option: DateOption
    departure: Departure
    availability: Availability
    score: float
    notes: str

    @property
    def is_bookable(self) -> bool:
        """True where the date has a team."""
        return self.availability in {Availability.AVAILABLE, Availability.LIMITED}


@dataclass(frozen=True, slots=True)
class RankedDates:
    """The dates of a query, the best first, and the inputs they were decided on.

    `base` has the departures of the options as they were read, `contexts` their planning contexts, and `sold_seats` the
    seats that the catalog has sold of the trip's departures, by date.
    """

    dates: tuple[RankedDate, ...]
    facts: Facts
    problem: RequestProblem
    solved: RequestSolution
    base: Mapping[UUID, Departure]
    contexts: Mapping[UUID, PlanningContext]
    sold_seats: Mapping[date, Mapping[UUID, int | None]]

    @property
    def best(self) -> RankedDate | None:
        """The best date that has a team, None where no date has one."""
        return next((ranked for ranked in self.dates if ranked.is_bookable), None)


def guide_constraints(query: TripQuery) -> GuideConstraints:
    """Return the guides whom the query requires and excludes."""
    return GuideConstraints(
        required=frozenset(query.constraints.required_guide_ids),
        excluded=frozenset(query.constraints.excluded_guide_ids),
    )


def guides_to_certify(inputs: RequestInputs, crews: Mapping[UUID, Crews]) -> set[UUID]:
    """Return the guides who pass every other rule on an option that is feasible, or would be with more places."""
    return {
        guide_id
        for option in inputs.options
        if option.obstacle is None or option.obstacle.rule is Rule.GROUP_SIZE
        for guide_id in crews[option.departure_id].needing_certificates([_demand(option, inputs.facts)])
    }


def assess_options(inputs: RequestInputs, crews: Mapping[UUID, Crews]) -> dict[UUID, Assessment]:
    """Return the assessment of each option without an obstacle, by departure id, with all certificates."""
    constraints = guide_constraints(inputs.query)
    for known in crews.values():
        known.learn_certificates(inputs.facts)
    return {
        option.departure_id: crews[option.departure_id].assess(_demand(option, inputs.facts), constraints)
        for option in inputs.options
        if option.obstacle is None
    }


def crews_of(inputs: RequestInputs) -> dict[UUID, Crews]:
    """Return the guides in the context of each option, by departure id; what the contexts share is looked up once."""
    crews: dict[UUID, Crews] = {}
    alike: Crews | None = None
    for departure_id, context in inputs.contexts.items():
        crews[departure_id] = alike.around(context) if alike else Crews(inputs.facts, context)
        alike = alike or crews[departure_id]
    return crews


def formulate_request(inputs: RequestInputs, assessments: Mapping[UUID, Assessment]) -> RequestProblem:
    """Return the assessed options and their candidates, as the solver sees them."""
    return RequestProblem(
        tuple(
            _request_option(option, assessments[option.departure_id], inputs)
            for option in inputs.options
            if option.departure_id in assessments
        )
    )


def unled_options(inputs: RequestInputs, solved: RequestSolution) -> list[DateOption]:
    """Return the options that lack nothing but a team."""
    without_team = {solution.departure_id for solution in solved.options if not solution.guide_ids}
    return [option for option in inputs.options if option.departure_id in without_team]


def rank(
    inputs: RequestInputs,
    assessments: Mapping[UUID, Assessment],
    problem: RequestProblem,
    solved: RequestSolution,
    waitlist: WaitlistSearch,
) -> RankedDates:
    """Judge each option by its team or its resolution, and return the best option of each date, ordered.

    Bookable dates come before those on the waitlist, then by score, date and departure id.
    """
    solutions = {solution.departure_id: solution for solution in solved.options}
    judge = _Judge(inputs, assessments, solutions, waitlist)
    return RankedDates(
        dates=_best_of_each_date(map(judge.judge, inputs.options)),
        facts=inputs.facts,
        problem=problem,
        solved=solved,
        base=inputs.base,
        contexts=inputs.contexts,
        sold_seats=inputs.sold_seats,
    )


def _demand(option: DateOption, facts: Facts) -> Demand:
    return Demand.of(option.departure_id, option.departure, option.day, facts.snapshot)


def _request_option(option: DateOption, assessment: Assessment, inputs: RequestInputs) -> RequestOption:
    required = guide_constraints(inputs.query).required
    departure = solver_departure(option.departure_id, option.departure, guests=option.guests, required=required)
    recent_hours = inputs.facts.recent_hours
    pairs = solver_pairs(assessment, option.departure, fair_hours=float("inf"), recent_hours=recent_hours)
    return RequestOption(option.day, departure, tuple(_in_terms_of(inputs.query, pair, option) for pair in pairs))


def _in_terms_of(query: TripQuery, pair: EligiblePair, option: DateOption) -> EligiblePair:
    """Return the pair as the query values it.

    Where the query prefers others it is dearer than that of any preferred guide. Where it requires guides, a team
    that nobody was told of is not kept for its own sake: a required guide comes instead of it, not in addition.
    """
    price = pair.price + (PERFECT_SCORE if query.passes_over(pair.guide_id) else 0)
    is_replaceable = bool(query.constraints.required_guide_ids) and option.departure.published is None
    return pair._replace(price=price, is_kept=pair.is_kept and not is_replaceable)


@dataclass(frozen=True, slots=True)
class _Judge:
    inputs: RequestInputs
    assessments: Mapping[UUID, Assessment]
    solutions: Mapping[UUID, OptionSolution]
    waitlist: WaitlistSearch

    def judge(self, option: DateOption) -> RankedDate:
        """Return the option with its team, availability, score and notes."""
        departure, key = option.departure, option.departure_id
        if option.obstacle:
            return self._without_team(option, option.obstacle.message)
        guide_ids, assessment = self.solutions[key].guide_ids, self.assessments[key]
        if not guide_ids:
            return self._without_team(option, self._why_unled(option))
        if superfluous := self._superfluous(option, guide_ids):
            return RankedDate(option, departure, Availability.UNAVAILABLE, 0.0, sentence(superfluous))
        facts = self.inputs.facts
        departure.team = form_team(guide_ids, departure, assessment, facts, self.inputs.contexts[key])
        departure.unassigned_reason = None
        notes = describe_date(option, assessment)
        return RankedDate(option, departure, availability_of(option), score_of(option, self.inputs.query, facts), notes)

    def _superfluous(self, option: DateOption, guide_ids: Collection[UUID]) -> str:
        """Return why the required guides would be more than the departure needs; empty where they are not.

        Those whom people were told of, or whom a person decided on, stay: a required guide may not replace them.
        """
        departure, required = option.departure, guide_constraints(self.inputs.query).required
        is_announced = departure.published is not None
        staying = [m for m in departure.team if m.guide_id in guide_ids and (is_announced or m.pinned)]
        if required <= departure.guide_ids or not staying:
            return ""
        able = self.assessments[option.departure_id].able
        capacities = {guide.id: capacity for guide, capacity in zip(able.guides, able.capacities, strict=True)}
        is_enough = sum(capacities[member.guide_id] for member in staying) >= option.guests
        names = " and ".join(member.guide_name for member in staying)
        return f"{names} will lead it already, which is enough for {option.guests} guests" if is_enough else ""

    def _without_team(self, option: DateOption, reason: str) -> RankedDate:
        """Return a date on the waitlist for a resolution, UNAVAILABLE where there is none."""
        resolution = self.waitlist.find_resolution(option)
        if resolution is None:
            remark = "" if self.waitlist.has_time else " No time was left to look for a resolution."
            return RankedDate(option, option.departure, Availability.UNAVAILABLE, 0.0, sentence(reason) + remark)
        return RankedDate(option, option.departure, Availability.WAITLIST, 0.0, describe_resolution(resolution, reason))

    def _why_unled(self, option: DateOption) -> str:
        key, assessment = option.departure_id, self.assessments[option.departure_id]
        request_option = _request_option(option, assessment, self.inputs)
        staffing = Staffing.of(request_option.departure, request_option.pairs)
        return explain_unled(self.solutions[key], staffing, assessment)


def _best_of_each_date(judged: Iterable[RankedDate]) -> tuple[RankedDate, ...]:
    order = list(Availability)

    def rank_of(ranked: RankedDate) -> tuple[int, float, date, UUID]:
        option = ranked.option
        return (order.index(ranked.availability), -ranked.score, option.day, option.departure_id)

    best: dict[date, RankedDate] = {}
    for ranked in sorted(judged, key=rank_of):
        best.setdefault(ranked.option.day, ranked)
    return tuple(best.values())
