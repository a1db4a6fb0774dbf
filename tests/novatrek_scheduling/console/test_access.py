from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from tests.novatrek_scheduling.console.people import ROLES, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

EVERY_MODEL = list(admin.site._registry)
EDITED_HERE = {"auth", "django_celery_beat"}
GENERATED = [model for model in EVERY_MODEL if model._meta.app_label not in EDITED_HERE]


def list_of(model: type[Model], page: str = "changelist") -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


@pytest.fixture
def task() -> PeriodicTask:
    each_minute = IntervalSchedule.objects.create(every=1, period=IntervalSchedule.MINUTES)
    task: PeriodicTask = PeriodicTask.objects.create(name="sweep", task="scheduling.sweep", interval=each_minute)
    return task


def edited(task: PeriodicTask) -> dict[str, Any]:
    return {"name": task.name, "task": task.task, "interval": task.interval.pk, "args": "[]", "kwargs": "{}"}


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_every_list_but_users(role: str) -> None:
    person = signed_in(role)

    answers = {model._meta.label: person.get(list_of(model)).status_code for model in EVERY_MODEL}

    hidden = {label for label, status in answers.items() if status != 200}
    assert hidden == {"auth.User", "auth.Group"}


def test_a_superuser_reads_every_list() -> None:
    person = signed_in(is_superuser=True)

    assert {person.get(list_of(model)).status_code for model in EVERY_MODEL} == {200}


def test_who_is_in_no_group_reads_nothing() -> None:
    person = signed_in()

    assert {person.get(list_of(model)).status_code for model in EVERY_MODEL} == {403}


def test_a_stranger_is_asked_to_log_in() -> None:
    for model in EVERY_MODEL:
        assert Client().get(list_of(model)).headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("model", GENERATED, ids=lambda model: model._meta.label)
def test_nobody_adds_rows_that_the_service_writes(model: type[Model]) -> None:
    assert signed_in(is_superuser=True).post(list_of(model, "add"), {}).status_code == 403


@pytest.mark.parametrize("role", ["Auditor", "Dispatcher"])
def test_only_who_administers_runs_and_stops_periodic_tasks(task: PeriodicTask, role: str) -> None:
    person = signed_in(role)
    page = reverse("admin:django_celery_beat_periodictask_change", args=[task.pk])

    person.post(list_of(PeriodicTask), {"action": "disable_tasks", "_selected_action": [task.pk]})

    task.refresh_from_db()
    assert task.enabled
    assert person.get(page).status_code == 200
    assert person.post(page, edited(task)).status_code == 403


def test_an_operations_manager_edits_periodic_tasks(task: PeriodicTask) -> None:
    manager = signed_in("Operations manager")
    page = reverse("admin:django_celery_beat_periodictask_change", args=[task.pk])

    shown = manager.get(page).content.decode()
    manager.post(page, edited(task) | {"description": "every minute is enough"})

    task.refresh_from_db()
    assert "periodic-task-overrides" not in shown
    assert task.description == "every minute is enough"


def test_a_superuser_adds_people_and_looks_at_groups() -> None:
    superuser = signed_in(is_superuser=True)
    ana = {"username": "ana", "usable_password": "true", "password1": "a long secret", "password2": "a long secret"}

    added = superuser.post(reverse("admin:auth_user_add"), ana)

    auditors = Group.objects.get(name="Auditor")
    assert superuser.get(added.headers["Location"]).status_code == 200
    assert superuser.get(reverse("admin:auth_group_change", args=[auditors.pk])).status_code == 200


def test_deleting_a_group_names_the_group_and_counts_the_rest() -> None:
    auditors = Group.objects.get(name="Auditor")

    page = signed_in(is_superuser=True).get(reverse("admin:auth_group_delete", args=[auditors.pk])).content.decode()

    assert "Auditor" in page
    assert f"relationships: {auditors.permissions.count()}" in page
    assert "object (" not in page


def test_whoever_signs_in_is_at_the_home_page(client: Client, django_user_model: Any) -> None:
    django_user_model.objects.create_superuser("ana", password="of the console")

    response = client.post(reverse("admin:login"), {"username": "ana", "password": "of the console"})

    assert (response.status_code, response["Location"]) == (302, reverse("admin:index"))
