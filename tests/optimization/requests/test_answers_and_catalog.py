"""An answered request whose departure the catalog moves or cancels, seen by its client."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from scheduling.models import ScheduleRequest
from scheduling.requests.answers import Standing, result_now
from scheduling.requests.claims import complete_request
from tests.optimization.days import catalog_edits as edits
from tests.optimization.days.catalog_edits import PlannedRegion, plan_a_region
from tests.scheduling.requests.life_cycle import called_back, claimed
from tests.scheduling.requests.rows import pending
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

pytestmark = pytest.mark.django_db


@pytest.fixture
def region(siblings: SimulatedSiblings) -> PlannedRegion:
    return plan_a_region(siblings)


def answered_with(region: PlannedRegion, key: UUID) -> ScheduleRequest:
    """A request that was answered with a planned departure of the region."""
    request = pending()
    entry = {"date": str(region.day), "score": 80.0, "availability_status": "AVAILABLE"}
    empty: dict[str, Any] = {"recommended_dates": [entry], "guide_assignments": [], "conflict_warnings": []}
    result = result_now(empty, region.day, Standing(key, region.day, region.departure(key)))
    with transaction.atomic():
        complete_request(claimed(request), result=result, run_id=uuid4(), chosen=region.day, departure_id=key)
    return request


def departure_shown(client: Client, request: ScheduleRequest) -> dict[str, Any]:
    body = client.get(f"/scheduling/v1/schedule-requests/{request.pk}", headers=bearer()).json()
    departure: dict[str, Any] = body["result"]["departure"]
    return departure


def test_a_draft_that_the_catalog_moves_to_another_date_is_followed_there(
    client: Client, region: PlannedRegion
) -> None:
    key, next_day = region.staffed()[0], region.day + timedelta(days=1)
    request = answered_with(region, key)

    edits.moved_to_the_next_date(region, key)
    region.optimize()
    region.optimize(next_day)

    shown = departure_shown(client, request)
    assert (shown["departure_id"], shown["date"]) == (str(key), str(next_day))
    assert called_back()[-1]["result"]["departure"] == shown


@pytest.mark.parametrize("edit", [edits.cancelled, edits.deleted], ids=["cancelled", "deleted"])
def test_a_draft_that_the_catalog_calls_off_is_shown_and_told_as_cancelled(
    client: Client, region: PlannedRegion, edit: edits.Edit
) -> None:
    key = region.staffed()[0]
    request = answered_with(region, key)

    edit(region, key)
    region.optimize()

    shown = departure_shown(client, request)
    assert shown["status"] == "CANCELLED"
    assert called_back()[-1]["result"]["departure"] == shown
    assert len(called_back()) == 2
