"""What a completed request shows, and its client is told, when its departure changes afterwards."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from events.models import OutboxMessage
from scheduling.daily_schedules.drafts import Draft
from scheduling.daily_schedules.writer import write_daily_schedules
from scheduling.domain.document import (
    Announcement,
    AssignmentStatus,
    Departure,
    DepartureStatus,
    Role,
    TeamMember,
)
from scheduling.models import DailySchedule, RequestOutcome, ScheduleRequest
from scheduling.requests.answers import Standing, result_now
from scheduling.requests.claims import complete_request
from tests.factories import DISPATCHER, TOMORROW, DepartureFactory, GuideFactory, TeamMemberFactory, at, lead
from tests.scheduling.patches.calls import change as patch_departure
from tests.scheduling.requests.life_cycle import called_back, claimed
from tests.scheduling.requests.rows import pending
from tests.scheduling.writes import change, put, write_in_sql
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

KEY, TRAIL = uuid4(), uuid4()
ANA, BEN = GuideFactory(name="Ana"), GuideFactory(name="Ben")
NEXT_DAY = TOMORROW + timedelta(days=1)


def planned(**fields: Any) -> Departure:
    """The departure of the answer: published, at nine, led by Ana."""
    announced = Announcement(guide_ids=[ANA.id], trail_id=TRAIL, starts_at=at(9), ends_at=at(12))
    published = {"status": DepartureStatus.PUBLISHED, "published": announced}
    return DepartureFactory(**{"team": [lead(ANA)], "trail_id": TRAIL, **published} | fields)


def answered(departure: Departure | None = None) -> ScheduleRequest:
    """A request that was answered with the departure on the first of its two dates; its callbacks so far are sent."""
    departure, request = departure or planned(), pending()
    put({KEY: departure})
    with transaction.atomic():
        result = result_now(two_dates(), TOMORROW, Standing(KEY, TOMORROW, departure))
        complete_request(claimed(request), result=result, run_id=uuid4(), chosen=TOMORROW, departure_id=KEY)
    OutboxMessage.objects.all().delete()
    return ScheduleRequest.objects.get(pk=request.pk)


def two_dates() -> dict[str, Any]:
    of_date = {"availability_status": "AVAILABLE", "trail_condition": "GOOD", "notes": "As answered."}
    assignment = {"guide_id": str(ANA.id), "guide_name": "Ana", "assignment_status": "TENTATIVE", "certifications": []}
    return {
        "recommended_dates": [
            {"date": str(TOMORROW), "score": 80.5, **of_date},
            {"date": str(NEXT_DAY), "score": 70.0, **of_date},
        ],
        "guide_assignments": [assignment | {"date": str(day)} for day in (TOMORROW, NEXT_DAY)],
        "conflict_warnings": [],
        "optimization_score": 80.5,
    }


def shown(client: Client, request: ScheduleRequest) -> dict[str, Any]:
    body: dict[str, Any] = client.get(f"/scheduling/v1/schedule-requests/{request.pk}", headers=bearer()).json()
    return body


def date_shown(body: dict[str, Any], day: object = TOMORROW) -> dict[str, Any]:
    [entry] = [entry for entry in body["result"]["recommended_dates"] if entry["date"] == str(day)]
    return dict(entry)


def team_shown(body: dict[str, Any], day: object = TOMORROW) -> list[tuple[str, str]]:
    assignments = body["result"]["guide_assignments"]
    return [(a["guide_name"], a["assignment_status"]) for a in assignments if a["date"] == str(day)]


def put_on_both(day: date, *, tomorrow: Mapping[UUID, Departure], then: Mapping[UUID, Departure]) -> None:
    """Replace the departures of tomorrow, and add some on another date, in one write."""

    def edit(drafts: Mapping[date, Draft]) -> None:
        drafts[TOMORROW].document.departures = dict(tomorrow)
        drafts[day].document.departures.update(then)

    write_daily_schedules([TOMORROW, day], edit, author=DISPATCHER)


def test_the_result_names_the_departure_with_its_times_region_and_trail(client: Client) -> None:
    request = answered()

    body = shown(client, request)

    departure, places = body["result"]["departure"], planned()
    expected = {
        "departure_id": str(KEY),
        "starts_at": at(9).isoformat(),
        "ends_at": at(12).isoformat(),
        "region_id": str(places.region_id),
        "trail_id": str(TRAIL),
    }
    assert departure == expected | {"date": str(TOMORROW), "status": "PUBLISHED"}
    assert expected.items() <= date_shown(body).items()
    assert [a["role"] for a in body["result"]["guide_assignments"] if a.get("departure_id") == str(KEY)] == ["LEAD"]


def test_an_answer_as_it_is_now_is_one_query_and_so_is_a_page_of_them(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    request = answered()
    change(KEY, team=[lead(BEN)])

    with django_assert_max_num_queries(1):
        body = shown(client, request)
    with django_assert_max_num_queries(1):
        page = client.get("/scheduling/v1/schedule-requests", headers=bearer()).json()

    assert team_shown(body)[0] == ("Ben", "CONFIRMED")
    assert page == {"schedule_requests": [body], "total_count": 1}


def test_while_nothing_changes_the_answer_is_the_original_one(client: Client) -> None:
    request = answered()
    change(KEY, participants=9)

    body = shown(client, request)

    assert "original_result" not in body
    assert body["result"] == RequestOutcome.objects.get().result
    assert not called_back()


def test_a_cancelled_departure_makes_its_date_unavailable(client: Client) -> None:
    request = answered()
    stored_before = RequestOutcome.objects.get().result

    assert patch_departure(client, KEY, {"status": "CANCELLED"}).status_code == 200

    body = shown(client, request)
    assert (body["status"], body["result"]["departure"]["status"]) == ("COMPLETED", "CANCELLED")
    assert date_shown(body)["availability_status"] == "UNAVAILABLE"
    assert (body["result"]["optimization_score"], team_shown(body)) == (0, [])
    assert body["original_result"] == stored_before == RequestOutcome.objects.get().result
    assert [(call["status"], call["result"]) for call in called_back()] == [("COMPLETED", body["result"])]


def test_a_replaced_guide_is_shown_and_told(client: Client) -> None:
    request = answered()

    change(KEY, team=[lead(BEN)])

    body = shown(client, request)
    assert team_shown(body) == [("Ben", "CONFIRMED")]
    assert team_shown(body, NEXT_DAY) == [("Ana", "TENTATIVE")]
    assert date_shown(body)["notes"] == "Now at 09:00, led by Ben."
    assert [call["result"] for call in called_back()] == [body["result"]]


def test_another_time_and_trail_on_the_date_are_shown_and_told(client: Client) -> None:
    request, other_trail = answered(), uuid4()

    change(KEY, starts_at=at(14), ends_at=at(17), trail_id=other_trail)

    entry = date_shown(shown(client, request))
    assert (entry["starts_at"], entry["trail_id"]) == (at(14).isoformat(), str(other_trail))
    assert (entry["notes"], entry["availability_status"]) == ("Now at 14:00, led by Ana.", "AVAILABLE")
    assert "trail_condition" not in entry
    assert len(called_back()) == 1


def test_a_departure_moved_to_another_date_is_found_there(client: Client) -> None:
    request = answered()

    moved = planned(starts_at=at(9, day=NEXT_DAY), ends_at=at(12, day=NEXT_DAY))
    put_on_both(NEXT_DAY, tomorrow={}, then={KEY: moved})

    body = shown(client, request)
    assert body["result"]["departure"]["date"] == str(NEXT_DAY)
    assert date_shown(body)["notes"] == f"The departure was moved to {NEXT_DAY}."
    assert date_shown(body)["availability_status"] == "UNAVAILABLE"
    assert (date_shown(body, NEXT_DAY)["availability_status"], team_shown(body)) == ("AVAILABLE", [])
    assert team_shown(body, NEXT_DAY) == [("Ana", "CONFIRMED")]
    assert len(called_back()) == 1


def test_a_departure_rescheduled_as_another_is_followed_there_and_further(client: Client) -> None:
    request, other = answered(), uuid4()
    a_week_later = TOMORROW + timedelta(days=7)
    moved = planned(starts_at=at(9, day=a_week_later), ends_at=at(12, day=a_week_later))
    cancelled = planned(status=DepartureStatus.CANCELLED, rescheduled_to=other)
    put_on_both(a_week_later, tomorrow={KEY: cancelled}, then={other: moved})

    assert shown(client, request)["result"]["departure"]["departure_id"] == str(other)

    change(other, a_week_later, status=DepartureStatus.CANCELLED)

    body = shown(client, request)
    assert body["result"]["departure"]["status"] == "CANCELLED"
    assert date_shown(body, a_week_later)["availability_status"] == "UNAVAILABLE"
    assert [call["result"]["departure"]["date"] for call in called_back()] == [str(a_week_later)] * 2
    assert RequestOutcome.objects.get().departure_id == KEY


def test_a_departure_that_was_removed_counts_as_cancelled(client: Client) -> None:
    request = answered()

    put_on_both(NEXT_DAY, tomorrow={}, then={})

    assert date_shown(shown(client, request))["notes"] == "The departure was cancelled."
    assert len(called_back()) == 1


def test_an_approved_team_makes_the_date_available_and_confirmed(client: Client) -> None:
    waiting = lead(ANA).model_copy(update={"assignment_status": AssignmentStatus.PENDING_APPROVAL})
    request = answered(planned(status=DepartureStatus.DRAFT, published=None, team=[waiting]))
    assert date_shown(shown(client, request))["availability_status"] == "LIMITED"

    put({KEY: planned()})

    body = shown(client, request)
    assert (team_shown(body), date_shown(body)["availability_status"]) == ([("Ana", "CONFIRMED")], "AVAILABLE")
    assert len(called_back()) == 1


def test_a_change_of_roles_is_another_answer() -> None:
    assistant = TeamMemberFactory(guide_id=BEN.id, guide_name="Ben", role=Role.ASSISTANT)
    answered(planned(team=[lead(ANA), assistant]))

    change(KEY, team=[in_role(Role.LEAD, assistant), in_role(Role.ASSISTANT, lead(ANA))])

    assert len(called_back()) == 1


def in_role(role: Role, member: TeamMember) -> TeamMember:
    return member.model_copy(update={"role": role})


@pytest.mark.parametrize("status", [DepartureStatus.IN_PROGRESS, DepartureStatus.COMPLETED])
def test_setting_out_and_coming_home_is_no_other_answer(client: Client, status: DepartureStatus) -> None:
    request = answered()

    change(KEY, status=status)

    body = shown(client, request)
    assert body["result"]["departure"]["status"] == status
    assert "original_result" not in body
    assert not called_back()


def test_nobody_is_told_of_a_departure_that_is_over() -> None:
    ended = timezone.now() - timedelta(minutes=1)
    answered(planned(starts_at=ended - timedelta(hours=3), ends_at=ended, status=DepartureStatus.COMPLETED))

    change(KEY, team=[lead(BEN)])

    assert not called_back()


def test_nobody_is_told_without_an_address() -> None:
    request = answered()
    ScheduleRequest.objects.update(constraints={k: v for k, v in request.constraints.items() if k != "callback_url"})

    change(KEY, team=[lead(BEN)])

    assert not called_back()


def test_of_two_requests_for_one_departure_both_are_told_once_of_each_revision() -> None:
    first, second = answered(), answered()

    change(KEY, team=[lead(BEN)])
    change(KEY, team=[lead(BEN)])
    change(KEY, team=[lead(ANA)])

    assert sorted(call["id"] for call in called_back()) == sorted([str(first.pk), str(second.pk)] * 2)


def test_what_a_rolled_back_write_would_have_changed_is_not_told(client: Client) -> None:
    answered()
    with transaction.atomic():
        change(KEY, team=[lead(BEN)])
        transaction.set_rollback(True)

    assert not called_back()


def test_the_list_shows_what_is_so_now_with_one_query_more(client: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(3):
        answered()
    change(KEY, team=[lead(BEN)])

    with django_assert_max_num_queries(3):
        listed = client.get("/scheduling/v1/schedule-requests", headers=bearer(["scheduling:read"])).json()

    assert [team_shown(body) for body in listed["schedule_requests"]] == [[("Ben", "CONFIRMED")]] * 3


def test_an_answer_from_before_results_named_their_departure_is_shown_and_followed(client: Client) -> None:
    request = answered()
    RequestOutcome.objects.update(result=two_dates() | {"guide_assignments": two_dates()["guide_assignments"][:1]})
    body = shown(client, request)
    assert (body["result"]["departure"]["departure_id"], date_shown(body)["notes"]) == (str(KEY), "As answered.")

    change(KEY, team=[lead(BEN)])

    assert team_shown(shown(client, request)) == [("Ben", "CONFIRMED")]


def test_a_departure_that_cannot_be_read_leaves_the_answer_as_it_was(client: Client) -> None:
    request = answered()
    write_in_sql(f"{{departures,{KEY},capacity}}", '"many"')

    body = shown(client, request)

    assert body["result"] == RequestOutcome.objects.get().result
    assert DailySchedule.objects.exists()
