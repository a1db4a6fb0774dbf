"""A planned day of the simulated world, and the ways in which the world breaks it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from conflicts.choices import Strategy
from conflicts.models import ScheduleConflict
from conflicts.monitoring.services import detect_on
from conflicts.options import Option
from conflicts.resolution.option_search import compute_options
from conflicts.steps import Reassign
from optimization.days.services import optimize_day
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.decision_facts import gather_facts
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import AvailabilityException, Departure, DepartureStatus, GuideAdjustments
from scheduling.domain.facts import Span
from scheduling.models import DailySchedule
from scheduling.snapshot import take_day_snapshot
from tests.kept_worlds import keep_world
from tests.siblings import SimulatedSiblings

PLANNER = Author(AuthorKind.OPTIMIZATION, "worker")
OWNER = Author(AuthorKind.GUIDE_MANAGEMENT, "svc-guide-management")


@dataclass(frozen=True)
class PlannedDay:
    """One region's departures of a date some days ahead, staffed."""

    siblings: SimulatedSiblings
    day: date
    region_id: UUID

    @property
    def departures(self) -> dict[UUID, Departure]:
        return DailySchedule.objects.get(schedule_date=self.day).document.departures

    def departure(self, departure_id: UUID) -> Departure:
        return self.departures[departure_id]

    def staffed(self, suits: Callable[[Departure], bool] = lambda _: True) -> list[UUID]:
        """The staffed departures of one day that `suits` accepts, those with the most guests first."""
        staffed = {key: d for key, d in self.departures.items() if d.team and d.ends_at.date() == self.day and suits(d)}
        return sorted(staffed, key=lambda key: (-staffed[key].participants, key))

    def send_lead_away(self, departure_id: UUID, reason: str = "sick") -> ScheduleConflict:
        """Its lead enters an absence, and that is a conflict."""
        guide_id = self.departure(departure_id).team[0].guide_id
        enter_absence(guide_id, self.day, reason)
        return ScheduleConflict.objects.open().get(details__departure_ids=[str(departure_id)])

    def look_again(self) -> None:
        """Detect on the date again with fresh facts, as a monitor does."""
        snapshot = take_day_snapshot(self.day, region_ids=[self.region_id], deadline_seconds=10, fresh=True)
        detect_on([self.day], gather_facts(snapshot))

    def only_of_its_trip(self, departure_id: UUID) -> None:
        """Other departures of its trip on the date are cancelled: who books comes here."""
        trip_id = self.departure(departure_id).trip_id
        for key, departure in self.departures.items():
            if departure.trip_id == trip_id and key != departure_id:
                self.edit(key, status=DepartureStatus.CANCELLED)

    def sold_on_no_other_date(self, departure_id: UUID) -> None:
        """The catalog lists its trip on no other date around, so that it may be moved to one of them."""
        week = [f"{self.day + timedelta(days=n)}" for n in (-7, 7)]
        listed = self.siblings.call(
            "svc-trip-catalog",
            f"/trips/{self.departure(departure_id).trip_id}/schedule",
            params={"date_from": week[0], "date_to": week[1], "page_size": 100},
        )
        for departure in listed.json()["data"]:
            if departure["departure_date"] != f"{self.day}":
                self.siblings.remove("departures", departure["id"])

    def edit(self, departure_id: UUID, **fields: object) -> None:
        """Somebody else changes the departure, whatever it breaks."""

        def edit(drafts: Mapping[date, Draft]) -> None:
            departures = drafts[self.day].document.departures
            departures[departure_id] = departures[departure_id].model_copy(update=fields)

        write_daily_schedules([self.day], edit, author=PLANNER)

    def add(self, departures: Mapping[UUID, Departure]) -> None:
        """Departures that nobody else knows of."""

        def edit(drafts: Mapping[date, Draft]) -> None:
            drafts[self.day].document.departures.update(departures)

        write_daily_schedules([self.day], edit, author=PLANNER)


def enter_absence(guide_id: UUID, day: date, reason: str = "sick") -> None:
    away = AvailabilityException.model_validate({"from": day, "to": day, "reason": reason})

    def enter(drafts: Mapping[date, Draft]) -> None:
        drafts[day].document.guide_adjustments[guide_id] = GuideAdjustments(availability_exceptions=[away])

    write_daily_schedules([day], enter, author=OWNER, principal="svc-guide-management")


def plan_a_day(siblings: SimulatedSiblings, *, guides: int = 0) -> PlannedDay:
    """A date on which nothing is wrong until a test breaks something, in the seeded world or one region of it.

    `guides`: how many the one region has, where it is to be alone.
    """
    day = siblings.today + timedelta(days=4)

    def arrange() -> None:
        region_id = _first_region(siblings)
        if guides:
            siblings.keep([region_id], guides=guides)
        siblings.calm_the_weather(region_id)

    def plan() -> None:
        optimize_day(day, [UUID(_first_region(siblings))], author=PLANNER)

    keep_world(siblings, f"planned-{guides}", arrange=arrange, plan=plan)
    return PlannedDay(siblings, day, UUID(_first_region(siblings)))


def _first_region(siblings: SimulatedSiblings) -> str:
    region_id: str = siblings.summary()["region_ids"][0]
    return region_id


def under_a_storm(planned: PlannedDay, departure_id: UUID) -> tuple[ScheduleConflict, Option]:
    """A storm over the departure's trail that lasts all day: the conflict, and the nearest other date."""
    departure = planned.departure(departure_id)
    planned.sold_on_no_other_date(departure_id)
    storm = Span(departure.starts_at, departure.ends_at).widened(timedelta(hours=14))
    planned.siblings.raise_alert(
        str(planned.region_id), storm.starts_at, storm.ends_at, affected_trail_ids=[str(departure.trail_id)]
    )
    planned.look_again()
    conflict = ScheduleConflict.objects.open().get(
        conflict_type="WEATHER_ALERT", details__departure_ids=[str(departure_id)]
    )
    return conflict, options_of(conflict, Strategy.RESCHEDULE_TRIP)[0]


def options_of(conflict: ScheduleConflict, strategy: Strategy) -> list[Option]:
    options = compute_options(conflict, deadline_seconds=10)
    return [option for option in options if option.strategy is strategy]


def reassignment(planned: PlannedDay) -> tuple[UUID, ScheduleConflict, Option]:
    """A departure whose lead is away, and the best way to replace them."""
    departure_id = planned.staffed()[0]
    conflict = planned.send_lead_away(departure_id)
    return departure_id, conflict, options_of(conflict, Strategy.REASSIGN_GUIDE)[0]


def newcomer_of(option: Option) -> UUID:
    [step] = option.steps
    assert isinstance(step, Reassign)
    return step.joining[0]
