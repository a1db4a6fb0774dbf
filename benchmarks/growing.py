"""`python -m benchmarks.growing fill <date> <departures>`, or `… age <date> <revision>`: a date of a size, or an age.

`age` prints how long a write takes then, as JSON.
"""

import json
import sys
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from uuid import uuid4

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 (models come after django.setup)

from scheduling.daily_schedules.authors import Author, AuthorKind  # noqa: E402
from scheduling.daily_schedules.drafts import Draft  # noqa: E402
from scheduling.daily_schedules.writer import write_daily_schedules  # noqa: E402
from scheduling.domain.document import AssignmentStatus, Departure, Role, TeamMember  # noqa: E402
from scheduling.models import DailySchedule  # noqa: E402

AUTHOR = Author(AuthorKind.OPTIMIZATION, "benchmark", "measuring", "benchmark")
REGIONS = [uuid4() for _ in range(6)]
FIRST_HOUR, HOURS = 6, 12
WRITES = 30
AGE_BY_ONE = """
    UPDATE scheduling.daily_schedules
    SET _rev = _rev + 1, assignments = jsonb_set(assignments, ARRAY['departures', %s, 'capacity'], to_jsonb(_rev))
    WHERE schedule_date = %s
"""


def fill(day: date, departures: int) -> None:
    """Store a number of staffed departures on a date that has none."""
    made = {uuid4(): departure_on(day, number) for number in range(departures)}
    write_daily_schedules([day], lambda drafts: drafts[day].document.departures.update(made), author=AUTHOR)


def age(day: date, rev: int) -> list[float]:
    """Bring a daily schedule to a revision by changes in SQL, and return the times of some writes in ms."""
    schedule = DailySchedule.objects.get(schedule_date=day)
    departure = next(iter(schedule.document.departures))
    with transaction.atomic(), connection.cursor() as cursor:
        for _ in range(rev - schedule.rev):
            cursor.execute(AGE_BY_ONE, [str(departure), day])
    with connection.cursor() as cursor:
        # As autovacuum does in the weeks over which a daily schedule ages.
        cursor.execute("VACUUM scheduling.daily_schedules")
    taken = []
    for turn in range(WRITES):

        def edit(drafts: Mapping[date, Draft], seats: int = turn) -> None:
            drafts[day].document.departures[departure].capacity = seats

        started = time.perf_counter()
        write_daily_schedules([day], edit, author=AUTHOR)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def departure_on(day: date, number: int) -> Departure:
    """Return a departure of a date with a team of every role and guests."""
    starts_at = datetime.combine(day, clock(FIRST_HOUR + number % HOURS), UTC)
    return Departure(
        trip_id=uuid4(),
        trip_name=f"Sunrise hike {number}",
        activity_type="HIKING",
        region_id=REGIONS[number % len(REGIONS)],
        trail_id=uuid4(),
        location_id=uuid4(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        participants=6,
        capacity=12,
        catalog_participants=6,
        team=[_member(role, number) for role in Role],
        reservations={uuid4(): 2 for _ in range(3)},
    )


def _member(role: Role, number: int) -> TeamMember:
    return TeamMember(
        guide_id=uuid4(),
        guide_name=f"Guide {number} {role}",
        role=role,
        assignment_status=AssignmentStatus.TENTATIVE,
        certifications=["SWIFT_WATER_RESCUE", "WILDERNESS_FIRST_AID"],
        score=0.875,
    )


def main() -> None:
    """Run the command line."""
    what, day, figure = sys.argv[1], date.fromisoformat(sys.argv[2]), int(sys.argv[3])
    if what == "fill":
        fill(day, figure)
        return
    print(json.dumps(age(day, figure)))


if __name__ == "__main__":
    main()
