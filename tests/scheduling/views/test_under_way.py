"""A party that is out over night is part of every date on which it is out, marked with the date it started on."""

from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.formats import date_format

from scheduling.domain.document import DepartureStatus, TeamMember
from scheduling.models import schedule_id_of
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.scheduling.writes import put
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

DENVER = timezone(timedelta(hours=-7))
NEXT_DAY = TOMORROW + timedelta(days=1)


def out_until(ends_at: datetime, guide: TeamMember | None = None, **fields: Any) -> UUID:
    key = uuid4()
    starts_at = datetime.combine(TOMORROW, time(9), DENVER)
    team = [guide or TeamMemberFactory()]
    put({key: DepartureFactory(team=team, starts_at=starts_at, ends_at=ends_at, **fields)})
    return key


def local(hour: int, day: date = NEXT_DAY) -> datetime:
    return datetime.combine(day, time(hour), DENVER)


def under_way(client: Client, **query: object) -> dict[str, str]:
    answer = client.get("/scheduling/v1/daily-schedules", query, headers=bearer(["scheduling:read"]))
    assert answer.status_code == 200, answer.content
    return {found["departure_id"]: found["schedule_date"] for found in answer.json()["departures_under_way"]}


def test_who_is_out_over_night_is_part_of_the_second_date_and_of_no_later_one(client: Client) -> None:
    key = out_until(local(17))
    out_until(local(20, TOMORROW))
    out_until(local(0))
    out_until(local(17), status=DepartureStatus.CANCELLED)

    assert under_way(client, date=NEXT_DAY) == {str(key): str(TOMORROW)}
    assert under_way(client, date=TOMORROW) == {}
    assert under_way(client, date=NEXT_DAY + timedelta(days=1)) == {}


def test_the_filters_are_about_parties_under_way_too(client: Client) -> None:
    guide, trail = TeamMemberFactory(), uuid4()
    found = out_until(local(17), guide, trip_id=uuid4(), trail_id=trail, region_id=uuid4())
    out_until(local(17), trail_id=uuid4())

    assert under_way(client, date=NEXT_DAY, trail_id=trail) == {str(found): str(TOMORROW)}
    assert under_way(client, date=NEXT_DAY, guide_id=guide.guide_id) == {str(found): str(TOMORROW)}
    assert under_way(client, date=NEXT_DAY, trail_id=uuid4()) == {}


def test_a_range_of_dates_has_them_in_their_own_documents(client: Client) -> None:
    out_until(local(17))

    query = {"date": TOMORROW, "date_to": NEXT_DAY}
    answer = client.get("/scheduling/v1/daily-schedules", query, headers=bearer(["scheduling:read"])).json()

    assert "departures_under_way" not in answer
    assert len(answer["daily_schedules"]) == 1


def test_the_page_of_the_second_date_names_who_is_out(client: Client) -> None:
    out_until(local(17), TeamMemberFactory(guide_name="Ana Ruiz"))
    put({uuid4(): DepartureFactory()}, NEXT_DAY)
    client.force_login(User.objects.create_superuser("ana"))

    page = client.get(f"/admin/scheduling/dailyschedule/{schedule_id_of(NEXT_DAY)}/change/").content.decode()

    since = date_format(local(9, TOMORROW), "j\u00a0M\u00a0Y H:i")
    assert f"out since {since}" in page
    assert "Ana Ruiz" in page
