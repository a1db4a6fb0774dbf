"""RESCHEDULE_TRIP: move a departure to the nearest date and time with a team, a trail and weather."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.resolution.problem import Problem, Spot
from conflicts.resolution.registry import Candidate
from conflicts.steps import Add, Cancel, MoveGuests, Reassign, Retime, Steps
from conflicts.steps.times import is_taken
from optimization.strategies.replacement_team import (
    CandidatePool,
    candidate_pool,
    certified_pool,
    lead_first_ids,
    reassignment,
    rerouting,
)
from optimization.strategies.unled_departure import Resolution, UnledDeparture
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument
from scheduling.domain.facts import Snapshot, Trail
from scheduling.domain.local_time import move_span
from scheduling.domain.text import counted
from scheduling.rules.hours import TripHours, listed_starts
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import best_trail, closed_because, needs_trail

MIN_NOTICE = timedelta(hours=2)
MAX_SLOTS_TRIED = 30


@dataclass(frozen=True, slots=True)
class _Slot:
    """A departure before and after a move; on another date it has another departure id."""

    before: Spot
    after: Spot

    @property
    def moves_to_another_date(self) -> bool:
        """True where the date of the departure changes."""
        return self.before.day != self.after.day

    def steps(self, trail_id: UUID | None, team: Sequence[UUID]) -> Steps:
        """Return the steps of the move, with this trail and team: on another date a new departure takes the guests."""
        before, after = self.before, self.after
        starts_at = after.departure.starts_at
        at = {"day": after.day, "departure_id": after.departure_id}
        reroute = rerouting(after.day, after.departure_id, before.departure.trail_id, trail_id)
        if not self.moves_to_another_date:
            change = reassignment(before, team)
            return (
                Retime(**at, starts_at=starts_at),
                *reroute,
                *([change] if change.changes(before.departure) else []),
            )
        key = before.departure_id
        return (
            Add.beside(key, before.day, before.departure, after.day, starts_at),
            MoveGuests(day=before.day, departure_id=key, to_day=after.day, to=after.departure_id),
            *reroute,
            Reassign(**at, joining=tuple(team), lead=team[0]),
            Cancel(day=before.day, departure_id=key, rescheduled_to=after.departure_id),
        )


def search_other_times(problem: Problem) -> Iterator[Candidate]:
    """Yield times at which the departure can be led, the nearest first."""
    spots = problem.movable()
    if spots and problem.cause is not Cause.DEPARTURE_CAPACITY:
        yield from _moves_to(_slots(spots[0], problem), problem)


def search_other_dates(spot: Spot, problem: Problem) -> Iterator[Candidate]:
    """Yield times on other dates at which a departure of the spot's trip can be led, the nearest first."""
    yield from _moves_to((slot for slot in _slots(spot, problem) if slot.moves_to_another_date), problem)


def _moves_to(slots: Iterable[_Slot], problem: Problem) -> Iterator[Candidate]:
    for slot in islice(slots, MAX_SLOTS_TRIED):
        steps = _move_to(slot, problem)
        if steps:
            yield Strategy.RESCHEDULE_TRIP, steps


def find_other_start(unled: UnledDeparture) -> Resolution | None:
    """Return the nearest start of its trip on its date at which the departure could be led, None without one."""
    departure, snapshot = unled.departure, unled.facts.snapshot
    hours = TripHours.of(departure, unled.facts, listed_starts(departure.trip_id, snapshot, [unled.document]))
    for starts_at in other_starts(departure, [unled.day], hours):
        moved = moved_to(departure, starts_at)
        spot = Spot(unled.day, unled.departure_id, moved, unled.departure_id)
        if not may_start_at(spot, departure, unled.document, snapshot, unled.now):
            continue
        if unled.is_feasible(moved) and unled.can_be_led(moved):
            booked = f", {counted(departure.participants, 'guest')} to notify" if departure.participants else ""
            return Resolution(Strategy.RESCHEDULE_TRIP, f"a start at {starts_at:%H:%M}{booked}")
    return None


def moved_to(departure: Departure, starts_at: datetime, **fields: object) -> Departure:
    """Return the departure as it would be at another start, as long as before, with these fields besides."""
    span = move_span(starts_at, departure.span)
    return departure.model_copy(update={"starts_at": span.starts_at, "ends_at": span.ends_at, **fields})


