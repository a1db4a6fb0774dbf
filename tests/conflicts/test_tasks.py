import pytest
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from conflicts.choices import Strategy
from conflicts.models import ScheduleConflict
from conflicts.tasks import compute_options_task
from tests.conflicts.factories import overfull
from tests.conflicts.planned import plan_a_day
from tests.siblings import SimulatedSiblings


@pytest.mark.django_db
def test_options_are_queued_once_for_what_a_write_newly_breaks(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as queued:
        overfull()

    assert len(queued) == 1


@pytest.mark.django_db
def test_the_task_stores_options_with_the_conflict(siblings: SimulatedSiblings) -> None:
    planned = plan_a_day(siblings)
    conflict = planned.send_lead_away(planned.staffed()[0])

    compute_options_task([str(conflict.pk)])

    stored = ScheduleConflict.objects.get(pk=conflict.pk).details["resolution_options"]
    assert stored[0]["strategy"] == Strategy.REASSIGN_GUIDE
    assert stored[-1]["strategy"] == Strategy.ACCEPT_RISK
