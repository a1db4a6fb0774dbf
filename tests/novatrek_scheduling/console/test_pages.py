from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from scheduling.admin.region_names import forget_regions
from scheduling.domain.document import AssignmentStatus, DepartureStatus, UnassignedReason
from scheduling.models import RequestOutcome, ScheduleRequest, ScheduleRevision, schedule_id_of
from tests.factories import TOMORROW, DepartureFactory, TeamMemberFactory
from tests.novatrek_scheduling.console.people import signed_in
from tests.scheduling.writes import change, put
from tests.siblings import SimulatedSiblings

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("groups")]

RESULT = {
    "recommended_dates": [
        {
            "date": TOMORROW.isoformat(),
            "score": 81.7,
            "availability_status": "AVAILABLE",
            "notes": "Joins a planned departure.",
        }
    ],
    "guide_assignments": [
        {"date": TOMORROW.isoformat(), "guide_name": "Ana Ruiz", "assignment_status": "CONFIRMED", "certifications": []}
    ],
    "conflict_warnings": [{"severity": "LOW", "message": "no forecast", "source_service": "svc-weather"}],
    "weather_summary": {"conditions": "clear", "forecast_confidence": 0.65},
}


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    forget_regions()
    yield
    forget_regions()


def shown(address: str, *args: object) -> str:
    return signed_in("Auditor").get(reverse(address, args=args)).content.decode()


def test_a_plan_stands_under_the_names_of_its_regions(siblings: SimulatedSiblings) -> None:
    region = siblings.call("svc-trip-catalog", "/regions").json()["data"][0]
    put({uuid4(): DepartureFactory(region_id=UUID(region["id"]), team=[TeamMemberFactory(guide_name="Ana Ruiz")])})

    page = shown("admin:scheduling_dailyschedule_change", schedule_id_of(TOMORROW))

    assert region["name"] in page
    assert "1 of 1 staffed" in page
    assert "Ana Ruiz (lead)" in page


def test_a_plan_is_shown_while_the_catalog_is_away(siblings: SimulatedSiblings) -> None:
    siblings.switch("svc-trip-catalog", "down")
    departure = DepartureFactory(unassigned_reason=UnassignedReason(code="NO_CANDIDATE", message="nobody may lead it"))
    put({uuid4(): departure})

    page = shown("admin:scheduling_dailyschedule_change", schedule_id_of(TOMORROW))

    assert "a region (svc-trip-catalog does not answer)" in page
    assert "nobody may lead it" in page
    assert "needs guide" in page


def test_what_differs_from_the_published_plan_is_marked() -> None:
    key = uuid4()
    put({key: DepartureFactory(team=[TeamMemberFactory()], status=DepartureStatus.CANCELLED)})

    page = shown("admin:scheduling_dailyschedule_change", schedule_id_of(TOMORROW))

    assert "cancelled" in page
    assert "needs guide" not in page


def test_a_request_and_its_outcome_are_told_in_words() -> None:
    request = ScheduleRequest.objects.create(
        schedule_date=TOMORROW,
        requested_by="web",
        status="COMPLETED",
        constraints={"preferred_dates": [TOMORROW.isoformat()]},
    )
    RequestOutcome.objects.create(request=request, result=RESULT, completed_at=timezone.now())

    page = shown("admin:scheduling_schedulerequest_change", request.pk)

    for text in ("preferred dates", "Ana Ruiz (confirmed)", "Joins a planned departure.", "no forecast", "65%"):
        assert text in page


def test_a_new_departure_is_one_line_of_the_history() -> None:
    put({uuid4(): DepartureFactory(participants=8, capacity=12, team=[TeamMemberFactory(guide_name="Ana Ruiz")])})

    page = shown("admin:scheduling_schedulerevision_change", ScheduleRevision.objects.get(rev=2).pk)

    assert "8 of 12 guests, Ana Ruiz (lead)" in page


def test_a_confirmed_guide_is_told_from_a_tentative_one() -> None:
    key, ana = uuid4(), TeamMemberFactory(guide_name="Ana Ruiz", assignment_status=AssignmentStatus.TENTATIVE)
    put({key: DepartureFactory(team=[ana])})
    change(key, team=[ana.model_copy(update={"assignment_status": AssignmentStatus.CONFIRMED})])

    page = shown("admin:scheduling_schedulerevision_change", ScheduleRevision.objects.get(rev=3).pk)

    assert "Ana Ruiz (lead), tentative → Ana Ruiz (lead)" in page
