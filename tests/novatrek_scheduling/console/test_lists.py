"""The lists of the console: what they begin with, and that they take no longer with more rows."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from conflicts.detection import Severity
from conflicts.models import ConflictResolution, RiskAcceptance, ScheduleConflict
from events.bounded_paginator import BoundedPaginator
from events.models import DeadLetter, InboxMessage, OutboxMessage
from optimization.models import OptimizationRun
from scheduling.models import Reservation, ScheduleRequest, ScheduleRevision
from tests.conflicts.factories import conflict_of
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.requests.rows import pending

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

LONG = [
    ConflictResolution,
    DeadLetter,
    InboxMessage,
    OptimizationRun,
    OutboxMessage,
    Reservation,
    RiskAcceptance,
    ScheduleConflict,
    ScheduleRequest,
    ScheduleRevision,
]


class OfTwo(BoundedPaginator):
    most = 2


def shown(model: type[Model], query: str = "", *, person: Client | None = None) -> str:
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return (person or signed_in("Auditor")).get(address + query).content.decode()


@pytest.mark.parametrize("model", LONG, ids=lambda model: model.__name__)
def test_a_page_of_a_long_list_is_read_in_the_order_of_an_index(model: type[Model]) -> None:
    request = RequestFactory().get("/")
    request.user = User.objects.create_superuser("ana")
    rows = admin.site._registry[model].get_changelist_instance(request).queryset.values("pk")

    with connection.cursor() as cursor:
        # Few rows are sorted sooner than an index is read; many are not.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")
    plan = [line.strip().removeprefix("->").strip() for line in rows[:50].explain().splitlines()]

    assert [line for line in plan if line.startswith("Sort  ")] == [], "\n".join(plan)
    assert any("Index" in line for line in plan)


def test_the_list_of_conflicts_begins_with_the_worst_that_are_open_and_of_those_with_the_oldest() -> None:
    found = [(Severity.HIGH, 5), (Severity.CRITICAL, 1), (Severity.LOW, 9), (Severity.CRITICAL, 3)]
    for severity, age in found:
        name = f"{severity} of {age} hours"
        conflict = conflict_of(severity=severity, description=name)
        ScheduleConflict.objects.filter(pk=conflict.pk).update(detected_at=timezone.now() - timedelta(hours=age))
    ScheduleConflict.objects.filter(pk=conflict_of(description="resolved long ago").pk).update(resolved=True)

    auditor = signed_in("Auditor")
    page = shown(ScheduleConflict, person=auditor)

    order = ["CRITICAL of 3 hours", "CRITICAL of 1 hours", "HIGH of 5 hours", "LOW of 9 hours"]
    assert sorted(order, key=page.index) == order
    assert "resolved long ago" not in page
    assert "resolved long ago" in shown(ScheduleConflict, "?resolved__exact=all", person=auditor)


def test_an_empty_list_offers_nothing_that_cannot_be_done() -> None:
    page = shown(ScheduleRequest)

    assert "Nothing here yet" in page
    assert "Create" not in page


def test_a_schedule_is_said_in_words() -> None:
    often = IntervalSchedule.objects.create(every=30, period=IntervalSchedule.SECONDS)
    PeriodicTask.objects.create(name="Relay", task="events.relay", interval=often)

    page = shown(PeriodicTask)

    assert "every 30 seconds" in page
    assert "freq" not in page


def test_rows_are_counted_up_to_a_bound() -> None:
    few, many = [pending(), pending()], ScheduleRequest.objects.order_by("pk")

    exactly = OfTwo(many, 1)
    assert (exactly.count, exactly.num_pages, exactly.has_more) == (len(few), 2, False)
    pending()
    more = OfTwo(many, 1)
    assert (more.count, more.num_pages, more.has_more) == (2, 2, True)


@pytest.mark.parametrize("model", LONG, ids=lambda model: model.__name__)
def test_no_filter_of_a_long_list_reads_which_values_the_table_has(model: type[Model]) -> None:
    auditor = signed_in("Auditor")

    with CaptureQueriesContext(connection) as queries:
        shown(model, person=auditor)

    assert [query["sql"] for query in queries if "DISTINCT" in query["sql"]] == []


def test_received_events_are_filtered_by_their_type() -> None:
    for number, kind in enumerate(["reservation.created", "emergency.triggered"]):
        InboxMessage.objects.create(event_id=uuid4(), event_type=kind, topic="a topic", partition=0, offset=number)
    auditor = signed_in("Auditor")

    everything, chosen = (
        auditor.get(reverse("admin:events_inboxmessage_changelist"), query).context["cl"].result_count
        for query in ({}, {"event_type": "reservation.created"})
    )

    assert (everything, chosen) == (2, 1)
