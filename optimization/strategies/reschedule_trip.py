"""RESCHEDULE_TRIP: move a departure to the nearest date and time with a team, a trail and weather."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.detection import Cause
from conflicts.options import DepartureEdit, Option
from conflicts.resolution.problem import Problem, Spot
from optimization.strategies.proposal import MAX_OFFERED, propose, solves
from optimization.strategies.replacement_team import CandidatePool, candidate_pool, certified_pool, lead_first_ids
from optimization.strategies.unled_departure import Resolution, UnledDeparture
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import Departure, DepartureStatus, ScheduleDocument, TeamMember
from scheduling.domain.facts import CatalogDeparture, Snapshot, Trail
from scheduling.domain.local_time import move_span
from scheduling.domain.text import counted
from scheduling.rules import Facts
from scheduling.rules.hours import TripHours
from scheduling.rules.inputs import days_of
from scheduling.rules.trails import best_trail, closed_because, needs_trail

MIN_NOTICE = timedelta(hours=2)
MAX_SLOTS_TRIED = 30
# What a new departure does not take along: guests, who follow from the reservations, and the old one's listing.
OF_THE_OLD = {
    "reservations",
    "participants",
    "catalog_participants",
    "rescheduled_to",
    "catalog",
    "catalog_change",
}


@dataclass(frozen=True, slots=True)
class _Slot:
    """A departure before and after a move; on another date it has another departure id."""

    before: Spot
    after: Spot

    @property
    def moves_to_another_date(self) -> bool:
        """True where the date of the departure changes."""
        return self.before.day != self.after.day

    @property
    def moved_guests(self) -> dict[UUID, UUID]:
        """The departure whose guests go to another one, with that one."""
        return {self.before.departure_id: self.after.departure_id} if self.moves_to_another_date else {}

    def edits(self) -> list[DepartureEdit]:
        """Return the edits of the move: on its own date new times, on another a cancelled and a new departure."""
        moved = self.after.departure.model_dump(mode="json", by_alias=True, exclude=OF_THE_OLD)
        if not self.moves_to_another_date:
            fields = {key: moved.get(key) for key in ("starts_at", "ends_at", "trail_id", "team", "unassigned_reason")}
            return [DepartureEdit(day=self.before.day, departure_id=self.before.departure_id, fields=fields)]
        rescheduled_to = str(self.after.departure_id)
        cancelled = {"status": DepartureStatus.CANCELLED.value, "rescheduled_to": rescheduled_to}
        return [
            DepartureEdit(day=self.before.day, departure_id=self.before.departure_id, fields=cancelled),
            DepartureEdit(day=self.after.day, departure_id=self.after.departure_id, fields=moved, is_new=True),
        ]


def search_other_times(problem: Problem) -> list[Option]:
    """Return up to three times at which the departure can be led, the nearest first."""
    spots = problem.movable()
    if not spots or problem.cause is Cause.DEPARTURE_CAPACITY:
        return []
    return _options_at(_slots(spots[0], problem), problem)


def search_other_dates(spot: Spot, problem: Problem) -> list[Option]:
    """Return up to three times on other dates at which a departure of the spot's trip can be led, the nearest first."""
    return _options_at((slot for slot in _slots(spot, problem) if slot.moves_to_another_date), problem)


def _options_at(slots: Iterable[_Slot], problem: Problem) -> list[Option]:
    options: list[Option] = []
    for slot in islice(slots, MAX_SLOTS_TRIED):
        option = _option_at(slot, problem)
        options += [option] if option else []
        if len(options) == MAX_OFFERED:
            break
    return options


def find_other_start(unled: UnledDeparture) -> Resolution | None:
    """Return the nearest start of its trip on its date at which the departure could be led, None without one."""
    departure, snapshot = unled.departure, unled.facts.snapshot
    for starts_at in _other_starts(departure, [unled.day], unled.facts, [unled.document]):
        moved = _moved(departure, starts_at)
        spot = Spot(unled.day, unled.departure_id, moved, unled.departure_id)
        if not _may_start_at(spot, departure, unled.document, snapshot, unled.now):
            continue
        if unled.is_feasible(moved) and unled.can_be_led(moved):
            booked = f", {counted(departure.participants, 'guest')} to notify" if departure.participants else ""
            return Resolution(Strategy.RESCHEDULE_TRIP, f"a start at {starts_at:%H:%M}{booked}")
    return None


def _moved(departure: Departure, starts_at: datetime, **fields: object) -> Departure:
    span = move_span(starts_at, departure.span)
    return departure.model_copy(update={"starts_at": span.starts_at, "ends_at": span.ends_at, **fields})


def _slots(spot: Spot, problem: Problem) -> Iterator[_Slot]:
    documents = problem.documents
    for starts_at in _other_starts(spot.departure, documents, problem.facts, documents.values()):
        day = starts_at.date()
        slot = _slot(spot, day, starts_at)
        if _may_start_at(slot.after, spot.departure, documents[day], problem.facts.snapshot, problem.now):
            yield slot


