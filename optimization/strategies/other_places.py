"""RESCHEDULE_TRIP for guests whose departure is cancelled: onto another one of their trip, or onto a new one."""

from collections.abc import Iterable
from itertools import islice

from conflicts.choices import Strategy
from conflicts.options import DepartureEdit, Option
from conflicts.resolution.problem import Problem, Spot
from optimization.strategies.proposal import MAX_OFFERED, propose, solves
from optimization.strategies.reschedule_trip import search_other_dates
from scheduling.domain.text import counted


def search_other_places(problem: Problem) -> list[Option]:
    """Return up to three departures that take all guests of the cancelled one: those that run, the nearest first.

    Where fewer do, new ones on other dates are offered. What the catalog sold without a reservation known here cannot
    be moved, and is offered nothing.
    """
    left = problem.cancelled()
    if left is None or left.departure.participants != sum(left.departure.reservations.values()):
        return []
    running = (_option(left, spot, problem) for spot in _others_of_trip(left, problem))
    options = list(islice((option for option in running if option), MAX_OFFERED))
    return options + search_other_dates(left, problem)[: MAX_OFFERED - len(options)]


def _others_of_trip(left: Spot, problem: Problem) -> Iterable[Spot]:
    spots = [
        Spot(day, key, departure)
        for day, document in problem.documents.items()
        for key, departure in document.departures.items()
        if departure.trip_id == left.departure.trip_id and departure.may_be_replanned(problem.now)
    ]
    return sorted(spots, key=lambda spot: (abs(spot.departure.starts_at - left.departure.starts_at), spot.departure_id))


def _option(left: Spot, spot: Spot, problem: Problem) -> Option | None:
    """Return the option to seat them there, None where that would be one too many for anything."""
    moved = {left.departure_id: spot.departure_id}
    edits = [
        DepartureEdit(day=left.day, departure_id=left.departure_id, fields={"rescheduled_to": str(spot.departure_id)}),
        DepartureEdit(day=spot.day, departure_id=spot.departure_id, fields={}),
    ]
    facts = problem.certify(spot.departure.guide_ids)
    if not solves(problem, facts, edits, moved):
        return None
    guests, when = counted(left.departure.participants, "guest"), f"{spot.departure.starts_at:%A %d %B, %H:%M}"
    return propose(
        problem,
        Strategy.RESCHEDULE_TRIP,
        f"{left.departure_id} {spot.departure_id}",
        edits,
        description=f"The {guests} of {left.departure.trip_name} go on {when}.",
        impact_assessment=(
            f"{guests} go at another time than booked; {spot.departure.participants + left.departure.participants} of "
            f"{spot.departure.capacity} places are taken then."
        ),
        estimated_affected_guests=left.departure.participants,
        requires_guest_notification=True,
        moves_reservations=moved,
    )
