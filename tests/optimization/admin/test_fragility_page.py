"""The page that shows what single losses would do."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from optimization.models import FragilityReport
from scheduling.models import DailySchedule
from tests.novatrek_scheduling.console.people import signed_in
from tests.optimization.fragility.planned import plan_tomorrow, silence, write_again
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

AtMost = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> DailySchedule:
    return plan_tomorrow(siblings)


@pytest.fixture
def auditor() -> Client:
    return signed_in("Auditor")


def page_of(schedule: DailySchedule) -> str:
    return reverse("admin:optimization_fragility", args=[schedule.pk])


def test_the_page_of_a_date_leads_to_its_losses_and_hedges_in_words(auditor: Client, planned: DailySchedule) -> None:
    date_page = auditor.get(reverse("admin:scheduling_dailyschedule_change", args=[planned.pk])).content.decode()

    page = auditor.get(page_of(planned)).content.decode()

    assert page_of(planned) in date_page
    report = FragilityReport.objects.get().report
    assert report["most_fragile"]
    for shown in (*report["most_fragile"], *report["also_fragile"], *report["hedges"]):
        assert escape(shown["message"]) in page


def test_the_page_says_that_it_is_about_an_earlier_plan(
    auditor: Client, planned: DailySchedule, siblings: SimulatedSiblings
) -> None:
    auditor.get(page_of(planned))
    write_again(planned.schedule_date)
    silence(siblings)

    assert "this is about an earlier revision" in auditor.get(page_of(planned)).content.decode()

    FragilityReport.objects.all().delete()
    assert 'role="alert"' in auditor.get(page_of(planned)).content.decode()


def test_only_those_who_may_see_daily_schedules_see_it(auditor: Client, planned: DailySchedule) -> None:
    assert signed_in().get(page_of(planned)).status_code == 403
    assert auditor.get(reverse("admin:optimization_fragility", args=[uuid4()])).status_code == 404


def test_a_kept_report_takes_few_queries(
    auditor: Client, planned: DailySchedule, django_assert_max_num_queries: AtMost
) -> None:
    auditor.get(page_of(planned))

    with django_assert_max_num_queries(8):
        auditor.get(page_of(planned))


def test_a_standby_goes_into_a_proposal_from_there_for_who_dispatches(auditor: Client, planned: DailySchedule) -> None:
    auditor.get(page_of(planned))
    kept = FragilityReport.objects.get()
    kept.report["hedges"] = [{"kind": "STANDBY", "id": str(planned.pk), "message": "Ana Ruiz held ready"}]
    kept.save()
    button = f'name="standby" value="{planned.pk}"'

    assert button not in auditor.get(page_of(planned)).content.decode()
    assert button in signed_in("Dispatcher").get(page_of(planned)).content.decode()
