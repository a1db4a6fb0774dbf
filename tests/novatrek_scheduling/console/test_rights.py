"""Who may open which page of the console and do what there: a page or action that the tables lack fails here."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import URLResolver, get_resolver

from conflicts.models import ScheduleConflict
from scheduling.calendars.tokens import issue_calendar_token
from scheduling.models import ScheduleRevision, schedule_id_of
from tests.conflicts.factories import overfull
from tests.factories import TOMORROW
from tests.novatrek_scheduling.console.people import ROLES, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

A, D, M = ROLES
"""Auditor, Dispatcher, Operations manager."""

People = set[str | None]

EVERYONE: People = {A, D, M}
DISPATCHING: People = {D, M}
MANAGING: People = {M}
STRANGERS: People = {None}
"""Who signs in and is in no group."""
NOBODY: People = set()

PAGES: dict[str, tuple[People, People]] = {
    "board/": (EVERYONE, NOBODY),
    "board/fresh/": (EVERYONE, NOBODY),
    "board/aside/": (EVERYONE, NOBODY),
    "board/board.csv": (EVERYONE, NOBODY),
    "board/board.ics": (EVERYONE, NOBODY),
    "board/<day:day>/departures/<uuid:departure_id>/": (EVERYONE, DISPATCHING),
    "board/<day:day>/departures/<uuid:departure_id>/guides/": (EVERYONE, NOBODY),
    "board/<day:day>/departures/<uuid:departure_id>/rules/": (DISPATCHING, NOBODY),
    "board/<day:day>/departures/<uuid:departure_id>/undo/": (EVERYONE, DISPATCHING),
    "board/<day:day>/departures/<uuid:departure_id>/redo/": (EVERYONE, DISPATCHING),
    "board/<day:day>/departures/<uuid:departure_id>/visitors/": (EVERYONE, NOBODY),
    "board/<day:day>/departures/<uuid:departure_id>/why/": (EVERYONE, NOBODY),
    "board/<day:day>/optimize/": (DISPATCHING, DISPATCHING),
    "board/<day:day>/undo/": (EVERYONE, DISPATCHING),
    "board/<day:day>/redo/": (EVERYONE, DISPATCHING),
    "board/<day:day>/publish/": (EVERYONE, MANAGING),
    "conflicts/review/": (EVERYONE, NOBODY),
    "conflicts/review/together/": (EVERYONE, DISPATCHING),
    "conflicts/review/<uuid:conflict_id>/": (EVERYONE, DISPATCHING),
    "find/suggestions/": (EVERYONE, NOBODY),
    "guides/": (EVERYONE, NOBODY),
    "guides/<uuid:guide_id>/": (EVERYONE, NOBODY),
    "home/fresh/": (EVERYONE, NOBODY),
    "handover/": (EVERYONE, NOBODY),
    # A choice that the browser keeps; the page for signing in has it too.
    "language/": (EVERYONE | STRANGERS, EVERYONE | STRANGERS),
    "proposals/": (EVERYONE, NOBODY),
    "proposals/listed/": (EVERYONE, NOBODY),
    "board/<day:day>/under-way/": (EVERYONE, NOBODY),
    "proposals/<uuid:proposal_id>/": (EVERYONE, DISPATCHING),
    "proposals/<uuid:proposal_id>/progress/": (EVERYONE, NOBODY),
    "scheduling/calendartoken/issue/": (DISPATCHING, DISPATCHING),
    "scheduling/calendartoken/<path:object_id>/revoke/": (DISPATCHING, DISPATCHING),
    # These only show something, also where a form is sent.
    "scheduling/dailyschedule/<uuid:object_id>/being-optimized/": (EVERYONE, EVERYONE),
    "scheduling/dailyschedule/<path:object_id>/publish/": (MANAGING, MANAGING),
    "scheduling/schedulerevision/<path:object_id>/restore/": (DISPATCHING, DISPATCHING),
    # It leads to the review, which has its own rights.
    "conflicts/scheduleconflict/<path:object_id>/resolve/": (EVERYONE | STRANGERS, EVERYONE | STRANGERS),
    "optimization/optimizationrun/compare/<uuid:first>/<uuid:second>/": (EVERYONE, EVERYONE),
    "optimization/optimizationrun/fairness/<uuid:schedule_id>/": (EVERYONE, EVERYONE),
    "optimization/optimizationrun/fragility/<uuid:schedule_id>/": (EVERYONE, EVERYONE),
}
"""Who gets a page, and who may send its form: the others are refused, and find that it cannot be sent (405)."""

ACTIONS: dict[str, People] = {
    "events.DeadLetter.replay_chosen": MANAGING,
    "events.DeadLetter.discard_chosen": MANAGING,
    "scheduling.LastGoodAnswer.accept_chosen": MANAGING,
    "scheduling.Hazard.release_chosen": DISPATCHING,
    "conflicts.ScheduleConflict.resolve_many": DISPATCHING,
    "optimization.OptimizationRun.compare": EVERYONE,
    "optimization.OptimizationRun.plan_again": DISPATCHING,
    "optimization.OptimizationRun.accept": MANAGING,
    "django_celery_beat.PeriodicTask.enable_tasks": MANAGING,
    "django_celery_beat.PeriodicTask.disable_tasks": MANAGING,
    "django_celery_beat.PeriodicTask.toggle_tasks": MANAGING,
    "django_celery_beat.PeriodicTask.run_tasks": MANAGING,
    "django_celery_beat.PeriodicTask.delete_selected": MANAGING,
    "django_celery_beat.CrontabSchedule.delete_selected": MANAGING,
    "django_celery_beat.IntervalSchedule.delete_selected": MANAGING,
    "auth.User.delete_selected": NOBODY,
    "auth.Group.delete_selected": NOBODY,
}
"""Who is offered, and may send, an action on chosen rows."""

EDITED: dict[str, People] = {
    "django_celery_beat.PeriodicTask": MANAGING,
    "django_celery_beat.CrontabSchedule": MANAGING,
    "django_celery_beat.IntervalSchedule": MANAGING,
}
"""Who adds, changes or deletes rows of a table. Of those that are not named here nobody does, or a superuser."""

OF_DJANGO = re.compile(r"_(changelist|add|history|delete|change)$|^(index|login|logout|search|app_list|autocomplete)$")
WITHOUT_CHANGES = {"password_change_done", "jsi18n", "view_on_site", None}


def addresses(patterns: Any = None, prefix: str = "") -> Iterator[tuple[str, str | None]]:
    """Yield each route below /admin/ with its name."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif route.startswith("admin/"):
            yield route.removeprefix("admin/"), pattern.name


