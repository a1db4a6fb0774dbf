"""Absences and restrictions bind every date that they name, whichever date they were entered on (NTK-10004)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from conflicts.models import ScheduleConflict
from scheduling.domain.document import Announcement, Departure, DepartureStatus, TeamMember
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.scheduling.patches.calls import enter
from tests.scheduling.writes import put

pytestmark = pytest.mark.django_db

DENVER, REYKJAVIK = timezone(timedelta(hours=-7)), UTC
DAYS = [TOMORROW + timedelta(days=n) for n in range(7)]
MONTH_LATER = TOMORROW + timedelta(days=31)


def away(first: object, last: object, reason: str = "vacation") -> dict[str, Any]:
    return {"availability_exceptions": [{"from": str(first), "to": str(last), "reason": reason}]}


def published(day: date, guide: TeamMember, zone: timezone = REYKJAVIK, **fields: Any) -> tuple[UUID, Departure]:
    """A published departure of `day` from 9 to 12 by the clock of its region, led by one guide."""
    key, starts_at = uuid4(), datetime.combine(day, time(9), zone)
    departure = DepartureFactory(
        region_id=uuid4(),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=3),
        status=DepartureStatus.PUBLISHED,
        team=[guide],
        published=Announcement(guide_ids=[guide.guide_id], starts_at=starts_at, ends_at=starts_at + timedelta(hours=3)),
    ).model_copy(update=fields)
    put({key: departure}, day)
    return key, departure


def conflicts() -> Mapping[str, list[str]]:
    """The open conflicts: the causes by departure."""
    found: dict[str, list[str]] = {}
    for conflict in ScheduleConflict.objects.open().order_by("conflict_id"):
        for key in conflict.details["departure_ids"]:
            found.setdefault(key, []).append(conflict.details["cause"])
    return found


@pytest.mark.parametrize("entered_on", [-3, 0, 4, 6], ids=lambda n: f"{n} days after it begins")
def test_an_absence_of_several_dates_is_a_conflict_on_each_of_them_at_once(client: Client, entered_on: int) -> None:
    ana, ben = TeamMemberFactory(), TeamMemberFactory()
    of_ana = [published(day, ana, zone)[0] for day in DAYS for zone in (DENVER,)]
    for day in DAYS:
        published(day, ben)

    response = enter(client, ana.guide_id, away(DAYS[1], DAYS[4]), day=DAYS[1] + timedelta(days=entered_on))

    assert response.status_code == 200, response.content
    assert conflicts() == {str(key): ["AVAILABILITY_EXCEPTION"] for key in of_ana[1:5]}


def test_an_absence_that_ends_sooner_than_was_entered_is_over_on_the_dates_after(client: Client) -> None:
    ana = TeamMemberFactory()
    keys = [published(day, ana)[0] for day in DAYS[:5]]
    enter(client, ana.guide_id, away(DAYS[0], DAYS[4]), day=DAYS[0])

    enter(client, ana.guide_id, away(DAYS[0], DAYS[2]), day=DAYS[0])
    assert conflicts().keys() == set(map(str, keys[:3]))

    enter(client, ana.guide_id, None, day=DAYS[0])
    assert not conflicts()


def test_an_absence_that_is_entered_on_each_of_its_dates_counts_once_and_ends_with_the_last(client: Client) -> None:
    ana = TeamMemberFactory()
    key, _ = published(DAYS[1], ana)
    for day in DAYS[:3]:
        enter(client, ana.guide_id, away(DAYS[0], DAYS[2], "leave"), day=day)

    (conflict,) = ScheduleConflict.objects.open()
    assert conflict.details["description"].count("away") == 1
    assert len(conflict.details["evidence"]["told"]["windows"]) == 1
    for day in (DAYS[1], DAYS[0]):
        enter(client, ana.guide_id, None, day=day)
        assert conflicts() == {str(key): ["AVAILABILITY_EXCEPTION"]}
    enter(client, ana.guide_id, None, day=DAYS[2])
    assert not conflicts()


def test_an_absence_between_instants_binds_the_hours_that_it_names_in_every_region(client: Client) -> None:
    ana = TeamMemberFactory()
    evening_before = datetime.combine(DAYS[0], time(22), DENVER)
    noon = datetime.combine(DAYS[2], time(12), DENVER)
    in_denver = [published(day, ana, DENVER)[0] for day in DAYS[:4]]
    in_reykjavik = [
        published(day, ana, REYKJAVIK, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))[0]
        for day in DAYS[:4]
        if (starts_at := datetime.combine(day, time(6), REYKJAVIK))
    ]

    enter(client, ana.guide_id, away(evening_before.isoformat(), noon.isoformat()), day=DAYS[5])

    missed = {key for key, causes in conflicts().items() if "AVAILABILITY_EXCEPTION" in causes}
    assert missed == {str(key) for key in (*in_denver[1:3], *in_reykjavik[1:3])}


def test_a_restriction_binds_from_the_date_it_was_entered_on_up_to_its_last_day(client: Client) -> None:
    ana, ben = TeamMemberFactory(), TeamMemberFactory()
    before, first, middle, last, after = (
        published(day, ana, DENVER)[0] for day in (DAYS[0], DAYS[1], DAYS[6], MONTH_LATER, MONTH_LATER + timedelta(1))
    )
    published(DAYS[6], ben)

    enter(client, ana.guide_id, {"restrictions": [{"kind": "NO_GUIDING", "until": str(MONTH_LATER)}]}, day=DAYS[1])

    assert conflicts() == {str(key): ["RESTRICTION"] for key in (first, middle, last)}
    assert str(before) not in conflicts()
    assert str(after) not in conflicts()


def test_what_is_entered_for_a_date_without_a_period_binds_that_date_alone(client: Client) -> None:
    ana = TeamMemberFactory()
    first, _ = published(DAYS[1], ana)
    published(DAYS[2], ana)

    enter(
        client,
        ana.guide_id,
        {"restrictions": [{"kind": "NO_GUIDING"}], "max_group_size": 2, "guide_notes": "knee"},
        day=DAYS[1],
    )

    assert conflicts().keys() == {str(first)}


def test_a_party_out_over_night_is_reached_by_an_absence_of_its_second_day_entered_elsewhere(client: Client) -> None:
    ana, later = TeamMemberFactory(), datetime.combine(DAYS[2], time(17), DENVER)
    key, _ = published(DAYS[0], ana, DENVER, ends_at=later)

    enter(client, ana.guide_id, away(DAYS[2], DAYS[3]), day=DAYS[6])

    assert conflicts() == {str(key): ["AVAILABILITY_EXCEPTION"]}


def test_departures_that_are_over_are_left_alone(client: Client) -> None:
    ana, last_week = TeamMemberFactory(), TOMORROW - timedelta(days=7)
    published(last_week, ana)
    key, _ = published(TOMORROW, ana)

    enter(client, ana.guide_id, away(last_week, TOMORROW), day=TOMORROW)

    assert conflicts().keys() == {str(key)}
