from typing import Any

import pytest
from django.test.client import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from conflicts.detection import Severity
from conflicts.models import ScheduleConflict
from conflicts.serializers import represent_conflict
from tests.conflicts.factories import conflict_of, overfull
from tests.factories import TOMORROW
from tests.tokens import bearer

URL = "/scheduling/v1/schedule-conflicts"


def listed(client: Client, scopes: tuple[str, ...] = ("scheduling:read",), **query: Any) -> Any:
    return client.get(URL, {"date": TOMORROW.isoformat()} | query, headers=bearer(scopes))


@pytest.mark.django_db
def test_an_open_conflict_as_the_contract_shows_it(client: Client) -> None:
    conflict = overfull()

    [shown] = listed(client).json()["conflicts"]

    assert (shown["id"], shown["type"]) == (str(conflict.pk), "CAPACITY_EXCEEDED")
    assert shown["resolved_at"] is None
    assert shown["conflict_date"] == TOMORROW.isoformat()
    assert "affected_guide_ids" not in shown
    assert shown["departure_ids"] == conflict.details["departure_ids"]
    [option] = shown["resolution_options"]
    assert sorted(option) == [
        "description",
        "estimated_affected_guests",
        "figures",
        "id",
        "impact_assessment",
        "requires_guest_notification",
        "revisions",
        "strategy",
    ]
    assert option["figures"]["guests_touched"] == 16
    assert option["estimated_affected_guests"] == 16


@pytest.mark.django_db
def test_a_conflict_that_was_shown_before_is_not_parsed_again_until_it_changes(client: Client) -> None:
    changed, others = conflict_of(), [conflict_of() for _ in range(3)]
    first = listed(client)
    parsed = represent_conflict.cache_info().misses

    again = listed(client)
    assert (again.content, represent_conflict.cache_info().misses) == (first.content, parsed)

    details = changed.details | {"description": "Far too many guests."}
    ScheduleConflict.objects.filter(pk=changed.pk).update(details=details)
    shown = listed(client).json()["conflicts"]

    assert [c["description"] for c in shown] == ["Far too many guests.", *["Too many guests."] * len(others)]
    assert represent_conflict.cache_info().misses == parsed + 1


@pytest.mark.django_db
def test_parameters_that_are_blank_or_not_the_contracts_are_ignored(client: Client) -> None:
    conflict_of(severity=Severity.HIGH)
    blank = {"region_id": "", "severity": "", "type": "", "resolved": "", "page_size": "", "page_token": ""}

    for query in (blank, {"utm_source": "board", "sort": ["severity", "date"]}):
        response = listed(client, **query)

        assert (response.status_code, response.json()["total_count"]) == (200, 1)


@pytest.mark.django_db
def test_the_date_that_is_required_may_not_be_blank(client: Client) -> None:
    response = listed(client, date="")

    assert (response.status_code, response.json()["details"][0]["field"]) == (400, "date")


@pytest.mark.django_db
def test_pages_neither_repeat_nor_lose_a_row_when_others_are_inserted(client: Client) -> None:
    before = [str(conflict_of().pk) for _ in range(5)]
    first = listed(client, page_size=2).json()

    conflict_of()
    second = listed(client, page_size=2, page_token=first["next_page_token"]).json()
    third = listed(client, page_size=2, page_token=second["next_page_token"]).json()

    seen = [c["id"] for page in (first, second, third) for c in page["conflicts"]]
    assert seen[:5] == before
    assert len(set(seen)) == 6
    assert "next_page_token" not in third


@pytest.mark.django_db
def test_a_page_token_is_good_for_its_own_query_only(client: Client) -> None:
    for _ in range(2):
        conflict_of(severity=Severity.HIGH)
    token = listed(client, page_size=1).json()["next_page_token"]

    answer = listed(client, page_token=token, severity="HIGH")

    assert (answer.status_code, answer.json()["details"][0]["field"]) == (400, "page_token")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"date": "tomorrow"}, "date"),
        ({"severity": "AWFUL"}, "severity"),
        ({"region_id": "here"}, "region_id"),
        ({"page_size": "101"}, "page_size"),
        ({"resolved": "maybe"}, "resolved"),
    ],
)
def test_what_is_wrong_with_a_query_is_named(client: Client, query: dict[str, str], field: str) -> None:
    answer = listed(client, **query)

    assert answer.status_code == 400
    assert field in {detail["field"] for detail in answer.json()["details"]}


@pytest.mark.django_db
def test_the_date_is_required_and_the_scope_too(client: Client) -> None:
    assert client.get(URL, headers=bearer(("scheduling:read",))).status_code == 400
    assert listed(client, scopes=("scheduling:resolve",)).status_code == 403
    assert client.get(URL).status_code == 401


@pytest.mark.django_db
def test_a_page_takes_a_fixed_number_of_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(20):
        conflict_of()

    with django_assert_max_num_queries(1):
        listed(client)
