"""What a request publishes rests on facts about safety that were read for it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from optimization.requests.processing import process_request
from optimization.requests.query import TripQuery
from optimization.requests.snapshot import take_query_snapshot
from scheduling.domain.document import Departure, DepartureStatus
from scheduling.models import DailySchedule, RequestStatus, ScheduleRequest
from scheduling.requests.submission import Constraints, Submission, submit_schedule_request
from tests.scheduling.siblings.examples import SECONDS, a_hike, calls_made, region_of, tomorrow
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db


def days_of(siblings: SimulatedSiblings) -> tuple[date, ...]:
    return tuple(siblings.today + timedelta(days=n) for n in range(1, 6))


def warm_the_cache(siblings: SimulatedSiblings) -> None:
    query = TripQuery(a_hike(siblings), days_of(siblings), Constraints.read({}))
    take_query_snapshot(query, deadline_seconds=SECONDS)


def submitted(siblings: SimulatedSiblings) -> ScheduleRequest:
    submission = Submission(trip_id=a_hike(siblings), preferred_dates=days_of(siblings), sent_constraints={})
    return submit_schedule_request(submission, subject="kiosk")


def answered(siblings: SimulatedSiblings) -> tuple[ScheduleRequest, Departure | None]:
    request = submitted(siblings)
    process_request(request.pk)
    request = ScheduleRequest.objects.select_related("outcome").get(pk=request.pk)
    schedule = DailySchedule.objects.filter(schedule_date=request.schedule_date).first()
    departure_id = request.outcome.departure_id
    return request, schedule.document.departures.get(departure_id) if schedule and departure_id else None


class _Undone(Exception):
    pass


def what_would_be_published(siblings: SimulatedSiblings) -> Departure:
    """Answer a request and undo it: what another one gets if nothing changes."""
    with suppress(_Undone), transaction.atomic():
        _, would_be = answered(siblings)
        raise _Undone
    assert would_be
    assert would_be.status is DepartureStatus.PUBLISHED
    return would_be


def close(siblings: SimulatedSiblings, trail_id: UUID | None, _: UUID) -> None:
    siblings.close_trail(f"{trail_id}", siblings.today, days_of(siblings)[-1])


def shut(siblings: SimulatedSiblings, trail_id: UUID | None, _: UUID) -> None:
    siblings.alter("trails", f"{trail_id}", status="CLOSED")


def suspend(siblings: SimulatedSiblings, _: UUID | None, guide_id: UUID) -> None:
    siblings.alter("guides", f"{guide_id}", status="SUSPENDED")


def revoke(siblings: SimulatedSiblings, _: UUID | None, guide_id: UUID) -> None:
    siblings.expire_certificates(f"{guide_id}")


@pytest.mark.parametrize("change", [close, shut, suspend, revoke])
def test_what_changed_a_second_ago_is_seen(
    siblings: SimulatedSiblings, change: Callable[[SimulatedSiblings, UUID | None, UUID], None]
) -> None:
    would_be = what_would_be_published(siblings)
    warm_the_cache(siblings)
    [member, *_] = would_be.team
    change(siblings, would_be.trail_id, member.guide_id)

    _, departure = answered(siblings)

    assert departure
    assert (departure.trail_id, departure.guide_ids) != (would_be.trail_id, would_be.guide_ids)


def test_an_alert_that_was_raised_a_second_ago_is_named(siblings: SimulatedSiblings) -> None:
    region_id = region_of(siblings, a_hike(siblings))
    siblings.calm_the_weather(f"{region_id}")
    warm_the_cache(siblings)
    now = timezone.now()
    siblings.raise_alert(f"{region_id}", now, now + timedelta(days=9))

    request, _ = answered(siblings)

    assert "Storm" in {warning["message"] for warning in request.outcome.result["conflict_warnings"]}


def test_facts_that_are_not_about_safety_come_from_the_cache(siblings: SimulatedSiblings) -> None:
    warm_the_cache(siblings)
    before = calls_made()

    answered(siblings)

    calls = calls_made() - before
    assert calls["getTrailClosures"] > 0
    assert calls["getWeatherAlerts"] == 1
    assert {"getTripById", "listRegions", "listLocations", "getWeatherForecast"}.isdisjoint(calls)


def test_nobody_is_told_of_a_plan_on_facts_that_grew_old_on_the_way(siblings: SimulatedSiblings, settings: Any) -> None:
    settings.SAFETY_FACTS_MAX_AGE_SECONDS = -1

    request = submitted(siblings)
    process_request(request.pk)

    assert not DailySchedule.objects.exists()
    request.refresh_from_db()
    assert request.status == RequestStatus.PENDING


def test_an_answer_says_how_old_its_oldest_fact_is(client: Client, siblings: SimulatedSiblings) -> None:
    began_at = timezone.now()
    warm_the_cache(siblings)
    warmed_at = timezone.now()
    day = f"{tomorrow(siblings)}"
    query = {"trip_id": f"{a_hike(siblings)}", "date_range_start": day, "date_range_end": day}

    answer = client.get("/scheduling/v1/schedule-optimization", query, headers=bearer()).json()
    request, _ = answered(siblings)

    for read_at in (answer["facts_read_at"], request.outcome.result["facts_read_at"]):
        assert began_at <= datetime.fromisoformat(read_at) <= warmed_at
