"""Every operation of the specification is an action of a viewset, and no address answers any other method."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from conflicts.live_departures import LiveDepartureViewSet
from conflicts.views import ScheduleConflictViewSet
from optimization.views.candidates import DepartureViewSet
from optimization.views.fragility import FragilityViewSet
from optimization.views.schedule_optimization import ScheduleOptimizationViewSet
from scheduling.views.calendar import GuideViewSet
from scheduling.views.daily_schedules import DailyScheduleViewSet
from scheduling.views.schedule_requests import ScheduleRequestViewSet
from tests.contracts import parsed
from tests.contracts.served import served
from tests.tokens import bearer

API = "/scheduling/v1"
ACTIONS = {
    "listDailySchedules": (DailyScheduleViewSet, "list"),
    "getDailySchedule": (DailyScheduleViewSet, "retrieve"),
    "patchDailySchedule": (DailyScheduleViewSet, "partial_update"),
    "publishDailySchedule": (DailyScheduleViewSet, "publish"),
    "previewPublication": (DailyScheduleViewSet, "preview_publication"),
    "listDailyScheduleHistory": (DailyScheduleViewSet, "history"),
    "listAcceptedRisks": (DailyScheduleViewSet, "accepted_risks"),
    "listDepartureCandidates": (DepartureViewSet, "candidates"),
    "getFragility": (FragilityViewSet, "fragility"),
    "createScheduleRequest": (ScheduleRequestViewSet, "create"),
    "listScheduleRequests": (ScheduleRequestViewSet, "list"),
    "getScheduleRequest": (ScheduleRequestViewSet, "retrieve"),
    "listScheduleConflicts": (ScheduleConflictViewSet, "list"),
    "resolveScheduleConflict": (ScheduleConflictViewSet, "resolve"),
    "listConflictHistory": (ScheduleConflictViewSet, "history"),
    "listLiveDepartures": (LiveDepartureViewSet, "list"),
    "withdrawRiskAcceptance": (ScheduleConflictViewSet, "withdraw_acceptance"),
    "getScheduleOptimization": (ScheduleOptimizationViewSet, "list"),
    "getGuideCalendar": (GuideViewSet, "calendar"),
}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"}
# Answered 410 with the successor (`test_retired`).
RETIRED = {"/daily-schedules/{schedule_id}": {"PUT"}}


@pytest.fixture(scope="module")
def paths() -> dict[str, Any]:
    paths: dict[str, Any] = parsed(served("openapi.yaml"))["paths"]
    return paths


def test_every_operation_is_an_action_of_a_viewset(paths: dict[str, Any]) -> None:
    assert {operation_id: _action_at(path, method) for operation_id, path, method in _operations(paths)} == ACTIONS


def test_every_method_that_the_specification_lacks_is_a_405(paths: dict[str, Any], client: Client) -> None:
    for path in paths:
        specified = _specified(paths, path) | RETIRED.get(path, set())
        for method in METHODS - specified:
            response = client.generic(method, _address(path), headers=bearer())

            assert (response.status_code, response.json()["code"]) == (405, "METHOD_NOT_ALLOWED"), (method, path)
            assert response.json().keys() == {"code", "message"}
            assert _allowed(response) == specified | _implied(specified)


def test_options_is_answered_with_the_methods_of_the_specification(paths: dict[str, Any], client: Client) -> None:
    for path in paths:
        response = client.options(_address(path), headers=bearer())

        specified = _specified(paths, path) | RETIRED.get(path, set())
        assert (response.status_code, response.content) == (200, b""), path
        assert _allowed(response) == specified | _implied(specified)


def test_options_asks_for_the_token_that_the_operations_ask_for(paths: dict[str, Any], client: Client) -> None:
    statuses = {path: client.options(_address(path)).status_code for path in paths}

    assert {path for path, status in statuses.items() if status != 401} == {"/guides/{guide_id}/calendar.ics"}


def _operations(paths: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for path, operations in paths.items():
        yield from ((operation["operationId"], path, method) for method, operation in operations.items())


def _specified(paths: dict[str, Any], path: str) -> set[str]:
    return {method.upper() for method in paths[path]}


def _implied(specified: set[str]) -> set[str]:
    return {"OPTIONS", *(["HEAD"] if "GET" in specified else [])}


def _allowed(response: HttpResponse) -> set[str]:
    return set(response["Allow"].split(", "))


def _action_at(path: str, method: str) -> tuple[type, str]:
    view: Any = resolve(_address(path)).func
    return view.cls, view.actions[method]


def _address(path: str) -> str:
    """The address of a path of the specification; its parameters keep their placeholders as values."""
    return API + path
