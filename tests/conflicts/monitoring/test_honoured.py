"""What a person has accepted is shown on the departure, and is no reason to refuse its publication."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from conflicts.detection import Cause
from conflicts.models import RiskAcceptance, ScheduleConflict
from conflicts.options import accept_risk
from conflicts.resolution.acceptance import withdraw_acceptance
from conflicts.resolution.services import resolve_conflict
from scheduling.daily_schedules.authors import Author, AuthorKind
from scheduling.domain.document import DepartureStatus
from scheduling.errors import HardRuleViolated
from scheduling.hazards import WildlifeAlert, record_wildlife_alert
from scheduling.models import schedule_id_of
from scheduling.publication.services import publish_departures
from tests.conflicts.factories import IN_THREE_DAYS, overfull
from tests.conflicts.planned import PlannedDay, enter_absence, plan_a_day
from tests.novatrek_scheduling.console.people import signed_in
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db

OPEN = ScheduleConflict.objects.open
MACHINE = Author(AuthorKind.REQUEST, "worker")


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def accept(conflict: ScheduleConflict) -> None:
    option = accept_risk(conflict.pk, conflict.details)
    resolve_conflict(conflict.pk, option.id, by="ana", notes="back by then")


def address(day: date) -> str:
    return f"/scheduling/v1/daily-schedules/{day}/publish"


def publish(client: Client, planned: PlannedDay, key: UUID) -> Any:
    body = {"departure_ids": [str(key)]}
    headers = bearer(("scheduling:publish",))
    return client.post(address(planned.day), body, content_type="application/json", headers=headers)


def previewed(client: Client, planned: PlannedDay, key: UUID) -> dict[str, Any]:
    shown = client.get(address(planned.day), {"departure_ids": str(key)}, headers=bearer()).json()
    [departure] = shown["departures"]
    return dict(departure)


def test_an_accepted_absence_is_published_without_an_override_and_by_no_machine(
    client: Client, planned: PlannedDay
) -> None:
    key = planned.staffed()[0]
    conflict = planned.send_lead_away(key)
    assert publish(client, planned, key).status_code == 422

    accept(conflict)

    shown = previewed(client, planned, key)
    assert shown["broken_rules"] == []
    [risk] = shown["accepted_risks"]
    assert (risk["rule"], risk["accepted_by"], risk["reason"]) == ("AVAILABILITY_EXCEPTION", "ana", "back by then")
    with pytest.raises(HardRuleViolated):
        publish_departures(planned.day, author=MACHINE, by_machine=True, departure_ids=[key])
    assert publish(client, planned, key).status_code == 200
    assert planned.departure(key).status is DepartureStatus.PUBLISHED
    assert not OPEN().filter(details__departure_ids=[str(key)]).exists()


def test_an_accepted_risk_is_told_with_its_departure_as_long_as_it_is_accepted(
    client: Client, planned: PlannedDay
) -> None:
    key = planned.staffed()[0]
    conflict = planned.send_lead_away(key)
    accept(conflict)
    url = f"/scheduling/v1/daily-schedules/{planned.day}/accepted-risks"

    answer = client.get(url, headers=bearer()).json()

    acceptance = RiskAcceptance.objects.get()
    [risk] = answer["accepted_risks"]
    assert answer["schedule_date"] == planned.day.isoformat()
    assert risk == {
        "departure_ids": [str(key)],
        "description": conflict.details["description"],
        "accepted_by": "ana",
        "accepted_until": acceptance.expires_at.isoformat().replace("+00:00", "Z"),
        "reason": "back by then",
    }
    RiskAcceptance.objects.update(expires_at=timezone.now())
    assert client.get(url, headers=bearer()).json()["accepted_risks"] == []
    assert client.get(url, headers=bearer(("scheduling:publish",))).status_code == 403
    nowhere = client.get("/scheduling/v1/daily-schedules/2019-01-01/accepted-risks", headers=bearer())
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "UNKNOWN_DAILY_SCHEDULE")


def test_what_is_another_risk_now_or_withdrawn_stands_against_publishing_again(
    client: Client, planned: PlannedDay
) -> None:
    first, second = planned.staffed()[:2]
    for key in (first, second):
        conflict = planned.send_lead_away(key)
        accept(conflict)
    enter_absence(planned.departure(first).team[0].guide_id, planned.day, "in hospital")
    withdraw_acceptance(conflict.pk, by="ben")

    assert [publish(client, planned, key).status_code for key in (first, second)] == [422, 422]


def test_a_trail_that_is_closed_for_two_reasons_needs_both_accepted(client: Client, planned: PlannedDay) -> None:
    key = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    departure = planned.departure(key)
    planned.siblings.close_trail(str(departure.trail_id), planned.day, planned.day)
    now = timezone.now()
    bear = WildlifeAlert(uuid4(), "bear", "high", (departure.trail_id,), "close_trail", now, now + timedelta(days=9))
    record_wildlife_alert(bear)
    planned.look_again()

    statuses = []
    for cause in (Cause.TRAIL, Cause.TRAIL_HAZARD):
        accept(OPEN().get(details__cause=cause, details__departure_ids=[str(key)]))
        statuses.append(publish(client, planned, key).status_code)

    assert statuses == [422, 200]


@pytest.mark.usefixtures("groups")
def test_the_page_of_the_date_shows_who_answers_for_what_until_when() -> None:
    conflict = overfull(IN_THREE_DAYS)
    accept(conflict)

    page = signed_in("Auditor").get(f"/admin/scheduling/dailyschedule/{schedule_id_of(IN_THREE_DAYS)}/change/")

    until = f"{conflict.acceptances.get().expires_at:%Y-%m-%d %H:%M} UTC"
    assert f"accepted by ana until {until}: back by then" in page.content.decode()
