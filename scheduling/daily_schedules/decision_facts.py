"""Decision facts: a snapshot, the hazards in force, and the guides' recent work from our own commitments."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from novatrek_scheduling.deadline import Deadline
from novatrek_scheduling.pgpool.prepared import array_of, prepared_cursor
from scheduling.domain.document import Departure
from scheduling.domain.facts import Snapshot, Span, local_dates
from scheduling.domain.limits import LONGEST_TRIP, ONE_DAY
from scheduling.hazards import hazards_in_force
from scheduling.models import GuideCommitment
from scheduling.rules import Facts
from scheduling.rules.inputs import days_of
from scheduling.snapshot import take_facts_snapshot, with_availability_notes, with_availability_on, with_certificates

FAIRNESS_WINDOW = timedelta(days=14)
EXPERIENCE_WINDOW = timedelta(days=365)

# Of a row of the one grouping set the column of the other is NULL.
_COUNT_LED = """
    SELECT guide_id, COALESCE(trip_id, trail_id), count(*)
    FROM scheduling.guide_commitments
    WHERE ends_at < %(now)s AND ends_at > %(since)s AND guide_id = ANY(%(guides)s::uuid[])
        AND (trip_id = ANY(%(trips)s::uuid[]) OR trail_id = ANY(%(trails)s::uuid[]))
    GROUP BY GROUPING SETS ((guide_id, trip_id), (guide_id, trail_id))
    HAVING trip_id = ANY(%(trips)s::uuid[]) OR trail_id = ANY(%(trails)s::uuid[])
"""


Led = Mapping[UUID, Mapping[UUID, int]]
"""The departures led, by guide and by the id of their trip or trail."""
# One parameter for all guides: a placeholder for each of thousands takes longer to prepare than to execute.
_SUM_WORK = """
    SELECT guide_id, sum(ends_at - starts_at), max(ends_at)
    FROM scheduling.guide_commitments
    WHERE schedule_date < %(first)s AND schedule_date >= %(since)s AND guide_id = ANY(%(guides)s::uuid[])
    GROUP BY guide_id
"""


def gather_facts(snapshot: Snapshot, *, led: Led | None = None, region_ids: Collection[UUID] | None = None) -> Facts:
    """Return the snapshot with the hazards that touch its days, and its guides' experience and recent hours.

    `led` is the experience where it was read already, of these guides, trips and trails or of more. The hours are those
    of the guides who work in these regions, of all by default.
    """
    begins = datetime.combine(min(snapshot.days), time.min, timezone.now().tzinfo) - ONE_DAY
    ends = datetime.combine(max(snapshot.days), time.max, timezone.now().tzinfo) + LONGEST_TRIP
    return Facts(
        snapshot=snapshot,
        hazards=hazards_in_force(Span(begins, ends)),
        led=departures_led([snapshot]) if led is None else led,
        recent_hours=hours_of_guides(snapshot, region_ids),
    )


def departures_led(snapshots: Collection[Snapshot]) -> Led:
    """Return how many departures guides have led within a year, of the trips and trails of any of these snapshots."""
    now = timezone.now()
    led: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    guides = set[UUID]().union(*(snapshot.guides for snapshot in snapshots))
    if not guides:
        return led
    known = {
        "guides": array_of(guides),
        "trips": array_of({key for snapshot in snapshots for key in snapshot.trips}),
        "trails": array_of({key for snapshot in snapshots for key in snapshot.trails}),
    }
    with prepared_cursor() as cursor:
        cursor.execute(_COUNT_LED, known | {"since": now - EXPERIENCE_WINDOW, "now": now})
        for guide_id, place, times in cursor.fetchall():
            led[guide_id][place] = times
    return led


class RecentWork(NamedTuple):
    """A guide's hours on departures in the 14 days before a date, and the end of the last of them (aware)."""

    hours: float
    ends_at: datetime


def recent_work(guide_ids: Collection[UUID], first: date) -> dict[UUID, RecentWork]:
    """Return the work before the date `first`, by guide, of those who had any."""
    with prepared_cursor() as cursor:
        cursor.execute(_SUM_WORK, {"first": first, "since": first - FAIRNESS_WINDOW, "guides": array_of(guide_ids)})
        return {
            guide_id: RecentWork(worked.total_seconds() / 3600, last) for guide_id, worked, last in cursor.fetchall()
        }


