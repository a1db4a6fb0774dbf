from typing import Any
from uuid import uuid4

import pytest
from django.test.client import Client

from conflicts.detection import Severity
from conflicts.models import ScheduleConflict
from conflicts.options import accept_risk
from tests.conflicts.factories import conflict_of, overfull
from tests.tokens import bearer

URL = "/scheduling/v1/schedule-conflicts/resolve"


def posted(client: Client, scopes: tuple[str, ...] = ("scheduling:resolve", "scheduling:override"), **body: Any) -> Any:
    return client.post(URL, body, content_type="application/json", headers=bearer(scopes))


def accepting(conflict: ScheduleConflict, **body: Any) -> dict[str, Any]:
    option = accept_risk(conflict.pk, conflict.details)
    return {"conflict_id": str(conflict.pk), "selected_resolution_id": str(option.id)} | body


@pytest.mark.django_db
def test_the_result_as_the_contract_shows_it(client: Client) -> None:
    body = accepting(overfull(), operator_notes="they are a family", override_warnings=True)

    answer = posted(client, **body)

    result = answer.json()
    assert answer.status_code == 200
    assert (result["conflict_id"], result["resolution_status"]) == (body["conflict_id"], "RESOLVED")
    assert result["applied_strategy"] == "ACCEPT_RISK"
    assert (result["downstream_updates"], result["new_conflicts_created"]) == ([], [])
    assert result["resolved_at"]


@pytest.mark.django_db
def test_each_refusal_has_its_status_and_code(client: Client) -> None:
    conflict = conflict_of(severity=Severity.CRITICAL)
    unknown = {"conflict_id": str(uuid4()), "selected_resolution_id": str(uuid4())}

    refusals = [
        posted(client, **unknown),
        posted(client, **accepting(conflict)),
        posted(client, **accepting(conflict, operator_notes="why not")),
        posted(client, **accepting(conflict) | {"selected_resolution_id": str(uuid4())}),
    ]

    assert [(answer.status_code, answer.json()["code"]) for answer in refusals] == [
        (404, "UNKNOWN_CONFLICT"),
        (400, "NOTES_REQUIRED"),
        (409, "RISK_TOO_HIGH"),
        (400, "UNKNOWN_RESOLUTION_OPTION"),
    ]


@pytest.mark.django_db
def test_a_field_that_the_contract_does_not_forbid_is_ignored(client: Client) -> None:
    body = accepting(overfull(), operator_notes="they are a family", override_warnings=True, strategy="CLOSE_TRAIL")

    answer = posted(client, **body)

    assert (answer.status_code, answer.json()["applied_strategy"]) == (200, "ACCEPT_RISK")


@pytest.mark.django_db
def test_a_second_resolution_is_refused(client: Client) -> None:
    body = accepting(overfull(), operator_notes="they are a family", override_warnings=True)
    posted(client, **body)

    again = posted(client, **body)

    assert (again.status_code, again.json()["code"]) == (409, "CONFLICT_ALREADY_RESOLVED")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"conflict_id": "first"}, "conflict_id"),
        ({"conflict_id": str(uuid4())}, "selected_resolution_id"),
        ({"override_warnings": "yes"}, "override_warnings"),
        ({"operator_notes": 7}, "operator_notes"),
    ],
)
def test_what_is_wrong_with_the_body_is_named(client: Client, body: dict[str, Any], field: str) -> None:
    answer = posted(client, **body)

    assert answer.status_code == 400
    assert field in {detail["field"] for detail in answer.json()["details"]}


@pytest.mark.django_db
def test_reading_is_not_resolving(client: Client) -> None:
    assert posted(client, scopes=("scheduling:read",)).status_code == 403
