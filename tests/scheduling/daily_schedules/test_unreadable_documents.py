"""A departure or entry that cannot be read stops nobody, is shown as it is, and is not lost."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from structlog.testing import capture_logs

from optimization.days.services import optimize_day
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.daily_schedules.lifecycle import advance_departures
from scheduling.domain.document import DepartureStatus, ScheduleDocument
from scheduling.models import DailySchedule
from scheduling.models.triggers import GUIDE_MANAGEMENT, PRINCIPAL
from tests.factories import (
    REGION_ID,
    TOMORROW,
    DepartureFactory,
    GuideFactory,
    TripFactory,
    at,
    lead,
    snapshot_of,
)
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import change, enter, put, stored, write_in_sql
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

NIGHT = Author(AuthorKind.NIGHTLY_OPTIMIZATION, "optimizer", "night")
TRIP = TripFactory(required_certifications=frozenset())
ANA, BEN = GuideFactory(name="Ana"), GuideFactory(name="Ben")
SICK, SOUND = uuid4(), uuid4()
API = "/scheduling/v1/daily-schedules"


@pytest.fixture
def one_sick() -> None:
    """Two departures of tomorrow, of which one has a team member whom nobody can read."""
    put({SICK: DepartureFactory(trip_id=TRIP.id, team=[lead(ANA)], starts_at=at(5), ends_at=at(8))})
    put({SOUND: DepartureFactory(trip_id=TRIP.id, reservations={uuid4(): 8})})
    write_in_sql(f"{{departures,{SICK},team}}", '[{"guide_id": "nobody", "role": "CAPTAIN"}]')


def raw(departure_id: UUID = SICK) -> Any:
    return DailySchedule.objects.get(schedule_date=TOMORROW).assignments["departures"][f"{departure_id}"]


def write_in_sql_as_owner(path: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [PRINCIPAL, GUIDE_MANAGEMENT])
    write_in_sql(path, value)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, '', true)", [PRINCIPAL])


def planned() -> None:
    facts = snapshot_of(guides=[ANA, BEN], trips=[TRIP], days=[TOMORROW])
    optimize_day(TOMORROW, [REGION_ID], author=NIGHT, snapshot=facts)


@pytest.mark.usefixtures("one_sick")
def test_the_others_of_the_date_are_planned_and_it_stays_as_it_is() -> None:
    before = raw()

    planned()

    assert stored()[SOUND].team
    assert raw() == before


@pytest.mark.usefixtures("one_sick")
def test_other_dates_are_planned_around_it() -> None:
    key, day_after = uuid4(), TOMORROW + timedelta(days=1)
    departure = DepartureFactory(trip_id=TRIP.id, starts_at=at(5, day=day_after), ends_at=at(8, day=day_after))
    put({key: departure}, day_after)

    optimize_day(
        day_after, [REGION_ID], author=NIGHT, snapshot=snapshot_of(guides=[ANA], trips=[TRIP], days=[day_after])
    )

    assert stored(day_after)[key].unassigned_reason is None


@pytest.mark.usefixtures("one_sick")
def test_the_clock_goes_on_for_the_others() -> None:
    change(SOUND, status=DepartureStatus.PUBLISHED)

    with capture_logs() as logs:
        advance_departures(at(10))

    assert stored()[SOUND].status is DepartureStatus.IN_PROGRESS
    assert [log["departures"] for log in logs if log["event"] == "departures_unreadable"] == [[f"{SICK}"]]


@pytest.mark.usefixtures("one_sick", "groups")
def test_readers_show_it(client: Client) -> None:
    schedule_id = DailySchedule.objects.get().pk
    auditor = signed_in("Auditor")
    page = auditor.get(f"/admin/scheduling/dailyschedule/{schedule_id}/change/").content.decode()
    listed = client.get(API, {"date": f"{TOMORROW}"}, headers=bearer()).json()
    by_guide = client.get(API, {"guide_id": f"{ANA.id}"}, headers=bearer())
    alone = client.get(f"{API}/{TOMORROW}", headers=bearer()).json()
    candidates = client.get(f"{API}/{TOMORROW}/departures/{SICK}/candidates", headers=bearer())

    assert "A departure is stored in a form that cannot be read" in page
    assert str(SICK) in page
    assert auditor.get("/admin/scheduling/dailyschedule/").status_code == 200
    assert auditor.get("/admin/").status_code == 200
    assert listed["daily_schedules"][0]["assignments"]["departures"][f"{SICK}"]["team"][0]["role"] == "CAPTAIN"
    assert alone["assignments"]["departures"][f"{SICK}"]["team"][0]["guide_id"] == "nobody"
    assert (by_guide.status_code, candidates.status_code) == (200, 404)


@pytest.mark.usefixtures("one_sick")
def test_nobody_writes_over_it(client: Client) -> None:
    body = {"_rev": DailySchedule.objects.get().rev, "assignments": {"departures": {f"{SICK}": {"capacity": 3}}}}
    before = raw()

    response = client.patch(f"{API}/{TOMORROW}", body, content_type="application/json", headers=bearer())

    assert response.status_code in {404, 422}
    assert raw() == before


def test_a_guide_whose_entry_cannot_be_read_leads_nothing_and_keeps_it() -> None:
    put({SOUND: DepartureFactory(trip_id=TRIP.id, reservations={uuid4(): 8})})
    enter(ANA.id, guide_notes="knee")
    write_in_sql_as_owner(f"{{guide_adjustments,{ANA.id},max_group_size}}", '"many"')

    planned()

    assert stored()[SOUND].guide_ids == {BEN.id}
    entries = DailySchedule.objects.get().assignments["guide_adjustments"]
    assert entries[f"{ANA.id}"]["max_group_size"] == "many"
    enter(ANA.id, guide_notes="well")
    assert DailySchedule.objects.get().assignments["guide_adjustments"][f"{ANA.id}"]["guide_notes"] == "well"


def test_what_is_no_document_at_all_is_still_refused() -> None:
    with pytest.raises(ValueError, match="departures"):
        ScheduleDocument.read({"departures": "none"})
