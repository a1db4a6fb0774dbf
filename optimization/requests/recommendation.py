"""A question that is answered at once and writes no schedule; the run is recorded all the same."""

from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.errors import FieldProblem, Malformed
from optimization.models import RunDetail
from optimization.requests.query import TripQuery
from optimization.requests.ranking import RankedDates, rank_dates
from optimization.requests.snapshot import take_question_snapshot
from optimization.runs.lifecycle import Solved, complete_run, fail_run, inputs_of, start_run
from scheduling.snapshot import InactiveTrip, UnknownTrip, look_up_trip


class NoSuchTrip(Malformed):
    """The trip in the query does not exist, or is not for sale."""

    code = "UNKNOWN_TRIP"


def recommend_dates(
    question: TripQuery, *, deadline_seconds: float, within_seconds: float | None = None
) -> RankedDates:
    """The best dates and teams for the question; `within_seconds` the best found so far.

    Raises NoSuchTrip and SiblingUnavailable.
    """
    until = None if within_seconds is None else Deadline.after(within_seconds)
    try:
        look_up_trip(question.trip_id, deadline_seconds=deadline_seconds)
    except (UnknownTrip, InactiveTrip) as unknown:
        raise NoSuchTrip(unknown.message, FieldProblem("trip_id", unknown.message)) from unknown
    run = start_run(question.days[0], subject=RunDetail.Subject.QUESTION)
    try:
        snapshot = take_question_snapshot(question, deadline_seconds=deadline_seconds)
        answer = rank_dates(question, snapshot, deadline_seconds=deadline_seconds, until=until)
    except Exception as error:
        fail_run(run, f"{type(error).__name__}: {error}")
        raise
    score = answer.best.score if answer.best else 0.0
    complete_run(run, Solved.of_request(answer.solved), score=score, inputs=inputs_of(answer.problem, snapshot))
    return answer
