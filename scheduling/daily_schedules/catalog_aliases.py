"""Departures of ours and what the catalog calls them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import chain
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import Q

from events import outbox
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import CatalogDeparture, Sibling, Snapshot
from scheduling.models import DepartureAlias

_DEPARTURES = uuid5(NAMESPACE_URL, "https://novatrek.example.com/departures")


def departure_id_of(trip_id: UUID, day: date, departure_time: str) -> UUID:
    """The id of a departure that the catalog doesn't have yet; `departure_time` is the region's, "HH:MM"."""
    return uuid5(_DEPARTURES, f"{trip_id} {day.isoformat()} {departure_time}")


def known_departure_ids(day: date, snapshot: Snapshot, document: ScheduleDocument) -> dict[UUID, UUID]:
    """The catalog's ids of departures that `document` has under ids of ours, with those.

    Two are the same when they were paired before, or when trip, date and time agree and the catalog doesn't
    list the other one as well. No departure of ours is two of the catalog's.
    """
    return known_departure_ids_by_day({day: document}, snapshot)[day]


def known_departure_ids_by_day(
    documents: Mapping[date, ScheduleDocument], snapshot: Snapshot
) -> dict[date, dict[UUID, UUID]]:
    """Return `known_departure_ids` of each date, with the queries of one."""
    agreeing = {
        day: _agreeing_by_catalog_id(document, snapshot.departures.get(day, ())) for day, document in documents.items()
    }
    paired = _paired(chain.from_iterable(of_day.items() for of_day in agreeing.values()))
    return {day: _each_once(of_day, paired) for day, of_day in agreeing.items()}


def record_alias(departure_id: UUID, catalog_id: UUID, *, trip_id: UUID, day: date) -> None:
    """Store under which id the catalog has a departure of ours. Idempotent."""
    alias = DepartureAlias(departure_id=departure_id, catalog_id=catalog_id, trip_id=trip_id, schedule_date=day)
    DepartureAlias.objects.bulk_create([alias], ignore_conflicts=True)


def announce_to_catalog(departure_id: UUID, departure: Departure, day: date) -> None:
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


def _agreeing_by_catalog_id(document: ScheduleDocument, listed: Collection[CatalogDeparture]) -> dict[UUID, list[UUID]]:
    """The catalog's departures that the document lacks under their ids, with those of ours that each could be."""
    ours = _by_trip_and_time(document, listed)
    lacking = [sold for sold in listed if sold.id not in document.departures]
    # One that runs comes before one that was called off and made again; ties by id, so that every run pairs alike.
    lacking.sort(key=lambda sold: (sold.is_cancelled, sold.id))
    return {sold.id: _agreeing(sold, ours, document) for sold in lacking}


def _by_trip_and_time(
    document: ScheduleDocument, listed: Iterable[CatalogDeparture]
) -> Mapping[tuple[UUID, str], list[UUID]]:
    theirs = {sold.id for sold in listed}
    ours: defaultdict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for key, departure in sorted(document.departures.items()):
        if key not in theirs:
            ours[departure.trip_id, _local_time(departure)].append(key)
    return ours


def _agreeing(
    sold: CatalogDeparture, ours: Mapping[tuple[UUID, str], list[UUID]], document: ScheduleDocument
) -> list[UUID]:
    # One of ours that was moved in time since keeps the id that its first time gave it.
    born_as = departure_id_of(sold.trip_id, sold.day, sold.departure_time)
    first = [born_as] if born_as in document.departures else []
    return first + ours.get((sold.trip_id, sold.departure_time), [])


def _paired(agreeing: Iterable[tuple[UUID, Collection[UUID]]]) -> dict[UUID, UUID]:
    """The pairs recorded of these ids of the catalog's, and of the departures of ours that agree with them."""
    by_catalog_id = dict(agreeing)
    ours = set(chain.from_iterable(by_catalog_id.values()))
    aliases = DepartureAlias.objects.filter(Q(catalog_id__in=by_catalog_id) | Q(departure_id__in=ours))
    return dict(aliases.values_list("catalog_id", "departure_id"))


def _each_once(agreeing: Mapping[UUID, Iterable[UUID]], paired: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """The departure of ours that each of the catalog's is; one that is left without goes by its own id."""
    keys_by_catalog_id: dict[UUID, UUID] = {}
    taken = set(paired.values())
    for catalog_id, keys in agreeing.items():
        key = paired.get(catalog_id) or next((key for key in keys if key not in taken), None)
        if key:
            keys_by_catalog_id[catalog_id] = key
            taken.add(key)
    return keys_by_catalog_id


def _local_time(departure: Departure) -> str:
    return departure.starts_at.strftime("%H:%M")
