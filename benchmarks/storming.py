"""`python -m benchmarks.storming <date> <departures> <rounds>`: a storm over a region, found, ended and solved.

Prints as JSON how long each took in ms, and of how many conflicts.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from operator import itemgetter
from uuid import UUID, uuid4

import django

django.setup()

from conflicts.models import ScheduleConflict  # noqa: E402 (models come after django.setup)
from conflicts.monitoring.services import SEARCHED_TOGETHER, detect_on  # noqa: E402
from conflicts.monitoring.watched import watched_dates  # noqa: E402
from conflicts.tasks import compute_options_task  # noqa: E402
from novatrek_scheduling.operations.garbage_collection import freeze_loaded_objects  # noqa: E402
from scheduling.daily_schedules.authors import Author, AuthorKind  # noqa: E402
from scheduling.daily_schedules.writer import write_daily_schedules  # noqa: E402
from scheduling.domain.document import AssignmentStatus, Departure, Role, TeamMember  # noqa: E402
from scheduling.domain.facts import Certificate, Guide, Snapshot, Span, Trip, WeatherAlert  # noqa: E402
from scheduling.rules import Facts  # noqa: E402
from scheduling.snapshot import take_facts_snapshot, take_watch_snapshot  # noqa: E402

AUTHOR = Author(AuthorKind.OPTIMIZATION, "benchmark", "measuring", "benchmark")
FIRST_HOUR, HOURS = 14, 6


def storm(day: date, departures: int, rounds: int) -> dict[str, dict[str, float]]:
    """Fill the date, let storms come up and pass, and measure what finds them."""
    planned = take_facts_snapshot([day], deadline_seconds=30)
    trips = [trip for _, trip in sorted(planned.trips.items()) if trip.is_active]
    trip = next(trip for trip in trips if planned.trails_of(trip.region_id))
    made = {uuid4(): _departure(day, number, trip, planned) for number in range(departures)}
    write_daily_schedules([day], lambda drafts: drafts[day].document.departures.update(made), author=AUTHOR)
    read = take_watch_snapshot(watched_dates(datetime.now(UTC)).watch, deadline_seconds=30)
    calm = Facts(_with_guides(read, made.values(), trip))
    detect_on([day], calm)
    taken: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for _ in range(rounds):
        stormy = calm.with_snapshot(_stormy(calm.snapshot, day, trip))
        taken["found"].append(_timed(lambda stormy=stormy: len(detect_on([day], stormy).new)))  # type: ignore[misc]
        taken["again"].append(_timed(lambda stormy=stormy: len(detect_on([day], stormy).by_fingerprint)))  # type: ignore[misc]
        taken["options"].append(_searches(day))
        taken["over"].append(_timed(lambda: len(detect_on([day], calm).cleared)))
    return {what: _best(measured, of=departures, by_conflict=what == "options") for what, measured in taken.items()}


def _best(measured: list[tuple[int, float]], *, of: int, by_conflict: bool) -> dict[str, float]:
    count, ms = min(measured, key=itemgetter(1))
    return {"conflicts": count, "ms": ms, "judged": count if by_conflict else of}


def _searches(day: date) -> tuple[int, float]:
    """Search the options of one message of the queue."""
    rows = ScheduleConflict.objects.open().on(day).filter(details__cause="WEATHER_WARNING").order_by("pk")
    batch = [row.pk for row in rows[:SEARCHED_TOGETHER]]
    _, ms = _timed(lambda: compute_options_task([str(key) for key in batch]) or 0)
    return ScheduleConflict.objects.filter(pk__in=batch, details__has_key="options_rev").count(), ms


def _timed(work: Callable[[], int]) -> tuple[int, float]:
    started = time.perf_counter()
    count = work()
    return count, (time.perf_counter() - started) * 1000


def _departure(day: date, number: int, trip: Trip, planned: Snapshot) -> Departure:
    starts_at = datetime.combine(day, clock(FIRST_HOUR + number % HOURS), UTC)
    camp = planned.locations.get(trip.region_id)
    return Departure(
        trip_id=trip.id,
        trip_name=trip.name,
        activity_type=trip.activity_type,
        region_id=trip.region_id,
        trail_id=planned.trails_of(trip.region_id)[0].id,
        location_id=camp.id if camp else None,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        participants=6,
        capacity=12,
        team=[_lead(number)],
    )


def _lead(number: int) -> TeamMember:
    return TeamMember(
        guide_id=uuid4(),
        guide_name=f"Guide {number}",
        role=Role.LEAD,
        assignment_status=AssignmentStatus.TENTATIVE,
    )


def _with_guides(snapshot: Snapshot, departures: Iterable[Departure], trip: Trip) -> Snapshot:
    """Return the snapshot with the made-up guides of the departures, who may go, and nothing else wrong."""
    keys = [key for departure in departures for key in departure.guide_ids]
    guides = {key: _guide(key, trip) for key in keys}
    certificates = tuple(Certificate(name, True, None) for name in sorted(trip.required_certifications))
    return replace(
        snapshot,
        guides={**snapshot.guides, **guides},
        available={day: available | guides.keys() for day, available in snapshot.available.items()},
        certificates={**snapshot.certificates, **dict.fromkeys(guides, certificates)},
        alerts={**snapshot.alerts, trip.region_id: ()},
        unknown={},
    )


def _guide(key: UUID, trip: Trip) -> Guide:
    return Guide(
        id=key,
        name="Guide",
        region_ids=(str(trip.region_id),),
        certifications=trip.required_certifications,
        activities=frozenset({trip.activity_type}),
        is_active=True,
        status="ACTIVE",
        max_group_size=8,
        years_experience=5,
        average_rating=4.5,
        languages=frozenset(),
    )


def _stormy(snapshot: Snapshot, day: date, trip: Trip) -> Snapshot:
    all_day = Span(datetime.combine(day, clock(0), UTC), datetime.combine(day, clock(23, 59), UTC))
    alert = WeatherAlert(uuid4(), trip.region_id, "WARNING", "storm", all_day, frozenset(), is_active=True)
    return replace(snapshot, alerts={**snapshot.alerts, trip.region_id: (alert,)})


if __name__ == "__main__":
    freeze_loaded_objects()  # as every worker does before its first task
    print(json.dumps(storm(date.fromisoformat(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
