"""Recommendation of dates: reading in rounds, decisions in between. No schedule is written; the run is recorded."""

from dataclasses import replace

from django.utils import timezone

from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import FieldProblem, Malformed
from optimization.requests.inputs import InputsLoader, RequestInputs
from optimization.requests.query import TripQuery
from optimization.requests.ranking import (
    RankedDates,
    assess_options,
    crews_of,
    formulate_request,
    guide_constraints,
    guides_to_certify,
    rank,
    unled_options,
)
from optimization.requests.snapshot import take_query_snapshot
from optimization.requests.time_budget import TimeBudget
from optimization.requests.waitlist import WaitlistSearch
from optimization.runs.lifecycle import (
    SolveSummary,
    inputs_of,
    record_answered_question,
    record_failed_question,
)
from optimization.solver.request_model import solve_request
from optimization.solver.solution import RequestSolution
from scheduling.domain.facts import Snapshot
from scheduling.siblings.one_reading import one_reading
from scheduling.snapshot import InactiveTrip, UnknownTrip, look_up_trip


class NoSuchTrip(Malformed):
    """The trip in the query does not exist, or is not for sale."""

    code = "UNKNOWN_TRIP"


def recommend_dates(query: TripQuery, *, deadline_seconds: float, within_seconds: float | None = None) -> RankedDates:
    """Return the best dates and teams for the query; with `within_seconds` the best found by then.

    `deadline_seconds` is for each round of reading. Raises NoSuchTrip and SiblingUnavailable.
    """
    with one_reading():
        return _recommended(query, deadline_seconds, within_seconds)


def _recommended(query: TripQuery, deadline_seconds: float, within_seconds: float | None) -> RankedDates:
    until = None if within_seconds is None else Deadline.after(within_seconds)
    try:
        look_up_trip(query.trip_id, deadline_seconds=deadline_seconds)
    except (UnknownTrip, InactiveTrip) as unknown:
        raise NoSuchTrip(unknown.message, FieldProblem("trip_id", unknown.message)) from unknown
    started_at = timezone.now()
    try:
        snapshot = take_query_snapshot(query, deadline_seconds=deadline_seconds)
        ranked = rank_dates(query, snapshot, deadline_seconds=deadline_seconds, until=until)
    except Exception as error:
        record_failed_question(query.days[0], started_at, f"{type(error).__name__}: {error}")
        raise
    record_answered_question(
        query.days[0],
        started_at,
        SolveSummary.of_request(ranked.solved),
        score=ranked.best.score if ranked.best else 0.0,
        inputs=inputs_of(ranked.problem, snapshot),
    )
    return ranked


def rank_dates(
    query: TripQuery, snapshot: Snapshot, *, deadline_seconds: float, until: Deadline | None = None
) -> RankedDates:
    """Find the best team of each date and rank the dates. Reads the latest documents; writes nothing.

    `deadline_seconds` is for each round of reading. With `until` all is done by then: the solver has the time left and
    returns the best plan found. Raises SiblingUnavailable where the guides of a later day cannot be read.
    """
    loader = InputsLoader(TimeBudget(deadline_seconds, until))
    return rank_loaded(loader.load(query, snapshot), loader)


def rank_loaded(inputs: RequestInputs, loader: InputsLoader) -> RankedDates:
    """Find the best team of each date of loaded inputs, as `rank_dates` does. The inputs are used up by it."""
    crews = crews_of(inputs)
    inputs = loader.add_certificates(inputs, guides_to_certify(inputs, crews))
    assessments = assess_options(inputs, crews)
    problem = formulate_request(inputs, assessments)
    solved = solve_request(problem, time_limit_seconds=loader.budget.solve_seconds)
    inputs = loader.add_notes(inputs, {guide for solution in solved.options for guide in solution.guide_ids})
    return rank(inputs, assessments, problem, solved, _waitlist(inputs, solved, loader))


def _waitlist(inputs: RequestInputs, solved: RequestSolution, loader: InputsLoader) -> WaitlistSearch:
    """Return a search that knows the trips around the options without a team, and certifies by one deadline."""
    deadline = Deadline.after(loader.budget.read_seconds)
    search = WaitlistSearch(
        inputs,
        guide_constraints(inputs.query),
        loader.budget,
        certify=lambda facts, guide_ids: loader.certify(facts, guide_ids, deadline),
    )
    unled = unled_options(inputs, solved)
    if not unled:
        return search
    inputs = loader.add_past_starts(inputs)
    return replace(search, inputs=loader.add_trips(inputs, search.trips_around(unled), deadline))