def hours_of_guides(snapshot: Snapshot, region_ids: Collection[UUID] | None = None) -> dict[UUID, float]:
    """Return the hours on departures in the 14 days before the first of the snapshot's days, by guide.

    Those of the guides who work in these regions, of all by default.
    """
    guides = snapshot.guides.keys() if region_ids is None else snapshot.guides_of(region_ids)
    return {key: work.hours for key, work in recent_work(guides, min(snapshot.days)).items()}


def with_past_starts(facts: Facts, trip_ids: Collection[UUID]) -> Facts:
    """Return the facts with the local times at which these trips have begun within a year, by our own history."""
    now, zones = timezone.now(), _zones_of(trip_ids, facts.snapshot)
    past = GuideCommitment.objects.filter(
        trip_id__in=zones, starts_at__lt=now, starts_at__gt=now - EXPERIENCE_WINDOW
    ).values_list("trip_id", "departure_id", "starts_at")
    starts: defaultdict[UUID, Counter[str]] = defaultdict(Counter)
    for trip_id, _, starts_at in past.distinct():
        starts[trip_id][f"{starts_at.astimezone(zones[trip_id]):%H:%M}"] += 1
    return replace(facts, past_starts=starts)


def _zones_of(trip_ids: Collection[UUID], snapshot: Snapshot) -> dict[UUID, ZoneInfo]:
    trips = (snapshot.trips[key] for key in trip_ids if key in snapshot.trips)
    return {trip.id: snapshot.regions[trip.region_id].timezone for trip in trips if trip.region_id in snapshot.regions}


class DepartureToCreate(NamedTuple):
    """A departure that does not exist yet; without an end it takes as long as its trip does."""

    trip_id: UUID
    starts_at: datetime
    ends_at: datetime | None


def load_decision_facts(
    days: Iterable[date],
    departures: Iterable[Departure],
    *,
    to_create: Collection[DepartureToCreate] = (),
    trail_ids: Collection[UUID] = (),
    guide_ids: Collection[UUID] = (),
    further: Collection[Departure] = (),
    deadline_seconds: float | None = None,
    fresh: bool = False,
    names_all: bool = False,
) -> Facts:
    """Read the facts of `days`, of these departures on their dates, and of further trails and guides.

    Of `further` departures, which may be on many dates, the trips and the trails of their regions are read alone.

    Certificates and notes are read for `guide_ids` and for the departures' teams, as far as the deadline (in
    seconds; the interactive one of the settings by default) leaves time: what was not read, a person approves.
    `fresh`: nothing comes from the cache. `names_all`: the departures stay what they are, so that no other trips and
    trails of their regions are read than theirs.
    Raises SiblingUnavailable where svc-trip-catalog or svc-guide-management does not answer.
    """
    departures = list(departures)
    seconds = settings.SNAPSHOT_DEADLINE_SECONDS["interactive"] if deadline_seconds is None else deadline_seconds
    deadline = Deadline.after(seconds)
    snapshot = take_facts_snapshot(
        {*days, *(day for departure in departures for day in days_of(departure))},
        region_ids={departure.region_id for departure in (*departures, *further)},
        trip_ids={departure.trip_id for departure in (*departures, *further)} | {new.trip_id for new in to_create},
        trail_ids={d.trail_id for d in departures if d.trail_id} | set(trail_ids),
        deadline_seconds=seconds,
        fresh=fresh,
        names_all=names_all,
    )
    later = {day for planned in to_create for day in _days_of(planned, snapshot)}
    snapshot = with_availability_on(snapshot, later, deadline_seconds=deadline.remaining(), fresh=fresh)
    guides = {guide for departure in departures for guide in departure.guide_ids} | set(guide_ids)
    snapshot = with_certificates(snapshot, guides, deadline_seconds=deadline.remaining(), fresh=fresh)
    snapshot = with_availability_notes(snapshot, guides, deadline_seconds=deadline.remaining(), fresh=fresh)
    return gather_facts(snapshot)


def _days_of(planned: DepartureToCreate, snapshot: Snapshot) -> Iterator[date]:
    """The dates it will touch by its region's clock, no more than a trip may take; none where its trip is unknown."""
    trip = snapshot.trips.get(planned.trip_id)
    region = snapshot.regions.get(trip.region_id) if trip else None
    if trip is None or region is None:
        return
    ends_at = min(planned.ends_at or planned.starts_at + trip.duration, planned.starts_at + LONGEST_TRIP)
    first, last = local_dates(Span(planned.starts_at.astimezone(region.timezone), ends_at.astimezone(region.timezone)))
    yield from (first + timedelta(days=n) for n in range((last - first).days + 1))