def _slots(spot: Spot, problem: Problem) -> Iterator[_Slot]:
    documents = problem.documents
    for starts_at in other_starts(spot.departure, documents, hours_of(spot.departure, problem)):
        day = starts_at.date()
        slot = _slot(spot, day, starts_at)
        if may_start_at(slot.after, spot.departure, documents[day], problem.facts.snapshot, problem.now):
            yield slot


def _slot(spot: Spot, day: date, starts_at: datetime) -> _Slot:
    departure = spot.departure
    if day == spot.day:
        return _Slot(spot, Spot(day, spot.departure_id, moved_to(departure, starts_at), spot.departure_id))
    key = departure_id_of(departure.trip_id, day, f"{starts_at:%H:%M}")
    moved = moved_to(departure, starts_at, status=DepartureStatus.DRAFT, published=None)
    return _Slot(spot, Spot(day, key, moved, spot.departure_id))


def hours_of(departure: Departure, problem: Problem) -> TripHours | None:
    """Return the hours of the departure's trip; what is listed of it is counted once for all conflicts."""
    trip_id, snapshot, documents = departure.trip_id, problem.facts.snapshot, problem.documents.values()
    listed = problem.kept.once_of(
        ("listed", trip_id),
        (snapshot.departures, *documents),
        lambda: listed_starts(trip_id, snapshot, documents),
    )
    return TripHours.of(departure, problem.facts, listed)


def other_starts(departure: Departure, days: Iterable[date], hours: TripHours | None) -> list[datetime]:
    """Return the moments of these dates to which a machine may move the departure, the nearest to its start first.

    They are in the zone of its region, by which they are on their dates.
    """
    if hours is None:
        return []
    moments = [moment.astimezone(hours.zone) for day in days for moment in hours.starts_on(day) if hours.allow(moment)]
    return sorted(moments, key=lambda moment: (abs(moment - departure.starts_at), moment))


def may_start_at(
    moved: Spot, departure: Departure, document: ScheduleDocument, snapshot: Snapshot, now: datetime
) -> bool:
    """Return True where the departure may be moved so: with notice, to another time that is known and not taken."""
    starts_at = moved.departure.starts_at
    is_other = starts_at > now + MIN_NOTICE and starts_at != departure.starts_at
    is_known = set(days_of(moved.departure)) <= snapshot.available.keys()
    own_id = moved.instead_of
    return (
        is_other
        and is_known
        and not is_taken(departure.trip_id, starts_at, moved.day, document, snapshot, own_id=own_id)
    )


def _move_to(slot: _Slot, problem: Problem) -> Steps | None:
    """Return the steps of the move, None without an open trail or a team for it."""
    planned = with_open_trail(slot.after, problem)
    if planned is None or not candidate_pool(planned, problem, problem.facts).ranked:
        return None
    team = team_at(planned.departure, certified_pool(planned, problem))
    return slot.steps(planned.departure.trail_id, team) if team else None


def with_open_trail(spot: Spot, problem: Problem) -> Spot | None:
    """Return the departure on its own trail if open then, else on the best one; None if it needs one and has none."""
    departure, facts = spot.departure, problem.facts
    trip = facts.snapshot.trips.get(departure.trip_id)
    if trip is None or departure.trail_id is None:
        return None if trip is None or (needs_trail(trip, facts.snapshot) and departure.trail_id) else spot
    own = facts.snapshot.trails.get(departure.trail_id)
    days = days_of(departure)
    if own is not None and not closed_because(own, days, departure.span, facts.hazards):
        return spot
    other: Trail | None = best_trail(trip, days, departure.span, departure.participants, facts)
    if other is None:
        return None
    return replace(spot, departure=departure.model_copy(update={"trail_id": other.id}))


def team_at(departure: Departure, pool: CandidatePool) -> list[UUID] | None:
    """Return the present team where all of it may go then, else the best one, the lead first; None without any."""
    eligible = {candidate.guide.id for candidate in pool.assessment.candidates}
    present: list[UUID] = lead_first_ids(departure.team)
    if present and set(present) <= eligible and pool.covers(present) >= departure.participants:
        return present
    kept = [member for member in departure.team if member.guide_id in eligible]
    return next(pool.teams(kept), None)
