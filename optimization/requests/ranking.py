"""Answering a question: the best team of every date, and how good each date is."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from novatrek_scheduling.deadline import Deadline
from optimization.candidates.assessment import (
    Assessment,
    GuideConstraints,
    PlanningContext,
    assess,
    who_needs_certificates,
)
from optimization.candidates.formulation import solver_departure, solver_pairs
from optimization.candidates.teams import form_team
from optimization.requests.date_options import options_of
from optimization.requests.date_score import Availability, availability_of, score_of
from optimization.requests.feasibility import FeasibilityChecks
from optimization.requests.notes import describe_date, sentence, waiting_for, why_without_team
from optimization.requests.query import DateOption, TripQuery
from optimization.requests.time_budget import TimeBudget
from optimization.requests.waitlist import WaitlistSearch
from optimization.solver.problem import RequestOption, RequestProblem
from optimization.solver.request_model import solve_request
from optimization.solver.solution import RequestAnswer, RequestPlan
from optimization.solver.staffing import Staffing
from scheduling.daily_schedules.catalog_aliases import known_departure_ids_by_day
from scheduling.daily_schedules.catalog_sync import merge_catalog
from scheduling.daily_schedules.commitments import commitments_around
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.daily_schedules.surroundings import departures_elsewhere, entered_on
from scheduling.daily_schedules.writer import Draft, read_drafts
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Snapshot, Span
from scheduling.rules import Demand, EntriesByDate, Facts, Rule
from scheduling.rules.inputs import days_of
from scheduling.snapshot.guides import with_availability_notes, with_availability_on, with_certificates

# How far a departure may be moved within its date.
AT_ANOTHER_TIME = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class RankedDate:
    """The answer for one date. `departure` carries the team that would lead it, where the date can be had."""

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
    solved: RequestPlan
    base: Mapping[UUID, Departure]
    contexts: Mapping[UUID, PlanningContext]
    counted: Mapping[UUID, int | None]

    @property
    def best(self) -> RankedDate | None:
        """The date to take: the best one that has a team."""
        return next((day for day in self.dates if day.is_bookable), None)


def rank_dates(
    question: TripQuery, snapshot: Snapshot, *, deadline_seconds: float, until: Deadline | None = None
) -> RankedDates:
    """Find the best team of each date and rank the dates. Reads the latest documents; writes nothing.

    With `until` it is done by then: the solver has what is left, and gives the best it found. Raises
    SiblingUnavailable where the guides of a later day do not answer.
    """
    patience = TimeBudget(deadline_seconds, until)
    facts = gather_facts(snapshot)
    drafts = _drafts(question, snapshot)
    documents = {day: draft.document for day, draft in drafts.items()}
    base = {key: d for draft in drafts.values() for key, d in draft.original.departures.items()}
    trip = snapshot.trips[question.trip_id]
    known_as = known_departure_ids_by_day({day: documents[day] for day in question.days}, snapshot)
    now = timezone.now()
    for day in question.days:
        merge_catalog(documents[day], day, snapshot, region_ids={trip.region_id}, known_as=known_as[day], now=now)
    counted = {key: d.catalog_participants for day in question.days for key, d in documents[day].departures.items()}
    elsewhere = departures_elsewhere(_span_of(documents), documents) if snapshot.locations else ()
    options = options_of(question, documents, facts, now, elsewhere)
    later = {day for option in options for day in days_of(option.departure)}
    facts = facts.on(with_availability_on(facts.snapshot, later, deadline_seconds=patience.read_seconds))
    contexts = _rosters(options, documents)
    obstacles = FeasibilityChecks.of(question, documents, facts, now, elsewhere)
    return _answer(obstacles, options, contexts, facts, base, counted, patience)


def _drafts(question: TripQuery, snapshot: Snapshot) -> dict[date, Draft]:
    """Drafts of the dates asked about, and of the later ones that a trip of several days reaches."""
    reach = range(snapshot.trips[question.trip_id].duration // timedelta(days=1) + 2)
    days = {day + timedelta(days=n) for day in question.days for n in reach}
    return read_drafts(days)


def _span_of(days: Collection[date]) -> Span:
    """From before the first date begins anywhere until after the last one has ended everywhere."""
    first, last = (datetime.combine(day, time.min, UTC) for day in (min(days), max(days)))
    return Span(first - timedelta(days=1), last + timedelta(days=2))


def _rosters(options: list[DateOption], documents: Mapping[date, ScheduleDocument]) -> dict[UUID, PlanningContext]:
    if not options:
        return {}
    spans = [option.departure.span for option in options]
    span = Span(min(s.starts_at for s in spans), max(s.ends_at for s in spans))
    around = commitments_around(span.widened(AT_ANOTHER_TIME))
    unread = {day for option in options for day in days_of(option.departure)} - documents.keys()
    by_day = {day: document.guide_adjustments for day, document in documents.items()}
    entered = EntriesByDate({**by_day, **entered_on(unread)})
    return {
        option.departure_id: PlanningContext(
            entered,
            around,
            {option.departure_id},
        )
        for option in options
    }


def _answer(
    obstacles: FeasibilityChecks,
    options: list[DateOption],
    contexts: Mapping[UUID, PlanningContext],
    facts: Facts,
    base: Mapping[UUID, Departure],
    counted: Mapping[UUID, int | None],
    patience: TimeBudget,
) -> RankedDates:
    possible = [option for option in options if option.obstacle is None]
    hoped_for = [option for option in options if option.obstacle and option.obstacle.rule is Rule.GROUP_SIZE]
    facts = _with_certificates([*possible, *hoped_for], facts, contexts, patience.read_seconds)
    wishes = _guide_constraints(obstacles.question)
    assessments = {
        option.departure_id: assess(_demand(option, facts), facts, contexts[option.departure_id], wishes)
        for option in possible
    }
    problem = RequestProblem(
        tuple(_request_option(option, assessments[option.departure_id], wishes, facts) for option in possible)
    )
    solved = solve_request(problem, time_limit_seconds=patience.solve_seconds)
    guides = {guide for answer in solved.answers for guide in answer.guide_ids}
    facts = facts.on(with_availability_notes(facts.snapshot, guides, deadline_seconds=patience.read_seconds))
    found = {answer.departure_id: answer for answer in solved.answers}
    unled = [option for option in possible if not found[option.departure_id].guide_ids]
    waiting = WaitlistSearch.for_options(unled, obstacles, facts, contexts, wishes, patience)
    judge = _Judge(facts, contexts, assessments, found, waiting)
    return RankedDates(_best_of_each_date(map(judge.judge, options)), facts, problem, solved, base, contexts, counted)


def _with_certificates(
    options: list[DateOption], facts: Facts, contexts: Mapping[UUID, PlanningContext], deadline_seconds: float
) -> Facts:
    asked: set[UUID] = set()
    for option in options:
        asked |= who_needs_certificates([_demand(option, facts)], facts, contexts[option.departure_id])
    return facts.on(with_certificates(facts.snapshot, asked, deadline_seconds=deadline_seconds))


def _guide_constraints(question: TripQuery) -> GuideConstraints:
    return GuideConstraints(
        required=frozenset(question.constraints.required_guide_ids),
        excluded=frozenset(question.constraints.excluded_guide_ids),
        only=question.only_guides,
    )


def _demand(option: DateOption, facts: Facts) -> Demand:
    return Demand.of(option.departure_id, option.departure, option.day, facts.snapshot)


def _request_option(
    option: DateOption, assessment: Assessment, wishes: GuideConstraints, facts: Facts
) -> RequestOption:
    departure = solver_departure(option.departure_id, option.departure, guests=option.guests, required=wishes.required)
    pairs = solver_pairs(assessment, option.departure, fair_hours=float("inf"), recent_hours=facts.recent_hours)
    return RequestOption(option.day, departure, tuple(pairs))


@dataclass(frozen=True, slots=True)
class _Judge:
    facts: Facts
    contexts: Mapping[UUID, PlanningContext]
    assessments: Mapping[UUID, Assessment]
    found: Mapping[UUID, RequestAnswer]
    waiting: WaitlistSearch

    def judge(self, option: DateOption) -> RankedDate:
        """How good the option is, with the team that would lead it."""
        departure, key = option.departure, option.departure_id
        if option.obstacle:
            return self._without_team(option, option.obstacle.message)
        guide_ids, assessment = self.found[key].guide_ids, self.assessments[key]
        if not guide_ids:
            return self._without_team(option, self._why_unled(option))
        departure.team = form_team(guide_ids, departure, assessment, self.facts, self.contexts[key])
        departure.unassigned_reason = None
        return RankedDate(
            option, departure, availability_of(option), score_of(option, self.facts), describe_date(option, assessment)
        )

    def _without_team(self, option: DateOption, why: str) -> RankedDate:
        """A date that waits for the resolution that would make it possible, or cannot be had."""
        resolution = self.waiting.find_resolution(option)
        if resolution is None:
            notes = sentence(why) + ("" if self.waiting.has_time else " No time was left to look for a resolution.")
            return RankedDate(option, option.departure, Availability.UNAVAILABLE, 0.0, notes)
        return RankedDate(option, option.departure, Availability.WAITLIST, 0.0, waiting_for(resolution, why))

    def _why_unled(self, option: DateOption) -> str:
        key, assessment = option.departure_id, self.assessments[option.departure_id]
        asked = _request_option(option, assessment, self.waiting.wishes, self.facts)
        return why_without_team(self.found[key], Staffing.of(asked.departure, asked.pairs), assessment)


def _best_of_each_date(judged: Iterable[RankedDate]) -> tuple[RankedDate, ...]:
    order = list(Availability)

    def rank(one: RankedDate) -> tuple[int, float, date, UUID]:
        return (order.index(one.availability), -one.score, one.option.day, one.option.departure_id)

    best: dict[date, RankedDate] = {}
    for one in sorted(judged, key=rank):
        best.setdefault(one.option.day, one)
    return tuple(best.values())