def own_pages() -> set[str]:
    """The pages that are neither Django's own nor the lists and rows of tables."""
    return {
        route
        for route, name in addresses()
        if name not in WITHOUT_CHANGES and not OF_DJANGO.search(name or "") and not name.startswith("password_change")
    }


@pytest.fixture
def conflict() -> ScheduleConflict:
    return overfull()


@pytest.fixture
def places(conflict: ScheduleConflict) -> dict[str, str]:
    """What stands in the addresses."""
    revision = ScheduleRevision.objects.earliest("rev")
    issued = issue_calendar_token(uuid4(), guide_name="Ana Ruiz", by="ana")
    return {
        "<day:day>": str(TOMORROW),
        "<uuid:departure_id>": conflict.details["departure_ids"][0],
        "<uuid:conflict_id>": str(conflict.pk),
        "<uuid:schedule_id>": str(schedule_id_of(TOMORROW)),
        "<uuid:object_id>": str(schedule_id_of(TOMORROW)),
        "dailyschedule/<path:object_id>": f"dailyschedule/{schedule_id_of(TOMORROW)}",
        "schedulerevision/<path:object_id>": f"schedulerevision/{revision.pk}",
        "scheduleconflict/<path:object_id>": f"scheduleconflict/{conflict.pk}",
        "calendartoken/<path:object_id>": f"calendartoken/{issued.row.pk}",
    }


def filled(route: str, places: dict[str, str]) -> str:
    for placeholder, value in places.items():
        route = route.replace(placeholder, value)
    return "/admin/" + re.sub(r"<uuid:\w+>", str(UUID(int=7)), route)


def test_every_page_is_in_the_table() -> None:
    assert own_pages() == PAGES.keys()


@pytest.mark.parametrize("role", [*ROLES, None], ids=str)
def test_who_may_not_open_a_page_or_send_its_form_is_refused(role: str | None, places: dict[str, str]) -> None:
    person = signed_in(role)
    opened, sent = set(), set()
    for route in PAGES:
        address = filled(route, places)
        if person.get(address).status_code not in {403, 405}:
            opened.add(route)
        if person.post(address).status_code not in {403, 405}:
            sent.add(route)

    assert opened == {route for route, (readers, _writers) in PAGES.items() if role in readers}
    assert sent == {route for route, (_readers, writers) in PAGES.items() if role in writers}


def test_every_action_is_in_the_table() -> None:
    found = {
        f"{model._meta.label}.{name}"
        for model, pages in admin.site._registry.items()
        for name in pages.get_actions(a_request(User.objects.create_superuser(f"for {model._meta.label}")))
    }

    assert found - ACTIONS.keys() == set()
    assert ACTIONS.keys() <= found


@pytest.mark.parametrize("role", ROLES)
def test_who_may_not_take_an_action_is_not_offered_it(role: str) -> None:
    request = a_request(User.objects.get(pk=signed_in(role).session["_auth_user_id"]))
    offered = {
        f"{model._meta.label}.{name}"
        for model, pages in admin.site._registry.items()
        for name in pages.get_actions(request)
    }

    assert offered == {action for action, people in ACTIONS.items() if role in people}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_not_write_the_rows_of_a_table_neither_adds_changes_nor_deletes_any(role: str) -> None:
    request = a_request(User.objects.get(pk=signed_in(role).session["_auth_user_id"]))
    edited = {model._meta.label for model, pages in admin.site._registry.items() if may_write(pages, request)}

    assert edited == {label for label, people in EDITED.items() if role in people}


def a_request(person: User) -> HttpRequest:
    request = RequestFactory().get("/admin/")
    request.user = person
    return request


def may_write(pages: admin.ModelAdmin[Model], request: HttpRequest) -> bool:
    asked = (pages.has_add_permission, pages.has_change_permission, pages.has_delete_permission)
    return any(may(request) for may in asked)
