import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django_redis import get_redis_connection
from icalendar import Calendar
from pytest_django.fixtures import DjangoAssertNumQueries

from novatrek_scheduling.environment import Rate
from scheduling.calendars.tokens import (
    CalendarTokenIssued,
    CalendarTokenRevoked,
    IssuedToken,
    active_token_of,
    issue_calendar_token,
    revoke_calendar_token,
)
from scheduling.models import CalendarToken
from scheduling.publication.services import publish_departures
from scheduling.views.calendar import CalendarThrottle
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory, TeamMemberFactory, at
from tests.scheduling.siblings.circuits import close_all_circuits
from tests.scheduling.writes import change, put
from tests.siblings import SimulatedSiblings

GUIDE = UUID(int=7)


def issued(guide_id: UUID = GUIDE) -> IssuedToken:
    return issue_calendar_token(guide_id, guide_name="Ana Ruiz", by="ana")


def put_published(day: date = TOMORROW) -> UUID:
    key, ana = uuid4(), TeamMemberFactory(guide_id=GUIDE, guide_name="Ana Ruiz")
    put({key: DepartureFactory(team=[ana], starts_at=at(9, day=day), ends_at=at(12, day=day))}, day)
    publish_departures(day, author=DISPATCHER, by_machine=False, override_warnings=True)
    return key


@pytest.mark.django_db
def test_a_token_opens_its_guides_calendar(client: Client) -> None:
    key = put_published()

    answer = client.get(issued().path)

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert answer["Cache-Control"] == "private, no-cache"
    assert Calendar.from_ical(answer.content).events[0]["UID"].startswith(str(key))


@pytest.mark.django_db
@pytest.mark.parametrize("accepted", ["text/calendar", "*/*", "application/json"])
def test_any_client_is_answered_and_none_needs_a_bearer_token(client: Client, accepted: str) -> None:
    headers = {"Accept": accepted, "Authorization": "Basic nobody"}

    assert client.get(issued().path, headers=headers).status_code == 200


@pytest.mark.django_db
def test_every_wrong_key_meets_the_same_closed_door(client: Client) -> None:
    mine, former, other = issued(), issued(uuid4()), issued(uuid4())
    revoke_calendar_token(former.row, by="ana")
    place = mine.path.partition("?")[0]
    wrong = [
        f"/scheduling/v1/guides/{uuid4()}/calendar.ics?token={mine.secret}",
        f"/scheduling/v1/guides/me/calendar.ics?token={mine.secret}",
        former.path,
        place,
        f"{place}?token=",
        f"{place}?token={other.secret}",
        f"{place}?token={mine.secret[:-1]}",
        f"{place}?token=%00%ED%A0%80",
        f"{place}?token={mine.row.digest}",
    ]

    answers = [client.get(address) for address in wrong]

    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert answers[0].json()["code"] == "UNKNOWN_CALENDAR"


@pytest.mark.django_db
def test_nothing_is_sent_again_while_nothing_changed(client: Client) -> None:
    key, path = put_published(), issued().path
    first = client.get(path)
    if_none_match = {"If-None-Match": first["ETag"]}

    again = client.get(path, headers=if_none_match)
    change(key, capacity=14)
    changed = client.get(path, headers=if_none_match)

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (changed.status_code, b"8 of 14 guests" in changed.content) == (200, True)


