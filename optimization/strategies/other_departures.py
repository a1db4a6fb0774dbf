"""Other departures of a trip that go anyway, and who of a group could go on them."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from conflicts.resolution.judging import is_sound
from conflicts.resolution.problem import Problem, Spot
from scheduling.domain.document import Departure


def going_departures(
    trip_id: UUID, near: datetime, problem: Problem, *, without: Collection[UUID] = ()
) -> Iterator[Spot]:
    """Yield the trip's departures that have a team and no conflict, the nearest in time first."""
    spots = [
        Spot(day, key, departure)
        for day, document in problem.documents.items()
        for key, departure in document.departures.items()
        if departure.trip_id == trip_id
        and key not in without
        and departure.team
        and departure.may_be_replanned(problem.now)
    ]
    for spot in sorted(spots, key=lambda spot: (abs(spot.departure.starts_at - near), spot.departure_id)):
        if is_sound(problem, spot.departure_id):
            yield spot


def room_on(departure: Departure) -> int:
    """Return how many places are free."""
    return max(0, departure.capacity - departure.participants)


def spread(reservations: Mapping[UUID, int], spots: Collection[Spot]) -> dict[UUID, tuple[Spot, tuple[UUID, ...]]]:
    """Return who goes on which of these departures, by its id: the largest first, each on the first with room.

    It is empty where not all of them have a place. Reservations are not split.
    """
    taken: dict[UUID, tuple[Spot, tuple[UUID, ...]]] = {}
    room = {spot.departure_id: room_on(spot.departure) for spot in spots}
    for key, guests in sorted(reservations.items(), key=lambda entry: (-entry[1], entry[0])):
        spot = next((spot for spot in spots if room[spot.departure_id] >= guests), None)
        if spot is None:
            return {}
        room[spot.departure_id] -= guests
        _, others = taken.get(spot.departure_id, (spot, ()))
        taken[spot.departure_id] = spot, (*others, key)
    return taken


def excess_of(problem: Problem) -> int:
    """Return how many people are too many, by the evidence of a conflict about that."""
    evidence = problem.details["evidence"]["told"]
    return int(evidence["people"]) - int(evidence["allowed"])


def latest_bookings(departure: Departure, guests: int, booked: Mapping[UUID, datetime]) -> tuple[UUID, ...]:
    """Return the reservations booked last, so many that at least `guests` are theirs; none where all are too few.

    Of those whose booking has no known time, the ones with the larger id come first, as if booked before all others.
    """

    def order(key: UUID) -> tuple[bool, float, UUID]:
        moment = booked.get(key)
        return (moment is not None, moment.timestamp() if moment else 0.0, key)

    chosen: list[UUID] = []
    missing = guests
    for key in sorted(departure.reservations, key=order, reverse=True):
        if missing <= 0:
            break
        chosen.append(key)
        missing -= departure.reservations[key]
    return tuple(chosen) if missing <= 0 else ()


def smaller(spot: Spot, guests: int) -> Spot:
    """Return the departure without so many of its guests."""
    fewer = {"participants": spot.departure.participants - guests}
    return replace(spot, departure=spot.departure.model_copy(update=fewer))
