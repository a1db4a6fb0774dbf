"""Synchronization of a date's departures with the trip catalog."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.domain.document import Departure, ScheduleDocument
from scheduling.domain.facts import Snapshot
from scheduling.domain.new_departures import new_departure


def merge_catalog(
    document: ScheduleDocument,
    day: date,
    snapshot: Snapshot,
    *,
    region_ids: Collection[UUID],
    aliases: Mapping[UUID, UUID],
    elsewhere: Collection[UUID],
    now: datetime,
) -> None:
    """Add the catalog's departures that the document lacks, and bring the sold seats of the others up to date.

    `aliases` maps the catalog's id of a departure to ours where they differ; `elsewhere` are those of ours on other
    dates, which are not added, nor is one that the catalog cancelled or whose trip is not for sale. One that has
    started or is over stays as it is: no planner may write to it.
    """
    for listed in snapshot.listed_in(day, region_ids):
        key = aliases.get(listed.id, listed.id)
        departure = document.departures.get(key)
        if departure is None:
            is_elsewhere = key in elsewhere or document.departures.is_unreadable(key)
            if is_elsewhere or listed.is_cancelled or not snapshot.trips[listed.trip_id].is_active:
                continue
            departure = new_departure(snapshot.trips[listed.trip_id], day, listed.departure_time, snapshot, listed)
            document.departures[key] = departure
        elif not departure.may_be_replanned(now):
            continue
        departure.count_sold(listed.sold_spots)


def departures_on_other_dates(
    aliases: Mapping[date, Mapping[UUID, UUID]],
    snapshot: Snapshot,
    region_ids: Collection[UUID],
    *,
    known: Mapping[UUID, date] | None = None,
) -> dict[date, frozenset[UUID]]:
    """Return for each date of `aliases` those that the catalog lists there while ours are on another date, by our id.

    `aliases` are those of `find_aliases_by_day`; only trips of these regions are looked at. `known` are the dates of
    all these departures, where the caller has read them.
    """
    keys = {
        day: frozenset(of_day.get(listed.id, listed.id) for listed in snapshot.listed_in(day, region_ids))
        for day, of_day in aliases.items()
    }
    dates = dates_of(frozenset[UUID]().union(*keys.values())) if known is None else known
    return {day: frozenset(key for key in listed if dates.get(key, day) != day) for day, listed in keys.items()}


def lower_sold_seats(departure: Departure, sold_spots: int | None) -> None:
    """Lower the guests of a departure that is not planned itself, where the catalog has sold fewer seats.

    Other departures were planned on the lower number. More guests could break a rule, and are taken over when the
    departure is planned.
    """
    if sold_spots is not None and sold_spots < (departure.sold_seats or 0):
        departure.count_sold(sold_spots)
