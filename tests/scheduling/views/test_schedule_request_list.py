"""Schedule requests listed: a client finds its own."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from scheduling.models import Priority, ScheduleRequest
from scheduling.requests.claims import claim_request, fail_request
from tests.factories import TOMORROW
from tests.scheduling.requests.rows import pending
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

REQUESTS = "/scheduling/v1/schedule-requests"


def ask(client: Client, *, scopes: Any = ("scheduling:read",), **query: object) -> HttpResponse:
    return client.get(REQUESTS, {name: str(value) for name, value in query.items()}, headers=bearer(scopes))


def ids_listed(client: Client, **query: object) -> list[str]:
    return [request["id"] for request in ask(client, **query).json()["schedule_requests"]]


def stored(*, age_minutes: int = 0, priority: Priority = Priority.NORMAL, **fields: Any) -> ScheduleRequest:
    request = pending(priority=priority)
    fields["created_at"] = timezone.now() - timedelta(minutes=age_minutes)
    ScheduleRequest.objects.filter(pk=request.pk).update(**fields)
    return request


def test_requests_are_listed_as_each_is_shown_the_newest_first(client: Client) -> None:
    older, newer = stored(age_minutes=5), stored()
    claim = claim_request(older.pk)
    assert claim
    fail_request(claim, code="UNKNOWN_TRIP", message="There is no such trip.")

    page = ask(client).json()

    requests = [client.get(f"{REQUESTS}/{request.pk}", headers=bearer()).json() for request in (newer, older)]
    assert page == {"schedule_requests": requests, "total_count": 2}
    assert requests[1]["error"]["code"] == "UNKNOWN_TRIP"


def test_a_client_finds_its_own_by_what_it_asked_for(client: Client) -> None:
    later = TOMORROW + timedelta(days=3)
    mine = stored(requested_by="ana", schedule_date=later, priority=Priority.URGENT)
    other = stored(age_minutes=1)
    trip_id = other.constraints["trip_id"]

    assert ids_listed(client, requested_by="ana") == [str(mine.pk)]
    assert ids_listed(client, priority="URGENT") == [str(mine.pk)]
    assert ids_listed(client, trip_id=trip_id) == [str(other.pk)]
    assert ids_listed(client, date=later) == [str(mine.pk)]
    assert ids_listed(client, date=TOMORROW, date_to=later) == [str(mine.pk), str(other.pk)]
    assert ids_listed(client, date_to=TOMORROW) == [str(other.pk)]
    assert ids_listed(client, status="PENDING", trip_id=trip_id) == [str(other.pk)]
    assert ids_listed(client, status="COMPLETED") == []


def test_pages_of_requests_follow_one_another_though_others_come_in(client: Client) -> None:
    requests = [stored(age_minutes=minutes) for minutes in range(1, 4)]
    first = ask(client, page_size=2).json()
    stored()

    second = ask(client, page_size=2, page_token=first["next_page_token"]).json()

    listed = [request["id"] for page in (first, second) for request in page["schedule_requests"]]
    assert listed == [str(request.pk) for request in requests]
    assert (first["total_count"], second["total_count"]) == (3, 4)
    assert "next_page_token" not in second


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "DONE"}, "status"),
        ({"priority": "normal"}, "priority"),
        ({"trip_id": "nonsense"}, "trip_id"),
        ({"date": TOMORROW, "date_to": TOMORROW - timedelta(days=1)}, "date_to"),
        ({"requested_by": "x" * 101}, "requested_by"),
        ({"guide_id": uuid4()}, "guide_id"),
        ({"page_token": "nonsense"}, "page_token"),
    ],
)
def test_what_is_wrong_with_a_query_is_named(client: Client, query: dict[str, object], field: str) -> None:
    response = ask(client, **query)

    assert (response.status_code, response.json()["details"][0]["field"]) == (400, field)


@pytest.mark.parametrize("scopes", [None, ["scheduling:write"]])
def test_listing_needs_its_scope_although_submitting_needs_none(client: Client, scopes: Any) -> None:
    response = ask(client, scopes=scopes)

    assert (response.status_code, response.json()["code"]) == (403, "MISSING_SCOPE")
    assert client.post(REQUESTS, {}, content_type="application/json", headers=bearer(scopes)).status_code == 400
