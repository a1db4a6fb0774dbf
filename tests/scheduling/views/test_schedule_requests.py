"""Schedule requests over the API: accepted, shown, refused."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from scheduling.models import RequestStatus, ScheduleRequest
from scheduling.requests.claims import claim_request, complete_request, fail_request
from tests.factories import TOMORROW
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

REQUESTS = "/scheduling/v1/schedule-requests"
RESULT = {"recommended_dates": [], "guide_assignments": [], "conflict_warnings": []}


def body_for(trip_id: object, **fields: object) -> dict[str, Any]:
    return {"trip_id": str(trip_id), "preferred_dates": [str(TOMORROW)]} | fields


def post(client: Client, body: Any, *, key: str | None = None, **token: Any) -> HttpResponse:
    headers = bearer(**token) | ({"Idempotency-Key": key} if key is not None else {})
    return client.post(REQUESTS, body, content_type="application/json", headers=headers)


def get(client: Client, request_id: object) -> HttpResponse:
    return client.get(f"{REQUESTS}/{request_id}", headers=bearer())


def accepted(client: Client) -> ScheduleRequest:
    """One that was taken in while no sibling answered."""
    return ScheduleRequest.objects.get(pk=post(client, body_for(uuid4())).json()["id"])


def test_a_request_is_accepted_and_found_at_its_location(client: Client, siblings: SimulatedSiblings) -> None:
    trip = siblings.summary()["trip_ids"][0]

    response = post(client, body_for(trip, constraints={"min_group_size": 2}))

    body = response.json()
    assert (response.status_code, body["status"], body["priority"]) == (202, "PENDING", "NORMAL")
    assert body["constraints"] == {"min_group_size": 2, "require_good_weather": True}
    assert response["Location"] == f"http://testserver{REQUESTS}/{body['id']}"
    assert client.get(response["Location"], headers=bearer()).json() == body


def test_what_is_not_known_is_left_out_and_only_the_end_may_be_null(client: Client) -> None:
    body = get(client, accepted(client).pk).json()

    assert body.keys() == {"id", "trip_id", "preferred_dates", "priority", "status", "created_at", "completed_at"}
    assert [name for name, value in body.items() if value is None] == ["completed_at"]


def test_a_completed_request_shows_its_result(client: Client) -> None:
    request = accepted(client)
    claim = claim_request(request.pk)
    assert claim
    complete_request(claim, result=RESULT, run_id=uuid4(), chosen=TOMORROW, departure_id=None)

    body = get(client, request.pk).json()

    assert (body["status"], body["result"]) == (RequestStatus.COMPLETED, RESULT)
    assert body["completed_at"].endswith("Z")
    assert "error" not in body


def test_a_failed_request_shows_its_error(client: Client) -> None:
    request = accepted(client)
    claim = claim_request(request.pk)
    assert claim
    fail_request(claim, code="UNKNOWN_TRIP", message="There is no such trip.")

    body = get(client, request.pk).json()

    assert (body["status"], body["error"]["code"]) == (RequestStatus.FAILED, "UNKNOWN_TRIP")
    assert "result" not in body


def test_fields_that_the_contract_does_not_forbid_are_ignored(client: Client) -> None:
    constraints = {"min_group_size": 2, "language": "de"}

    response = post(client, body_for(uuid4(), campaign="spring", constraints=constraints), key="k")

    body = response.json()
    assert (response.status_code, "campaign" in body) == (202, False)
    assert body["constraints"] == {"min_group_size": 2, "require_good_weather": True}
    stored = ScheduleRequest.objects.get().constraints
    assert not {"campaign", "language"} & stored.keys()


@pytest.mark.parametrize("request_id", ["00000000-0000-4000-8000-000000000000", "nonsense"])
def test_there_is_no_request_under_an_id_that_nobody_has(client: Client, request_id: object) -> None:
    response = get(client, request_id)

    assert (response.status_code, response.json()["code"]) == (404, "UNKNOWN_SCHEDULE_REQUEST")


def test_the_same_key_and_body_are_answered_as_the_first_time(client: Client) -> None:
    body = body_for(uuid4())
    first = post(client, body, key="k")
    claim = claim_request(UUID(first.json()["id"]))
    assert claim
    complete_request(claim, result=RESULT, run_id=uuid4(), chosen=TOMORROW, departure_id=None)

    again = post(client, body, key="k")

    assert (again.status_code, again.json(), again["Location"]) == (202, first.json(), first["Location"])
    assert ScheduleRequest.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(client: Client) -> None:
    post(client, body_for(uuid4()), key="k")

    response = post(client, body_for(uuid4()), key="k")

    assert (response.status_code, response.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("key", ["", "k" * 256])
def test_a_key_that_is_empty_or_too_long_is_refused(client: Client, key: str) -> None:
    response = post(client, body_for(uuid4()), key=key)

    assert (response.status_code, response.json()["details"][0]["field"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"trip_id": "nonsense"}, 400, "trip_id"),
        ({"preferred_dates": []}, 400, "preferred_dates"),
        ({"preferred_dates": [str(TOMORROW + timedelta(days=n)) for n in range(31)]}, 400, "preferred_dates"),
        ({"preferred_dates": [str(TOMORROW)] * 2}, 400, "preferred_dates"),
        ({"preferred_dates": ["tomorrow"]}, 400, "preferred_dates[0]"),
        ({"preferred_dates": ["9999-12-31"]}, 400, "preferred_dates[0]"),
        ({"preferred_dates": ["2020-01-01"]}, 422, "preferred_dates[0]"),
        ({"priority": "SOON"}, 400, "priority"),
        ({"priority": None}, 400, "priority"),
        ({"constraints": {"min_group_size": 0}}, 400, "constraints.min_group_size"),
        ({"constraints": {"require_good_weather": "yes"}}, 400, "constraints.require_good_weather"),
        ({"constraints": {"min_group_size": 9, "max_group_size": 8}}, 422, "constraints.min_group_size"),
        ({"callback_url": "http://169.254.169.254/"}, 422, "callback_url"),
        ({"callback_url": 7}, 400, "callback_url"),
    ],
)
def test_what_is_wrong_is_named(client: Client, changes: dict[str, Any], status: int, field: str) -> None:
    response = post(client, body_for(uuid4()) | changes)

    assert (response.status_code, response.json()["details"][0]["field"]) == (status, field)
    assert not ScheduleRequest.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 400), ("[]", 400), ('"text"', 400), ("null", 400), (f'{{"x": "{"y" * 2_000_000}"}}', 400)],
)
def test_what_is_no_body_of_ours_is_refused(client: Client, body: str, status: int) -> None:
    assert post(client, body).status_code == status


def test_who_may_ask_and_who_may_look(client: Client) -> None:
    body = body_for(uuid4())

    assert client.post(REQUESTS, body, content_type="application/json").status_code == 401
    assert post(client, body, scopes=["scheduling:read"]).status_code == 403
    assert post(client, body, scopes=None).status_code == 202
    assert get(client, accepted(client).pk).status_code == 200


def test_a_sibling_that_is_away_refuses_nobody(client: Client) -> None:
    request = accepted(client)

    assert request.status == RequestStatus.PENDING
    assert request.created_at <= timezone.now()
