"""Departures of ours and what the catalog calls them."""

from collections.abc import Mapping
from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from events import outbox
from scheduling.document import Departure, ScheduleDocument
from scheduling.facts import CatalogDeparture, Sibling, Snapshot
from scheduling.models import DepartureAlias
from scheduling.siblings.deliveries import DepartureInCatalog

_DEPARTURES = uuid5(NAMESPACE_URL, "https://novatrek.example.com/departures")


def departure_id_of(trip_id: UUID, day: date, departure_time: str) -> UUID:
    """The id of a departure that the catalog doesn't have yet; `departure_time` is the region's, "HH:MM"."""
    return uuid5(_DEPARTURES, f"{trip_id} {day.isoformat()} {departure_time}")


def known_departure_ids(day: date, snapshot: Snapshot, document: ScheduleDocument) -> dict[UUID, UUID]:
    """The catalog's ids of departures that `document` has under ids of ours, with those.

    Two are the same when they were paired before, or when trip, date and time agree and the catalog doesn't
    list the other one as well.
    """
    return known_departure_ids_by_day({day: document}, snapshot)[day]


def known_departure_ids_by_day(
    documents: Mapping[date, ScheduleDocument], snapshot: Snapshot
) -> dict[date, dict[UUID, UUID]]:
    """What `known_departure_ids` says of each date, at the cost of one."""
    sold = {
        day: [each for each in snapshot.departures.get(day, ()) if each.id not in document.departures]
        for day, document in documents.items()
    }
    catalog_ids = [each.id for listed in sold.values() for each in listed]
    paired = dict(DepartureAlias.objects.filter(catalog_id__in=catalog_ids).values_list("catalog_id", "departure_id"))
    known: dict[date, dict[UUID, UUID]] = {}
    for day, document in documents.items():
        ours = _by_trip_and_time(document, snapshot.departures.get(day, ()))
        keys = {each.id: paired.get(each.id) or _match(each, ours, document) for each in sold[day]}
        known[day] = {catalog_id: key for catalog_id, key in keys.items() if key}
    return known


def record_alias(known: DepartureInCatalog) -> None:
    """Remember under which id the catalog has a departure of ours; telling it twice changes nothing."""
    alias = DepartureAlias(
        departure_id=known.departure_id, catalog_id=known.catalog_id, trip_id=known.trip_id, schedule_date=known.day
    )
    DepartureAlias.objects.bulk_create([alias], ignore_conflicts=True)


def tell_catalog(departure_id: UUID, departure: Departure, day: date) -> None:
    """Have the catalog add a departure of ours; in the transaction that makes it."""
    outbox.record(
        destination=Sibling.TRIP_CATALOG,
        key=str(departure.trip_id),
        kind="departure.created",
        payload={
            "trip_id": str(departure.trip_id),
            "departure_id": str(departure_id),
            "body": {"departure_date": day.isoformat(), "departure_time": _local_time(departure)},
        },
    )


def _by_trip_and_time(
    document: ScheduleDocument, listed: tuple[CatalogDeparture, ...]
) -> Mapping[tuple[UUID, str], UUID]:
    theirs = {each.id for each in listed}
    return {
        (departure.trip_id, _local_time(departure)): key
        for key, departure in document.departures.items()
        if key not in theirs
    }


def _match(sold: CatalogDeparture, ours: Mapping[tuple[UUID, str], UUID], document: ScheduleDocument) -> UUID | None:
    # One of ours that was moved in time since keeps the id that its first time gave it.
    born_as = departure_id_of(sold.trip_id, sold.day, sold.departure_time)
    if born_as in document.departures:
        return born_as
    return ours.get((sold.trip_id, sold.departure_time))


def _local_time(departure: Departure) -> str:
    return departure.starts_at.strftime("%H:%M")
