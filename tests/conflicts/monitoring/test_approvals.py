"""A team that awaits approval is judged again when the facts come in, and says why it awaits it until then."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from django.utils import timezone

from conflicts.monitoring.monitor import run_pass
from conflicts.monitoring.passes import PassLost, begin_pass, hold_pass
from novatrek_scheduling.console.state_texts import approval_text
from scheduling.domain.approval_reasons import ApprovalCode, ApprovalReason
from scheduling.domain.document import Announcement, AssignmentStatus, DepartureStatus
from scheduling.domain.facts import Sibling
from scheduling.models import ScheduleRevision
from scheduling.publication.approvals import judge_approvals
from scheduling.rules import Facts
from scheduling.snapshot import take_day_snapshot
from tests.conflicts.planned import PlannedDay, plan_a_day
from tests.siblings import SimulatedSiblings

pytestmark = pytest.mark.django_db

WEATHER_SILENT = ApprovalReason(code=ApprovalCode.SIBLING_SILENT, sibling=Sibling.WEATHER)
PENDING, TENTATIVE = AssignmentStatus.PENDING_APPROVAL, AssignmentStatus.TENTATIVE


@pytest.fixture
def planned(siblings: SimulatedSiblings) -> PlannedDay:
    return plan_a_day(siblings, guides=25)


@pytest.fixture
def waiting(planned: PlannedDay) -> UUID:
    """A draft that awaits approval since svc-weather did not answer."""
    return await_approval(planned, [WEATHER_SILENT])


def await_approval(planned: PlannedDay, reasons: list[ApprovalReason] | None) -> UUID:
    key = planned.staffed()[0]
    team = [
        member.model_copy(update={"assignment_status": PENDING, "approval_reasons": reasons})
        for member in planned.departure(key).team
    ]
    planned.edit(key, team=team)
    return key


def statuses(planned: PlannedDay, key: UUID) -> set[AssignmentStatus]:
    return {member.assignment_status for member in planned.departure(key).team}


def why(planned: PlannedDay, key: UUID) -> list[ApprovalReason] | None:
    return planned.departure(key).team[0].approval_reasons


def test_an_approval_for_a_silent_sibling_ends_when_it_answers(planned: PlannedDay, waiting: UUID) -> None:
    run_pass()

    assert statuses(planned, waiting) == {TENTATIVE}
    assert why(planned, waiting) is None
    latest = ScheduleRevision.objects.latest("id")
    assert (latest.kind, latest.cause) == ("monitor", "the facts came in")


def test_while_the_sibling_is_silent_the_team_awaits_approval_and_says_why(
    planned: PlannedDay, waiting: UUID, siblings: SimulatedSiblings
) -> None:
    siblings.switch("svc-weather", "down")
    before = ScheduleRevision.objects.count()

    run_pass()

    assert statuses(planned, waiting) == {PENDING}
    assert "The weather could not be read" in approval_text(planned.departure(waiting))
    assert ScheduleRevision.objects.count() == before


def test_it_goes_on_where_something_stands_against_the_team(
    planned: PlannedDay, waiting: UUID, siblings: SimulatedSiblings
) -> None:
    siblings.expire_certificates(str(planned.departure(waiting).team[0].guide_id))

    run_pass()

    assert statuses(planned, waiting) == {PENDING}


def test_a_note_is_heard_by_a_person_whatever_the_siblings_say(
    planned: PlannedDay, waiting: UUID, siblings: SimulatedSiblings
) -> None:
    guide = planned.departure(waiting).team[0]
    siblings.leave_note(str(guide.guide_id), planned.day, "only with a second guide")

    run_pass()

    assert statuses(planned, waiting) == {PENDING}
    assert why(planned, waiting) == [ApprovalReason(code=ApprovalCode.NOTE, guide_id=guide.guide_id)]
    text = approval_text(planned.departure(waiting))
    assert f"{guide.guide_name} noted something" in text
    assert "second guide" not in text

    siblings.call_guide_back(str(guide.guide_id), planned.day, planned.day)
    run_pass()

    assert statuses(planned, waiting) == {PENDING}


def test_one_whose_reason_was_never_stored_is_judged_too(planned: PlannedDay) -> None:
    key = await_approval(planned, None)

    run_pass()

    assert statuses(planned, key) == {TENTATIVE}


def test_a_pass_that_was_taken_over_while_notes_were_read_ends_no_approval(planned: PlannedDay, waiting: UUID) -> None:
    snapshot = take_day_snapshot(planned.day, region_ids=[planned.region_id], deadline_seconds=10, fresh=True)
    slow = begin_pass(timezone.now() - timedelta(hours=1))
    assert slow
    assert begin_pass(timezone.now())

    with pytest.raises(PassLost):
        judge_approvals(planned.day, Facts(snapshot), deadline_seconds=10, hold=partial(hold_pass, slow.pk))

    assert statuses(planned, waiting) == {PENDING}
    assert why(planned, waiting) == [WEATHER_SILENT]


def test_who_was_told_the_plan_as_it_is_is_confirmed_again(planned: PlannedDay, waiting: UUID) -> None:
    plan = planned.departure(waiting)
    announced = Announcement(guide_ids=sorted(plan.guide_ids), trail_id=plan.trail_id, starts_at=plan.starts_at)
    planned.edit(waiting, status=DepartureStatus.PUBLISHED, published=announced)

    run_pass()

    assert statuses(planned, waiting) == {AssignmentStatus.CONFIRMED}