def _slot(spot: Spot, day: date, starts_at: datetime) -> _Slot:
    departure = spot.departure
    if day == spot.day:
        return _Slot(spot, Spot(day, spot.departure_id, _moved(departure, starts_at), spot.departure_id))
    key = departure_id_of(departure.trip_id, day, f"{starts_at:%H:%M}")
    moved = _moved(departure, starts_at, status=DepartureStatus.DRAFT, published=None)
    return _Slot(spot, Spot(day, key, moved, spot.departure_id))


def _other_starts(
    departure: Departure, days: Iterable[date], facts: Facts, documents: Iterable[ScheduleDocument]
) -> list[datetime]:
    """Return the moments of these dates to which a machine may move the departure, the nearest to its start first.

    They are in the zone of its region, by which they are on their dates.
    """
    hours = TripHours.of(departure, facts, documents)
    if hours is None:
        return []
    moments = [moment.astimezone(hours.zone) for day in days for moment in hours.starts_on(day) if hours.allow(moment)]
    return sorted(moments, key=lambda moment: (abs(moment - departure.starts_at), moment))


def _may_start_at(
    moved: Spot, departure: Departure, document: ScheduleDocument, snapshot: Snapshot, now: datetime
) -> bool:
    """Return True where the departure may be moved so: with notice, to another time that is known and not taken."""
    starts_at = moved.departure.starts_at
    is_other = starts_at > now + MIN_NOTICE and starts_at != departure.starts_at
    is_known = set(days_of(moved.departure)) <= snapshot.available.keys()
    return is_other and is_known and not _is_taken(moved, document, snapshot)


def _is_taken(spot: Spot, document: ScheduleDocument, snapshot: Snapshot) -> bool:
    """Return True where another departure of the trip has that very time: both would be one in the catalog."""
    departure = spot.departure
    listed = snapshot.departures.get(spot.day, ())
    others = [sold for sold in listed if sold.trip_id == departure.trip_id and not _is_same_departure(sold, spot)]
    own_starts = [
        planned.starts_at
        for key, planned in document.departures.items()
        if planned.trip_id == departure.trip_id and key != spot.instead_of
    ]
    return (
        f"{departure.starts_at:%H:%M}" in {sold.departure_time for sold in others} or departure.starts_at in own_starts
    )


def _is_same_departure(sold: CatalogDeparture, spot: Spot) -> bool:
    """Return True where the catalog's departure is the one to move, listed at the time from which ours was moved."""
    # The catalog has one of ours under an id of its own; our id is that of the time at which it was made.
    return spot.instead_of in {sold.id, departure_id_of(sold.trip_id, sold.day, sold.departure_time)}


def _option_at(slot: _Slot, problem: Problem) -> Option | None:
    planned = with_open_trail(slot.after, problem)
    if planned is None or not candidate_pool(planned, problem, problem.facts).ranked:
        return None
    pool = certified_pool(planned, problem)
    team = team_at(planned.departure, pool)
    if team is None:
        return None
    departure = planned.departure.model_copy(update={"team": team, "unassigned_reason": None})
    finished = _Slot(slot.before, replace(planned, departure=departure))
    is_solution = solves(problem, pool.facts, finished.edits(), finished.moved_guests)
    return _option(finished, problem) if is_solution else None


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


def team_at(departure: Departure, pool: CandidatePool) -> list[TeamMember] | None:
    """Return the present team where all of it may go then, else the best one; None without any."""
    eligible = {candidate.guide.id for candidate in pool.assessment.candidates}
    present: list[UUID] = lead_first_ids(departure.team)
    if present and set(present) <= eligible and pool.covers(present) >= departure.participants:
        return pool.members(present)
    kept = [member for member in departure.team if member.guide_id in eligible]
    return next((team for _, team in pool.teams(kept)), None)


def _option(slot: _Slot, problem: Problem) -> Option:
    departure = slot.after.departure
    when = f"{departure.starts_at:%A %d %B, %H:%M}"
    shift = departure.starts_at - slot.before.departure.starts_at
    lead = departure.team[0].guide_name
    return propose(
        problem,
        Strategy.RESCHEDULE_TRIP,
        f"{slot.before.departure_id} {departure.starts_at.isoformat()}",
        slot.edits(),
        description=f"{departure.trip_name} on {when}, led by {lead}.",
        impact_assessment=_impact(slot, _shift_in_words(shift)),
        estimated_affected_guests=departure.participants,
        requires_guest_notification=departure.participants > 0,
        moves_reservations=slot.moved_guests,
    )


def _impact(slot: _Slot, shift: str) -> str:
    departure = slot.before.departure
    going = sum(departure.reservations.values()) if slot.moves_to_another_date else departure.participants
    unknown = departure.participants - going
    rest = f"; {unknown} whom the catalog sold seats, without a reservation known here, stay behind" if unknown else ""
    return f"{counted(going, 'guest')} go {shift} than booked{rest}."


def _shift_in_words(shift: timedelta) -> str:
    hours = abs(shift) / timedelta(hours=1)
    amount, unit = (hours / 24, "day") if hours >= 24 else (hours, "hour")  # noqa: PLR2004 (hours of a day)
    return f"{amount:.3g} {unit}{'' if amount == 1 else 's'} {'later' if shift > timedelta(0) else 'earlier'}"
