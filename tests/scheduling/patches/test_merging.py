"""The fields that a patch changes, and those that it leaves."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from scheduling.domain.document import UnassignedReason
from scheduling.models import DailySchedule, schedule_id_of
from tests.factories import TOMORROW, DepartureFactory
from tests.scheduling.patches.calls import GUIDE_MANAGEMENT_SCOPES, address, change, enter, patch
from tests.scheduling.writes import put, stored
from tests.tokens import bearer

pytestmark = pytest.mark.django_db


def entry_of(guide_id: object) -> dict[str, Any]:
    entry: dict[str, Any] = DailySchedule.objects.get().assignments["guide_adjustments"][str(guide_id)]
    return entry


def test_a_patch_changes_what_it_names_and_leaves_the_rest(client: Client) -> None:
    key, other = uuid4(), uuid4()
    put({key: DepartureFactory(capacity=12), other: DepartureFactory(capacity=8)})
    before = DailySchedule.objects.get().assignments

    response = change(client, key, {"capacity": 10})

    before["departures"][str(key)]["capacity"] = 10
    assert (response.status_code, response["ETag"], response.json()["_rev"]) == (200, '"3"', 3)
    assert response.json()["assignments"] == DailySchedule.objects.get().assignments == before


def test_null_removes_and_objects_are_merged(client: Client) -> None:
    key = uuid4()
    reason = UnassignedReason(code="NOBODY", message="nobody is free", counts={"OVERLAP": 2, "REST": 1})
    put({key: DepartureFactory(location_id=uuid4(), unassigned_reason=reason)})

    change(client, key, {"unassigned_reason": {"message": "all are away", "counts": {"REST": None}}})
    assert stored()[key].unassigned_reason == UnassignedReason(
        code="NOBODY", message="all are away", counts={"OVERLAP": 2}
    )

    change(client, key, {"unassigned_reason": None})
    assert stored()[key].unassigned_reason is None


def test_a_patch_by_date_makes_the_daily_schedule(client: Client) -> None:
    response = enter(client, uuid4(), {"guide_notes": "knee"})

    assert (response.status_code, response.json()["_rev"]) == (200, 2)
    assert response.json()["schedule_id"] == str(schedule_id_of(TOMORROW))
    assert client.get(address(), headers=bearer()).json() == response.json()


def test_a_patch_of_nothing_writes_nothing(client: Client) -> None:
    key = uuid4()
    assert patch(client, {"assignments": {}}).status_code == 404
    put({key: DepartureFactory(capacity=12)})

    assert change(client, key, {"capacity": 12}).json()["_rev"] == 2
    assert patch(client, {"assignments": {"departures": {}}}).json()["_rev"] == 2


def test_a_patch_is_addressed_by_id_as_well(client: Client) -> None:
    key = uuid4()
    assert patch(client, {"assignments": {}}, at=uuid4()).json()["code"] == "UNKNOWN_DAILY_SCHEDULE"
    put({key: DepartureFactory()})

    assert change(client, key, {"capacity": 9}, at=schedule_id_of(TOMORROW)).status_code == 200


def test_what_one_guide_entered_is_merged_and_that_of_others_stays(client: Client) -> None:
    guide, other = uuid4(), uuid4()
    enter(client, other, {"max_group_size": 4})
    enter(client, guide, {"guide_notes": "knee", "guide_preferences": {"liked": ["HIKING"], "start": "early"}})

    response = enter(client, guide, {"guide_notes": None, "guide_preferences": {"start": None}})

    assert response.status_code == 200
    assert entry_of(guide)["guide_preferences"] == {"liked": ["HIKING"]}
    assert "guide_notes" not in entry_of(guide)
    assert entry_of(other)["max_group_size"] == 4


def test_a_guides_whole_entry_is_withdrawn_with_null(client: Client) -> None:
    guide = uuid4()
    enter(client, guide, {"guide_notes": "knee"})

    enter(client, guide, None)

    assert DailySchedule.objects.get().assignments["guide_adjustments"] == {}


def test_a_restriction_of_a_kind_nobody_knows_is_kept(client: Client) -> None:
    guide = uuid4()

    enter(client, guide, {"restrictions": [{"kind": "NO_NIGHT", "value": "21:00", "since": "2027-01-01"}]})

    assert entry_of(guide)["restrictions"] == [{"kind": "NO_NIGHT", "value": "21:00", "since": "2027-01-01"}]


def test_a_caller_with_both_scopes_writes_both_parts(client: Client) -> None:
    key, guide = uuid4(), uuid4()
    put({key: DepartureFactory()})
    both = {
        "departures": {str(key): {"capacity": 9}},
        "guide_adjustments": {str(guide): {"max_group_size": 3}},
    }

    response = patch(client, {"assignments": both}, scopes=("scheduling:write", *GUIDE_MANAGEMENT_SCOPES))

    assert response.status_code == 200
    assert stored()[key].capacity == 9
    assert entry_of(guide)["max_group_size"] == 3
