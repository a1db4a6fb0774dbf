from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from scheduling.models import (
    DepartureAlias,
    Hazard,
    HazardKind,
    RequestJob,
    RequestOutcome,
    Reservation,
    ReservationStatus,
    ScheduleRequest,
    ScheduleRevision,
    schedule_id_of,
)
from tests.factories import TOMORROW, DepartureFactory, GuideFactory, TeamMemberFactory, lead
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import change, put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

PUBLISH_PAGE = f"/admin/scheduling/dailyschedule/{schedule_id_of(TOMORROW)}/publish/"


@pytest.fixture
def manager() -> Client:
    return signed_in("Operations manager")


@pytest.fixture
def every_table() -> None:
    """A row in each table of this app."""
    departure, now = uuid4(), timezone.now()
    put({departure: DepartureFactory(team=[lead(GuideFactory())])})
    Reservation.objects.create(reservation_id=uuid4(), status=ReservationStatus.ACTIVE, event_time=now)
    DepartureAlias.objects.create(departure_id=departure, catalog_id=uuid4(), trip_id=uuid4(), schedule_date=TOMORROW)
    a_hazard()
    request = ScheduleRequest.objects.create(
        schedule_date=TOMORROW, requested_by="web", status="FAILED", constraints={"priority": "HIGH"}
    )
    RequestJob.objects.create(request=request, priority="HIGH", subject="web", body_hash="0")
    RequestOutcome.objects.create(request=request, error_code="UNKNOWN_TRIP", error_message="none", completed_at=now)


def a_hazard() -> Hazard:
    return Hazard.objects.create(
        hazard_id=uuid4(),
        kind=HazardKind.WILDLIFE,
        severity="HIGH",
        description="Grizzly bear sighted",
        starts_at=timezone.now() - timedelta(hours=1),
    )


@pytest.mark.parametrize(
    "model",
    [
        "dailyschedule",
        "schedulerevision",
        "schedulerequest",
        "requestjob",
        "requestoutcome",
        "reservation",
        "guidecommitment",
        "departurealias",
        "hazard",
    ],
)
@pytest.mark.usefixtures("every_table")
def test_an_auditor_reads_and_searches_every_table_and_changes_none(model: str) -> None:
    auditor = signed_in("Auditor")
    listed = auditor.get(reverse(f"admin:scheduling_{model}_changelist"), {"q": "a"})
    everything = auditor.get(reverse(f"admin:scheduling_{model}_changelist"))
    row = everything.context["cl"].queryset.first()
    page = reverse(f"admin:scheduling_{model}_change", args=[row.pk])

    assert (listed.status_code, everything.status_code) == (200, 200)
    assert auditor.get(page).status_code == 200
    assert auditor.post(page, {}).status_code == 403
    assert auditor.get(reverse(f"admin:scheduling_{model}_add")).status_code == 403


def test_a_dispatcher_releases_a_hazard_and_an_auditor_cannot() -> None:
    hazard = a_hazard()
    chosen = {"action": "release_chosen", "_selected_action": [str(hazard.pk)]}

    signed_in("Auditor").post(reverse("admin:scheduling_hazard_changelist"), chosen)
    hazard.refresh_from_db()
    assert hazard.released_at is None

    signed_in("Dispatcher").post(reverse("admin:scheduling_hazard_changelist"), chosen)
    hazard.refresh_from_db()
    assert hazard.released_by == "a dispatcher"


def test_a_revision_says_in_words_what_changed() -> None:
    departure = uuid4()
    put({departure: DepartureFactory()})
    change(departure, capacity=10, team=[TeamMemberFactory(guide_name="Ana Ruiz")])

    revision = ScheduleRevision.objects.get(rev=3)
    page = signed_in("Auditor").get(reverse("admin:scheduling_schedulerevision_change", args=[revision.pk]))

    assert "capacity: 12 → 10; team: nothing → Ana Ruiz (lead)" in page.content.decode()


def test_the_list_of_daily_schedules_takes_few_queries(django_assert_max_num_queries: object) -> None:
    for days in range(3):
        put({uuid4(): DepartureFactory()}, TOMORROW + timedelta(days=days))
    auditor = signed_in("Auditor")

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        auditor.get(reverse("admin:scheduling_dailyschedule_changelist"))


def test_the_button_is_there_for_those_who_may_press_it(manager: Client) -> None:
    put({uuid4(): DepartureFactory()})
    page = reverse("admin:scheduling_dailyschedule_change", args=[schedule_id_of(TOMORROW)])

    assert PUBLISH_PAGE in manager.get(page).content.decode()
    assert manager.get(PUBLISH_PAGE)["Location"] == f"/admin/board/{TOMORROW}/publish/"
    assert PUBLISH_PAGE not in signed_in("Dispatcher").get(page).content.decode()