@pytest.mark.django_db
@pytest.mark.parametrize("dates", [1, 20])
def test_a_calendar_is_two_queries_for_any_number_of_dates(
    client: Client, dates: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    path = issued().path
    for ahead in range(dates):
        put_published(TOMORROW + timedelta(days=ahead))

    with django_assert_max_num_queries(2):
        answer = client.get(path)

    assert len(Calendar.from_ical(answer.content).events) == dates


@pytest.mark.django_db
def test_the_log_never_has_the_token(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = issued()

    client.get(token.path)
    client.get(f"{token.path}x")

    logged = [str(vars(record)) for record in caplog.records]
    assert any(f"/scheduling/v1/guides/{GUIDE}/calendar.ics" in line for line in logged)
    assert not any(token.secret in line for line in [*logged, repr(token)])


@pytest.mark.django_db
def test_one_token_is_read_with_only_so_often(client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    get_redis_connection("default").flushdb()
    settings.THROTTLE_RATE = Rate(1000, 3600)
    monkeypatch.setattr(CalendarThrottle, "rate", Rate(2, 3600))
    mine, other = issued(), issued(uuid4())

    answers = [client.get(mine.path) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    assert client.get(other.path).status_code == 200


@pytest.mark.django_db
def test_a_new_token_ends_the_former_one_and_only_hashes_are_kept(client: Client) -> None:
    first, second = issued(), issued()

    assert [client.get(token.path).status_code for token in (first, second)] == [404, 200]
    assert active_token_of(GUIDE) == second.row
    columns = CalendarToken.objects.values_list()
    assert not any(secret in str(row) for row in columns for secret in (first.secret, second.secret))


@pytest.mark.django_db
def test_a_token_is_revoked_once() -> None:
    token = issued().row
    revoke_calendar_token(token, by="bo")

    with pytest.raises(CalendarTokenRevoked):
        revoke_calendar_token(token, by="cy")

    token.refresh_from_db()
    assert token.revoked_by == "bo"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("had_one", [False, True])
def test_of_two_who_issue_at_once_one_wins_and_one_token_is_left(had_one: bool) -> None:
    if had_one:
        issued()
    together = threading.Barrier(2)

    def issue(_: int) -> IssuedToken | None:
        try:
            together.wait(timeout=10)
            return issued()
        except CalendarTokenIssued:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(issue, range(2)))

    left = active_token_of(GUIDE)
    assert left.pk in {outcome.row.pk for outcome in outcomes if outcome}
    assert CalendarToken.objects.active().count() == 1


@pytest.mark.django_db
def test_the_command_prints_an_address_that_works_until_it_is_revoked(
    client: Client, siblings: SimulatedSiblings
) -> None:
    guide_id = siblings.summary()["guide_ids"][0]
    printed = StringIO()

    call_command("issue_calendar_token", guide_id, "--origin", "https://plans.example.com/", stdout=printed)

    address = printed.getvalue().strip()
    assert address.startswith(f"https://plans.example.com/scheduling/v1/guides/{guide_id}/calendar.ics?token=")
    path = address.removeprefix("https://plans.example.com")
    assert client.get(path).status_code == 200
    call_command("issue_calendar_token", guide_id, "--revoke", stdout=printed)
    assert client.get(path).status_code == 404


@pytest.mark.django_db
def test_the_command_says_what_is_wrong(siblings: SimulatedSiblings) -> None:
    with pytest.raises(CommandError, match="no guide"):
        call_command("issue_calendar_token", str(uuid4()))
    with pytest.raises(CommandError, match="no active calendar token"):
        call_command("issue_calendar_token", str(uuid4()), "--revoke")


@pytest.fixture
def ben(siblings: SimulatedSiblings) -> UUID:
    """An active guide of svc-guide-management."""
    return UUID(siblings.summary()["guide_ids"][0])


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["TERMINATED", "SUSPENDED", "ON_LEAVE"])
def test_the_calendar_of_a_guide_who_is_no_longer_active_is_closed_until_they_are_back(
    client: Client, siblings: SimulatedSiblings, ben: UUID, status: str
) -> None:
    path, other = issued(ben).path, issued(UUID(siblings.summary()["guide_ids"][1])).path
    assert client.get(path).status_code == 200

    siblings.alter("guides", str(ben), status=status)
    forget_answers()
    assert client.get(path).json()["code"] == "UNKNOWN_CALENDAR"
    assert client.get(other).status_code == 200

    siblings.switch("svc-guide-management", "down")
    forget_answers()
    assert client.get(path).status_code == 404, "silence is not a fact"

    siblings.switch("svc-guide-management", "ok")
    siblings.alter("guides", str(ben), status="ACTIVE")
    forget_answers()
    assert client.get(path).status_code == 200


@pytest.mark.django_db
def test_a_calendar_stays_open_while_svc_guide_management_is_silent(
    client: Client, siblings: SimulatedSiblings, ben: UUID
) -> None:
    path = issued(ben).path
    siblings.alter("guides", str(ben), status="TERMINATED")
    siblings.switch("svc-guide-management", "down")

    assert client.get(path).status_code == 200


@pytest.mark.django_db
def test_a_calendar_has_the_name_that_its_guide_has_now(client: Client, siblings: SimulatedSiblings, ben: UUID) -> None:
    path = issued(ben).path
    siblings.alter("guides", str(ben), first_name="Benedikt", last_name="Ito")

    assert "NovaTrek: Benedikt Ito" in client.get(path).content.decode()
    assert CalendarToken.objects.get(guide_id=ben).guide_name == "Benedikt Ito"


def forget_answers() -> None:
    caches["siblings"].clear()
    close_all_circuits()
