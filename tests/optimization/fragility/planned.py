"""A date of the simulated company with a plan."""

from datetime import date, timedelta
from uuid import UUID

from django.core.cache import caches

from optimization.days.services import optimize_day
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.models import DailySchedule
from tests.factories import DISPATCHER
from tests.scheduling.writes import change
from tests.siblings import SimulatedSiblings


def plan_tomorrow(siblings: SimulatedSiblings) -> DailySchedule:
    """Plan both regions of a small company, which are hours behind UTC, for tomorrow."""
    regions = siblings.summary()["region_ids"][:2]
    siblings.keep(regions, guides=24)
    day = siblings.today + timedelta(days=1)
    optimize_day(day, [UUID(region_id) for region_id in regions], author=DISPATCHER)
    return DailySchedule.objects.get(schedule_date=day)


def write_again(day: date) -> DailySchedule:
    """Write the date's daily schedule once more."""
    key, departure = next(iter(read_drafts([day])[day].document.departures.items()))
    change(key, day, language=f"{departure.language or ''}x")
    return DailySchedule.objects.get(schedule_date=day)


def silence(siblings: SimulatedSiblings) -> None:
    """Let guide management answer nothing, and nothing be known from before."""
    caches["siblings"].clear()
    siblings.switch("svc-guide-management", "down")
