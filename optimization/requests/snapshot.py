"""The facts that a question is answered on."""

from optimization.requests.query import TripQuery
from scheduling.daily_schedules.writer import read_drafts
from scheduling.domain.facts import Snapshot
from scheduling.snapshot import take_trip_snapshot


def take_question_snapshot(question: TripQuery, *, deadline_seconds: float) -> Snapshot:
    """The trip on the dates asked about, with the trails wished for and those its departures are on.

    Raises UnknownTrip and SiblingUnavailable.
    """
    on_the_way = {
        departure.trail_id
        for draft in read_drafts(question.days).values()
        for departure in draft.document.departures.values()
        if departure.trip_id == question.trip_id and departure.trail_id
    }
    return take_trip_snapshot(
        question.trip_id,
        question.days,
        trail_ids={*on_the_way, *question.constraints.preferred_trail_ids},
        deadline_seconds=deadline_seconds,
    )
