"""The ids of departures that the catalog lacks."""

from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

_DEPARTURES = uuid5(NAMESPACE_URL, "https://novatrek.example.com/departures")


def departure_id_of(trip_id: UUID, day: date, departure_time: str) -> UUID:
    """Return the id of a departure that the catalog lacks; `departure_time` is local to its region, "HH:MM"."""
    return uuid5(_DEPARTURES, f"{trip_id} {day.isoformat()} {departure_time}")
