"""What guides enter in the document of one date holds on the others for whoever plans, asks, staffs and resolves."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from conflicts.choices import Strategy
from conflicts.models import ScheduleConflict
from conflicts.steps import guides_joining
from optimization.days import inputs
from optimization.days.services import optimize_day
from optimization.requests.processing import process_request
from scheduling.domain.facts import Snapshot
from scheduling.models import ScheduleRequest
from scheduling.requests.submission import Submission, submit_schedule_request
from tests.conflicts.planned import PLANNER, PlannedDay, options_of, plan_a_day
from tests.scheduling.patches.calls import DISPATCHER_SCOPES, change, enter
from tests.scheduling.patches.planned_day import team_of
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings)


def enter_the_day_before(client: Client, planned: PlannedDay, guide_id: UUID, entry: dict[str, Any]) -> None:
    response = enter(client, guide_id, entry, day=planned.day - timedelta(days=1))
    assert response.status_code == 200, response.content


def away(planned: PlannedDay) -> dict[str, Any]:
    first, last = planned.day - timedelta(days=1), planned.day + timedelta(days=3)
    return {"availability_exceptions": [{"from": str(first), "to": str(last), "reason": "surgery"}]}


def led_by(planned: PlannedDay, guide_id: UUID) -> list[UUID]:
    return [key for key, departure in planned.departures.items() if guide_id in departure.guide_ids]


def test_the_optimizer_takes_a_guide_off_every_date_of_an_absence(client: Client, planned: PlannedDay) -> None:
    first, second = planned.staffed()[:2]
    gone = [planned.departure(first).team[0].guide_id, planned.departure(second).team[0].guide_id]
    enter_the_day_before(client, planned, gone[0], away(planned))
    enter_the_day_before(client, planned, gone[1], no_guiding_until(planned.day))

    optimize_day(planned.day, [planned.region_id], author=PLANNER)

    assert not led_by(planned, gone[0])
    assert not led_by(planned, gone[1])
    assert not ScheduleConflict.objects.open().filter(details__cause="AVAILABILITY_EXCEPTION").exists()


def no_guiding_until(day: date) -> dict[str, Any]:
    return {"restrictions": [{"kind": "NO_GUIDING", "until": day.isoformat()}]}


def test_an_absence_of_another_date_entered_while_the_solver_works_is_planned_around(
    client: Client, planned: PlannedDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = planned.staffed()[0]
    lead = planned.departure(key).team[0].guide_id
    planned.edit(key, team=[])
    read, left = inputs.with_availability_notes, [True]

    def read_late(*arguments: Any, **options: Any) -> Snapshot:
        if left and left.pop():
            enter_the_day_before(client, planned, lead, away(planned))
        return read(*arguments, **options)

    monkeypatch.setattr(inputs, "with_availability_notes", read_late)

    optimize_day(planned.day, [planned.region_id], author=PLANNER)

    assert not led_by(planned, lead)


def test_a_dispatcher_cannot_staff_a_guide_who_is_away_by_another_dates_document(
    client: Client, planned: PlannedDay
) -> None:
    key = planned.staffed(lambda departure: len(departure.team) == 1)[0]
    lead = planned.departure(key).team[0].guide_id
    change(client, key, {"team": []}, at=planned.day)
    enter_the_day_before(client, planned, lead, away(planned))

    response = change(client, key, {"team": team_of(lead)}, at=planned.day)

    assert (response.status_code, response.json()["code"]) == (422, "HARD_RULE_VIOLATED")
    assert f"away until {planned.day + timedelta(days=3)}" in response.json()["message"]
    assert "surgery" not in response.content.decode()


def test_candidates_name_an_absence_of_another_dates_document(client: Client, planned: PlannedDay) -> None:
    key = planned.staffed()[0]
    lead = planned.departure(key).team[0].guide_id
    enter_the_day_before(client, planned, lead, away(planned))

    address = f"/scheduling/v1/daily-schedules/{planned.day}/departures/{key}/candidates"
    candidates = client.get(address, headers=bearer(DISPATCHER_SCOPES)).json()["candidates"]

    (ruled_out,) = [guide["ruled_out_by"]["code"] for guide in candidates if guide["guide_id"] == str(lead)]
    assert ruled_out == "AVAILABILITY_EXCEPTION"


def test_nobody_is_offered_in_a_resolution_who_is_away_by_another_dates_document(
    client: Client, planned: PlannedDay
) -> None:
    conflict = planned.send_lead_away(planned.staffed()[0])
    offered = substitutes(conflict)
    enter_the_day_before(client, planned, offered[0], away(planned))
    enter_the_day_before(client, planned, offered[1], no_guiding_until(planned.day))

    assert not {offered[0], offered[1]} & set(substitutes(conflict))


def substitutes(conflict: ScheduleConflict) -> list[UUID]:
    options = options_of(conflict, Strategy.REASSIGN_GUIDE)
    return [guide for option in options for guide in sorted(guides_joining(option.steps))]


def test_ground_that_is_too_hard_is_a_conflict_on_later_dates_as_well(client: Client, planned: PlannedDay) -> None:
    key = planned.staffed(lambda departure: departure.trail_id is not None)[0]
    lead = planned.departure(key).team[0].guide_id
    low = {"restrictions": [{"kind": "MAX_ALTITUDE_M", "value": 1, "until": str(planned.day)}]}

    enter_the_day_before(client, planned, lead, low)

    conflicts = ScheduleConflict.objects.open().filter(details__affected_guide_ids=[str(lead)])
    about = {key for conflict in conflicts for key in conflict.details["departure_ids"]}
    assert {conflict.details["cause"] for conflict in conflicts} == {"RESTRICTION"}
    assert str(key) in about
    assert {conflict.severity for conflict in conflicts} == {"CRITICAL"}


def test_a_request_is_not_given_a_guide_who_is_away_by_another_dates_document(
    client: Client, siblings: SimulatedSiblings
) -> None:
    day = siblings.today + timedelta(days=5)
    first = answered(siblings, day)
    chosen = guides_of(first)
    assert chosen
    range_ = {"from": str(day - timedelta(days=2)), "to": str(day + timedelta(days=2)), "reason": "vacation"}
    for guide_id in chosen:
        enter(client, guide_id, {"availability_exceptions": [range_]}, day=day - timedelta(days=2))

    assert not guides_of(answered(siblings, day)) & chosen


def answered(siblings: SimulatedSiblings, day: date) -> ScheduleRequest:
    trips = siblings.call("svc-trip-catalog", "/trips", params={"activity_type": "HIKING", "status": "ACTIVE"})
    submission = Submission(
        trip_id=UUID(trips.json()["data"][0]["id"]), preferred_dates=(day,), sent_constraints={"min_group_size": 1}
    )
    request = submit_schedule_request(submission, subject=f"kiosk {timezone.now().timestamp()}")
    process_request(request.pk)
    return ScheduleRequest.objects.select_related("outcome").get(pk=request.pk)


def guides_of(request: ScheduleRequest) -> set[str]:
    assignments = request.outcome.result["guide_assignments"]
    return {assignment["guide_id"] for assignment in assignments}
