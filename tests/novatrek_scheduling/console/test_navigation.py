from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.novatrek_scheduling.console.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]


def sidebar(person: Client, page: str = "/admin/") -> list[dict[str, Any]]:
    groups = person.get(page).context["sidebar_navigation"]
    return [item for group in groups for item in group["items"] if item["has_permission"]]


def titles(person: Client) -> list[str]:
    return [item["title"] for item in sidebar(person)]


def test_the_sidebar_has_what_a_role_may_see() -> None:
    everything = titles(signed_in(is_superuser=True))

    assert titles(signed_in("Auditor")) == [title for title in everything if title not in {"Users", "Groups"}]
    assert titles(signed_in()) == ["Home"]


def test_every_link_leads_somewhere_and_every_table_is_reached() -> None:
    superuser = signed_in(is_superuser=True)
    context = superuser.get("/admin/").context
    in_sidebar = {str(item["link"]) for group in context["sidebar_navigation"] for item in group["items"]}
    in_tabs = {str(item["link"]) for tab in context["tab_list"] for item in tab["items"]}
    lists = {reverse(f"admin:{m._meta.app_label}_{m._meta.model_name}_changelist") for m in admin.site._registry}

    assert {superuser.get(link).status_code for link in in_sidebar | in_tabs} == {200}
    assert lists <= in_sidebar | in_tabs


@pytest.mark.parametrize(
    ("page", "marked"),
    [
        ("/admin/", "Home"),
        ("/admin/scheduling/dailyschedule/", "Daily schedules"),
        ("/admin/scheduling/schedulerevision/", "History"),
        ("/admin/scheduling/requestjob/", "Schedule requests"),
        ("/admin/conflicts/riskacceptance/", "Conflicts"),
        ("/admin/django_celery_beat/crontabschedule/", "Periodic tasks"),
    ],
)
def test_one_entry_is_marked_where_somebody_is(page: str, marked: str) -> None:
    items = sidebar(signed_in(is_superuser=True), page)

    assert [item["title"] for item in items if item["active"]] == [marked]


def test_every_page_says_that_this_is_not_production() -> None:
    assert "Sandbox" in signed_in("Auditor").get("/admin/events/outboxmessage/").content.decode()
