"""Aliases: the catalog's ids of departures that this service created under ids of its own."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Mapping
from datetime import date
from itertools import chain
from uuid import UUID

from events import outbox
from novatrek_scheduling.pgpool.prepared import array_of, prepared_cursor
from novatrek_scheduling.pgpool.rows import columns_named, table_of
from scheduling.daily_schedules.changes import Change
from scheduling.domain.departure_ids import departure_id_of
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import CatalogDeparture, Sibling, Snapshot
from scheduling.models import DepartureAlias
from scheduling.operations_notices import notify_operations

_RECORDED = f"""
    SELECT {columns_named(DepartureAlias, "catalog_id", "departure_id")} FROM {table_of(DepartureAlias)}
    WHERE catalog_id = ANY(%s::uuid[]) OR departure_id = ANY(%s::uuid[])
"""  # noqa: S608 (of constants alone)


def find_aliases(
    day: date, snapshot: Snapshot, document: ScheduleDocument, trip_ids: Collection[UUID] | None = None
) -> dict[UUID, UUID]:
    """Return our ids by the catalog's, of the departures that `document` has under ids of ours.

    Two departures are the same when they were paired before, or when trip, date and time agree and the catalog
    does not list the other one as well. No departure of ours is paired with two of the catalog's. `trip_ids`: of these
    trips only; departures that the catalog lists of others are not read.
    """
    return find_aliases_by_day({day: document}, snapshot, trip_ids)[day]


def find_aliases_by_day(
    documents: Mapping[date, ScheduleDocument], snapshot: Snapshot, trip_ids: Collection[UUID] | None = None
) -> dict[date, dict[UUID, UUID]]:
    """Return `find_aliases` of each date, with the queries of one."""
    candidates = {
        day: _candidates_by_catalog_id(
            document,
            snapshot.departures.get(day, ()) if trip_ids is None else snapshot.listed_of_trips(day, trip_ids),
            snapshot.listed_by_id(day),
        )
        for day, document in documents.items()
    }
    recorded = _recorded_pairs(chain.from_iterable(of_day.items() for of_day in candidates.values()))
    return {day: _pair(of_day, recorded) for day, of_day in candidates.items()}


def record_alias(departure_id: UUID, catalog_id: UUID, *, trip_id: UUID, day: date) -> None:
    """Store the catalog's id of a departure of ours. Idempotent."""
    alias = DepartureAlias(departure_id=departure_id, catalog_id=catalog_id, trip_id=trip_id, schedule_date=day)
    DepartureAlias.objects.bulk_create([alias], ignore_conflicts=True)


def announce_to_catalog(departure_id: UUID, departure: Departure, day: date) -> None:
    """Record the message that has the catalog add a departure of ours, in the transaction that creates it."""
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


def ask_to_close_listings(changes: Mapping[date, Change]) -> None:
    """Tell operations to close the departures that a write cancels, in its transaction."""
    for day, change in changes.items():
        for key in change.departures_cancelled:
            ask_to_close_listing(key, change.before.departures[key], day, because="is cancelled here")


def ask_to_close_listing(departure_id: UUID, departure: Departure, day: date, *, because: str) -> None:
    """Tell operations to close a departure at the catalog, in the transaction that takes it off its time or date.

    The catalog has no operation to cancel or move one: it would be sold on. One that the catalog does not sell, as last
    read, needs no closing: nobody is told.
    """
    if departure.is_off_sale:
        return
    alias = DepartureAlias.objects.filter(departure_id=departure_id).first()
    listing = alias.catalog_id if alias else departure_id
    notify_operations(
        source=Sibling.TRIP_CATALOG,
        reason=(
            f"{departure.trip_name} on {day} at {_local_time(departure)} {because}: "
            f"close departure {listing} in the catalog."
        ),
        key=str(departure_id),
    )


def _candidates_by_catalog_id(
    document: ScheduleDocument, catalog_departures: Iterable[CatalogDeparture], catalog_ids: Container[UUID]
) -> dict[UUID, list[UUID]]:
    """The catalog's departures that the document lacks under their ids, with those of ours that each could be.

    `catalog_ids` are all that it lists on the date.
    """
    lacking = [departure for departure in catalog_departures if departure.id not in document.departures]
    # One that runs comes before one that was cancelled and created again; ties by id, so that every run pairs alike.
    lacking.sort(key=lambda departure: (departure.is_cancelled, departure.id))
    ours = _by_trip_and_time(document, catalog_ids, {departure.trip_id for departure in lacking})
    return {departure.id: _candidates(departure, ours, document) for departure in lacking}


def _by_trip_and_time(
    document: ScheduleDocument, catalog_ids: Container[UUID], trip_ids: Collection[UUID]
) -> Mapping[tuple[UUID, str], list[UUID]]:
    """Our departures of these trips that the catalog does not list under our ids; no other is read."""
    ours: defaultdict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    if not trip_ids:
        return ours
    for key, departure in sorted(document.departures_of_trips(trip_ids).items()):
        if key not in catalog_ids:
            ours[departure.trip_id, _local_time(departure)].append(key)
    return ours


def _candidates(
    catalog_departure: CatalogDeparture, ours: Mapping[tuple[UUID, str], list[UUID]], document: ScheduleDocument
) -> list[UUID]:
    trip_id, local_time = catalog_departure.trip_id, catalog_departure.departure_time
    # A departure of ours that was moved in time since keeps the id that its first time gave it.
    original_id = departure_id_of(trip_id, catalog_departure.day, local_time)
    first = [original_id] if original_id in document.departures else []
    return first + ours.get((trip_id, local_time), [])


def _recorded_pairs(candidates: Iterable[tuple[UUID, Collection[UUID]]]) -> dict[UUID, UUID]:
    """The aliases recorded of these ids of the catalog's, and of our departures that they could be."""
    by_catalog_id = dict(candidates)
    if not by_catalog_id:
        return {}
    ours = set(chain.from_iterable(by_catalog_id.values()))
    with prepared_cursor() as cursor:
        cursor.execute(_RECORDED, [array_of(by_catalog_id), array_of(ours)])
        return dict(cursor.fetchall())


def _pair(candidates: Mapping[UUID, Iterable[UUID]], recorded: Mapping[UUID, UUID]) -> dict[UUID, UUID]:
    """The departure of ours that each of the catalog's is; one without a pair is left out and keeps its own id."""
    keys_by_catalog_id: dict[UUID, UUID] = {}
    taken = set(recorded.values())
    for catalog_id, keys in candidates.items():
        key = recorded.get(catalog_id) or next((key for key in keys if key not in taken), None)
        if key:
            keys_by_catalog_id[catalog_id] = key
            taken.add(key)
    return keys_by_catalog_id


def _local_time(departure: Departure) -> str:
    return departure.starts_at.strftime("%H:%M")
