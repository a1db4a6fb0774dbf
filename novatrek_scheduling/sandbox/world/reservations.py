"""The bookings of departures, as `reservation.created` tells them."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from novatrek_scheduling.sandbox.world.seeding import Entity, identity, stamp, whole

LARGEST_PARTY = 5
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


def reservations(departures: Iterable[Entity], today: date) -> list[Entity]:
    """Return events of what is sold on departures: parties of 1 to 5 people, booked before `today`.

    An event names trip and date, no departure: of several on a date the service takes the earliest with room. Only the
    earliest is therefore told of, else the guests of a later one would be counted on both.
    """
    first: dict[tuple[str, str], Entity] = {}
    for departure in departures:
        key = departure["trip_id"], departure["departure_date"]
        if departure["status"] != "CANCELLED" and departure["departure_time"] < _time_of(first.get(key)):
            first[key] = departure
    return [event for departure in first.values() for event in _of_departure(departure, today)]


def _time_of(departure: Entity | None) -> str:
    return departure["departure_time"] if departure else "24:00"


def _of_departure(departure: Entity, today: date) -> Iterator[Entity]:
    left, number = departure["total_spots"] - departure["available_spots"], 0
    while left:
        names = ("reservation", departure["id"], number)
        people = min(left, whole(1, LARGEST_PARTY, "party", *names))
        yield {
            "event_id": identity("event", *names),
            "event_type": "reservation.created",
            "timestamp": stamp(_booked_on(departure, today, names), hour=12),
            "reservation_id": identity(*names),
            "guest_id": identity("guest", *names),
            "trip_id": departure["trip_id"],
            "trip_date": departure["departure_date"],
            "participant_count": people,
            "status": "CONFIRMED",
            "confirmation_code": f"NT{_code(names)}",
        }
        left, number = left - people, number + 1


def _booked_on(departure: Entity, today: date, names: tuple[object, ...]) -> date:
    """Return a day of the ninety before the departure, and before `today`."""
    day = date.fromisoformat(departure["departure_date"])
    return min(day - timedelta(days=whole(1, 90, "booked", *names)), today - timedelta(days=1))


def _code(names: tuple[object, ...]) -> str:
    return "".join(_LETTERS[whole(0, len(_LETTERS) - 1, "code", place, *names)] for place in range(6))
