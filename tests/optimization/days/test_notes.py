"""Notes of availability windows are heard with the next plan, also by teams that were confirmed."""

from uuid import UUID

import pytest
from django.core.cache import caches
from django.test import Client

from conflicts.models import ScheduleConflict
from scheduling.domain.document import AssignmentStatus
from scheduling.errors import ApprovalRequired
from scheduling.publication.services import publish_departures
from tests.optimization.days.catalog_edits import NIGHT, PlannedRegion, plan_a_region
from tests.scheduling.patches.calls import enter
from tests.scheduling.siblings.circuits import close_all_circuits
from tests.siblings import SimulatedSiblings
from tests.tokens import bearer

CONFIRMED, PENDING = AssignmentStatus.CONFIRMED, AssignmentStatus.PENDING_APPROVAL


@pytest.fixture(params=[0, 5], ids=["first region", "sixth region"])
def planned(request: pytest.FixtureRequest, db: None, siblings: SimulatedSiblings) -> PlannedRegion:
    return plan_a_region(siblings, request.param)


@pytest.fixture
def region(planned: PlannedRegion) -> PlannedRegion:
    planned.publish()
    return planned


def note(region: PlannedRegion, key: UUID, text: str = "not on steep ground") -> str:
    """The guide who leads the departure leaves a note; its id."""
    guide = region.departure(key).lead_id
    return str(region.siblings.leave_note(str(guide), region.day, text)["id"])


def led_by(region: PlannedRegion, key: UUID) -> list[UUID]:
    guides = region.departure(key).guide_ids
    return [other for other in region.staffed() if region.departure(other).guide_ids & guides]


def of_lead(region: PlannedRegion, key: UUID) -> AssignmentStatus:
    departure = region.departure(key)
    return next(m.assignment_status for m in departure.team if m.guide_id == departure.lead_id)


def noted() -> set[str]:
    """The departures of the open conflicts about notes, which are all LOW."""
    found = ScheduleConflict.objects.open().filter(details__cause="GUIDE_NOTE")
    assert {conflict.severity.value for conflict in found} <= {"LOW"}
    return {key for conflict in found for key in conflict.details["departure_ids"]}


def test_a_note_since_the_publication_awaits_approval_until_it_is_given_and_for_good(
    client: Client, region: PlannedRegion
) -> None:
    key, *_ = region.staffed()
    about = led_by(region, key)
    others = [other for other in region.staffed() if other not in about]
    before = {other: region.departure(other).team for other in others}
    note(region, key)

    for _ in range(2):
        region.optimize()
        assert {of_lead(region, other) for other in about} == {PENDING}
        assert {other: region.departure(other).team for other in others} == before
        assert noted() == set(map(str, about))
    caches["siblings"].clear()
    address = f"/scheduling/v1/daily-schedules/{region.day}/publish"
    shown = client.get(address, {"region_id": region.region_id}, headers=bearer(["scheduling:read"])).json()
    assert set(shown["awaiting_approval"]) == set(map(str, about))
    assert all("left a note" in " ".join(entry["to_approve"]) for entry in shown["departures"])
    assert "not on steep ground" not in str(shown)

    region.publish()
    for _ in range(2):
        assert {of_lead(region, other) for other in about} == {CONFIRMED}
        assert noted() == set()
        region.optimize()

    note(region, key, "nor over bridges")
    region.optimize()
    assert {of_lead(region, other) for other in about} == {PENDING}


def test_a_note_that_is_gone_gives_the_confirmation_back_and_a_silence_does_not(region: PlannedRegion) -> None:
    key, *_ = region.staffed()
    before = region.departure(key)
    window = note(region, key)
    region.optimize()

    region.siblings.remove("windows", window)
    region.siblings.switch("svc-guide-management", "down", path="/availability")
    region.optimize()
    assert of_lead(region, key) is PENDING
    assert str(key) in noted()

    region.siblings.switch("svc-guide-management", "ok")
    close_all_circuits()
    region.optimize()
    assert region.departure(key) == before
    assert noted() == set()


def test_no_machine_publishes_over_a_note_that_came_since_the_team_was_planned(
    client: Client, planned: PlannedRegion
) -> None:
    key, *others = planned.staffed()
    about = led_by(planned, key)
    enter(client, planned.departure(key).lead_id, {"guide_notes": "not on steep ground"}, day=planned.day)

    def publish(*departure_ids: UUID) -> None:
        publish_departures(planned.day, author=NIGHT, by_machine=True, departure_ids=departure_ids)

    with pytest.raises(ApprovalRequired, match=planned.departure(key).trip_name):
        publish(key)
    assert of_lead(planned, key) is AssignmentStatus.TENTATIVE

    other = next(other for other in others if other not in about)
    publish(other)
    assert of_lead(planned, other) is CONFIRMED
