"""A dispatcher's changes to departures that need no facts of the siblings."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from events.models import OutboxMessage
from scheduling.domain.document import Announcement, AssignmentStatus, DepartureStatus, UnassignedReason
from scheduling.models import GuideCommitment
from tests.factories import DepartureFactory, TeamMemberFactory, at
from tests.scheduling.patches.calls import change, named
from tests.scheduling.patches.planned_day import led_alone
from tests.scheduling.writes import put, stored

pytestmark = pytest.mark.django_db


def departure(**fields: Any) -> UUID:
    key = uuid4()
    put({key: DepartureFactory(**fields)})
    return key


def refused(client: Client, key: UUID, fields: dict[str, Any]) -> tuple[int, str, list[str]]:
    before = stored()
    response = change(client, key, fields)
    assert stored() == before
    return response.status_code, response.json()["code"], [name.rpartition(".")[2] for name in named(response)]


def test_capacity_is_not_cut_below_the_guests_who_come(client: Client) -> None:
    key = departure(capacity=12, participants=8)

    assert refused(client, key, {"capacity": 7}) == (422, "DEPARTURE_NOT_EDITABLE", ["capacity"])
    assert change(client, key, {"capacity": 8}).status_code == 200


def test_a_departure_is_cancelled_and_its_guides_are_free(client: Client) -> None:
    key = departure(team=[TeamMemberFactory()])
    assert GuideCommitment.objects.count() == 1

    assert change(client, key, {"status": "CANCELLED"}).status_code == 200

    assert stored()[key].status is DepartureStatus.CANCELLED
    assert not GuideCommitment.objects.exists()


def test_a_reason_with_its_trails_can_be_sent_back_as_it_was_read(client: Client) -> None:
    reason = UnassignedReason(code="NO_TRAIL", message="no trail fits", trail_ids=[uuid4()])
    key = departure(unassigned_reason=reason)

    response = change(client, key, {"unassigned_reason": reason.model_dump(mode="json"), "capacity": 20})

    assert response.status_code == 200
    assert stored()[key].unassigned_reason == reason


def test_a_cancelled_departure_is_not_planned(client: Client) -> None:
    key = departure(status=DepartureStatus.CANCELLED)

    assert refused(client, key, {"capacity": 20}) == (422, "DEPARTURE_NOT_EDITABLE", ["status"])


def test_a_cancelled_departure_is_not_published_again(client: Client) -> None:
    announced = Announcement(guide_ids=[uuid4()], starts_at=at(9))
    key = departure(status=DepartureStatus.CANCELLED, published=announced)

    response = change(client, key, {"status": "PUBLISHED"}, scopes=("scheduling:write", "scheduling:publish"))

    assert (response.status_code, response.json()["code"]) == (422, "DEPARTURE_NOT_EDITABLE")
    assert stored()[key].published == announced


def test_nobody_is_released_from_a_departure_that_nobody_leads(client: Client) -> None:
    key = departure(capacity=12)

    response = change(client, key, {"team": [], "capacity": 14})

    assert (response.status_code, stored()[key].capacity) == (200, 14)


def test_a_departure_that_is_over_stays_as_it_was(client: Client) -> None:
    key = departure(status=DepartureStatus.COMPLETED)

    assert refused(client, key, {"status": "CANCELLED"}) == (422, "DEPARTURE_NOT_EDITABLE", ["status"])


def test_a_departure_is_not_removed(client: Client) -> None:
    key = departure()

    assert refused(client, key, None) == (422, "DEPARTURE_NOT_EDITABLE", [str(key)])  # type: ignore[arg-type]
    assert change(client, uuid4(), None).status_code == 200


def test_a_departure_that_is_not_there_needs_a_trip_and_a_start(client: Client) -> None:
    put({uuid4(): DepartureFactory()})
    key = uuid4()

    assert refused(client, key, {"capacity": 9})[:2] == (404, "UNKNOWN_DEPARTURE")


def test_its_own_status_and_its_own_identity_may_be_sent_back(client: Client) -> None:
    key = departure()
    departure_as_read = stored()[key]

    response = change(
        client,
        key,
        {"status": "DRAFT", "trip_id": str(departure_as_read.trip_id), "trip_name": departure_as_read.trip_name},
    )

    assert (response.status_code, response.json()["_rev"]) == (200, 2)


def test_a_published_departure_does_not_become_a_draft(client: Client) -> None:
    announced = Announcement(guide_ids=[], starts_at=at(9))
    key = departure(status=DepartureStatus.PUBLISHED, published=announced)

    assert refused(client, key, {"status": "DRAFT"})[:2] == (403, "FIELD_NOT_YOURS")


def test_whoever_may_publish_publishes_one_departure_by_its_status(client: Client, day: date) -> None:
    key, _ = led_alone(day)
    scopes = ("scheduling:write", "scheduling:publish")

    response = change(client, key, {"status": "PUBLISHED"}, scopes=scopes, at=day)

    assert response.status_code == 200
    published = [entry for entry in stored(day).values() if entry.published]
    assert published == [stored(day)[key]]
    assert not stored(day)[key].has_unpublished_changes


def test_nobody_is_told_of_a_departure_that_nobody_leads(client: Client) -> None:
    key = departure()

    response = change(client, key, {"status": "PUBLISHED"}, scopes=("scheduling:write", "scheduling:publish"))

    assert (response.status_code, response.json()["code"]) == (422, "DEPARTURE_NOT_EDITABLE")
    assert stored()[key].status is DepartureStatus.DRAFT


def test_a_reinstated_departure_that_nobody_leads_is_not_published(client: Client) -> None:
    announced_cancellation = Announcement(guide_ids=[], starts_at=at(9))
    key = departure(published=announced_cancellation)

    response = change(client, key, {"status": "PUBLISHED"}, scopes=("scheduling:write", "scheduling:publish"))

    assert (response.status_code, response.json()["code"]) == (422, "DEPARTURE_NOT_EDITABLE")
    assert stored()[key].status is DepartureStatus.DRAFT


def test_a_published_departure_may_be_sent_back_with_another_capacity(client: Client) -> None:
    member = TeamMemberFactory()
    announced = Announcement(guide_ids=[member.guide_id], starts_at=at(9))
    key = departure(status=DepartureStatus.PUBLISHED, team=[member], published=announced)
    names = {"team", "status", "capacity", "starts_at", "ends_at", "trip_id"}
    read = stored()[key].model_dump(mode="json", include=names)

    responses = [change(client, key, read | more) for more in ({}, {"capacity": 14})]

    assert [(response.status_code, response.json()["_rev"]) for response in responses] == [(200, 2), (200, 3)]
    assert stored()[key].capacity == 14


def test_sending_back_that_it_is_published_approves_no_team(client: Client) -> None:
    waiting = TeamMemberFactory(assignment_status=AssignmentStatus.PENDING_APPROVAL)
    announced = Announcement(guide_ids=[uuid4()], starts_at=at(9))
    key = departure(status=DepartureStatus.PUBLISHED, team=[waiting], published=announced)
    sent_back = {"status": "PUBLISHED", "capacity": 14}

    response = change(client, key, sent_back, scopes=("scheduling:write", "scheduling:publish"))

    assert (response.status_code, stored()[key].capacity) == (200, 14)
    assert (stored()[key].needs_approval, stored()[key].published) == (True, announced)
    assert not OutboxMessage.objects.filter(destination="svc-notifications").exists()


def test_a_reason_has_a_code_and_a_message(client: Client) -> None:
    key = departure()

    assert refused(client, key, {"unassigned_reason": {"code": "X"}})[1:] == (
        "DEPARTURE_NOT_EDITABLE",
        ["unassigned_reason"],
    )


def test_one_patch_lands_whole_or_not_at_all(client: Client) -> None:
    first, other = departure(participants=8), departure(participants=8)

    assert refused(client, first, {"capacity": 5, "status": "CANCELLED"})[0] == 422
    assert change(client, other, {"capacity": 20}).status_code == 200


def test_a_departure_that_is_over_may_be_sent_back_as_it_was_read(client: Client) -> None:
    key = departure(status=DepartureStatus.COMPLETED, team=[TeamMemberFactory()])
    names = ["team", "status", "capacity", "starts_at", "ends_at", "trip_id"]
    read = stored()[key].model_dump(mode="json", include=set(names))

    response = change(client, key, read)

    assert (response.status_code, response.json()["_rev"]) == (200, 2)


def test_a_team_is_released_whoever_is_silent(client: Client) -> None:
    key = departure(team=[TeamMemberFactory()])

    assert change(client, key, {"team": []}).status_code == 200

    assert stored()[key].team == []
