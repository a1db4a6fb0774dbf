"""`python -m benchmarks.board_days <date>:<departures> …`: busy dates, in the regions that are read from stdin.

Prints the key of a session in which somebody may look at them.
"""

import sys
from datetime import date
from uuid import UUID, uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402 (models come after django.setup)
from django.contrib.auth.models import User  # noqa: E402
from django.test import Client  # noqa: E402

from benchmarks.growing import AUTHOR, departure_on  # noqa: E402
from scheduling.daily_schedules.writer import write_daily_schedules  # noqa: E402


def fill(day: date, count: int, region_ids: list[UUID]) -> None:
    """Store a number of staffed departures in these regions in turn, on a date that has none."""
    made = {
        uuid4(): departure_on(day, number).model_copy(update={"region_id": region_ids[number % len(region_ids)]})
        for number in range(count)
    }
    write_daily_schedules([day], lambda drafts: drafts[day].document.departures.update(made), author=AUTHOR)


def session_of_a_dispatcher() -> str:
    """Return the key of a new session."""
    client = Client()
    client.force_login(User.objects.create_user("dispatcher of the benchmark", is_staff=True, is_superuser=True))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def main() -> None:
    """Run the command line."""
    region_ids = [UUID(line) for line in sys.stdin.read().split()]
    for argument in sys.argv[1:]:
        day, count = argument.split(":")
        fill(date.fromisoformat(day), int(count), region_ids)
    print(session_of_a_dispatcher())


if __name__ == "__main__":
    main()
