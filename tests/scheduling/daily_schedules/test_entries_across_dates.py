"""Guide adjustments of one date, and trips of another date that reach it."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from conflicts.models import ScheduleConflict
from scheduling.daily_schedules.writer import Draft, Edit, write_daily_schedules
from scheduling.domain.document import Departure, DepartureStatus
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
from tests.scheduling.writes import enter, stored


def adding(*departures: Departure) -> Edit:
    """An edit that adds departures to tomorrow."""
    named = {uuid4(): departure for departure in departures}

    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.departures |= {
            key: departure.model_copy(deep=True) for key, departure in named.items()
        }

    return edit


def on_leave(day: date) -> dict[str, object]:
    return {"availability_exceptions": [{"from": day, "to": day, "reason": "leave"}]}


@pytest.mark.django_db(transaction=True)
def test_an_entry_for_a_later_day_of_a_trip_that_is_just_being_planned_is_a_conflict() -> None:
    guide, next_day = TeamMemberFactory(), TOMORROW + timedelta(days=1)
    long_trip = DepartureFactory(team=[guide], ends_at=at(17, day=next_day), status=DepartureStatus.PUBLISHED)

    def enter_leave() -> None:
        enter(guide.guide_id, next_day, **on_leave(next_day))
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        entering: list[Future[None]] = []

        def meanwhile(_: object) -> None:
            entering.append(pool.submit(enter_leave))
            wait_until_a_session_is_blocked()

        write_daily_schedules([TOMORROW], adding(long_trip), author=DISPATCHER, after_write=meanwhile)
        entering[0].result(timeout=30)

    assert [conflict.details["cause"] for conflict in ScheduleConflict.objects.open()] == ["AVAILABILITY_EXCEPTION"]


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
