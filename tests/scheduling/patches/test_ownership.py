"""Ownership of fields: a patch of another owner's field is refused, naming the field, and nothing of it is stored."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from novatrek_scheduling.errors import Malformed
from scheduling.daily_schedules.drafts import read_drafts
from scheduling.models import DailySchedule
from scheduling.patches.edits import PatchEdits
from tests.factories import TOMORROW, DepartureFactory
from tests.scheduling.patches.calls import GUIDE_MANAGEMENT_SCOPES, change, enter, named, patch
from tests.scheduling.writes import put, stored

pytestmark = pytest.mark.django_db

ANOTHER = "22222222-2222-4222-8222-222222222222"


def test_a_dispatcher_cannot_touch_what_guides_entered(client: Client) -> None:
    guide = uuid4()
    enter(client, guide, {"guide_notes": "knee"})

    response = patch(client, {"assignments": {"guide_adjustments": {str(guide): {"guide_notes": None}}}})

    assert (response.status_code, response.json()["code"]) == (403, "FIELD_NOT_YOURS")
    assert named(response) == ["assignments.guide_adjustments"]
    assert DailySchedule.objects.get().document.guide_adjustments[guide].guide_notes == "knee"


def test_guide_management_cannot_touch_the_plan(client: Client) -> None:
    key = uuid4()
    put({key: DepartureFactory(capacity=12)})

    response = change(client, key, {"capacity": 1}, scopes=GUIDE_MANAGEMENT_SCOPES)

    assert (response.status_code, named(response)) == (403, ["assignments.departures"])
    assert stored()[key].capacity == 12


@pytest.mark.parametrize("field", ["participants", "reservations", "published", "catalog_participants", "moved_guests"])
def test_what_events_and_publishing_write_is_not_a_dispatchers(client: Client, field: str) -> None:
    key = uuid4()
    put({key: DepartureFactory()})

    response = change(client, key, {field: {}, "capacity": 10})

    assert (response.status_code, named(response)) == (403, [f"assignments.departures.{key}.{field}"])
    assert stored()[key].capacity == 12


@pytest.mark.parametrize(
    ("field", "value"),
    [("trip_name", "Another"), ("trip_id", ANOTHER), ("region_id", ANOTHER), ("language", "fr")],
)
def test_what_the_catalog_says_of_a_departure_stays(client: Client, field: str, value: str) -> None:
    key = uuid4()
    put({key: DepartureFactory()})

    response = change(client, key, {field: value})

    assert (response.status_code, named(response)) == (403, [f"assignments.departures.{key}.{field}"])


@pytest.mark.parametrize("status", ["IN_PROGRESS", "COMPLETED"])
def test_what_the_clock_says_is_the_clocks(client: Client, status: str) -> None:
    key = uuid4()
    put({key: DepartureFactory()})

    response = change(client, key, {"status": status})

    assert (response.status_code, named(response)) == (403, [f"assignments.departures.{key}.status"])


@pytest.mark.parametrize("field", ["schedule_id", "schedule_date", "published_at", "created_at", "updated_at"])
def test_what_the_service_keeps_is_nobodys(client: Client, field: str) -> None:
    put({uuid4(): DepartureFactory()})

    response = patch(client, {field: "2027-01-01", "assignments": {}})

    assert (response.status_code, named(response)) == (403, [field])


def test_publishing_by_status_takes_the_scope_for_it(client: Client) -> None:
    key = uuid4()
    put({key: DepartureFactory()})

    response = change(client, key, {"status": "PUBLISHED"})

    assert (response.status_code, named(response)) == (403, [f"assignments.departures.{key}.status"])


def test_a_token_with_neither_scope_patches_nothing(client: Client) -> None:
    response = patch(client, {"assignments": {}}, scopes=("scheduling:read",))

    assert (response.status_code, response.json()["code"]) == (403, "MISSING_SCOPE")


MALFORMED: list[tuple[Any, str]] = [
    ({}, "assignments"),
    ([], ""),
    ({"assignments": None}, "assignments"),
    ({"assignments": {"departures": None}}, "assignments.departures"),
    ({"assignments": {"rivers": {}}}, "assignments.rivers"),
    ({"assignments": {}, "rev": 3}, "rev"),
    ({"assignments": {}, "_rev": "7"}, "_rev"),
    ({"assignments": {}, "_rev": -1}, "_rev"),
    ({"assignments": {"departures": {"first": {}}}}, "assignments.departures.first"),
]


@pytest.mark.parametrize(("body", "field"), MALFORMED)
def test_a_malformed_patch_is_refused_with_the_field(client: Client, body: Any, field: str) -> None:
    response = patch(client, body)

    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")
    assert field in named(response)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("capacity", -1),
        ("capacity", None),
        ("starts_at", "2027-05-01T09:00:00"),
        ("status", "DONE"),
        ("team", [{"guide_id": ANOTHER, "role": "BOSS"}]),
        ("colour", "red"),
    ],
)
def test_a_malformed_field_of_a_departure_is_named(client: Client, name: str, value: Any) -> None:
    key = uuid4()
    put({key: DepartureFactory()})

    response = change(client, key, {name: value})

    assert response.status_code == 400
    assert named(response)[0].startswith(f"assignments.departures.{key}.{name}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_group_size", -1),
        ("restrictions", [{"value": 3}]),
        ("restrictions", ["knee"]),
        ("availability_exceptions", [{"from": "2027-05-02", "to": "2027-05-01"}]),
        ("availability_exceptions", [{"from": "2027-05-02", "to": "2027-05-02T10:00:00Z"}]),
        ("availability_exceptions", [{"from": "tomorrow", "to": "2027-05-01"}]),
        ("availability_exceptions", [{"from": "20270501T000000Z", "to": "2027-05-02T00:00:00Z"}]),
        ("availability_exceptions", [{"from": "2027-05-01 00:00:00 +0100", "to": "2027-05-02T00:00:00Z"}]),
        ("availability_exceptions", [{"from": " 2027-05-01", "to": "2027-05-02"}]),
        ("availability_exceptions", [{"from": "2027-05-01", "to": "2027-05-02\n"}]),
        ("availability_exceptions", [{"from": "2027-05-01T09:00:00Z ", "to": "2027-05-02T00:00:00Z"}]),
        ("availability_exceptions", [{"from": "2027-05-0１T09:00:00Z", "to": "2027-05-02T00:00:00Z"}]),  # noqa: RUF001
        ("availability_exceptions", [{"from": "2027-05-01T09:00:00+12:99", "to": "2027-05-02T00:00:00Z"}]),
        ("hobbies", "chess"),
    ],
)
def test_a_malformed_entry_of_a_guide_is_named(client: Client, name: str, value: Any) -> None:
    guide = uuid4()

    response = enter(client, guide, {name: value})

    assert response.status_code == 400
    assert named(response)[0].startswith(f"assignments.guide_adjustments.{guide}.{name}")
    assert not DailySchedule.objects.exists()


@pytest.mark.parametrize("part", ["departures", "guide_adjustments"])
def test_an_id_that_is_there_in_two_spellings_is_named(client: Client, part: str) -> None:
    spellings = ["ABCDEFAB-AAAA-4AAA-8AAA-ABCDEFABCDEF", "abcdefab-aaaa-4aaa-8aaa-abcdefabcdef"]
    body = {"assignments": {part: {spelling: {} for spelling in spellings}}}

    response = patch(client, body, scopes=("scheduling:write", *GUIDE_MANAGEMENT_SCOPES))

    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUT")
    assert named(response) == [f"assignments.{part}.{spelling}" for spelling in spellings]
    assert {detail["reason"] for detail in response.json()["details"]} == {"Is there twice."}


def test_what_only_merging_finds_unreadable_is_named_too() -> None:
    guide = uuid4()
    edits = PatchEdits(TOMORROW, {}, {str(guide): {"max_group_size": "many"}})

    with pytest.raises(Malformed) as refused:
        edits.apply(read_drafts([TOMORROW]))

    assert [problem.field for problem in refused.value.problems] == [
        f"assignments.guide_adjustments.{guide}.max_group_size"
    ]
