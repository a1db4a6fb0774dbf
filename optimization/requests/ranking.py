"""Ranking the dates of a query: pure decisions on what was read, from candidates to the order of the dates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from optimization.candidates.assessment import (
    Assessment,
    GuideConstraints,
    PlanningContext,
    assess,
    guides_needing_certificates,
)
from optimization.candidates.formulation import solver_departure, solver_pairs
from optimization.candidates.teams import form_team
from optimization.requests.date_score import Availability, availability_of, score_of
from optimization.requests.inputs import RequestInputs
from optimization.requests.notes import describe_date, sentence, waiting_for, why_without_team
from optimization.requests.query import DateOption, TripQuery
from optimization.requests.waitlist import WaitlistSearch
from optimization.solver.problem import RequestOption, RequestProblem
from optimization.solver.solution import OptionSolution, RequestSolution
from optimization.solver.staffing import Staffing
from scheduling.domain.document import Departure
from scheduling.rules import Demand, Facts, Rule


@dataclass(frozen=True, slots=True)
class RankedDate:
    """One date of the answer. `departure` carries the team that would lead it, where the date can be had."""

    option: DateOption
    departure: Departure
    availability: Availability
    score: float
    notes: str

    @property
    def is_bookable(self) -> bool:
        return self.availability in {Availability.AVAILABLE, Availability.LIMITED}


@dataclass(frozen=True, slots=True)
class RankedDates:
    """The dates best first, and what they were decided on.

    `base` holds the departures as they were read, `contexts` what stood around each option, and `counted` the
    seats that the catalog has sold of each departure.
    """

    dates: tuple[RankedDate, ...]
    facts: Facts
    problem: RequestProblem
    solved: RequestSolution
    base: Mapping[UUID, Departure]
    contexts: Mapping[UUID, PlanningContext]
    counted: Mapping[UUID, int | None]

    @property
    def best(self) -> RankedDate | None:
        """The date to take: the best one that has a team."""
        return next((ranked for ranked in self.dates if ranked.is_bookable), None)


def guide_constraints(query: TripQuery) -> GuideConstraints:
    """The guides whom the query requires, excludes or allows alone."""
    return GuideConstraints(
        required=frozenset(query.constraints.required_guide_ids),
        excluded=frozenset(query.constraints.excluded_guide_ids),
        only=query.only_guides,
    )


def guides_to_certify(inputs: RequestInputs) -> set[UUID]:
    """The guides who pass every other rule on an option that is possible, or would be with more places."""
    return {
        guide_id
        for option in inputs.options
        if option.obstacle is None or option.obstacle.rule is Rule.GROUP_SIZE
        for guide_id in guides_needing_certificates(
            [_demand(option, inputs.facts)], inputs.facts, inputs.contexts[option.departure_id]
        )
    }


def assess_options(inputs: RequestInputs) -> dict[UUID, Assessment]:
    """The candidates of each option that nothing stands against, by departure id."""
    facts, constraints = inputs.facts, guide_constraints(inputs.query)
    return {
        option.departure_id: assess(_demand(option, facts), facts, inputs.contexts[option.departure_id], constraints)
        for option in inputs.options
        if option.obstacle is None
    }


def formulate_request(inputs: RequestInputs, assessments: Mapping[UUID, Assessment]) -> RequestProblem:
    """The assessed options and their candidates, as the solver sees them."""
    return RequestProblem(
        tuple(
            _request_option(option, assessments[option.departure_id], inputs)
            for option in inputs.options
            if option.departure_id in assessments
        )
    )


def unled_options(inputs: RequestInputs, solved: RequestSolution) -> list[DateOption]:
    """The options that are possible but for a team."""
    without_team = {answer.departure_id for answer in solved.options if not answer.guide_ids}
    return [option for option in inputs.options if option.departure_id in without_team]


def rank(
    inputs: RequestInputs,
    assessments: Mapping[UUID, Assessment],
    problem: RequestProblem,
    solved: RequestSolution,
    waitlist: WaitlistSearch,
) -> RankedDates:
    """Judge each option by its team, or by what it waits for, and put the best of each date in order."""
    answers = {answer.departure_id: answer for answer in solved.options}
    judge = _Judge(inputs, assessments, answers, waitlist)
    return RankedDates(
        dates=_best_of_each_date(map(judge.judge, inputs.options)),
        facts=inputs.facts,
        problem=problem,
        solved=solved,
        base=inputs.base,
        contexts=inputs.contexts,
        counted=inputs.counted,
    )


def _demand(option: DateOption, facts: Facts) -> Demand:
    return Demand.of(option.departure_id, option.departure, option.day, facts.snapshot)


def _request_option(option: DateOption, assessment: Assessment, inputs: RequestInputs) -> RequestOption:
    required = guide_constraints(inputs.query).required
    departure = solver_departure(option.departure_id, option.departure, guests=option.guests, required=required)
    recent_hours = inputs.facts.recent_hours
    pairs = solver_pairs(assessment, option.departure, fair_hours=float("inf"), recent_hours=recent_hours)
    return RequestOption(option.day, departure, tuple(pairs))


@dataclass(frozen=True, slots=True)
class _Judge:
    inputs: RequestInputs
    assessments: Mapping[UUID, Assessment]
    answers: Mapping[UUID, OptionSolution]
    waitlist: WaitlistSearch

    def judge(self, option: DateOption) -> RankedDate:
        """How good the option is, with the team that would lead it."""
        departure, key = option.departure, option.departure_id
        if option.obstacle:
            return self._without_team(option, option.obstacle.message)
        guide_ids, assessment = self.answers[key].guide_ids, self.assessments[key]
        if not guide_ids:
            return self._without_team(option, self._why_unled(option))
        facts = self.inputs.facts
        departure.team = form_team(guide_ids, departure, assessment, facts, self.inputs.contexts[key])
        departure.unassigned_reason = None
        notes = describe_date(option, assessment)
        return RankedDate(option, departure, availability_of(option), score_of(option, facts), notes)

    def _without_team(self, option: DateOption, reason: str) -> RankedDate:
        """A date that waits for the resolution that would make it possible, or cannot be had."""
        resolution = self.waitlist.find_resolution(option)
        if resolution is None:
            is_late = "" if self.waitlist.has_time else " No time was left to look for a resolution."
            return RankedDate(option, option.departure, Availability.UNAVAILABLE, 0.0, sentence(reason) + is_late)
        return RankedDate(option, option.departure, Availability.WAITLIST, 0.0, waiting_for(resolution, reason))

    def _why_unled(self, option: DateOption) -> str:
        key, assessment = option.departure_id, self.assessments[option.departure_id]
        request_option = _request_option(option, assessment, self.inputs)
        staffing = Staffing.of(request_option.departure, request_option.pairs)
        return why_without_team(self.answers[key], staffing, assessment)


def _best_of_each_date(judged: Iterable[RankedDate]) -> tuple[RankedDate, ...]:
    order = list(Availability)

    def rank_of(ranked: RankedDate) -> tuple[int, float, date, UUID]:
        option = ranked.option
        return (order.index(ranked.availability), -ranked.score, option.day, option.departure_id)

    best: dict[date, RankedDate] = {}
    for ranked in sorted(judged, key=rank_of):
        best.setdefault(ranked.option.day, ranked)
    return tuple(best.values())
