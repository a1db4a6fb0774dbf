"""Whoever overrides warnings needs the scope or the permission, at every door where a person does."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from conflicts.detection import Severity
from conflicts.models import ScheduleConflict
from conflicts.options import accept_risk
from scheduling.domain.document import DepartureStatus
from tests.conflicts.factories import conflict_of
from tests.contracts import parsed
from tests.factories import TOMORROW, DepartureFactory, GuideFactory, lead
from tests.novatrek_scheduling.console.rows import a_run
from tests.scheduling.requests.queues import queued
from tests.scheduling.writes import put, stored
from tests.tokens import ALL_SCOPES, bearer

pytestmark = pytest.mark.django_db

API = "/scheduling/v1"
OVERRIDE = "scheduling:override"
OVERRIDING_OPERATIONS = {"/schedule-conflicts/resolve", "/daily-schedules/{schedule_id}/publish"}

Post = Callable[[str, dict[str, Any]], Any]
"""A request by somebody, with or without the right."""


def accepting_a_critical_risk_over_the_api(post: Post) -> Callable[[], bool]:
    conflict = conflict_of(severity=Severity.CRITICAL)
    option = accept_risk(conflict.pk, conflict.details)
    body = {"conflict_id": str(conflict.pk), "selected_resolution_id": str(option.id), "operator_notes": "a family"}
    post(f"{API}/schedule-conflicts/resolve", body | {"override_warnings": True})
    return lambda: not ScheduleConflict.objects.open().filter(pk=conflict.pk).exists()


def publishing_over_the_api(post: Post) -> Callable[[], bool]:
    key, day = what_no_sibling_knows(), TOMORROW
    post(f"{API}/daily-schedules/{day}/publish", {"override_warnings": True})
    return lambda: stored(day)[key].status is DepartureStatus.PUBLISHED


def accepting_a_critical_risk_in_the_console(post: Post) -> Callable[[], bool]:
    conflict = conflict_of(severity=Severity.CRITICAL)
    option = accept_risk(conflict.pk, conflict.details)
    page = f"/admin/conflicts/review/{conflict.pk}/"
    post(page, {"do": "apply", "option": option.id, "notes": "a family", "override_warnings": "on"})
    return lambda: not ScheduleConflict.objects.open().filter(pk=conflict.pk).exists()


def publishing_in_the_console(post: Post) -> Callable[[], bool]:
    key = what_no_sibling_knows()
    form = {"since_rev": 2, "departure_ids": [str(key)], "override_silence": "on"}
    post(f"/admin/board/{TOMORROW}/publish/", form)
    return lambda: stored()[key].status is DepartureStatus.PUBLISHED


def giving_up_teams_in_the_console(post: Post) -> Callable[[], bool]:
    run = a_run(error="The plan breaks PUBLISHED_TEAMS and was not stored.")
    queued("optimization")
    post("/admin/optimization/optimizationrun/", {"action": "accept", "_selected_action": [str(run.pk)]})
    return lambda: bool(queued("optimization"))


DOORS_OF_THE_API = [accepting_a_critical_risk_over_the_api, publishing_over_the_api]
DOORS_OF_THE_CONSOLE = [
    accepting_a_critical_risk_in_the_console,
    publishing_in_the_console,
    giving_up_teams_in_the_console,
]


def what_no_sibling_knows() -> Any:
    key = uuid4()
    put({key: DepartureFactory(team=[lead(GuideFactory())])})
    return key


def over_the_api(client: Client, scopes: Iterable[str] | None) -> tuple[Post, list[Any]]:
    answers: list[Any] = []

    def post(address: str, body: dict[str, Any]) -> Any:
        answers.append(client.post(address, body, content_type="application/json", headers=bearer(scopes)))

    return post, answers


def in_the_console(client: Client, *lacking: str) -> Post:
    """A person with every permission of the console but `lacking`."""
    person = User.objects.create_user("ana", is_staff=True)
    person.user_permissions.set(Permission.objects.exclude(codename__in=lacking))
    client.force_login(person)
    return client.post


@pytest.mark.parametrize("door", DOORS_OF_THE_API)
@pytest.mark.parametrize("scopes", [None, tuple(scope for scope in ALL_SCOPES if scope != OVERRIDE)])
def test_no_token_overrides_without_the_scope(
    client: Client, door: Callable[[Post], Callable[[], bool]], scopes: tuple[str, ...] | None
) -> None:
    post, answers = over_the_api(client, scopes)

    has_happened = door(post)

    [answer] = answers
    assert (answer.status_code, answer.json()["code"]) == (403, "MISSING_SCOPE")
    assert not has_happened()


def test_the_refusal_names_the_scope_and_the_field(client: Client) -> None:
    post, answers = over_the_api(client, ("scheduling:resolve",))

    accepting_a_critical_risk_over_the_api(post)

    assert OVERRIDE in answers[0].json()["message"]
    assert answers[0].json()["details"] == [{"field": "override_warnings", "reason": f"needs the scope {OVERRIDE}"}]


@pytest.mark.parametrize("door", DOORS_OF_THE_API)
def test_a_token_with_the_scope_overrides(client: Client, door: Callable[[Post], Callable[[], bool]]) -> None:
    post, answers = over_the_api(client, ALL_SCOPES)

    has_happened = door(post)

    assert answers[0].status_code == 200, answers[0].content
    assert has_happened()


@pytest.mark.parametrize("door", DOORS_OF_THE_CONSOLE)
def test_nobody_overrides_in_the_console_without_the_permission(
    client: Client, door: Callable[[Post], Callable[[], bool]]
) -> None:
    assert not door(in_the_console(client, "override_scheduleconflict"))()


@pytest.mark.parametrize("door", DOORS_OF_THE_CONSOLE)
def test_who_has_the_permission_overrides_in_the_console(
    client: Client, door: Callable[[Post], Callable[[], bool]]
) -> None:
    assert door(in_the_console(client))()


def test_these_are_all_operations_that_override(client: Client) -> None:
    served = parsed(client.get(f"{API}/openapi.yaml").content)
    schemas = served["components"]["schemas"]
    bodies = {name for name, schema in schemas.items() if "override_warnings" in schema.get("properties", {})}

    found = {
        path
        for path, operations in served["paths"].items()
        for name in bodies
        if f"schemas/{name}'" in str(operations.get("post", {}).get("requestBody"))
    }

    assert found == OVERRIDING_OPERATIONS
    assert all(OVERRIDE in schemas[name]["properties"]["override_warnings"]["description"] for name in bodies)
