"""A planned date of the simulated world, and what the catalog does to one of its departures."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.cache import caches

from optimization.days.services import optimize_day
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.departure_dates import dates_of
from scheduling.domain.document import Departure
from scheduling.models import DailySchedule
from scheduling.publication.services import publish_departures
from tests.factories import DISPATCHER
from tests.kept_worlds import keep_world
from tests.siblings import SimulatedSiblings

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer")


@dataclass(frozen=True)
class PlannedRegion:
    """The departures of one region on a date, planned."""

    siblings: SimulatedSiblings
    day: date
    region_id: UUID

    def optimize(self, day: date | None = None, **options: bool) -> None:
        """Plan a date of the region on what the siblings answer now."""
        caches["siblings"].clear()
        optimize_day(day or self.day, [self.region_id], author=NIGHT, **options)

    def publish(self) -> None:
        publish_departures(self.day, author=DISPATCHER, by_machine=False, region_id=self.region_id)

    def departure(self, key: UUID) -> Departure:
        """The departure, on whichever date it is."""
        [day] = dates_of([key]).values()
        departures = DailySchedule.objects.get(schedule_date=day).document.departures
        return departures[key]

    def staffed(self, *, within_the_day: bool = True) -> list[UUID]:
        """The staffed departures of the region that are in the catalog under their own ids."""
        departures = DailySchedule.objects.get(schedule_date=self.day).document.departures_in([self.region_id])
        return sorted(
            key
            for key, departure in departures.items()
            if departure.team and (not within_the_day or departure.ends_at.date() == self.day)
        )

    def sold(self, key: UUID) -> dict[str, str]:
        """The departure in the catalog."""
        return self.siblings.get("departures", str(key))

    def trip_of(self, key: UUID) -> str:
        return str(self.departure(key).trip_id)


def plan_a_region(siblings: SimulatedSiblings, index: int = 0, *, days_ahead: int = 4) -> PlannedRegion:
    day = siblings.today + timedelta(days=days_ahead)
    region = PlannedRegion(siblings, day, UUID(siblings.summary()["region_ids"][index]))
    keep_world(
        siblings,
        f"region-{index}-in-{days_ahead}-days",
        arrange=lambda: siblings.calm_the_weather(str(region.region_id)),
        plan=region.optimize,
    )
    return region


Edit = Callable[[PlannedRegion, UUID], None]


def moved_in_time(region: PlannedRegion, key: UUID) -> None:
    region.siblings.alter("departures", str(key), departure_time=other_time(region, key))


def moved_to_the_next_date(region: PlannedRegion, key: UUID) -> None:
    region.siblings.alter("departures", str(key), departure_date=str(region.day + timedelta(days=1)))


def resized(region: PlannedRegion, key: UUID) -> None:
    region.siblings.alter("departures", str(key), total_spots=int(region.sold(key)["total_spots"]) + 2)


def cancelled(region: PlannedRegion, key: UUID) -> None:
    region.siblings.alter("departures", str(key), status="CANCELLED")


def deleted(region: PlannedRegion, key: UUID) -> None:
    region.siblings.remove("departures", str(key))


def renamed(region: PlannedRegion, key: UUID) -> None:
    region.siblings.alter("trips", region.trip_of(key), name="A trip by another name")


def made_longer(region: PlannedRegion, key: UUID) -> None:
    hours = region.siblings.get("trips", region.trip_of(key))["duration_hours"]
    region.siblings.alter("trips", region.trip_of(key), duration_hours=hours + 0.5)


def suspended(region: PlannedRegion, key: UUID) -> None:
    region.siblings.alter("trips", region.trip_of(key), status="SUSPENDED")


def without_its_trip(region: PlannedRegion, key: UUID) -> None:
    region.siblings.remove("trips", region.trip_of(key))


def other_time(region: PlannedRegion, key: UUID) -> str:
    """A time an hour later, at which the trip does not leave on that date yet."""
    hour, minute = map(int, region.sold(key)["departure_time"].split(":"))
    return f"{(hour + 1) % 24:02}:{minute:02}"


def local_start(departure: Departure) -> datetime:
    """When it leaves, as the clocks of its region show."""
    return departure.starts_at.replace(tzinfo=None)
