"""Guide adjustments of one date, and departures of other dates that they are about, under concurrent writes."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from conflicts.models import ScheduleConflict
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import Edit, write_daily_schedules
from scheduling.domain.document import Departure, DepartureStatus, GuideAdjustments, TeamMember
from scheduling.errors import HardRuleViolated
from scheduling.rules import Rule
from tests.factories import (
    DISPATCHER,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TeamMemberFactory,
    TripFactory,
    at,
    facts_of,
    lead,
)
from tests.scheduling.sessions import wait_until_a_session_is_blocked
from tests.scheduling.writes import enter, put, stored


def adding(*departures: Departure) -> Edit:
    """An edit that adds departures to tomorrow."""
    named = {uuid4(): departure for departure in departures}

    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.departures |= {
            key: departure.model_copy(deep=True) for key, departure in named.items()
        }

    return edit


def on_leave(day: date, last: date | None = None) -> dict[str, object]:
    return {"availability_exceptions": [{"from": day, "to": last or day, "reason": "leave"}]}


def causes() -> list[str]:
    return [conflict.details["cause"] for conflict in ScheduleConflict.objects.open()]


def plan_while(enters: Callable[[], object], departure: Departure) -> None:
    """Add a departure to tomorrow while somebody enters something, which waits for that write."""

    def enter_it() -> None:
        try:
            enters()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        entering: list[Future[None]] = []

        def meanwhile(_: object) -> None:
            entering.append(pool.submit(enter_it))
            wait_until_a_session_is_blocked()

        write_daily_schedules([TOMORROW], adding(departure), author=DISPATCHER, after_write=meanwhile)
        entering[0].result(timeout=30)


@pytest.mark.django_db(transaction=True)
def test_an_entry_for_a_later_day_of_a_trip_that_is_just_being_planned_is_a_conflict() -> None:
    guide, next_day = TeamMemberFactory(), TOMORROW + timedelta(days=1)
    long_trip = DepartureFactory(team=[guide], ends_at=at(17, day=next_day), status=DepartureStatus.PUBLISHED)

    plan_while(lambda: enter(guide.guide_id, next_day, **on_leave(next_day)), long_trip)

    assert causes() == ["AVAILABILITY_EXCEPTION"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("entered_on", [TOMORROW - timedelta(days=3), TOMORROW + timedelta(days=3)])
def test_an_absence_entered_elsewhere_for_a_departure_that_is_just_being_planned_is_a_conflict(
    entered_on: date,
) -> None:
    guide = TeamMemberFactory()
    departure = DepartureFactory(team=[guide], status=DepartureStatus.PUBLISHED)

    leave = on_leave(TOMORROW - timedelta(days=3), TOMORROW + timedelta(days=3))
    plan_while(lambda: enter(guide.guide_id, entered_on, **leave), departure)

    assert causes() == ["AVAILABILITY_EXCEPTION"]


@pytest.mark.django_db(transaction=True)
def test_a_plan_made_while_an_absence_is_entered_elsewhere_is_refused_by_it() -> None:
    guide, trip = GuideFactory(), TripFactory()
    facts = facts_of(guides=[guide], trips=[trip])
    departure = DepartureFactory(trip_id=trip.id, team=[lead(guide)])
    planning: list[Future[str]] = []

    def plan() -> str:
        try:
            write_daily_schedules([TOMORROW], adding(departure), author=DISPATCHER, facts=facts)
        except HardRuleViolated as refused:
            return refused.violations[0].rule
        finally:
            connection.close()
        return "written"

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        enter(guide.id, TOMORROW - timedelta(days=2), **on_leave(TOMORROW - timedelta(days=2), TOMORROW))
        planning.append(pool.submit(plan))
        wait_until_a_session_is_blocked()
    assert planning[0].result(timeout=30) == Rule.AVAILABILITY_EXCEPTION


@pytest.mark.django_db(transaction=True)
def test_ranges_that_overlap_are_entered_on_two_dates_at_once_by_two_guides() -> None:
    guides, days = [TeamMemberFactory(), TeamMemberFactory()], [TOMORROW + timedelta(days=n) for n in range(6)]
    for day in days:
        put({uuid4(): on(day, guide) for guide in guides}, day)
    together = threading.Barrier(8)

    def enter_leave(number: int) -> None:
        together.wait(timeout=30)
        enter(guides[number % 2].guide_id, days[number % 4 + 1], **on_leave(days[0], days[5]))
        connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(enter_leave, range(8)))

    assert causes() == ["AVAILABILITY_EXCEPTION"] * 12


def on(day: date, guide: TeamMember) -> Departure:
    return DepartureFactory(
        team=[guide], starts_at=at(9, day=day), ends_at=at(12, day=day), status=DepartureStatus.PUBLISHED
    )


@pytest.mark.django_db(transaction=True)
def test_an_absence_waits_for_who_is_writing_a_date_that_it_names() -> None:
    """A conflict that is stored beside an older look at the same date would be cleared by that look."""
    guide, day = TeamMemberFactory(), TOMORROW + timedelta(days=2)
    key = uuid4()
    put({key: on(day, guide)}, day)

    def enter_leave() -> None:
        enter(guide.guide_id, TOMORROW, **on_leave(TOMORROW, day))
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        entering: list[Future[None]] = []

        def meanwhile(_: object) -> None:
            entering.append(pool.submit(enter_leave))
            wait_until_a_session_is_blocked()

        write_daily_schedules([day], with_participants(key, 3), author=DISPATCHER, after_write=meanwhile)
        entering[0].result(timeout=30)

    assert causes() == ["AVAILABILITY_EXCEPTION"]


def with_participants(key: UUID, participants: int) -> Edit:
    def edit(drafts: Mapping[date, Draft]) -> None:
        for draft in drafts.values():
            draft.document.departures[key].participants = participants

    return edit


@pytest.mark.django_db
def test_what_a_guide_enters_for_a_later_date_is_about_trips_that_reach_it() -> None:
    guide, other, trip, next_day = GuideFactory(), GuideFactory(), TripFactory(), TOMORROW + timedelta(days=1)
    facts = facts_of(guides=[guide, other], trips=[trip], days=[TOMORROW, next_day])
    enter(guide.id, next_day, restrictions=[{"kind": "NO_GUIDING"}])
    over_night = DepartureFactory(trip_id=trip.id, team=[lead(other)], ends_at=at(17, day=next_day))
    today = DepartureFactory(trip_id=trip.id, team=[lead(guide)])

    write_daily_schedules([TOMORROW], adding(over_night, today), author=DISPATCHER, facts=facts)

    assert len(stored()) == 2
    assert not ScheduleConflict.objects.exists()


@pytest.mark.django_db
def test_what_a_write_enters_is_known_to_the_conflicts_that_it_finds_though_its_rules_looked_before() -> None:
    guide, other, next_day, key = GuideFactory(), GuideFactory(), TOMORROW + timedelta(days=1), uuid4()
    times = {"starts_at": at(9, day=next_day), "ends_at": at(12, day=next_day)}
    put({uuid4(): DepartureFactory(**times, team=[lead(guide)])}, next_day)
    trip = TripFactory(duration=timedelta(hours=30))
    long = DepartureFactory(trip_id=trip.id, ends_at=at(15, day=next_day), team=[lead(other)])

    def edit(drafts: Mapping[date, Draft]) -> None:
        document = drafts[TOMORROW].document
        document.departures[key] = long.model_copy(deep=True)
        document.guide_adjustments[guide.id] = GuideAdjustments.model_validate(on_leave(TOMORROW, next_day))

    facts = facts_of(guides=[guide, other], trips=[trip], days=[TOMORROW, next_day])
    write_daily_schedules([TOMORROW], edit, author=DISPATCHER, facts=facts, principal="svc-guide-management")

    assert causes() == ["AVAILABILITY_EXCEPTION"]
