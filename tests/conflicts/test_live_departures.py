"""What is out now, for a map: who, where, in which part of the trip and what is wrong, and nothing about health."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone as clock
from pytest_django.fixtures import DjangoAssertNumQueries

from conflicts.detection import Severity
from scheduling.domain.document import AvailabilityException, DepartureStatus, GuideAdjustments, Role
from tests.conflicts.factories import conflict_of
from tests.factories import DepartureFactory, TeamMemberFactory
from tests.scheduling.adjusting import enter
from tests.scheduling.writes import put
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

DENVER = timezone(timedelta(hours=-7))
MARKER = "torn ligament"


def live(client: Client, scopes: Any = ("scheduling:read",), **query: Any) -> Any:
    return client.get("/scheduling/v1/departures/live", query, headers=bearer(scopes))


def out(began: timedelta = timedelta(hours=1), left: timedelta = timedelta(hours=3), **fields: Any) -> UUID:
    """A departure of Denver that began so long ago and is out for so much longer."""
    now, key = clock.now().astimezone(DENVER), uuid4()
    fields = {"team": [TeamMemberFactory()], "status": DepartureStatus.IN_PROGRESS} | fields
    put({key: DepartureFactory(starts_at=now - began, ends_at=now + left, **fields)}, (now - began).date())
    return key


def test_it_is_who_is_out_where_and_when_they_report(client: Client) -> None:
    trail, base = uuid4(), uuid4()
    assistant, lead = TeamMemberFactory(guide_name="Ana", role=Role.ASSISTANT), TeamMemberFactory(guide_name="Ben")
    key = out(team=[assistant, lead], trail_id=trail, location_id=base)

    [shown] = live(client).json()["departures"]

    assert (shown["departure_id"], shown["trail_id"], shown["location_id"]) == (str(key), str(trail), str(base))
    roles = [(guide["guide_name"], guide["role"]) for guide in shown["guides"]]
    assert roles == [("Ben", "LEAD"), ("Ana", "ASSISTANT")]
    assert shown["next_check_in"].keys() == {"kind", "at"}
    assert datetime.fromisoformat(shown["next_check_in"]["at"]) > clock.now()
    assert shown["starts_at"].endswith("-07:00")


def test_a_party_out_since_days_is_there_and_what_begins_or_is_over_or_cancelled_is_not(client: Client) -> None:
    trek = out(timedelta(days=2), timedelta(days=1))
    out(timedelta(hours=-1), timedelta(hours=3))
    out(timedelta(hours=4), timedelta(hours=-1))
    out(status=DepartureStatus.CANCELLED)

    assert [shown["departure_id"] for shown in live(client).json()["departures"]] == [str(trek)]


def test_a_region_is_asked_for_alone(client: Client) -> None:
    region = uuid4()
    key = out(region_id=region)
    out()

    assert [shown["departure_id"] for shown in live(client, region_id=region).json()["departures"]] == [str(key)]
    assert live(client, region="x").status_code == 400
    assert live(client, scopes=["scheduling:write"]).status_code == 403


def test_conflicts_are_there_the_worst_first_and_nothing_about_health(client: Client) -> None:
    guide = TeamMemberFactory()
    key = out(team=[guide])
    day = (clock.now() - timedelta(hours=1)).astimezone(DENVER).date()
    absence = AvailabilityException.model_validate({"from": day, "to": day, "reason": MARKER})
    enter({guide.guide_id: GuideAdjustments(availability_exceptions=[absence], guide_notes=MARKER)}, day)
    conflict_of(day, severity=Severity.LOW, departure_ids=[str(key)], description=MARKER)
    conflict_of(day, severity=Severity.HIGH, departure_ids=[str(key)], description=MARKER)

    answer = live(client)

    [shown] = answer.json()["departures"]
    ranks = [Severity(conflict["severity"]).rank for conflict in shown["conflicts"]]
    assert ranks == sorted(ranks, reverse=True)
    assert {Severity.HIGH.rank, Severity.LOW.rank} <= {*ranks}
    assert MARKER not in answer.content.decode()


def test_it_takes_three_queries_however_much_is_out(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for hours in range(1, 5):
        out(timedelta(hours=hours))

    with django_assert_max_num_queries(3):
        assert len(live(client).json()["departures"]) == 4


def test_without_anything_out_it_is_empty(client: Client) -> None:
    answer = live(client).json()

    assert answer["departures"] == []
    assert datetime.fromisoformat(answer["as_of"]) <= datetime.now(UTC)
